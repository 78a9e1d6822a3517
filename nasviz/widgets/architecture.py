"""An architecture three times, with one selection: term, derivation tree, computational graph."""

from __future__ import annotations

from typing import Any

import traitlets

from nasviz import numbers
from nasviz.errors import BuildError, NasvizError, ShapeError
from nasviz.spaces import Architecture, SearchSpace
from nasviz.view.graph import graph_info
from nasviz.view.term import HUES, marked, term_info
from nasviz.view.tree import tree_info
from nasviz.widgets.base import View
from nasviz.widgets.workspace import WORKSPACE

PARTS = ("term", "tree", "graph")
"""What an :class:`ArchitectureView` shows."""

REMEMBERED = 50
"""Architectures that Back goes back to."""


class ArchitectureView(View):
    """Term text, derivation tree and computational graph of an architecture, side by side.

    A click or the arrow keys select a subterm in all three, in the page and without the kernel; `selection` is the same in
    Python. Sample and Mutate show another architecture of the space.

    Parameters
    ----------
    arch
        The architecture; or a search space, whose architectures are drawn by the button Sample.
    parts
        Which of "term", "tree" and "graph" to show.

    Attributes
    ----------
    arch : Architecture or None
        What is shown; settable and observable.
    selection : (Architecture, Position) or None
        What is selected; settable and observable.

    Examples
    --------
    >>> view = ArchitectureView(nv.parse("Linear(conv, fc)"))            # doctest: +SKIP
    >>> view.selection = (view.arch, (1,))                                # doctest: +SKIP
    """

    stem = "architecture"
    arch = traitlets.Any(default_value=None, allow_none=True)

    def __init__(self, arch: Architecture | SearchSpace, parts: tuple[str, ...] = PARTS, **kwargs: Any) -> None:
        unknown = [part for part in parts if part not in PARTS]
        if unknown or not parts:
            raise NasvizError(f"an architecture is shown as term, tree and graph, found {unknown[:1] or 'no part'}")
        self._parts = tuple(parts)
        self._space = arch if isinstance(arch, SearchSpace) else arch.space
        self._past: list[Architecture] = []
        super().__init__(**kwargs)
        self._published: dict[str, Any] = {}
        if isinstance(arch, SearchSpace):
            self._show()
        else:
            self.arch = arch

    @traitlets.validate("arch")
    def _check_arch(self, proposal: Any) -> Any:
        value = proposal["value"]
        if value is not None and not isinstance(value, Architecture):
            raise NasvizError(f"an ArchitectureView shows an Architecture, found {type(value).__name__}")
        return value

    @traitlets.observe("arch")
    def _arch_changed(self, change: Any) -> None:
        if change["new"] is not None:
            self._space = change["new"].space
        if self.selection is not None and self.selection[0] != change["new"]:
            self.selection = None
        self._show()

    def _show(self) -> None:
        self._published = body_of(self.arch, self._space, self._parts, past=bool(self._past))
        self.publish(self._published)
        if self.arch is not None:
            WORKSPACE.submit(self, ArchitectureView._add_cost, self.arch, key="cost")

    def _add_cost(self, arch: Architecture) -> None:
        found = cost_of(arch)
        if arch is self.arch:
            self._published = {**self._published, **found}
            self.publish(self._published)

    def find_architecture(self, key: str) -> Architecture | None:
        """The shown architecture when it has that key."""
        return self.arch if self.arch is not None and self.arch.key == key else None

    def _go(self, arch: Architecture) -> None:
        if self.arch is not None:
            self._past = [*self._past[1 - REMEMBERED :], self.arch]
        self.arch = arch

    def do_sample(self, body: dict[str, Any]) -> None:
        """The button Sample, the key s."""
        self._go(self._space.sample())

    def do_mutate(self, body: dict[str, Any]) -> None:
        """The button Mutate, the key m."""
        if self.arch is not None:
            self._go(self._space.mutate(self.arch))

    def do_back(self, body: dict[str, Any]) -> None:
        """The button Back, the key Backspace."""
        if self._past:
            self.arch = self._past.pop()

    def fallback(self) -> str:
        """The text of the term; of the space while there is none."""
        if self.arch is None:
            return repr(self._space)
        if self.selection is not None and self.selection[1]:
            return marked(self.arch.term, self.selection[1], width=4000)
        return self.arch.term.text


class TermView(ArchitectureView):
    """The term of an architecture as text with marked subterms."""

    def __init__(self, arch: Architecture | SearchSpace, **kwargs: Any) -> None:
        super().__init__(arch, ("term",), **kwargs)


class TreeView(ArchitectureView):
    """How the grammar derives an architecture, as a tree."""

    def __init__(self, arch: Architecture | SearchSpace, **kwargs: Any) -> None:
        super().__init__(arch, ("tree",), **kwargs)


class GraphView(ArchitectureView):
    """The computational graph of an architecture."""

    def __init__(self, arch: Architecture | SearchSpace, **kwargs: Any) -> None:
        super().__init__(arch, ("graph",), **kwargs)


def body_of(arch: Architecture | None, space: SearchSpace, parts: tuple[str, ...], past: bool = False) -> dict[str, Any]:
    """Return what the page draws of an architecture, without its cost; see ``ArchitectureBody`` in the front end."""
    names = space.grammar.nonterminals if space.grammar is not None else ()
    body: dict[str, Any] = {
        "parts": list(parts),
        "key": None,
        "title": space.name if space.name not in ("", "free") else "Architecture",
        "term": None,
        "tree": None,
        "graph": None,
        "problem": None,
        "summary": "",
        "tip": "",
        "rows": [],
        "legend": [[name, k % HUES] for k, name in enumerate(names)],
        "drawable": space.grammar is not None,
        "past": past,
    }
    if arch is None:
        return body
    labels, shown = arch.derivation.labels, arch.derivation.nonterminals
    body |= {"key": arch.key, "term": term_info(arch.term, labels, shown).to_json()}
    if "tree" in parts:
        tree = tree_info(arch.term, labels, shown)
        body["tree"] = {"dot": tree.dot, "note": tree.note}
    try:
        if "graph" in parts:
            graph = graph_info(arch.term, labels, shown)
            body["graph"] = {"dot": graph.dot, "note": graph.note}
    except BuildError as error:
        body["problem"] = {"message": error.message, "position": list(error.position)}
    return body


def cost_of(arch: Architecture) -> dict[str, Any]:
    """Return shapes, parameters and FLOPs for the page, or the place where the shapes do not fit; {} without torch."""
    try:
        table = arch.cost()
    except (ShapeError, BuildError) as error:
        return {"problem": {"message": error.message, "position": list(error.position)}}
    except NasvizError:
        return {}
    rows = [row.to_json() for row in table.rows]
    out = table.rows[-1].shape_out
    summary = " · ".join(
        [
            f"{numbers.shape(arch.space.input_shape)} → {numbers.shape(out)}",
            numbers.parameters(table.parameters),
            numbers.flops(table.flops),
        ]
    )
    tip = (
        f"Input {numbers.shape(arch.space.input_shape)} (channels, height, width), output {numbers.shape(out)}. "
        f"{numbers.CONVENTIONS['parameters']} {numbers.CONVENTIONS['flops']}\n"
        f"{numbers.grouped(table.parameters)} parameters, {numbers.grouped(table.flops)} FLOPs."
    )
    return {"summary": summary, "tip": tip, "rows": rows}
