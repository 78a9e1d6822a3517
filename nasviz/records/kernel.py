"""What a fitted covariance function looks like: its parts, and who is like whom."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from nasviz.records.base import Record

PartKind = Literal["graph", "productions", "number", "product", "other"]
"""graph: Weisfeiler-Lehman counts · productions: counts of productions · number: a number of the architecture · product: like
only where all its factors say so · other: a kernel of one's own."""


@dataclass(frozen=True)
class KernelPart(Record):
    """One part of a fitted covariance function.

    Parameters
    ----------
    name
        What it compares, e.g. "level 2", "full graph", "parameters".
    weight
        Its share of the prior variance, 0…1; within a product its share of that factor.
    kind
        See :data:`PartKind`.
    within
        Name of the product that it is a factor of, or part of a factor of; "" for a summand.
    level
        Fold level; None for the full graph and where there is none.
    h
        Weisfeiler-Lehman iterations in use, or None.
    lengthscale
        In standard deviations of the number over what was learned from, or None.
    rule
        Of a number: "matern" or "rbf", with "log " before it where logarithms are compared; else "".
    similarity
        Mean similarity of two of the architectures learned from, 0…1; NaN for fewer than two. Near 1 it tells nothing apart.
    """

    name: str
    weight: float
    kind: PartKind = "other"
    within: str = ""
    level: int | None = None
    h: int | None = None
    lengthscale: float | None = None
    rule: str = ""
    similarity: float = math.nan


@dataclass(frozen=True)
class KernelWeights(Record):
    """What was learned of a covariance function.

    Parameters
    ----------
    parts
        The summands, whose weights sum to 1; after a product what it is made of.
    outputscale
        Prior variance of the function, in standardised units.
    noise
        Variance of the noise of an observation, in standardised units.
    n
        Number of values learned from.
    evidence
        Log marginal likelihood of the standardised values, in nats.
    log
        Whether logarithms of the values were learned.
    left_out
        Names of summands that have no weight: of all that was learned from they repeat another one, or tell none apart.
    """

    parts: tuple[KernelPart, ...]
    outputscale: float
    noise: float
    n: int
    evidence: float
    log: bool = False
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Similarity(Record):
    """Who is like whom among the architectures learned from, like beside like.

    Parameters
    ----------
    order
        Numbers of the architectures, ``(n,)``, counted from 0 in the order of learning; like ones are neighbours.
    terms, values
        Their terms and values in this order, ``(n,)``.
    matrix
        Prior correlation of each two in this order, ``(n, n)``: 1 on the diagonal, symmetric.
    total
        How many were learned from; more than n where only the last ones are shown.
    """

    order: tuple[int, ...] = ()
    terms: tuple[str, ...] = ()
    values: tuple[float, ...] = ()
    matrix: tuple[tuple[float, ...], ...] = ()
    total: int = 0
