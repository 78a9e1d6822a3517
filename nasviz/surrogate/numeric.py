"""Numbers of architectures beside their graphs: parameters, FLOPs, depth, or any proxy."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import gpytorch
import numpy as np
import torch
from gpytorch.constraints import Interval

from nasviz.surrogate.combine import Combinable
from nasviz.surrogate.covariance import row_numbers
from nasviz.surrogate.features import FeatureStore
from nasviz.surrogate.quantities import Number, standardised
from nasviz.surrogate.wl import Ints

LENGTHSCALE = (0.05, 20.0)
Kind = Literal["matern", "rbf"]


@dataclass(frozen=True)
class Numeric(Combinable):
    """A kernel on a number of an architecture: near numbers, like values.

    The number is standardised by the architectures that were learned from; one that is unknown counts as their mean. The
    length scale is learned, in [0.05, 20] standard deviations. Its prior variance is 1.

    Parameters
    ----------
    of
        "parameters", "flops", "depth", or a function of an architecture, such as a proxy.
    kind
        "matern" (smoothness 5/2) or "rbf".
    log
        Whether ``log(1 + x)`` is taken first, for numbers ≥ 0; None takes it for parameters and FLOPs.

    Raises
    ------
    ValueError
        If `kind` is neither, or `of` names nothing.

    Examples
    --------
    >>> Numeric("parameters").logarithmic, Numeric(lambda arch: len(arch.term)).logarithmic
    (True, False)
    """

    of: str | Number = "parameters"
    kind: Kind = "matern"
    log: bool | None = None

    def __post_init__(self) -> None:
        if self.kind not in ("matern", "rbf"):
            raise ValueError(f"no kernel {self.kind!r} of numbers: choose matern or rbf")
        if isinstance(self.of, str) and self.of not in ("parameters", "flops", "depth"):
            raise ValueError(f"no number {self.of!r} of an architecture: choose parameters, flops or depth, or give a function")

    @property
    def h(self) -> int:
        """Number of Weisfeiler-Lehman iterations that the store must hold: none."""
        return 0

    @property
    def logarithmic(self) -> bool:
        """Whether the logarithm is taken."""
        return self.of in ("parameters", "flops") if self.log is None else self.log

    @property
    def title(self) -> str:
        """What it compares."""
        return self.of if isinstance(self.of, str) else getattr(self.of, "__name__", type(self.of).__name__)

    def covariance(self, store: FeatureStore) -> gpytorch.kernels.Kernel:
        """Return the kernel on row numbers of `store`; see :class:`Covariance`."""
        return NumericKernel(store, self)


class NumericKernel(gpytorch.kernels.Kernel):
    """The kernel of :class:`Numeric` on row numbers; covariances depend on each pair alone, to the last bit.

    Parameters
    ----------
    store
        Where the numbers are kept.
    description
        Which number, and how it is compared.
    """

    has_lengthscale = True

    def __init__(self, store: FeatureStore, description: Numeric) -> None:
        super().__init__(lengthscale_constraint=Interval(*LENGTHSCALE, initial_value=1.0))
        self.double()
        self.store = store
        self.description = description
        self._reference = np.empty(0)

    @property
    def title(self) -> str:
        """What it compares."""
        return self.description.title

    def refer(self, rows: Ints) -> None:
        """Standardise by `rows`.

        Raises
        ------
        ValueError
            If a logarithm is asked for and a number is negative.
        """
        values = self._numbers(rows)
        if self.description.logarithmic and (values < 0).any():
            raise ValueError(
                f"{self.title} is {np.nanmin(values):g} for an architecture, and logarithms need numbers ≥ 0. "
                "Type: Numeric(…, log=False)"
            )
        self._reference = values

    def get_extra_state(self) -> Any:
        """Return what numbers are standardised by, part of the state."""
        return torch.as_tensor(self._reference)

    def set_extra_state(self, state: Any) -> None:
        """Take what :meth:`get_extra_state` gave."""
        self._reference = state.numpy()

    def forward(
        self, x1: torch.Tensor, x2: torch.Tensor, diag: bool = False, last_dim_is_batch: bool = False, **params: object
    ) -> torch.Tensor:
        """Covariances ``(..., n, m)`` between rows `x1` ``(..., n, 1)`` and `x2` ``(..., m, 1)``; ``(..., n)`` when `diag`."""
        lengthscale: Any = self.lengthscale
        a, b = self._places(x1), self._places(x2)
        distance = (a - b if diag else a[..., :, None] - b[..., None, :]).abs() / lengthscale.squeeze()
        if self.description.kind == "rbf":
            return torch.exp(-(distance**2) / 2)
        r = math.sqrt(5) * distance
        return (1 + r + r**2 / 3) * torch.exp(-r)

    def _places(self, x: torch.Tensor) -> torch.Tensor:
        rows = row_numbers(x)
        reference = self._reference if len(self._reference) else None
        values = standardised(self._numbers(rows.ravel()), reference, log=self.description.logarithmic)
        return torch.as_tensor(values.reshape(rows.shape), dtype=x.dtype)

    def _numbers(self, rows: Ints) -> np.ndarray:
        return self.store.numbers(rows, self.description.of)
