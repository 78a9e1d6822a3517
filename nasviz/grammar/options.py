"""What can be chosen at an open place of a partial derivation, and what each choice leaves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from nasviz.grammar.counting import AtMost, Count
from nasviz.grammar.grammar import Production


@dataclass(frozen=True)
class Option:
    """A production that may be chosen at an open place, and what lies behind it.

    Attributes
    ----------
    number : int
        Number of the production, for :meth:`Partial.expand`.
    production : Production
        The production.
    remaining : Count
        How many architectures remain.
    share : float or None
        `remaining` of all that remain before the choice, in [0, 1]; shares add up to more than 1 where productions derive the
        same terms. None where numbers are endless or only bounds are known.
    probability : float
        Of this choice under the law "productions", conditioned on legal, in [0, 1].
    least_cost, greatest_cost : int or float
        Least and greatest cost of what remains; ``math.inf`` without bound, (∞, -∞) where nothing remains.
    """

    number: int
    production: Production
    remaining: Count
    share: float | None
    probability: float
    least_cost: float
    greatest_cost: float


def make_options(
    productions: tuple[Production, ...],
    counts: list[Count],
    total: Count,
    chances: list[float],
    bounds: Sequence[tuple[float, float]],
) -> list[Option]:
    """Return the options of productions from what remains of each and in all, weights of the choices, bounds of the cost."""
    norm = sum(chances)
    rows = zip(productions, counts, chances, bounds, strict=True)
    return [
        Option(k, p, n, _share(n, total), chance / norm if norm else 0.0, least, greatest)
        for k, (p, n, chance, (least, greatest)) in enumerate(rows)
    ]


def _share(n: Count, total: Count) -> float | None:
    if isinstance(n, AtMost) or isinstance(total, AtMost) or total == math.inf:
        return None
    return n / total if total else 0.0
