"""What was learned of a covariance function, part by part, as plain data."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import gpytorch
import numpy as np
import torch

from nasviz.records.kernel import KernelPart, KernelWeights, PartKind
from nasviz.surrogate.combine import Mixture, parts_of
from nasviz.surrogate.covariance import Part
from nasviz.surrogate.kernels import LevelKernel, ProductionKernel
from nasviz.surrogate.numeric import NumericKernel
from nasviz.surrogate.threads import exactly

if TYPE_CHECKING:
    from nasviz.surrogate.gp import GP


def kernel_weights(gp: GP) -> KernelWeights:
    """Return what a fitted process has learned of its kernel.

    Raises
    ------
    NasvizError
        If nothing has been fitted.
    """
    inputs = gp.inputs(gp.archs)
    with exactly():
        parts = tuple(_described(gp.parts(), inputs, ""))
    return KernelWeights(parts, gp.outputscale, gp.noise, len(gp.archs), gp.evidence, gp.target.log, _left_out(gp))


def mean_similarity(gram: np.ndarray) -> float:
    """Return the mean of a Gram matrix ``(n, n)`` off its diagonal; NaN for n < 2.

    >>> mean_similarity(np.array([[1.0, 0.25], [0.25, 1.0]]))
    0.25
    """
    n = len(gram)
    return float((gram.sum() - np.trace(gram)) / (n * (n - 1))) if n > 1 else math.nan


def _left_out(gp: GP) -> tuple[str, ...]:
    mixtures = [module for module in gp.model.modules() if isinstance(module, Mixture)]
    return tuple(
        str(getattr(kernel, "title", type(kernel).__name__))
        for mixture in mixtures
        for kernel, kept in zip(mixture.kernels, mixture.kept.tolist(), strict=True)
        if not kept
    )


def _described(parts: tuple[Part, ...], inputs: torch.Tensor, within: str) -> Iterator[KernelPart]:
    for part in parts:
        yield _one(part, inputs, within)
        if isinstance(part.kernel, gpytorch.kernels.ProductKernel):
            factors: Any = part.kernel.kernels
            for factor in factors:
                yield from _described(tuple(parts_of(factor)), inputs, part.name)


def _one(part: Part, inputs: torch.Tensor, within: str) -> KernelPart:
    kernel: Any = part.kernel
    with torch.no_grad():
        gram = kernel(inputs, inputs).to_dense().numpy()
    lengthscale, rule = None, ""
    if isinstance(kernel, NumericKernel):
        found: Any = kernel.lengthscale
        lengthscale = float(found.item())
        rule = ("log " if kernel.description.logarithmic else "") + kernel.description.kind
    return KernelPart(
        name=part.name,
        weight=part.weight,
        kind=_kind(kernel),
        within=within,
        level=part.level,
        h=part.h,
        lengthscale=lengthscale,
        rule=rule,
        similarity=mean_similarity(gram),
    )


def _kind(kernel: Any) -> PartKind:
    if isinstance(kernel, LevelKernel):
        return "graph"
    if isinstance(kernel, ProductionKernel):
        return "productions"
    if isinstance(kernel, NumericKernel):
        return "number"
    return "product" if isinstance(kernel, gpytorch.kernels.ProductKernel) else "other"
