"""What changes between two architectures: a marked text, one graph, and the change of parameters and FLOPs."""

from __future__ import annotations

from typing import Any

import traitlets

from nasviz.errors import BuildError, NasvizError
from nasviz.spaces import Architecture, Difference, diff
from nasviz.view.graph import LARGEST
from nasviz.widgets.base import View
from nasviz.widgets.workspace import WORKSPACE

MOST = 200
"""Edits that are listed at most."""


class DifferenceView(View):
    """Two architectures as one: what goes is marked with − and dashed, what comes with + and thick.

    Parameters
    ----------
    difference
        What ``nv.diff(a, b)`` returned; or the first architecture.
    other
        The second architecture, when `difference` is the first.

    Attributes
    ----------
    difference : Difference
        What is shown; settable and observable.

    Examples
    --------
    >>> nv.show(nv.diff(a, b))                                            # doctest: +SKIP
    """

    stem = "difference"
    difference = traitlets.Any()

    def __init__(self, difference: Difference | Architecture, other: Architecture | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.difference = diff(difference, other) if isinstance(difference, Architecture) and other else difference

    @traitlets.validate("difference")
    def _check_difference(self, proposal: Any) -> Any:
        if not isinstance(proposal["value"], Difference):
            raise NasvizError(f"a DifferenceView shows what nv.diff(a, b) returns, found {type(proposal['value']).__name__}")
        return proposal["value"]

    @traitlets.observe("difference")
    def _show(self, change: Any) -> None:
        body = body_of(change["new"])
        self.publish(body)
        WORKSPACE.submit(self, DifferenceView._add_cost, change["new"], key="cost")

    def _add_cost(self, difference: Difference) -> None:
        if difference is self.difference:
            self.publish({**body_of(difference), "summary": list(difference.summary)})

    def find_architecture(self, key: str) -> Architecture | None:
        """The second or the first architecture when it has that key."""
        shown: Any = self.difference
        return next((arch for arch in (shown.b, shown.a) if arch.key == key), None)

    def fallback(self) -> str:
        """The marked text and the edits."""
        return repr(self.difference)


def body_of(difference: Difference) -> dict[str, Any]:
    """Return what the page draws, without the change of cost; see ``DifferenceBody`` in the front end."""
    dot, problem = "", ""
    try:
        dot = difference.to_dot()
        if dot.count("nv-op") > LARGEST:
            dot, problem = "", "The graphs differ in too many operations to be drawn as one."
    except BuildError as error:
        problem = f"No common graph: {error.message}"
    edits = difference.edits
    return {
        "key": difference.b.key,
        "pieces": [list(piece) for piece in difference.pieces],
        "edits": [
            [edit.kind, edit.old, edit.new, edit.before if edit.before is None else list(edit.before), edit.after, str(edit)]
            for edit in edits[:MOST]
        ],
        "more": max(0, len(edits) - MOST),
        "dot": dot,
        "problem": problem,
        "summary": list(difference.summary[:1]) if not edits else [f"{len(edits)} edit{'s' if len(edits) > 1 else ''}"],
        "python": f"nv.diff(nv.parse({str(difference.a)!r}), nv.parse({str(difference.b)!r}))",
    }
