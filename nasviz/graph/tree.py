"""Terms and derivations as DOT trees: each node of the term once, coloured by the nonterminal that it derives from."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Any, Protocol

from nasviz.algebra import Nonterminal, Position, Term, position_text
from nasviz.graph.dot_text import check_room, header, label, position_id, quote, statement
from nasviz.graph.palette import ACCENT, classes, ground


class Labelled(Protocol):
    """A derivation tree, as far as its picture needs it."""

    @property
    def labels(self) -> Sequence[Sequence[str]]:
        """For each node of the term the nonterminals whose expansion starts there, outermost first."""
        ...


def tree_to_dot(
    tree: Labelled,
    term: Term,
    nonterminals: Sequence[str],
    *,
    selected: Position | None = None,
    max_depth: int | None = None,
) -> str:
    """Return the picture of a derivation tree as DOT text; `nonterminals` in the order of the grammar decide the colours.

    A node has the id "p-0-2" of its position and shows the nonterminals, then the operator. Where a nonterminal is expanded it
    has the classes "nv-nt", "nv-nt-<k>" (k modulo 8) and "nv-turn-<n>" where the hues come again; "nv-t" where a production has
    put an operator.
    """
    return term_to_dot(term, tree.labels, nonterminals, selected=selected, max_depth=max_depth)


def term_to_dot(
    term: Term,
    labels: Sequence[Sequence[str]] | None = None,
    nonterminals: Sequence[str] = (),
    *,
    selected: Position | None = None,
    max_depth: int | None = None,
    folded: Set[int] = frozenset(),
) -> str:
    """Return the picture of a term as a tree, as DOT text.

    Parameters
    ----------
    term
        The term, n nodes.
    labels
        For each node the nonterminals whose expansion starts there (length n); None: a tree of operators.
    nonterminals
        Names in the order of their colours.
    selected
        Position of the subterm to outline.
    max_depth
        Deepest nodes drawn (root 0); what is below stands as "+12" nodes.
    folded
        Nodes (preorder) that are drawn without what is below them: with a double outline, "+12" and the class "nv-sub".

    Raises
    ------
    NasvizError
        If the term is too deep to be drawn whole.

    Examples
    --------
    >>> from nasviz.algebra import Operator, Term
    >>> print("\\n".join(term_to_dot(Term.build(Operator("relu"))).splitlines()[4:]))
      "p" [id="p", class="nv-t", label="relu", tooltip="relu at the root"];
    }
    """
    order = {name: k for k, name in enumerate(nonterminals)}
    depth: list[int] = term.depth.tolist()
    size: list[int] = term.size.tolist()
    parent: list[int] = term.parent.tolist()
    lines = header("derivation", "TB")
    ids: dict[int, str] = {}
    shown = _shown(size, depth, max_depth, folded)
    check_room(sum(depth[i] for i in shown))
    for i in shown:
        position = term.position(i)
        hidden = max_depth is not None and depth[i] > max_depth
        name = ids[i] = "m-" + position_id(position)[2:] if hidden else position_id(position)
        if hidden:
            lines.append("  " + _hidden(name, size[i]))
        else:
            inside = selected is not None and position[: len(selected)] == selected
            below = size[i] - 1 if i in folded else 0
            lines.append("  " + _node(term, i, position, labels[i] if labels else (), order, inside, below))
        if i:
            lines.append(f"  {quote(ids[parent[i]])} -> {quote(name)};")
    return "\n".join([*lines, "}"]) + "\n"


def _shown(size: list[int], depth: list[int], max_depth: int | None, folded: Set[int]) -> list[int]:
    """The nodes that are drawn, those that stand for what is hidden included."""
    shown: list[int] = []
    i = 0
    while i < len(size):
        shown.append(i)
        i += size[i] if i in folded or (max_depth is not None and depth[i] > max_depth) else 1
    return shown


def _node(term: Term, i: int, position: Position, names: Sequence[str], order: dict[str, int], inside: bool, below: int) -> str:
    op = term.operators[i]
    text = label(op.name)
    attributes: dict[str, Any] = {"id": position_id(position), "class": "nv-t"}
    if names or isinstance(op, Nonterminal):
        k = order.get(names[0] if names else op.name, 0)
        chain = " › ".join(names)
        text = f"{label(chain)}\n{label(op.name)}" if names else label(op.name)
        attributes |= {"class": f"nv-nt {classes(k)}", **ground(k, text)}
    if isinstance(op, Nonterminal):
        attributes |= {
            "class": attributes["class"] + " nv-open",
            "style": f"{attributes.get('style', 'rounded,filled')},dashed",
        }
    attributes |= {"label": text, "tooltip": f"{op.name} at {position_text(position)}"}
    if below:
        attributes |= {"class": attributes["class"] + " nv-sub", "label": f"{text} +{below}", "peripheries": 2}
        attributes["tooltip"] += f": {below} subterm{'s are' if below > 1 else ' is'} folded"
    if inside:
        attributes |= {"class": attributes["class"] + " nv-selected", "color": ACCENT, "penwidth": 2}
    return statement(quote(position_id(position)), attributes)


def _hidden(name: str, size: int) -> str:
    return statement(
        quote(name),
        {
            "id": name,
            "class": "nv-more",
            "label": f"+{size}",
            "tooltip": f"{size} node{'s' if size > 1 else ''}",
            "shape": "plain",
            "style": "",
        },
    )
