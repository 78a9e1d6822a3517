"""How long a search has run and how long it will still take."""

from __future__ import annotations

import time
from collections.abc import Sequence

from nasviz import numbers
from nasviz.records import Trial

ENDED = ("finished", "pruned", "failed", "stopped")


class Clock:
    """Time of a search: what its trials took before somebody looked, then what was seen.

    Parameters
    ----------
    trials
        The trials that there are.
    """

    def __init__(self, trials: Sequence[Trial]) -> None:
        self._before = sum(t.seconds for t in trials)
        self._finished_before = sum(t.state in ENDED for t in trials)
        self._seen = 0.0
        self._since: float | None = None
        self._finished = self._finished_before

    @property
    def ticking(self) -> bool:
        """Whether the search runs now."""
        return self._since is not None

    @property
    def seconds(self) -> float:
        """Seconds that the search has run, pauses left out."""
        now = 0.0 if self._since is None else time.monotonic() - self._since
        return self._before + self._seen + now

    def tick(self, running: bool, finished: int) -> None:
        """Say whether the study runs now, and how many trials are finished."""
        self._finished = finished
        if running and self._since is None:
            self._since = time.monotonic()
        elif not running and self._since is not None:
            self._seen += time.monotonic() - self._since
            self._since = None

    def rest(self, trials: int) -> str:
        """Time that so many more trials will take, in words."""
        if trials <= 0:
            return "nothing"
        new = self._finished - self._finished_before
        if new >= 1:
            return numbers.about((self.seconds - self._before) / new * trials)
        if self._finished_before and self._before > 0:
            return numbers.about(self._before / self._finished_before * trials)
        return "…"
