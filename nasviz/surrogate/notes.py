"""What was done with data that say little or nothing, in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from nasviz.surrogate.target import Target

if TYPE_CHECKING:
    from nasviz.spaces import Architecture


def notes_on(archs: Sequence[Architecture], values: np.ndarray, log: bool | None) -> tuple[str, ...]:
    """Return sentences on how a Gaussian process treats unusual `values` ``(n,)`` of `archs`; none where nothing is unusual.

    Parameters
    ----------
    archs
        Architectures.
    values
        What was measured of each; may be NaN or infinite.
    log
        Whether logarithms were asked for; None takes them where all values are positive.
    """
    finite = np.isfinite(values)
    known = values[finite]
    found: list[str] = []
    if not finite.all():
        lost = len(values) - len(known)
        verb = "is not finite and was" if lost == 1 else "are not finite and were"
        found.append(f"{lost} of {len(values)} values {verb} left out; scale and beliefs rest on the other {len(known)}.")
    if len(known) and Target.learn(known).flat:
        found.append(equal_values(known))
    if log is None and len(known) and (known <= 0).any() and (known >= 0).all() and (known > 0).any():
        zeros = int((known == 0).sum())
        found.append(f"{zeros} of {len(known)} values {'is' if zeros == 1 else 'are'} 0, so no logarithm was taken.")
    counts = Counter(arch for arch, keep in zip(archs, finite, strict=True) if keep)
    repeated = [n for n in counts.values() if n > 1]
    if repeated:
        which = f"{len(repeated)} architectures" if len(repeated) > 1 else "one architecture"
        found.append(f"{sum(repeated)} values belong to {which} evaluated more than once: their difference counts as noise.")
    return tuple(found)


def equal_values(values: np.ndarray) -> str:
    """Return the sentence on `values` ``(n,)`` that are equal, but for rounding."""
    value = f"{values[0]:g}"
    if len(values) == 1:
        return f"One value is known: {value} is predicted everywhere, and its sd is guessed from its size."
    rounding = " but for rounding" if np.ptp(values) > 0 else ""
    return (
        f"All {len(values)} values are {value}{rounding}: that is predicted everywhere, and its sd follows from their number."
    )
