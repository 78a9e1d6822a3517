"""What a covariance function believes before any data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch

from nasviz.surrogate.covariance import Covariance, checked_kernel
from nasviz.surrogate.kernels import store_for
from nasviz.surrogate.threads import exactly

if TYPE_CHECKING:
    from nasviz.spaces import Architecture


def gram(kernel: Covariance, archs: Sequence[Architecture], others: Sequence[Architecture] | None = None) -> np.ndarray:
    """Return the prior covariances ``(m, q)`` between `archs` and `others`, or among `archs` ``(m, m)``, before any data.

    The prior variance is 1, so they are correlations: how alike two architectures are taken to be. Weights of a sum are equal
    and iterations those at which learning starts; ``gp.gram(archs)`` gives covariances after learning.

    Parameters
    ----------
    kernel
        Covariance function, e.g. ``nv.FlatWL(h=1)``.
    archs, others
        Architectures.

    Raises
    ------
    NasvizError
        If `kernel` is no covariance function, or a list holds something else than architectures.
    BuildError
        If an architecture has open places.

    Examples
    --------
    >>> from nasviz.spaces import parse
    >>> from nasviz.surrogate import FlatWL
    >>> pair = [parse("Linear(conv3x3, relu)"), parse("Linear(relu, conv3x3)")]
    >>> gram(FlatWL(h=0), pair).round(3).tolist(), gram(FlatWL(h=1), pair).round(3).tolist()
    ([[1.0, 1.0], [1.0, 1.0]], [[1.0, 0.5], [0.5, 1.0]])
    """
    store = store_for(checked_kernel(kernel))
    rows = store.rows(archs)
    both = rows, rows if others is None else store.rows(others)
    if min(map(len, both)) == 0:
        return np.empty((len(both[0]), len(both[1])))
    first, second = (torch.as_tensor(numbers, dtype=torch.float64)[:, None] for numbers in both)
    bound = kernel.covariance(store).double()
    with exactly(), torch.no_grad():
        return bound(first, second).to_dense().numpy().copy()
