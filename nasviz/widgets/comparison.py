"""Two spaces side by side, live: what is drawn so far, Stop while it runs, the distributions as plots."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from nasviz import numbers
from nasviz.jobs import Comparison
from nasviz.records import Drawn
from nasviz.spaces import Architecture
from nasviz.view import theme
from nasviz.view.comparison import comparison_figure, comparison_info
from nasviz.widgets.base import View, expect
from nasviz.widgets.workspace import WORKSPACE

FEWEST = 2
"""Draws of each space before a figure is drawn."""


class ComparisonView(View):
    """What ``nv.compare(a, b)`` measures, while it is measured.

    Parameters
    ----------
    comparison
        What ``nv.compare`` returned.

    Attributes
    ----------
    comparison : Comparison
        What is shown.

    Examples
    --------
    >>> nv.show(nv.compare(a, b))                                         # doctest: +SKIP
    """

    stem = "comparison"
    plots = True
    interval = 0.5

    def __init__(self, comparison: Comparison, **kwargs: Any) -> None:
        self._leave: Callable[[], object] = lambda: None
        expect(comparison, Comparison, "what nv.compare(a, b) returns")
        self.comparison = comparison
        super().__init__(**kwargs)
        self._leave = weakref.finalize(self, comparison.on_change(_listener(self)))
        self._show()

    def do_stop(self, body: dict[str, Any]) -> None:
        """The button Stop."""
        self.comparison.stop()

    def close(self) -> None:
        """Close the view; the comparison goes on."""
        self._leave()
        super().close()

    def _show(self) -> None:
        comparison = self.comparison
        rows, state = comparison.rows, comparison.state
        equal = comparison.so_far() if comparison.objective_name else None
        info = comparison_info(rows, comparison.names, equal, "parameters", comparison.objective_name)
        error = comparison.error
        self.publish(
            {
                "names": list(comparison.names),
                "state": state,
                "progress": comparison.progress,
                "note": comparison.note,
                "why": f"{numbers.CONVENTIONS['parameters']} {numbers.CONVENTIONS['flops']}",
                "error": error,
                "refusals": refusals(rows),
                "figure": theme.spec(comparison_figure(info)) if len(rows) >= 2 * FEWEST else None,
            }
        )

    def find_architecture(self, key: str) -> Architecture | None:
        """None: the page selects no architecture here."""
        return None

    def fallback(self) -> str:
        """What is compared, and how far it came."""
        return repr(self.comparison)


def refusals(rows: tuple[Drawn, ...], most: int = 3) -> list[dict[str, Any]]:
    """Return the first networks that cannot be built or failed, with their reasons."""
    wrong = [row for row in rows if row.reason or row.failure]
    return [{"term": row.term[:400], "space": row.space, "reason": row.reason or row.failure} for row in wrong[:most]]


def _listener(view: ComparisonView) -> Callable[[Comparison], None]:
    """A listener that does not keep the view alive."""
    me = weakref.ref(view)

    def changed(_comparison: Comparison) -> None:
        if (view := me()) is not None:
            WORKSPACE.submit(view, ComparisonView._show, after=0.3, key="show")

    return changed
