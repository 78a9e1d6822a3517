"""What a covariance function believes before any data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch

from nasviz.surrogate.covariance import Covariance
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
    store = store_for(kernel)
    if not len(archs) or (others is not None and not len(others)):
        return np.empty((len(archs), len(archs if others is None else others)))
    first = torch.as_tensor(store.rows(archs), dtype=torch.float64)[:, None]
    second = first if others is None else torch.as_tensor(store.rows(others), dtype=torch.float64)[:, None]
    bound = kernel.covariance(store).double()
    with exactly(), torch.no_grad():
        return bound(first, second).to_dense().numpy().copy()
