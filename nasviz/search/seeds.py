"""Where randomness comes from: everything random of trial n derives from (study seed, n)."""

from __future__ import annotations

import numpy as np


def evaluation_seed(seed: int, number: int, stream: int = 1) -> int:
    """Return the random state of an evaluation of trial `number` in a study of `seed`, in [0, 2^31).

    Parameters
    ----------
    seed
        Of the study, ≥ 0.
    number
        Of the trial, ≥ 0.
    stream
        Independent states for one trial: 1 for its evaluation, 2 and up for its confirmations.

    Examples
    --------
    >>> evaluation_seed(0, 7) == evaluation_seed(0, 7), evaluation_seed(0, 7) == evaluation_seed(0, 8)
    (True, False)
    """
    return int(np.random.SeedSequence(seed, spawn_key=(number, stream)).generate_state(1)[0]) >> 1


def proposal_generator(seed: int, number: int) -> np.random.Generator:
    """Return the random generator with which trial `number` is proposed in a study of `seed` (both ≥ 0)."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(number, 0)))
