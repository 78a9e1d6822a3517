"""The architecture that a search board shows: its term and graph at once, the rest a moment later."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import Any

from nasviz import numbers
from nasviz.errors import NasvizError
from nasviz.records import Belief, Trial
from nasviz.search import Study
from nasviz.spaces import Architecture
from nasviz.surrogate.basis import Basis
from nasviz.surrogate.why import Explanation
from nasviz.view.folding import Folding
from nasviz.widgets.architecture_body import Costs, described, drawn, frame, priced
from nasviz.widgets.credit import Believer

PARTS = ("term", "graph")
"""What is drawn of the architecture."""

_QUICK = 60
"""Nodes of a term up to which its shapes are found at once, so that its picture is laid out only once."""


def picture(arch: Architecture, folding: Folding, costs: Costs) -> dict[str, Any]:
    """Return term and graph of an architecture as the page draws them, with shapes and cost where those are known."""
    return {**frame(arch.space, PARTS), **described(arch), **drawn(arch, PARTS, folding, costs), **priced(arch, costs)}


def quick(arch: Architecture) -> bool:
    """Whether the shapes of an architecture are found in no time."""
    return "torch" in sys.modules and len(arch.term) <= _QUICK


class Told(Believer):
    """Asked about one architecture after another, by the newest surrogate that the board has."""

    def __init__(self, study: Study) -> None:
        super().__init__(study)

    def about(self, basis: Basis, arch: Architecture) -> dict[str, Any]:
        """Return belief, credits, reasons and nearest trials of an architecture as JSON data."""
        with self._alone:
            self._basis = basis
            return {**self.quick(arch), **self.reasons(arch)}

    def _reasons(self, found: Explanation) -> dict[str, Any]:
        said = super()._reasons(found)
        for row, near in zip(said["nearest"], found.nearest(len(said["nearest"])), strict=True):
            trial = found.basis.trials[near.index] if found.basis.trials else None
            row["trial"] = None if trial is None else trial.number
        return said


def written(belief: Belief | None) -> dict[str, str] | None:
    """Return mean ± sd and the logarithm of the expected improvement as text."""
    if belief is None:
        return None
    gain = "" if belief.acquisition is None else numbers.measure(belief.acquisition)
    return {"mean_sd": numbers.spread(belief.mean, belief.sd), "gain": gain}


def believed(belief: Belief) -> str:
    """Return mean ± sd as text, of several objectives one after the other.

    >>> believed(Belief(0.2, 0.05))
    '0.200 ± 0.050'
    """
    if not belief.objectives:
        return numbers.spread(belief.mean, belief.sd)
    return ", ".join(f"{name} {numbers.spread(mean, sd)}" for name, (mean, sd) in belief.objectives.items())


def chosen(trials: Sequence[Trial], number: int | None) -> dict[str, Any] | None:
    """Return what is known of a trial as JSON data, None where there is none of that number."""
    trial = next((t for t in trials if t.number == number), None)
    if trial is None:
        return None
    belief = trial.belief
    return {
        "trial": trial.number,
        "state": trial.state,
        "value": numbers.measure(trial.value) if trial.value is not None and not math.isnan(trial.value) else "",
        "believed": "" if belief is None else believed(belief),
        "proposed_by": trial.proposed_by,
        "baseline": trial.baseline,
        "metrics": [[name, numbers.measure(value)] for name, value in {**trial.objectives, **trial.metrics}.items()],
        "seconds": numbers.about(trial.seconds) if trial.seconds > 0 else "",
        "device": trial.device,
        "term": trial.term,
        "reason": trial.reason,
    }


def stepped(trials: Sequence[Trial], number: int | None, by: int) -> int | None:
    """Return the number of the trial that lies `by` steps after `number`; the ends hold, None without trials.

    >>> stepped([], None, 1)
    """
    order = sorted(t.number for t in trials if t.state != "waiting")
    if not order:
        return None
    if number not in order:
        return order[0] if by > 0 else order[-1]
    return order[min(max(order.index(number) + by, 0), len(order) - 1)]


def arch_of(trial: Any) -> tuple[Architecture | None, str]:
    """Return the architecture of a trial, or None and why it cannot be shown."""
    try:
        return trial.arch, ""
    except NasvizError as error:
        return None, str(error)
