"""A table that fills itself, watched: how far it is, how long it still takes, what gave no value, and a button to stop it."""

from __future__ import annotations

import threading
import time
import weakref
from typing import TYPE_CHECKING, Any

import ipywidgets

from nasviz import numbers
from nasviz.errors import said
from nasviz.search.tabulate import Tabulation
from nasviz.widgets.base import expect

if TYPE_CHECKING:
    from collections.abc import Callable

_EVERY = 0.2
"""Least seconds between two looks while the table fills."""


class TableView(ipywidgets.VBox):
    """Watch what ``nv.tabulate`` makes, stop it and let it go on.

    Parameters
    ----------
    table
        What ``nv.tabulate`` returned.

    Raises
    ------
    NasvizError
        If `table` is something else.

    Attributes
    ----------
    table
        The table.
    bar, line, button, rows
        The parts: an ``ipywidgets.FloatProgress``, two texts and a button.
    """

    stem = "table"

    def __init__(self, table: Tabulation) -> None:
        expect(table, Tabulation, "what nv.tabulate returns")
        self.table = table
        self.bar = ipywidgets.FloatProgress(min=0.0, max=1.0, layout=ipywidgets.Layout(width="16em"))
        self.line = ipywidgets.Label(layout=ipywidgets.Layout(width="auto"))
        self.button = ipywidgets.Button()
        self.rows = ipywidgets.HTML(layout=ipywidgets.Layout(width="max-content"))
        self.rows.add_class("jp-RenderedHTMLCommon")  # JupyterLab's look of tables
        self._looking = threading.Lock()
        self._began, self._had, self._looked = time.monotonic(), len(table.rows), 0.0
        super().__init__([ipywidgets.HBox([self.button, self.bar, self.line]), self.rows])
        self.button.on_click(_press(weakref.ref(self)))
        weakref.finalize(self, table.on_change(_follow(weakref.ref(self))))
        self.look()

    def look(self) -> None:
        """Show what the table holds now."""
        with self._looking:
            running = self.table.running
            self._looked = time.monotonic()
            self.bar.value = self.table.progress
            self.button.disabled = not running and len(self.table) == self.table.total
            self.button.description = "Stop" if running else "Go on"
            self.button.tooltip = (
                "End what runs; what was evaluated is kept" if running else "Evaluate what is missing and what failed"
            )
            if not running:
                self.rows.value = self.table.frame.to_html(
                    max_rows=12, border=0
                )  # sorting many rows takes time, so it is shown once they are there
            self.line.value = self._said(running)

    def glance(self) -> None:
        """Show what the table holds now, unless that was done a moment ago and it still fills."""
        if not self.table.running or time.monotonic() - self._looked >= _EVERY:
            self.look()

    def press(self) -> None:
        """Do what the button says: stop, or go on."""
        if self.table.running:
            self.table.stop()
            self.button.disabled = True
            return
        self._began, self._had = time.monotonic(), len(self.table)
        self.table.start()
        self.look()

    def _said(self, running: bool) -> str:
        rows = list(self.table.rows.values())
        values = [row.value for row in rows if row.value is not None]
        parts = [f"{len(rows)} of {self.table.total} architectures"]
        if values:
            parts.append(f"values {numbers.measure(min(values))} … {numbers.measure(max(values))}")
        without = [row for row in rows if row.value is None]
        if without:
            parts.append(f"{len(without)} without a value, e.g. {without[0].reason[:80]}")
        return " · ".join([*parts, self._rest(len(rows)) if running else self._end()])

    def _rest(self, have: int) -> str:
        new = have - self._had
        if new < 1:
            return "begins"
        seconds = (time.monotonic() - self._began) / new * (self.table.total - have)
        return f"{numbers.about(seconds)} left"

    def _end(self) -> str:
        try:
            self.table.wait(0)
        except Exception as error:
            return f"ended: {said(error)}"
        return "complete" if len(self.table.rows) == self.table.total else "stopped"


def _press(view: weakref.ref[TableView]) -> Callable[[Any], None]:
    def pressed(_: Any) -> None:
        found = view()
        if found is not None:
            found.press()

    return pressed


def _follow(view: weakref.ref[TableView]) -> Callable[[Tabulation], None]:
    def changed(_: Tabulation) -> None:
        found = view()
        if found is not None:
            found.glance()

    return changed
