"""The figures that a search board shows now: drawn beside the writer, kept until something in them changes."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from typing import TYPE_CHECKING, Any

from nasviz.view import theme
from nasviz.widgets.background import Background
from nasviz.widgets.base import Ready
from nasviz.widgets.beliefs import Beliefs, about
from nasviz.widgets.board_map import draw_map, placed
from nasviz.widgets.board_tabs import PROGRESS, SURROGATE, Asked, Drawn, Seen, Tab

if TYPE_CHECKING:
    from nasviz.spaces import Architecture

HEAVY = 1.0
"""Seconds between two drawings of a figure that takes long, at least."""


class Figures:
    """What the panes of a board show.

    Parameters
    ----------
    beliefs
        Has the surrogate.
    changed
        Called after a figure was drawn, from another thread.
    """

    def __init__(self, beliefs: Beliefs, changed: Callable[[], object]) -> None:
        self._beliefs = beliefs
        self._progress_work = Background(changed)
        self._work = Background(changed)
        self._at_once: tuple[Hashable, Ready] | None = None

    def shown(
        self, seen: Seen, progress: str, surrogate: str, colour: str, arch: Architecture | None
    ) -> dict[str, Ready | dict[str, Any]]:
        """Return the figures of the tabs that are open, by name; what is not drawn yet is missing.

        Each is ``{"figure": …, "note": …, "trouble": …}``: a plotly figure as JSON data or None, a line about it, and why
        there is none. What is no longer open is not drawn.

        Parameters
        ----------
        seen
            The study as it is now.
        progress, surrogate
            Which tabs are open.
        colour
            What the colour of the map says.
        arch
            The architecture that is shown, or None.
        """
        for work, names, shown in ((self._progress_work, PROGRESS, progress), (self._work, SURROGATE, surrogate)):
            for name in names:
                if name != shown:
                    work.stop(name)
        asked = None if self._beliefs.basis is None else Asked(self._beliefs.basis, seen, arch, colour)
        return {
            **self._progress(PROGRESS[progress], seen),
            **self._learned(SURROGATE[surrogate], asked),
            **self._map(asked),
        }

    def _progress(self, tab: Tab, seen: Seen) -> dict[str, Ready | dict[str, Any]]:
        if tab.heavy:
            self._progress_work.ask(tab.name, seen.version, partial(made, tab.draw, seen), least=HEAVY)
            return self._drawn(tab.name, self._progress_work, about(seen.version))
        key = (tab.name, seen.version)
        if self._at_once is None or self._at_once[0] != key:
            self._at_once = key, made(tab.draw, seen)
        return {tab.name: self._at_once[1]}

    def _learned(self, tab: Tab, asked: Asked | None) -> dict[str, Ready | dict[str, Any]]:
        if asked is None:
            return self._nothing(tab.name)
        version = self._beliefs.version
        key = (about(version), version, None if tab.heavy else asked.arch)
        self._work.ask(tab.name, key, partial(made, tab.draw, asked), least=HEAVY if tab.heavy else 0.0)
        return self._drawn(tab.name, self._work, about(version))

    def _map(self, asked: Asked | None) -> dict[str, Ready | dict[str, Any]]:
        """The map: where all lies, at most every second; then the picture of it, which is quick."""
        if asked is None:
            return self._nothing("map")
        before = self._work.result("place")
        self._work.ask("place", self._beliefs.version, partial(placed, asked, before), least=HEAVY, share=1.0)
        where, objective = self._work.result("place"), about(self._beliefs.version)
        if where is None or about(self._work.done("place")) != objective:
            return self._failed("map", self._work.trouble("place"))
        known = tuple((t.number, t.state) for t in asked.seen.trials if t.baseline)
        key = (objective, self._work.done("place"), asked.colour, asked.arch, known)
        self._work.ask("map", key, partial(made, partial(draw_map, where=where), asked))
        return self._drawn("map", self._work, objective)

    def _nothing(self, name: str) -> dict[str, Ready | dict[str, Any]]:
        return self._failed(name, self._beliefs.trouble)

    def _drawn(self, name: str, work: Background, objective: Hashable) -> dict[str, Ready | dict[str, Any]]:
        """The newest figure of a name; none while it is still about another objective."""
        result = work.result(name)
        if result is not None and about(work.done(name)) != objective:
            return {}
        return {name: result} if result is not None else self._failed(name, work.trouble(name))

    @staticmethod
    def _failed(name: str, trouble: str) -> dict[str, Ready | dict[str, Any]]:
        return {name: {"figure": None, "note": "", "trouble": trouble}} if trouble else {}

    def close(self) -> None:
        """Draw nothing more."""
        self._progress_work.close()
        self._work.close()


def made(draw: Callable[[Any], Drawn], of: Any) -> Ready:
    """Return a figure with its line as JSON data."""
    figure, note = draw(of)
    return Ready(figure=theme.spec(figure), note=note, trouble="")
