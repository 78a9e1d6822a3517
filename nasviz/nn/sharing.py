"""Which places of an architecture share their weights, when that is asked for."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Literal

from torch import nn

from nasviz.algebra import Operator, Position, Term, interpret
from nasviz.errors import BuildError
from nasviz.nn.shapes import Site

if TYPE_CHECKING:
    from nasviz.spaces import Architecture

__all__ = ["Share", "Sharing", "shared_positions"]

Share = bool | Literal["equal"]
"""False: nothing is shared. True: what the grammar draws once, as ``shared``. "equal": operands of equal subterms."""

Key = tuple[Hashable, ...]


class Sharing:
    """Tells of each operation with which others it shares its weights.

    With True, an operation inside a draw of a ``shared`` nonterminal shares with the one at the same place of every other use
    of that draw; of nested draws the innermost counts. With "equal", an operation shares with those that are the same operand
    of an equal subterm. Either way the shapes of the inputs must be equal: a cell behind a halving has weights of its own.

    Parameters
    ----------
    arch : Architecture
    share : bool or "equal"

    Raises
    ------
    BuildError
        If there is nothing to share, or `share` is something else.
    """

    def __init__(self, arch: Architecture, share: Share) -> None:
        self.term = arch.term
        self.keys: list[Key | None] = [None] * len(arch.term)
        if share is False:
            return
        if share is True:
            self.keys = _drawn_once(arch)
        elif share == "equal":
            self.keys = _equal_subterms(arch.term)
        else:
            raise BuildError(f"share is True, False or 'equal', found {share!r}")

    def key(self, site: Site) -> Key | None:
        """What sites with common weights have in common; None for one that shares with none."""
        if isinstance(site.where, str):
            return None
        key = self.keys[self.term.index(site.where)]
        return None if key is None else (key, site.operator, site.values, site.shape_in)


def _drawn_once(arch: Architecture) -> list[Key | None]:
    """For each node the shared nonterminal whose draw it belongs to, and its place in the draw."""
    grammar = arch.space.grammar
    names = frozenset(grammar.shared if grammar is not None else ())
    labels, parent = arch.derivation.labels, arch.term.parent.tolist()
    anchors: list[tuple[str, int] | None] = []
    for i in range(len(arch.term)):
        here = [name for name in labels[i] if name in names]
        anchors.append((here[-1], i) if here else anchors[parent[i]] if i else None)
    if not any(anchors):
        reason = "its grammar declares no `shared` nonterminal" if not names else "it uses no draw of a `shared` nonterminal"
        raise BuildError(
            f"there are no weights to share in {arch.term.text[:80]}: {reason}; share='equal' takes equal subterms"
        )
    return [(anchor[0], i - anchor[1]) if anchor else None for i, anchor in enumerate(anchors)]


def _equal_subterms(term: Term) -> list[Key | None]:
    """For each node the number of its parent's subterm, equal ones having one, and which operand of it the node is."""
    numbers: dict[Hashable, int] = {}
    classes = [0] * len(term)

    def algebra(op: Operator, args: list[int], i: int) -> int:
        classes[i] = numbers.setdefault((op, *args), len(numbers))
        return classes[i]

    interpret(term, algebra)
    keys: list[Key | None] = [None] * len(term)
    for i in range(len(term)):
        for k, child in enumerate(term.children(i)):
            keys[child] = (classes[i], k)
    return keys


def shared_positions(net: nn.Module) -> dict[str, tuple[Position, ...]]:
    """Return the positions of every parameter that several share; the first of them is in its name.

    Parameters
    ----------
    net : nn.Module
        As made by ``arch.to_torch(share=...)``.

    Examples
    --------
    >>> from nasviz.spaces import parse
    >>> net = parse("Linear(Linear(conv1x1, id), Linear(conv1x1, id))").to_torch(seed=0, share="equal")
    >>> shared_positions(net)["_0._0.own.1.weight"]
    ((0, 0), (1, 0))
    """
    meta: dict[str, dict[str, tuple[Position, ...]]] = getattr(net, "meta", {})
    modules = meta.get("shared", {})
    return {
        f"{path}.{name}": positions
        for path, positions in modules.items()
        for name, _ in net.get_submodule(path).named_parameters()
    }
