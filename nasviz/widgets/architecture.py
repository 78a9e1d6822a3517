"""An architecture several times, with one selection: term, derivation tree, computational graph, cost, code."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import traitlets

from nasviz.algebra import Position
from nasviz.errors import NasvizError, TermError
from nasviz.graph.saving import save_picture
from nasviz.spaces import Architecture, SearchSpace
from nasviz.view.folding import Folding, derived_from, nearest_foldable
from nasviz.view.term import marked
from nasviz.widgets.architecture_body import Costs, coded, described, drawn, frame, measure, priced
from nasviz.widgets.base import expect
from nasviz.widgets.editing import architectures_of
from nasviz.widgets.editing_commands import EditingCommands, checked_position, checked_text, fault_json
from nasviz.widgets.workspace import WORKSPACE

PARTS = ("term", "tree", "graph", "cost", "code")
"""What an :class:`ArchitectureView` can show."""

USUAL = ("term", "tree", "graph")
"""What it shows unless told otherwise."""

_QUICK = 60
"""Nodes of a term up to which its shapes are found at once, so that its picture is laid out only once."""


class ArchitectureView(EditingCommands):
    """Term text, derivation tree, computational graph, cost and forward code of an architecture, side by side.

    A click or the arrow keys select a subterm in all of them, in the page and without the kernel; `selection` is the same in
    Python. Sample and Mutate show another architecture of the space; Edit changes the term as text. Replace and Cross offer
    what may stand at the selected subterm; all edits can be undone, and are methods too: `replace`, `mutate`, `crossover`,
    `undo`, `redo`.

    Parameters
    ----------
    arch
        The architecture; or a search space, whose architectures are drawn by the button Sample.
    parts
        Which of "term", "tree", "graph", "cost" and "code" to show.
    partners
        Architectures to cross over with: a list, a gallery or a study.
    study
        A study or a fitted ``GP``: what its surrogate believes of the architecture is shown, and credit can be its colour.

    Attributes
    ----------
    arch : Architecture or None
        What is shown; settable and observable.
    pinned : Architecture or None
        What `difference` compares with; settable and observable.
    selection : (Architecture, Position) or None
        What is selected; settable and observable.

    Examples
    --------
    >>> view = ArchitectureView(nv.parse("Linear(conv, fc)"))            # doctest: +SKIP
    >>> view.selection = (view.arch, (1,))                                # doctest: +SKIP
    """

    stem = "architecture"

    def __init__(
        self,
        arch: Architecture | SearchSpace,
        parts: Sequence[str] = USUAL,
        *,
        partners: Any = (),
        study: Any = None,
        **kwargs: Any,
    ) -> None:
        unknown = [part for part in parts if part not in PARTS]
        if unknown or not parts:
            raise NasvizError(f"an architecture is shown as term, tree, graph, cost and code, found {unknown[:1] or 'no part'}")
        expect(arch, (Architecture, SearchSpace), "an architecture, e.g. space.parse(text), or a space")
        self._parts = tuple(parts)
        self._space = arch if isinstance(arch, SearchSpace) else arch.space
        architectures_of(partners)
        self._partners = partners
        self._believer = _believer(study)
        self._folding = Folding()
        self._costs = Costs()
        self._published: dict[str, Any] = {}
        super().__init__(**kwargs)
        if isinstance(arch, SearchSpace):
            self._show()
        else:
            self.arch = arch

    @traitlets.observe("arch")
    def _arch_changed(self, change: Any) -> None:
        if change["new"] is not None:
            self._space = change["new"].space
        if self.selection is not None and self.selection[0] != change["new"]:
            self.selection = None
        self._folding, self._offers = Folding(), {}
        self._show()

    @property
    def space(self) -> SearchSpace:
        """The space that Sample draws from; set it to another one, and what is shown stays until the next draw."""
        return self._space

    @space.setter
    def space(self, space: SearchSpace) -> None:
        self._space = space
        if self.arch is None:
            self._show()

    # ---- what is shown

    def _show(self) -> None:
        arch, self._costs = self.arch, Costs()
        body = frame(self._space, self._parts) | self.edit_state()
        if arch is None:
            self._publish(body)
            return
        quick = "torch" in sys.modules and len(arch.term) <= _QUICK
        if quick:
            self._costs = measure(arch)
        body |= described(arch) | drawn(arch, self._parts, self._folding, self._costs) | priced(arch, self._costs)
        self._publish(body | self._credit(arch))
        self._say_why(arch)
        if not quick or "code" in self._parts:
            WORKSPACE.submit(self, ArchitectureView._add_cost, arch, quick, key="cost")

    def _publish(self, body: dict[str, Any]) -> None:
        self._published = body
        self.publish(body)

    def _add_cost(self, arch: Architecture, measured: bool) -> None:
        costs = self._costs if measured else measure(arch)
        if arch is not self.arch:
            return
        self._costs = costs
        body = {**self._published, **priced(arch, costs), **drawn(arch, self._parts, self._folding, costs)}
        if "code" in self._parts:
            body["code"] = coded(arch, costs)
        self._publish(body)

    # ---- what a surrogate believes

    def _credit(self, arch: Architecture) -> dict[str, Any]:
        """Belief and credits of an architecture."""
        return {} if self._believer is None else {"credit": self._believer.quick(arch)}

    def _say_why(self, arch: Architecture) -> None:
        """Add the reasons in a moment, and learn from what the study has found since; asked for when credits are published."""
        if self._believer is None:
            return
        me = weakref.ref(self)

        def learned() -> None:
            view = me()
            if view is not None and view.arch is not None:
                WORKSPACE.submit(view, ArchitectureView._add_credit, view.arch, key="credit")

        self._believer.learn(learned)
        WORKSPACE.submit(self, ArchitectureView._add_reasons, arch, key="reasons")

    def _add_credit(self, arch: Architecture) -> None:
        if arch is self.arch:
            self._publish({**self._published, **self._credit(arch)})
            self._say_why(arch)

    def _add_reasons(self, arch: Architecture) -> None:
        if arch is self.arch and self._believer is not None:
            credit = self._published["credit"] | self._believer.reasons(arch)
            self._publish({**self._published, "credit": credit})

    def find_architecture(self, key: str) -> Architecture | None:
        """The shown architecture when it has that key."""
        return self.arch if self.arch is not None and self.arch.key == key else None

    # ---- folding

    @property
    def folded(self) -> frozenset[Position]:
        """Positions of the subterms that were folded, by a person or by `fold`."""
        return self._folding.folded

    def fold(self, *positions: Position) -> None:
        """Draw the subterms at these positions as one box each.

        Raises
        ------
        NasvizError
            If the term has no such position.
        """
        self._fold(positions, True)

    def unfold(self, *positions: Position) -> None:
        """Draw the subterms at these positions open; without positions, all that were folded."""
        if positions:
            self._fold(positions, False)
        else:
            self._draw(Folding())

    def _fold(self, positions: Sequence[Position], on: bool) -> None:
        if self.arch is None:
            return
        for position in positions:
            self.arch.term.index(tuple(position))
        self._draw(self._folding.with_folded([tuple(p) for p in positions], on))

    def _draw(self, folding: Folding) -> None:
        self._folding = folding
        if self.arch is not None:
            self._publish({**self._published, **drawn(self.arch, self._parts, folding, self._costs)})

    def do_fold(self, body: dict[str, Any]) -> None:
        """Fold the subterm at a position or the nearest around it; open it when it is folded. Enter, or a double click."""
        if self.arch is None:
            return
        term, position = self.arch.term, checked_position(body.get("position"))
        i = term.index(position)
        if i in self._published["folded"]:
            self._fold([position], False)
        else:
            self._fold([term.position(nearest_foldable(term, i))], True)

    def do_unroll(self, body: dict[str, Any]) -> None:
        """Draw the chain of equal operations that begins at a position one by one."""
        if self.arch is not None:
            position = checked_position(body.get("position"))
            self.arch.term.index(position)
            self._draw(self._folding.with_unrolled(position))

    def do_fold_name(self, body: dict[str, Any]) -> None:
        """Fold all expansions of a nonterminal, or open them when ``on`` is false."""
        if self.arch is None:
            return
        term, labels = self.arch.term, self.arch.derivation.labels
        nodes = [i for i in derived_from(labels, str(body.get("nonterminal"))) if term.arity[i]]
        self._fold([term.position(i) for i in nodes], body.get("on") is not False)

    def do_unfold(self, body: dict[str, Any]) -> None:
        """Open all that was folded."""
        self.unfold()

    # ---- other architectures

    def do_sample(self, body: dict[str, Any]) -> None:
        """The button Sample, the key s."""
        self._go(self._space.sample(), "sampled")

    def do_mutate(self, body: dict[str, Any]) -> None:
        """The button Mutate, the key m."""
        if self.arch is not None:
            self.mutate()

    def do_check(self, body: dict[str, Any]) -> dict[str, Any]:
        """What is wrong with a text that is being edited: ``{"fault": {...} or None}``."""
        return self._read(checked_text(body.get("text", "")))[1]

    def do_edit(self, body: dict[str, Any]) -> dict[str, Any]:
        """Show the architecture of an edited text, when it is one; the answer is that of `do_check`."""
        arch, answer = self._read(checked_text(body.get("text", "")))
        if arch is not None and arch != self.arch:
            self._go(arch, "edited the text")
        return answer

    def _read(self, text: str) -> tuple[Architecture | None, dict[str, Any]]:
        try:
            return self._space.parse(text), {"fault": None}
        except TermError as error:
            return None, {"fault": fault_json(error)}
        except NasvizError as error:
            return None, {"fault": {"message": str(error), "excerpt": "", "hint": "", "at": 0}}

    # ---- outside the page

    def save(self, path: str | Path, part: str = "graph") -> Path:
        """Write the picture that is shown as .dot, .svg, .png or .pdf (the last three need Graphviz on this machine).

        Parameters
        ----------
        path
            Name of the file; its ending says how.
        part
            "graph" or "tree".

        Raises
        ------
        NasvizError
            If the view shows no such picture, the ending is another one, or Graphviz is not installed.
        """
        drawing = self._published.get(part) if part in ("graph", "tree") else None
        if drawing is None:
            pictures = ", ".join(p for p in self._parts if p in ("tree", "graph")) or "no picture"
            raise NasvizError(f"this view draws no {part!r}; it draws {pictures}")
        return save_picture(drawing["dot"], path)

    def fallback(self) -> str:
        """The text of the term; of the space while there is none."""
        if self.arch is None:
            return repr(self._space)
        if self.selection is not None and self.selection[1]:
            return marked(self.arch.term, self.selection[1], width=4000)
        return self.arch.term.text


def _believer(study: Any) -> Any:
    """What tells the view of a surrogate; imported late, for it needs torch."""
    if study is None:
        return None
    from nasviz.widgets.credit import Believer

    return Believer(study)


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


class CostView(ArchitectureView):
    """What each operation of an architecture costs, as a table linked with the other views."""

    def __init__(self, arch: Architecture | SearchSpace, **kwargs: Any) -> None:
        super().__init__(arch, ("cost",), **kwargs)


class CodeView(ArchitectureView):
    """The forward code that torch.fx generates for an architecture, line by line."""

    def __init__(self, arch: Architecture | SearchSpace, **kwargs: Any) -> None:
        super().__init__(arch, ("code",), **kwargs)
