"""Explanations: why a surrogate believes what it believes of an architecture, as a table, in words and drawn on it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from nasviz import numbers
from nasviz.algebra import Position, position_text
from nasviz.errors import NasvizError, a_or_an
from nasviz.extension import lower
from nasviz.records import Belief, Which
from nasviz.records.credit import Credit, Verdict
from nasviz.spaces import Architecture, diff
from nasviz.spaces.mimebundle import mimebundle
from nasviz.surrogate.basis import Basis, Direction, basis_of
from nasviz.surrogate.credit import Account
from nasviz.surrogate.nearest import Neighbour, nearest_trials
from nasviz.surrogate.occlusion import occlude
from nasviz.surrogate.words import clipped

_SPARE = 1e-12
_NAMED = 2
_EDITS = 3
_MANY = 12
"""Edits up to which some are told: of hundreds, three say nothing."""


@dataclass(frozen=True)
class Explanation:
    """Why a surrogate believes what it believes of an architecture; made by :func:`explain`.

    Four measures stand beside each other, the first three on the surrogate's scale: the objective's units, or natural
    logarithms of them where all values are positive; − is for smaller values.

    *credit* hands the predicted mean out to what occurs in the architecture: credits sum to it;
    *gradient* says how the mean would move if a part occurred once more, which dilutes the rest;
    *occlusion* says what the mean loses when a part gives way to what else the space has there, or to ``id``;
    *trials* says how many evaluated architectures contain the part.

    Attributes
    ----------
    basis
        The surrogate and its trials.
    arch
        The architecture.
    """

    basis: Basis
    arch: Architecture

    @cached_property
    def belief(self) -> Belief:
        """Predicted mean and sd in the objective's units, and the logarithm of the improvement expected of it."""
        return self.basis.beliefs([self.arch])[0]

    @cached_property
    def account(self) -> Account:
        """The credits as arrays over the nodes of the term.

        Raises
        ------
        NasvizError
            If the surrogate's kernel counts nothing.
        """
        return self.basis.accountant.account(self.arch)

    @property
    def log(self) -> bool:
        """Whether the surrogate's scale is logarithmic: then a credit c multiplies the value by exp(c)."""
        return self.basis.gp.target.log

    @property
    def base(self) -> float:
        """What credits are counted from, in the objective's units: the mean of the trials, geometric under a logarithm."""
        return float(self.basis.gp.target.value(np.zeros(1))[0])

    @cached_property
    def credits(self) -> tuple[Credit, ...]:
        """Credit of each subterm, in preorder; see :class:`~nasviz.records.credit.Credit`."""
        account, term = self.account, self.arch.term
        counted = _within(account.counted, term.size)
        found: list[Credit] = []
        for i in range(len(term)):
            text = term.text[int(term.start[i]) : int(term.stop[i])]
            value, sd = float(account.within[i]), float(account.within_sd[i])
            verdict = self._verdict(value, sd, counted[i])
            own, own_sd, gradient = (float(x[i]) for x in (account.own, account.own_sd, account.within_gradient))
            found.append(Credit(term.position(i), text, value, sd, own, own_sd, self.basis.evidence[text], gradient, verdict))
        return tuple(found)

    def _verdict(self, value: float, sd: float, counted: int) -> Verdict:
        if not counted:
            return "none"
        if abs(value) <= max(sd, _SPARE):
            return "unsure"
        return "helps" if self.basis.sign * value < 0 else "hurts"

    @cached_property
    def table(self) -> Any:
        """A ``DataFrame`` with one row for each subterm, by position: subterm, credit, sd, own, trials, gradient, verdict."""
        rows = [
            {
                "position": c.position, "subterm": c.term, "credit": c.value, "sd": c.sd, "own": c.own,
                "trials": c.trials, "gradient": c.gradient, "verdict": c.verdict,
            }
            for c in self.credits
        ]  # fmt: skip
        return lower("frame")(rows, "position")

    def nearest(self, k: int = 5) -> list[Neighbour]:
        """Return the `k` evaluated architectures that the surrogate finds most like this one."""
        return nearest_trials(self.basis, self.arch, k)

    def nearest_table(self, k: int = 5) -> Any:
        """Return the nearest trials as a ``DataFrame``: trial, similarity, value, shared subterms, term."""
        rows = [
            {
                "trial": self.basis.called(n.index), "similarity": n.similarity, "value": n.value,
                "shared": ", ".join(position_text(p) for p in n.shared), "term": str(n.arch),
            }
            for n in self.nearest(k)
        ]  # fmt: skip
        return lower("frame")(rows, "trial")

    def occlusion(self, positions: Sequence[Position] | None = None, alternatives: int = 8, seed: int = 0) -> Any:
        """Return what the mean loses without a subterm, as a ``DataFrame`` by position; it takes a second for large terms.

        Columns: subterm; neighbours (the mean minus the average over `alternatives` redraws of the subterm by the law of the
        grammar), spread and alternatives (of those); id (the mean minus that with ``id`` there); credit. All on the scale of
        credits, NaN where nothing else may stand, and credit also where the kernel counts nothing.

        Raises
        ------
        NasvizError
            If `alternatives` is below 1 or the term has no such position.
        """
        credits: dict[Position, float] = {}
        with suppress(NasvizError):  # a kernel that counts nothing gives no credit
            credits = {c.position: c.value for c in self.credits}
        term = self.arch.term
        rows = [
            {
                "position": o.position, "subterm": term.subterm(term.index(o.position)).text, "neighbours": o.neighbours,
                "spread": o.spread, "alternatives": o.alternatives, "id": o.by_id, "credit": credits.get(o.position, math.nan),
            }
            for o in occlude(self.basis, self.arch, positions, alternatives, seed)
        ]  # fmt: skip
        return lower("frame")(rows, "position")

    def leading(self, verdict: Verdict, most: int = _NAMED) -> list[Credit]:
        """Return the `most` greatest credits of a verdict, none within another, each at most a third of the term."""
        size = self.arch.term.size
        room = max(1, len(size) // 3)
        chosen: list[Credit] = []
        seen: set[str] = set()
        ranked = sorted(
            (i for i, c in enumerate(self.credits) if c.verdict == verdict), key=lambda i: -abs(self.credits[i].value)
        )
        for i in ranked:
            credit = self.credits[i]
            apart = all(not _nested(credit.position, other.position) for other in chosen)
            if size[i] <= room and apart and credit.term not in seen and len(chosen) < most:
                chosen.append(credit)
                seen.add(credit.term)
        return chosen

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """Why, in words: the belief, who proposed it, which parts help and hurt, what it shares and how it differs."""
        equal = self.basis.gp.equal
        found = [self._believed(), *([equal] if equal else []), *self._proposed()]
        try:
            found += [*self._parts("helps", "Helps"), *self._parts("hurts", "Hurts"), *self._rest()]
        except NasvizError as error:
            found.append(f"No credits: {error}")
        return (*found, *self._against_best(), *self._alike())

    def _believed(self) -> str:
        belief, basis = self.belief, self.basis
        best = float(basis.gp.y[basis.best])
        gain = "" if belief.acquisition is None else f" Log expected improvement {numbers.measure(belief.acquisition)}."
        what = f"{basis.value_name} " if basis.value_name else ""
        return (
            f"Predicted {what}{numbers.spread(belief.mean, belief.sd)}; the best of {len(basis.gp.y)} so far is "
            f"{numbers.measure(best)} ({basis.called(basis.best)}).{gain}"
        )

    def _proposed(self) -> list[str]:
        term = str(self.arch)
        found: list[str] = []
        for trial in self.basis.trials:
            if trial is None or trial.term != term:
                continue
            then = (
                ""
                if trial.belief is None
                else f", when {numbers.spread(trial.belief.mean, trial.belief.sd)} was believed of it"
            )
            by = trial.proposed_by or "somebody"
            end = "pruned" if trial.value is None else f"observed {numbers.measure(trial.value)}"
            found.append(f"It is trial {trial.number}, proposed by {by}{then}; {end}.")
        return found

    def _parts(self, verdict: Verdict, word: str) -> list[str]:
        return [
            f"{word}: {clipped(c.term)} at {position_text(c.position)}, {numbers.signed_spread(c.value, c.sd, self.log)} "
            f"({in_trials(c.trials)})."
            for c in self.leading(verdict)
        ]

    def _rest(self) -> list[str]:
        if any(c.verdict in ("helps", "hurts") for c in self.credits[1:]):
            return []
        return ["No part helps or hurts by more than one standard deviation."]

    def _against_best(self) -> list[str]:
        basis = self.basis
        best = basis.gp.archs[basis.best]
        if best == self.arch:
            return ["It is the best so far."]
        if best.fingerprint != self.arch.fingerprint:
            return []
        edits = diff(best, self.arch).edits
        shown = "; ".join(clipped(str(edit), 70) for edit in edits[:_EDITS])
        more = f"; and {len(edits) - _EDITS} more" if len(edits) > _EDITS else ""
        told = f": {shown}{more}" if len(edits) <= _MANY else ""
        count = f"{len(edits)} edit{'s' * (len(edits) != 1)}"
        return [f"From the best ({basis.called(basis.best)}) it is {count} away{told}."]

    def _alike(self) -> list[str]:
        near = self.nearest(1)
        if not near:
            return []
        term, other = self.arch.term, near[0]
        inner = [p for p in other.shared if p and term.size[term.index(p)] > 1]
        largest = max(inner, key=lambda p: int(term.size[term.index(p)]), default=None)
        shares = (
            ""
            if largest is None
            else f"; they share {clipped(term.subterm(term.index(largest)).text)} at {position_text(largest)}"
        )
        how = f"similarity {other.similarity:.2f}, value {numbers.measure(other.value)}"
        return [f"Most alike: {self.basis.called(other.index)} ({how}){shares}."]

    def __repr__(self) -> str:
        return "\n".join([clipped(str(self.arch), 110), *self.sentences])

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        return mimebundle(self, repr(self))


def explain(source: Any, arch: Architecture, *, direction: Direction = "minimize", objective: Which = None) -> Explanation:
    """Return why a surrogate believes what it believes of an architecture; the last line of a cell draws it.

    Parameters
    ----------
    source
        A study, or a fitted Gaussian process.
    arch
        Any architecture of the space, evaluated or not.
    direction
        Whether smaller or larger values are better, for a Gaussian process; a study knows.
    objective
        Of which objective, where a study has several, by its name or its place; of the first when None.

    Raises
    ------
    NasvizError
        If `source` is neither, has learned nothing or has no such objective, or `arch` is no architecture.

    Examples
    --------
    >>> from nasviz.spaces import parse
    >>> from nasviz.surrogate import GP
    >>> archs = [parse("Linear(conv3x3, relu)"), parse("conv1x1"), parse("Linear(conv1x1, relu)")]
    >>> found = explain(GP(log=False).fit(archs, [1.0, 2.0, 3.0]), archs[0])
    >>> found.table.subterm.tolist()
    ['Linear(conv3x3, relu)', 'conv3x3', 'relu']
    """
    basis = basis_of(source, direction, objective)
    if not isinstance(arch, Architecture):  # pyright: ignore[reportUnnecessaryIsInstance]
        found = a_or_an(type(arch).__name__)
        raise NasvizError(f"an architecture is explained, e.g. space.parse(text) or trial.arch, found {found}")
    return Explanation(basis, arch)


def in_trials(n: int) -> str:
    """Return the evidence for a part in words.

    >>> in_trials(0), in_trials(1), in_trials(7)
    ('in no trial', 'in 1 trial', 'in 7 trials')
    """
    return "in no trial" if n == 0 else f"in {n} trial{'s' * (n > 1)}"


def _nested(a: Position, b: Position) -> bool:
    return a[: len(b)] == b or b[: len(a)] == a


def _within(counts: Any, size: Any) -> list[int]:
    total = [0, *counts.astype(int).cumsum().tolist()]
    return [total[i + int(n)] - total[i] for i, n in enumerate(size)]
