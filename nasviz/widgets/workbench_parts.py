"""What a workbench consists of besides its views: the bar that opens panes, and the lines between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import traitlets

from nasviz.errors import NasvizError
from nasviz.widgets.base import View

PANES = ("grammar", "derive", "architecture", "train")
"""Panes of a workbench, from above to below."""

_TIPS = {
    "grammar": "The grammar of the space, its size and what it makes",
    "derive": "Derive an architecture by hand, step by step",
    "architecture": "Term, derivation, graph, cost and code of one architecture",
    "train": "Train the architecture that is shown",
}


class PaneBar(View):
    """Buttons that open and close panes, give them their own sizes again, and save the whole as a page.

    Parameters
    ----------
    title
        What the workbench is about.
    possible
        Names of the panes that there may be, from :data:`PANES`.
    panes
        What is open at the start.
    asked
        Whether the panes that are open were asked for; if not, the page opens those that were open the last time.
    page
        Makes the page that is saved. It must not keep the workbench alive.

    Attributes
    ----------
    panes : tuple of str
        What is open, in the order of :data:`PANES`; settable and observable.
    """

    stem = "workbench"
    panes = traitlets.Tuple()

    def __init__(self, title: str, possible: Sequence[str], panes: Sequence[str], asked: bool, page: Callable[[], str]) -> None:
        self._title = title
        self._possible = tuple(possible)
        self._asked = asked
        self._page = page
        super().__init__(panes=tuple(panes))
        self._show()

    @traitlets.validate("panes")
    def _check_panes(self, proposal: Any) -> tuple[str, ...]:
        return checked_panes(proposal["value"], self._possible)

    @traitlets.observe("panes")
    def _show(self, _change: Any = None) -> None:
        known = [{"name": name, "title": name.capitalize(), "tip": _TIPS[name]} for name in self._possible]
        self.publish({"title": self._title, "panes": known, "open": self.panes, "asked": self._asked})

    def do_arrange(self, body: dict[str, Any]) -> None:
        """Open these panes and close the others."""
        self.panes = checked_panes(body.get("panes"), self._possible)

    def do_page(self, body: dict[str, Any]) -> dict[str, Any]:
        """What is open as a page: ``{"name": ..., "text": ...}``."""
        return {"name": "workbench.html", "text": self._page()}

    def fallback(self) -> str:
        """The title."""
        return self._title


class Divider(View):
    """A line below a view in a ``VBox``: dragging it, or its arrow keys, change the height of the view above.

    Parameters
    ----------
    name
        Under which the page remembers the height, for each notebook.
    label
        What it changes, in words.
    """

    stem = "divider"

    def __init__(self, name: str, label: str) -> None:
        super().__init__()
        self.publish({"name": name, "label": label})

    def fallback(self) -> str:
        """Nothing to read."""
        return ""


def checked_panes(panes: Any, possible: Sequence[str]) -> tuple[str, ...]:
    """Return names of panes in their order, those that there may be.

    Raises
    ------
    NasvizError
        If it is no list of names of panes.
    """
    if not isinstance(panes, (list, tuple)):
        raise NasvizError(f"panes are a list of names, found {type(panes).__name__}; there are {', '.join(PANES)}")
    unknown = [name for name in panes if name not in PANES]
    if unknown:
        raise NasvizError(f"a workbench has the panes {', '.join(PANES)}, found {unknown[0]!r}")
    return tuple(name for name in PANES if name in panes and name in possible)
