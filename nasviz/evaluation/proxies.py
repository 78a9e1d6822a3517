"""Zero-cost proxies, public as ``nv.proxies``: what an untrained network says about how well it will learn.

A proxy looks at a network with the weights of one seed, once, on one batch; nothing is trained. It costs a few passes instead
of a training and is right much less often: measure the rank correlation with the truth on the space at hand before trusting
one, and compare it with the number of parameters, which often does as well. **Higher is better** for all of them, so search
with ``direction="maximize"``. *Weights* are trained arrays of two axes and more: kernels and matrices, neither biases nor the
scales of normalisations.

A proxy is a function of an architecture, so it is an objective (``nv.Study(space, nv.proxies.naswot, direction="maximize")``),
a numeric feature of a surrogate, or a filter: ``keep = nv.proxies.naswot.at_least(200); [a for a in archs if keep(a)]``.
``nv.proxies.synflow.formula`` says what one computes and who proposed it.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import Tensor, nn

from nasviz.errors import NasvizError, TrainingError
from nasviz.evaluation.data import check_data
from nasviz.evaluation.training import check_count
from nasviz.nn import to_torch
from nasviz.nn.primitives import meaning_of

if TYPE_CHECKING:
    from nasviz.spaces import Architecture, SearchSpace

__all__ = ["ALL", "Proxy", "grad_norm", "jacob_cov", "naswot", "snip", "synflow"]

Score = Callable[[nn.Module, Tensor, Tensor], float]
"""``score(net, x, y)`` of a fresh network, inputs (B, ...) and classes (B,)."""

KNOWN = 20_000
"""Scores that a proxy remembers."""
RIDGE = 1e-6
"""Least eigenvalue in `naswot`, so that equal codes give a finite score."""
SMALL = 1e-5
"""k in `jacob_cov`, as published."""

_NORMS = (nn.modules.batchnorm._NormBase, nn.LayerNorm, nn.GroupNorm)
_ACTIVATIONS = (nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.Hardswish, nn.Mish, nn.GELU, nn.SiLU, nn.ELU, nn.CELU, nn.SELU)


@dataclass(frozen=True, eq=False, repr=False)
class Proxy:
    """A number of an untrained network; higher is better. Equal architecture, seed and data give the equal number.

    Parameters
    ----------
    name : str
        What it is called.
    score : callable
        ``score(net, x, y) -> float`` of a fresh network in training mode, one batch of inputs (B, ...) and classes (B,); it may
        do to the network what it likes.
    data : sequence, optional
        Examples for the batch, as :class:`TrainingObjective` takes them: ``nv.data.digits()``; drawn from the training set.
        None is noise: inputs from a standard normal law, classes uniform.
    batch_size : int
        Examples in the batch.

    Examples
    --------
    >>> from nasviz.spaces import three_node_cells
    >>> space = three_node_cells()
    >>> rich, poor = space.parse("Residual2(conv3x3, id, conv3x3)"), space.parse("Residual2(zero, avg_pool, zero)")
    >>> naswot(rich) > naswot(poor), synflow(rich) > synflow(poor)
    (True, True)
    """

    name: str
    score: Score
    data: Any = None
    batch_size: int = 64
    _known: dict[Any, float] = field(default_factory=dict[Any, float], init=False)

    def __call__(self, arch: Architecture, seed: int = 0) -> float:
        """The score; remembered, so that asking again costs nothing.

        Parameters
        ----------
        arch : Architecture
        seed : int
            Of the weights and of the batch.

        Raises
        ------
        BuildError, ShapeError
            If the architecture has no network.
        DataError
            If the data do not fit the architecture's space.
        TrainingError
            If the score is not finite.
        """
        # what a primitive makes belongs to the key: one that a cell defines anew compares equal
        factories = tuple(meaning_of(op) for op in dict.fromkeys(arch.term.operators))
        key = (arch, arch.space, factories, seed)
        if key not in self._known:
            if len(self._known) >= KNOWN:
                self._known.clear()
            self._known[key] = self._computed(arch, seed)
        return self._known[key]

    @property
    def formula(self) -> str:
        """What it computes, and who proposed it."""
        return inspect.getdoc(self.score) or ""

    def on(self, data: Any, batch_size: int = 64) -> Proxy:
        """The same proxy on a batch of these data, e.g. ``nv.proxies.snip.on(nv.data.digits())``.

        Raises
        ------
        TrainingError
            If `batch_size` is below 1.
        """
        check_count("batch_size", batch_size)
        return replace(self, data=data, batch_size=batch_size)

    def at_least(self, limit: float, seed: int = 0) -> Callable[[Architecture], bool]:
        """A filter: whether an architecture scores `limit` or more."""
        return lambda arch: self(arch, seed) >= limit

    def best(self, archs: Iterable[Architecture], n: int = 1, seed: int = 0) -> list[Architecture]:
        """The `n` architectures with the highest scores, best first; the first of equals.

        Raises
        ------
        NasvizError
            If `n` is below 1.
        """
        if n < 1:
            raise NasvizError(f"n must be at least 1, found {n}")
        return sorted(archs, key=lambda arch: -self(arch, seed))[:n]

    def protocol(self) -> dict[str, Any]:
        """How the numbers are made, as JSON data."""
        return {"proxy": self.name, "batch_size": self.batch_size}

    def _computed(self, arch: Architecture, seed: int) -> float:
        net = to_torch(arch, seed=seed).train()
        x, y = self._batch(arch.space, seed)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            value = self.score(net, x, y)
        if not math.isfinite(value):
            raise TrainingError(f"{self.name} is {value} for {str(arch)[:80]}")
        return value

    def _batch(self, space: SearchSpace, seed: int) -> tuple[Tensor, Tensor]:
        drawn = torch.Generator().manual_seed(seed)
        if self.data is None:
            x = torch.randn((self.batch_size, *space.input_shape), generator=drawn)
            return x, torch.randint(space.num_classes, (self.batch_size,), generator=drawn)
        train = check_data(space, self.data)[0]
        chosen = torch.randperm(len(train), generator=drawn)[: self.batch_size].tolist()
        pairs = [train[i] for i in chosen]
        x = torch.stack([torch.as_tensor(x) for x, _ in pairs])
        return x.to(torch.float32), torch.tensor([int(y) for _, y in pairs])

    def __repr__(self) -> str:
        return f"proxies.{self.name}" + ("" if self.data is None else f".on(data, {self.batch_size})")


def _weights(net: nn.Module) -> list[nn.Parameter]:
    return [p for p in net.parameters() if p.requires_grad and p.ndim >= 2]


def _gradients(net: nn.Module, value: Tensor) -> list[tuple[Tensor, Tensor]]:
    """Weights with the gradient of `value`, zero where a weight takes no part."""
    weights = _weights(net)
    if not weights or not value.requires_grad:
        return []
    found = torch.autograd.grad(value, weights, materialize_grads=True)
    return [(w.detach(), g) for w, g in zip(weights, found, strict=True)]


def _synflow(net: nn.Module, x: Tensor, y: Tensor) -> float:
    """Synaptic flow: log(1 + Σ θ · ∂R/∂θ) over all weights.

    R is the sum of the outputs for an input of ones when every parameter is replaced by its absolute value and normalisations
    are passed by. It needs no data. The logarithm is ours: the flow grows exponentially with depth; ranks are the same.

    Tanaka, Kunin, Yamins, Ganguli 2020 (pruning); Abdelfattah et al. 2021 (search).
    """
    net.double().eval()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.abs_()
    for module in net.modules():
        if isinstance(module, _NORMS):
            module.register_forward_hook(_passed)
    flow = net(torch.ones((1, *x.shape[1:]), dtype=torch.float64)).sum()
    return math.log1p(sum(float((w * g).sum()) for w, g in _gradients(net, flow)))


def _passed(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> Tensor:
    return inputs[0]


@torch.no_grad()
def _naswot(net: nn.Module, x: Tensor, y: Tensor) -> float:
    """NAS without training: log |K|, K of shape (B, B).

    K[i, j] is the number of activations that are on for both examples i and j or off for both, over all activation functions
    that are modules. Eigenvalues below 1e-6 count as that, so that examples with equal codes give a finite score.

    Mellor, Turner, Storkey, Crowley 2021.
    """
    kernel = torch.zeros((len(x), len(x)), dtype=torch.float64)

    def look(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        code = (inputs[0] > 0).flatten(1).double()
        if len(code) == len(kernel):
            kernel.add_(code @ code.T + (1 - code) @ (1 - code).T)

    for module in net.modules():
        if isinstance(module, _ACTIVATIONS):
            module.register_forward_pre_hook(look)
    net(x)
    return float(torch.linalg.eigvalsh(kernel).clamp(min=RIDGE).log().sum())


def _loss(net: nn.Module, x: Tensor, y: Tensor) -> Tensor:
    return nn.functional.cross_entropy(net(x), y)


def _snip(net: nn.Module, x: Tensor, y: Tensor) -> float:
    """Connection sensitivity: Σ |θ · ∂L/∂θ| over all weights, L the cross-entropy of the batch.

    Lee, Ajanthan, Torr 2019 (pruning); Abdelfattah et al. 2021 (search).
    """
    return sum(float((w * g).abs().sum()) for w, g in _gradients(net, _loss(net, x, y)))


def _grad_norm(net: nn.Module, x: Tensor, y: Tensor) -> float:
    """Gradient norm: Σ ‖∂L/∂θ‖₂, a term for each array of weights, L the cross-entropy of the batch.

    Abdelfattah, Mehrotra, Dudziak, Lane 2021.
    """
    return sum(float(g.norm()) for _, g in _gradients(net, _loss(net, x, y)))


def _jacob_cov(net: nn.Module, x: Tensor, y: Tensor) -> float:
    """Jacobian covariance: −Σ (log(λ + k) + 1 / (λ + k)), k = 1e-5.

    λ are the eigenvalues of the matrix (B, B) of correlations between examples of ∂(Σ outputs)/∂x. Examples to which the
    network reacts alike give small eigenvalues and a low score.

    Mellor, Turner, Storkey, Crowley 2020 (the first version of NAS without training); Abdelfattah et al. 2021.
    """
    x = x.clone().requires_grad_()
    (jacobian,) = torch.autograd.grad(net(x).sum(), x)
    rows = jacobian.flatten(1).double()
    rows = rows - rows.mean(1, keepdim=True)
    rows = rows / rows.norm(dim=1, keepdim=True).clamp(min=torch.finfo(torch.float64).tiny)
    correlation = rows @ rows.T
    correlation.fill_diagonal_(1.0)
    found = cast("Tensor", torch.linalg.eigvalsh(correlation)).clamp(min=0) + SMALL
    return -float((found.log() + 1 / found).sum())


synflow = Proxy("synflow", _synflow)
naswot = Proxy("naswot", _naswot)
snip = Proxy("snip", _snip)
grad_norm = Proxy("grad_norm", _grad_norm)
jacob_cov = Proxy("jacob_cov", _jacob_cov)

ALL = (synflow, naswot, snip, grad_norm, jacob_cov)
"""All proxies."""


def __dir__() -> list[str]:
    return __all__
