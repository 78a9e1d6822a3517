"""The workbench: grammar, derivation, architecture and training of one space in one cell, with one selection through all."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets
import traitlets

from nasviz.errors import NasvizError
from nasviz.extension import load
from nasviz.spaces import Architecture, SearchSpace
from nasviz.widgets.architecture import ArchitectureView
from nasviz.widgets.base import View
from nasviz.widgets.grammar import GrammarEditor
from nasviz.widgets.workbench_parts import PANES, Divider, PaneBar, checked_panes

USUAL = ("grammar", "derive", "architecture")
"""Panes that are open unless told otherwise."""

_TRIES = 50


class Workbench(ipywidgets.VBox):
    """Everything about one space in one cell: edit its grammar, derive by hand, look at an architecture, train it.

    It is an ``ipywidgets.VBox`` of views that also stand alone: `editor`, `stepper`, `view` and `training`. Buttons open and
    close them; the lines between them change their heights, by the mouse or the arrow keys, and the browser remembers both for
    each notebook. An edit of the grammar reaches the stepper and what is drawn; a derivation that is complete, or a sample that
    is clicked in the editor, becomes the architecture that is shown.

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
        Which of "grammar", "derive", "architecture" and "train" are open at the start. None: those that were open here the
        last time; the first time all but "train".
    study
        A study or a fitted ``GP`` whose beliefs and credits are shown with the architecture.

    Attributes
    ----------
    arch : Architecture or None
        What is shown; settable and observable.
    selection : (Architecture, Position) or None
        What is selected; settable and observable.
    panes : tuple of str
        What is open; settable and observable.
    editor, stepper, view, training
        The views. `editor` is None for an architecture without a grammar; `stepper` and `training` are None until their panes
        are opened.

    Raises
    ------
    NasvizError
        If `shown` is something else, or there is no such pane.

    Examples
    --------
    >>> nv.Workbench(nv.spaces.digits_cells())                            # doctest: +SKIP
    """

    _links: Sequence[Any] = ()
    arch = traitlets.Any(default_value=None, allow_none=True)
    selection = traitlets.Any(default_value=None, allow_none=True)
    panes = traitlets.Tuple(default_value=())

    def __init__(
        self,
        shown: SearchSpace | Architecture,
        data: Sequence[Any] | None = None,
        *,
        parts: Sequence[str] = ("term", "tree", "graph", "cost", "code"),
        panes: Sequence[str] | None = None,
        study: Any = None,
    ) -> None:
        if not isinstance(shown, (SearchSpace, Architecture)):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise NasvizError(f"a workbench takes a search space or an architecture, found {type(shown).__name__}")
        space = shown if isinstance(shown, SearchSpace) else shown.space
        first = shown if isinstance(shown, Architecture) else _first(space)
        self._data = data
        self._possible = self._panes_of(space)
        opened = checked_panes(USUAL if panes is None else panes, self._possible)
        self.editor = GrammarEditor(space) if "grammar" in self._possible else None
        self.view = ArchitectureView(space if first is None else first, parts, study=study)
        self.stepper: Any = None
        self.training: Any = None
        self._dividers = {name: Divider(name, f"Height of the pane {name}") for name in self._possible}
        self._bar = PaneBar(space.name or "Workbench", self._possible, opened, panes is not None, _page_of(weakref.ref(self)))
        super().__init__(layout={"width": "100%"})
        self.panes = opened
        self._links = [
            *(traitlets.link((self.view, name), (self, name)) for name in ("arch", "selection")),
            traitlets.link((self, "panes"), (self._bar, "panes")),
        ]
        self._listen()

    @property
    def space(self) -> SearchSpace:
        """The space of the last grammar without errors."""
        return self.view.space

    def _panes_of(self, space: SearchSpace) -> tuple[str, ...]:
        without = set[str]()
        if space.grammar is None:
            without |= {"grammar", "derive"}
        if self._data is None and tuple(space.input_shape) != (1, 8, 8):
            without.add("train")
        return tuple(name for name in PANES if name not in without)

    # ---- what follows what

    def _listen(self) -> None:
        if self.editor is not None:
            self.editor.observe(_weakly(self, Workbench._edited), "good")
            self.editor.observe(_weakly(self, Workbench._chosen), "arch")

    def _edited(self, change: Any) -> None:
        if change["new"] is None:
            return
        self.view.space = change["new"]
        if self.stepper is not None:
            try:
                self.stepper.space = change["new"]
            except NasvizError as error:
                self.stepper.show_error(error)

    def _chosen(self, change: Any) -> None:
        """Show what another pane has made: a drawn sample, a complete derivation."""
        if change["new"] is not None:
            self.arch = change["new"]

    def _pointed(self, change: Any) -> None:
        """A place that was selected in the stepper is selected here."""
        chosen = change["new"]
        if chosen is not None and chosen[0] == self.arch:
            self.selection = chosen

    @traitlets.observe("selection")
    def _selected(self, change: Any) -> None:
        chosen, stepper = change["new"], self.stepper
        if stepper is not None and stepper.arch is not None and (chosen is None or chosen[0] == stepper.arch):
            stepper.selection = chosen

    # ---- panes

    @traitlets.validate("panes")
    def _check_panes(self, proposal: Any) -> tuple[str, ...]:
        return checked_panes(proposal["value"], self._possible)

    @traitlets.observe("panes")
    def _arrange(self, _change: Any = None) -> None:
        children: list[Any] = [self._bar]
        for name in self.panes:
            children += [self._pane(name), self._dividers[name]]
        self.children = tuple(children)

    def _pane(self, name: str) -> View:
        if name == "derive" and self.stepper is None:
            self.stepper = load("nasviz.widgets.stepper").Stepper(self.space)
            self.stepper.observe(_weakly(self, Workbench._chosen), "arch")
            self.stepper.observe(_weakly(self, Workbench._pointed), "selection")
        if name == "train" and self.training is None:
            data = self._data if self._data is not None else load("nasviz.evaluation.data").digits()
            self.training = load("nasviz.widgets.training").Training(self.view, data)
        views: dict[str, Any] = {
            "grammar": self.editor,
            "derive": self.stepper,
            "architecture": self.view,
            "train": self.training,
        }
        return views[name]

    def views(self) -> tuple[View, ...]:
        """The views of the open panes, from above to below."""
        return tuple(self._pane(name) for name in self.panes)

    def close(self) -> None:
        """End the workbench with all its views."""
        if self.comm is None:
            return
        links, self._links = self._links, []
        for link in links:
            link.unlink()
        layout = self.layout
        super().close()
        for part in (self.editor, self.stepper, self.view, self.training, self._bar, *self._dividers.values(), layout):
            if part is not None:
                part.close()

    def fallback(self) -> str:
        """Plain text for places without widgets."""
        return self.view.fallback()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        found: Any = super()._repr_mimebundle_(**kwargs)  # pyright: ignore[reportUnknownMemberType, reportAttributeAccessIssue]
        return None if found is None else {**found, "text/plain": self.fallback()}


def _weakly(bench: Workbench, call: Callable[[Workbench, Any], None]) -> Callable[[Any], None]:
    """A handler that does not keep the workbench alive."""
    me = weakref.ref(bench)

    def handler(change: Any) -> None:
        found = me()
        if found is not None:
            call(found, change)

    return handler


def _page_of(me: weakref.ref[Workbench]) -> Callable[[], str]:
    """What makes the page of a workbench, without keeping it alive."""

    def page() -> str:
        bench = me()
        if bench is None:
            raise NasvizError("this workbench was closed")
        return load("nasviz.widgets.export").export_html(bench, title=bench.space.name or "Workbench")

    return page


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
