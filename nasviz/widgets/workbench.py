"""The workbench: grammar, architecture and training of one space in one cell, with one selection through all."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import Any

import ipywidgets
import traitlets

from nasviz.errors import NasvizError
from nasviz.spaces import Architecture, SearchSpace
from nasviz.widgets.architecture import ArchitectureView
from nasviz.widgets.grammar import GrammarEditor

PANES = ("grammar", "architecture", "train")
"""Panes of a workbench, from above to below."""

_TIPS = {
    "grammar": "The grammar of the space, its size and what it makes",
    "architecture": "Term, derivation, graph, cost and code of one architecture",
    "train": "Train the architecture that is shown",
}
_TRIES = 50


class Workbench(ipywidgets.VBox):
    """Everything about one space in one cell: edit its grammar, look at an architecture, train it.

    It is an ``ipywidgets.VBox`` of views that also stand alone: `editor`, `view` and `training`. Buttons open and close them.

    Parameters
    ----------
    shown
        A search space, or an architecture: then its space.
    data
        (train, val) to train with. None takes the 8×8 digits of scikit-learn where the space has their shape; else there is
        no training.
    parts
        What to show of the architecture.
    panes
        Which of "grammar", "architecture" and "train" are open at the start.

    Attributes
    ----------
    arch : Architecture or None
        What is shown; settable and observable.
    selection : (Architecture, Position) or None
        What is selected; settable and observable.
    panes : tuple of str
        What is open; settable and observable.
    editor, view, training
        The views; `editor` is None for an architecture without a grammar, `training` None until it was opened.

    Examples
    --------
    >>> nv.Workbench(nv.spaces.digits_cells())                            # doctest: +SKIP
    """

    _links: Sequence[Any] = ()
    _parts: Sequence[Any] = ()
    arch = traitlets.Any(default_value=None, allow_none=True)
    selection = traitlets.Any(default_value=None, allow_none=True)
    panes = traitlets.Tuple(default_value=("grammar", "architecture"))

    def __init__(
        self,
        shown: SearchSpace | Architecture,
        data: Sequence[Any] | None = None,
        *,
        parts: Sequence[str] = ("term", "tree", "graph", "cost", "code"),
        panes: Sequence[str] = ("grammar", "architecture"),
    ) -> None:
        if not isinstance(shown, (SearchSpace, Architecture)):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise NasvizError(f"a workbench takes a search space or an architecture, found {type(shown).__name__}")
        space = shown if isinstance(shown, SearchSpace) else shown.space
        first = shown if isinstance(shown, Architecture) else _first(space)
        self._data = data
        self.editor = GrammarEditor(space) if space.grammar is not None else None
        self.view = ArchitectureView(space if first is None else first, parts)
        self.training: Any = None
        self._buttons = {name: _button(name) for name in self._possible(space)}
        self._bar = ipywidgets.HBox(list(self._buttons.values()))
        made = [owned for button in self._buttons.values() for owned in (button.layout, button.style)]
        self._parts = [self.editor, self.view, *self._buttons.values(), self._bar, *made, self._bar.layout]
        super().__init__(layout={"width": "100%"})
        self._links = [traitlets.link((self.view, name), (self, name)) for name in ("arch", "selection")]
        self._listen()
        self.panes = tuple(name for name in panes if name in self._buttons)
        self._arrange()

    def _possible(self, space: SearchSpace) -> tuple[str, ...]:
        without = set[str]()
        if self.editor is None:
            without.add("grammar")
        if self._data is None and tuple(space.input_shape) != (1, 8, 8):
            without.add("train")
        return tuple(name for name in PANES if name not in without)

    def _listen(self) -> None:
        me = weakref.ref(self)
        for name, button in self._buttons.items():

            def pressed(change: Any, name: str = name) -> None:
                bench = me()
                if bench is not None:
                    bench.panes = tuple(p for p in PANES if (change["new"] if p == name else p in bench.panes))

            button.observe(pressed, "value")
        if self.editor is not None:

            def edited(change: Any) -> None:
                bench = me()
                if bench is not None and change["new"] is not None:
                    bench.view.space = change["new"]

            self.editor.observe(edited, "good")

    @traitlets.validate("panes")
    def _check_panes(self, proposal: Any) -> tuple[str, ...]:
        unknown = [name for name in proposal["value"] if name not in PANES]
        if unknown:
            raise NasvizError(f"a workbench has the panes {', '.join(PANES)}, found {unknown[0]!r}")
        return tuple(name for name in PANES if name in proposal["value"])

    @traitlets.observe("panes")
    def _arrange(self, _change: Any = None) -> None:
        if not hasattr(self, "_bar"):
            return
        for name, button in self._buttons.items():
            button.value = name in self.panes
        shown = [self._pane(name) for name in self.panes if name in self._buttons]
        self.children = (self._bar, *(pane for pane in shown if pane is not None))

    def _pane(self, name: str) -> Any:
        if name == "train" and self.training is None:
            from nasviz.widgets.training import Training

            self.training = Training(self.view, self._data if self._data is not None else _digits())
        return {"grammar": self.editor, "architecture": self.view, "train": self.training}[name]

    def close(self) -> None:
        """End the workbench with all its views."""
        links, self._links = self._links, []
        parts, self._parts = self._parts, []
        for link in links:
            link.unlink()
        layout = self.layout if parts else None
        super().close()
        for part in (*parts, self.training if parts else None, layout):
            if part is not None:
                part.close()

    def fallback(self) -> str:
        """Plain text for places without widgets."""
        return self.view.fallback()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        found: Any = super()._repr_mimebundle_(**kwargs)  # pyright: ignore[reportUnknownMemberType, reportAttributeAccessIssue]
        return None if found is None else {**found, "text/plain": self.fallback()}


def _button(name: str) -> ipywidgets.ToggleButton:
    return ipywidgets.ToggleButton(
        value=False, description=name.capitalize(), tooltip=_TIPS[name], layout={"width": "auto", "margin": "0 4px 4px 0"}
    )


def _first(space: SearchSpace) -> Architecture | None:
    """An architecture to begin with, one that has a graph where that is easy to find; None without a grammar."""
    if space.grammar is None:
        return None
    for seed in range(_TRIES):
        arch = space.sample(seed=seed)
        try:
            arch.graph()
        except NasvizError:
            continue
        return arch
    return space.sample(seed=0)


def _digits() -> Any:
    from nasviz.evaluation.data import digits

    return digits()
