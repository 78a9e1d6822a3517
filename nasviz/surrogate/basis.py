"""What an explanation rests on: a fitted surrogate, the trials it learned from, the best of them, and which way is better."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from nasviz.errors import NasvizError
from nasviz.records import Belief, Trial, Which, matched, seen_by
from nasviz.surrogate.acquisition import log_ei
from nasviz.surrogate.credit import Accountant
from nasviz.surrogate.gp import GP

if TYPE_CHECKING:
    from nasviz.spaces import Architecture

Direction = Literal["minimize", "maximize"]


@dataclass(frozen=True)
class Basis:
    """A fitted surrogate with what is needed to explain its beliefs.

    Attributes
    ----------
    gp
        The surrogate.
    direction
        Whether smaller or larger values are better.
    trials : tuple of Trial or None, length n
        For each architecture of `gp` the trial it stands for, where that is known.
    value_name
        Which objective it is, of a study that has several; else "".
    """

    gp: GP
    direction: Direction = "minimize"
    trials: tuple[Trial | None, ...] = ()
    value_name: str = ""

    @property
    def sign(self) -> float:
        """1 where smaller values are better, else −1."""
        return 1.0 if self.direction == "minimize" else -1.0

    @property
    def best(self) -> int:
        """Which of the architectures of the surrogate has the best value; the first of several."""
        return int(np.argmin(self.sign * self.gp.y))

    @cached_property
    def accountant(self) -> Accountant:
        """Hands out credit.

        Raises
        ------
        NasvizError
            If the surrogate's kernel counts nothing.
        """
        return Accountant(self.gp)

    @cached_property
    def subterms(self) -> tuple[frozenset[str], ...]:
        """The texts of all subterms of each architecture that the surrogate learned from."""
        return tuple(subterm_texts(arch) for arch in self.gp.archs)

    @cached_property
    def evidence(self) -> Counter[str]:
        """In how many of those architectures each subterm occurs."""
        return Counter(text for texts in self.subterms for text in texts)

    def called(self, i: int) -> str:
        """What architecture `i` of the surrogate is called: "trial 7"."""
        if not self.trials:
            return f"architecture {i}"
        trial = self.trials[i]
        if trial is None:
            return "known from another study"
        return f"trial {trial.number}" + (" (pruned)" if trial.state == "pruned" else "")

    def beliefs(self, archs: Sequence[Architecture]) -> list[Belief]:
        """Return mean and sd of `archs` in the objective's units, and the logarithm of the improvement expected of each."""
        mean, sd = self.gp.predict(archs)
        gain = log_ei(self.gp, archs, float(self.gp.y[self.best]), maximize=self.direction == "maximize")
        return [Belief(float(m), float(s), float(g)) for m, s, g in zip(mean, sd, gain, strict=True)]

    def means(self, archs: Sequence[Architecture]) -> np.ndarray:
        """Return the predicted means ``(m,)`` of `archs` on the scale of credits: minus the prior mean, not standardised."""
        return self.gp.posterior(archs)[0] * self.gp.target.scale


def basis_of(source: Any, direction: Direction = "minimize", objective: Which = None) -> Basis:
    """Return what explanations rest on.

    Parameters
    ----------
    source
        A study, a fitted Gaussian process, or what this function gave.
    direction
        Which way is better, for a Gaussian process; a study knows.
    objective
        Which objective of a study that has several, by name or place; the first when None.

    Raises
    ------
    NasvizError
        If it is none of these, has learned nothing yet, or has no such objective.
    """
    source = seen_by(source, objective)
    if isinstance(source, Basis):
        return source
    if direction not in ("minimize", "maximize"):
        raise NasvizError(f"direction is {direction!r}, expected 'minimize' or 'maximize'")
    if isinstance(source, GP):
        _ = source.model  # says what is missing
        return Basis(source, direction)
    if callable(getattr(source, "surrogate", None)) and hasattr(source, "trials"):
        gp: GP = source.surrogate()
        trials = matched([str(arch) for arch in gp.archs], gp.y.tolist(), source.trials)
        return Basis(gp, source.direction, trials, getattr(source, "value_name", ""))
    raise NasvizError(f"explanations need a study or a fitted GP, found a {type(source).__name__}")


def subterm_texts(arch: Architecture) -> frozenset[str]:
    """Return the texts of all subterms of an architecture."""
    term = arch.term
    return frozenset(term.text[a:b] for a, b in zip(term.start.tolist(), term.stop.tolist(), strict=True))
