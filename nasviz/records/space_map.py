"""A map of a search space as a surrogate sees it."""

from __future__ import annotations

from dataclasses import dataclass

from nasviz.records.base import Record


@dataclass(frozen=True)
class SpaceMap(Record):
    """Architectures in the plane, those learned from first, then those drawn at random.

    Distances approximate ``sqrt(2 − 2 k(x, y))``, the distance that the kernel sees, as well as two components can.

    Parameters
    ----------
    terms
        Terms of the architectures, ``(m,)``.
    x, y
        Their coordinates, ``(m,)``.
    values
        Measured values of the first n.
    mean, sd
        What the surrogate believes of each, ``(m,)``, in the units of the objective.
    acquisition
        Logarithm of the improvement expected of each, ``(m,)``, on the surrogate's scale.
    shares
        Shares of the variance that the two axes explain, each 0…1.
    components
        Which principal component each axis shows, counted from 1.
    aside
        Which of them let nothing through; they are placed on the axes, which are those of the others.
    best
        Which of the first n has the best value; None when n = 0.
    seed
        From which the others were drawn.
    """

    terms: tuple[str, ...] = ()
    x: tuple[float, ...] = ()
    y: tuple[float, ...] = ()
    values: tuple[float, ...] = ()
    mean: tuple[float, ...] = ()
    sd: tuple[float, ...] = ()
    acquisition: tuple[float, ...] = ()
    shares: tuple[float, float] = (0.0, 0.0)
    components: tuple[int, int] = (1, 2)
    aside: tuple[int, ...] = ()
    best: int | None = None
    seed: int = 0
