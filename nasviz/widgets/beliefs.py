"""What the surrogate of a study believes, computed beside the search and never faster than the search can bear."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from nasviz.records import Trial
from nasviz.search import Study
from nasviz.surrogate import GP
from nasviz.view.surrogate import SurrogateInfo, surrogate_info

if TYPE_CHECKING:
    from nasviz.spaces import Architecture

FEWEST = 2
"""Trials with a value that a surrogate needs."""
LONGEST_BREAK = 10.0
"""Longest rest between two fits, in seconds."""


class Beliefs:
    """The newest fit of a study's surrogate.

    Parameters
    ----------
    study
        The study.
    value_name
        What it measures.
    changed
        Called after each fit, from another thread.

    Attributes
    ----------
    info
        What the newest fit believes.
    trouble
        Why there is none, or "".
    """

    def __init__(self, study: Study, value_name: str, changed: Callable[[], None]) -> None:
        self.info = SurrogateInfo(value_name=value_name)
        self.trouble = ""
        self._study = study
        self._changed = changed
        self._gp: GP | None = None
        self._fitted = 0
        self._asked = ""
        self._busy = False
        self._not_before = 0.0

    def consider(self, usable: int, arch: Architecture | None) -> None:
        """Fit again if there are other trials, or predict again if the architecture is another one; returns at once.

        Parameters
        ----------
        usable
            Number of trials with a value.
        arch
            The architecture whose mean and sd are wanted, or None.
        """
        if self._busy or usable < FEWEST:
            return
        fit = usable != self._fitted and time.monotonic() >= self._not_before
        key = "" if arch is None else arch.key
        if not fit and (self._gp is None or key == self._asked):
            return
        self._busy, self._asked = True, key
        self._fitted = usable if fit else self._fitted
        threading.Thread(target=self._believe, args=(arch, fit), name="nasviz-surrogate", daemon=True).start()

    def _believe(self, arch: Architecture | None, fit: bool) -> None:
        began = time.monotonic()
        try:
            if fit or self._gp is None:
                self._gp = self._study.surrogate()
                self.info = left_out(self._gp, self._study.trials, self.info.value_name)
            self.info = with_belief(self.info, self._gp, arch)
            self.trouble = ""
        except Exception as error:
            self.trouble = f"no prediction: {error}"
        if fit:
            rest = min(3 * (time.monotonic() - began), LONGEST_BREAK)
            self._not_before = time.monotonic() + rest
            timer = threading.Timer(rest, self._changed)
            timer.daemon = True
            timer.start()
        self._busy = False
        self._changed()


def left_out(gp: GP, trials: Sequence[Trial], value_name: str = "value") -> SurrogateInfo:
    """Return the leave-one-out predictions of a fitted surrogate, each with the number of its trial."""
    mean, sd = gp.leave_one_out()
    terms = [str(arch) for arch in gp.archs]
    found: dict[str, list[int]] = {}
    for trial in trials:
        if trial.usable:
            found.setdefault(trial.term, []).append(trial.number)
    numbers = [found[term].pop(0) if found.get(term) else -1 for term in terms]
    return surrogate_info(gp.y, mean, sd, trials=numbers, terms=terms, value_name=value_name)


def with_belief(info: SurrogateInfo, gp: GP, arch: Architecture | None) -> SurrogateInfo:
    """Return `info` with the mean and sd that a fitted surrogate gives to `arch`."""
    if arch is None:
        return replace(info, current=None, current_term="")
    (mean,), (sd,) = gp.predict([arch])
    return replace(info, current=(float(mean), float(sd)), current_term=str(arch))
