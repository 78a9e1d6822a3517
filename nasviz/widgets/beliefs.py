"""What the surrogate of a study believes, computed beside the search and never faster than the search can bear."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from nasviz.errors import NasvizError
from nasviz.records import Belief, Trial
from nasviz.search import Study
from nasviz.search.explaining import Explaining
from nasviz.surrogate.basis import Basis, basis_of
from nasviz.view.folding import Folding
from nasviz.widgets.architecture_body import Costs, measure
from nasviz.widgets.background import Background
from nasviz.widgets.board_detail import Told, picture, quick, written

if TYPE_CHECKING:
    from nasviz.spaces import Architecture

FEWEST = 2
"""Trials with a value that a surrogate needs."""

TOO_FEW = "The surrogate needs two trials with a value."
"""Why there is no surrogate yet."""

REST = 3.0
"""How long a surrogate rests after a fit, in multiples of the time that the fit took."""


class Beliefs:
    """The newest fit of a study's surrogate, and what it says of the architecture that is shown.

    Parameters
    ----------
    study
        The study.
    changed
        Called after each piece of work, from another thread.
    moved
        Called when mean, sd and acquisition of another architecture are there, from another thread.

    Attributes
    ----------
    background
        Where the work is done; its results come and go with the fits.
    """

    def __init__(self, study: Study, changed: Callable[[], object], moved: Callable[[], object]) -> None:
        self.background = Background(changed, ("fit", "detail"))
        self._numbers = Background(
            moved
        )  # not behind a fit, and not in the writer: a surrogate computes for one thread at a time
        self._study = study
        self._seen: Explaining = study
        self._usable = 0
        self._told: dict[str, Told] = {}
        self._picture: tuple[Hashable, dict[str, Any]] | None = None

    @property
    def basis(self) -> Basis | None:
        """The newest fit with its trials, or None."""
        return self.background.result(self._fit)

    @property
    def version(self) -> Hashable:
        """Changes with each fit; None before the first. It begins with the name of the objective."""
        return self.background.done(self._fit)

    @property
    def _fit(self) -> str:
        """Under which name the fits of the objective that is shown are kept."""
        return "fit" if self._seen is self._study else f"fit {self._seen.value_name}"

    @property
    def trouble(self) -> str:
        """Why there is no fit, or "" where there is one or will be one soon."""
        return TOO_FEW if self._usable < FEWEST else self.background.trouble(self._fit)

    def consider(
        self, trials: Sequence[Trial], arch: Architecture | None, folding: Folding, seen: Explaining | None = None
    ) -> None:
        """Learn from these trials, and think about that architecture, unless this was done; returns at once.

        Parameters
        ----------
        trials
            All trials of the study.
        arch
            The architecture that is shown, or None.
        folding
            What its picture folds.
        seen
            The study as the objective that is shown sees it; the study itself when None.
        """
        before, self._seen = self._fit, seen or self._study
        if before != self._fit:
            self.background.stop(before)
        usable = tuple(t.number for t in trials if t.usable)
        self._usable = len(usable)
        if len(usable) >= FEWEST:
            self.background.ask(self._fit, (self._seen.value_name, usable), partial(basis_of, self._seen), share=REST)
        if arch is None:
            self.background.stop("detail")
        else:
            told = self._told.setdefault(self._seen.value_name, Told(self._study))
            work = partial(_thought, told, self.basis, arch, folding)
            self.background.ask("detail", (arch.key, arch.fingerprint, folding, self.version), work)

    def of(self, arch: Architecture) -> Belief | None:
        """Return mean, sd and acquisition of an architecture by the newest fit; None until they are there, a moment later."""
        basis, key = self.basis, (self.version, arch)
        if basis is None:
            return None
        self._numbers.ask("belief", key, partial(_believed, basis, arch))
        return self._numbers.result("belief") if self._numbers.done("belief") == key else None

    def detail(self, arch: Architecture | None, folding: Folding) -> dict[str, Any] | None:
        """Return what is known by now of the architecture that is shown, as JSON data."""
        if arch is None:
            return None
        done, found = self.background.done("detail"), self.background.result("detail")
        shown: dict[str, Any] = {"numbers": written(self.of(arch)), "in_space": self._contains(arch)}
        if isinstance(done, tuple) and done[:3] == (arch.key, arch.fingerprint, folding) and found is not None:
            credit = found["credit"] if about(done[3]) == about(self.version) else None
            return {**shown, "body": {**found, "credit": credit or self._waiting()}}
        return {**shown, "body": {**self._quick(arch, folding), "credit": self._waiting()}}

    def _waiting(self) -> dict[str, Any]:
        return {"waiting": not self.trouble, "trouble": self.trouble}

    def _quick(self, arch: Architecture, folding: Folding) -> dict[str, Any]:
        """Term and graph; with shapes where that takes no time."""
        key = (arch, folding)
        if self._picture is None or self._picture[0] != key:
            self._picture = key, picture(arch, folding, measure(arch) if quick(arch) else Costs())
        return self._picture[1]

    def _contains(self, arch: Architecture) -> bool:
        """Whether the study can evaluate it."""
        try:
            return arch.space == self._study.space or self._study.space.contains(arch)
        except NasvizError:
            return False

    def close(self) -> None:
        """Begin nothing more."""
        self.background.close()
        self._numbers.close()


def about(version: Hashable) -> Hashable:
    """Return of which objective a fit or a figure with this version is."""
    return version[0] if isinstance(version, tuple) and version else None


def _believed(basis: Basis, arch: Architecture) -> Belief:
    return basis.beliefs([arch])[0]


def _thought(told: Told, basis: Basis | None, arch: Architecture, folding: Folding) -> dict[str, Any]:
    """Term and graph of an architecture with its shapes; what it costs; what is believed of it, and why."""
    return {**picture(arch, folding, measure(arch)), "credit": None if basis is None else told.about(basis, arch)}
