"""Thompson sampling: functions drawn from the posterior, as weights of features.

A draw of the prior is ``f(x) = s Σ_l √w_l <θ_l, φ_l(x)> / ‖φ_l(x)‖`` with ``θ ~ N(0, 1)``, one weight for each feature of each
level. A weight is a function of the draw's number and the feature's hash, so the draw is the same function of every
architecture, whenever it is asked. The data turn it into a draw of the posterior by Matheron's rule (Wilson et al. 2020):
``f(x) + k(x, X) C⁻¹ (z − f(X) − ε)`` with ``ε ~ N(0, σ²)``. Thompson 1933; Kandasamy et al. 2018.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.linalg
import torch

from nasviz.surrogate.acquisition import Scores
from nasviz.surrogate.covariance import CosineKernel, Part
from nasviz.surrogate.gp import GP
from nasviz.surrogate.kernels import LevelKernel, ProductionKernel
from nasviz.surrogate.threads import exactly
from nasviz.surrogate.wl import Ints

if TYPE_CHECKING:
    from nasviz.spaces import Architecture

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_JITTER = 1e-9


@dataclass(frozen=True)
class Thompson:
    """Maximise one function drawn from the posterior; see :class:`PosteriorDraw`."""

    @property
    def name(self) -> str:
        """What it is called in the reason of a proposal."""
        return "a draw of the posterior (Thompson)"

    def bind(self, gp: GP, best: float, rng: np.random.Generator) -> Scores:
        """Return a draw to maximise, the sign turned, for smaller values are better; the incumbent does not matter."""
        draw = PosteriorDraw(gp, int(rng.integers(2**63)))
        return lambda archs: -draw(archs)


class PosteriorDraw:
    """A function drawn from the posterior of a fitted Gaussian process, in standardised units.

    Parts of the kernel that count features are drawn as weights. A part that counts nothing, such as a kernel on numbers, is
    drawn value by value, each given the earlier ones.

    Parameters
    ----------
    gp
        A fitted Gaussian process.
    seed
        Number of the draw, ≥ 0.

    Examples
    --------
    >>> from nasviz.spaces import parse
    >>> archs = [parse("conv3x3"), parse("Linear(conv3x3, relu)")]
    >>> gp = GP().fit(archs, [0.1, 0.2])
    >>> draw = PosteriorDraw(gp, seed=1)
    >>> bool(np.all(draw(archs) == draw(archs)))
    True
    """

    def __init__(self, gp: GP, seed: int) -> None:
        self._gp, self._seed = gp, seed
        self._parts = [_drawn(gp, part, np.uint64(seed)) for part in gp.parts()]
        rows = gp.store.rows(gp.archs)
        noise = np.sqrt(gp.noise) * normals(np.arange(len(rows), dtype=np.uint64), np.uint64(seed), b"noise")
        self._rows = rows
        self._pull = gp._factor.solve(gp.target.forward(gp.y) - self._prior(rows) - noise)

    def __call__(self, archs: Sequence[Architecture]) -> np.ndarray:
        """Return the values of the function, ``(m,)``."""
        if len(archs) == 0:
            return np.empty(0)
        with exactly():
            rows = self._gp.store.rows(archs)
            return self._prior(rows) + self._gp._gram(rows, self._rows) @ self._pull

    def _prior(self, rows: Ints) -> np.ndarray:
        scale = np.sqrt(self._gp.outputscale)
        return scale * sum((np.sqrt(w) * part(rows) for w, part in self._parts), np.zeros(len(rows)))


def normals(hashes: np.ndarray, seed: np.uint64, salt: bytes) -> np.ndarray:
    """Return a standard normal number for each 64-bit hash ``(n,)``, a function of seed, salt and hash.

    >>> z = normals(np.arange(20_000, dtype=np.uint64), np.uint64(0), b"")
    >>> bool(abs(z.mean()) < 0.03 and abs(z.std() - 1) < 0.03)
    True
    """
    salted = np.uint64(int.from_bytes(hashlib.blake2b(salt, digest_size=8).digest(), "big"))
    with np.errstate(over="ignore"):
        first = _mixed(_mixed(hashes ^ _mixed(seed + salted)) + _GAMMA)
        second = _mixed(first + _GAMMA)
    u, v = ((x >> np.uint64(11)).astype(np.float64) * 2.0**-53 for x in (first, second))
    return np.sqrt(-2 * np.log1p(-u)) * np.cos(2 * np.pi * v)


def _mixed(x: Any) -> Any:
    """A bijection of 64-bit numbers that spreads their bits (Steele et al. 2014, splitmix64)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def _drawn(gp: GP, part: Part, seed: np.uint64) -> tuple[float, Any]:
    kernel: Any = part.kernel
    if isinstance(kernel, (LevelKernel, ProductionKernel)):
        return part.weight, _Weights(gp, kernel, seed, part.name.encode())
    return part.weight, _Values(gp, kernel, seed, part.name.encode())


class _Weights:
    """A counting part as weights of its features."""

    def __init__(self, gp: GP, kernel: CosineKernel, seed: np.uint64, salt: bytes) -> None:
        self._gp, self._kernel, self._seed, self._salt = gp, kernel, seed, salt

    def __call__(self, rows: Ints) -> np.ndarray:
        features = self._kernel.features(rows)
        return np.asarray(features @ normals(self._hashes(), self._seed, self._salt))

    def _hashes(self) -> np.ndarray:
        if isinstance(self._kernel, LevelKernel):
            return self._gp.store.hashes(self._kernel.level)
        names = self._gp.store.production_names
        return np.array([int.from_bytes(hashlib.blake2b(n.encode(), digest_size=8).digest(), "big") for n in names], np.uint64)


class _Values:
    """Any other part, drawn jointly: new values are drawn given all earlier ones."""

    def __init__(self, gp: GP, kernel: Any, seed: np.uint64, salt: bytes) -> None:
        self._gp, self._kernel, self._seed, self._salt = gp, kernel, seed, salt
        self._place: dict[int, int] = {}
        self._lower = np.empty((0, 0))
        self._white = np.empty(0)

    def __call__(self, rows: Ints) -> np.ndarray:
        new = [row for row in dict.fromkeys(rows.tolist()) if row not in self._place]
        if new:
            self._extend(new)
        return (self._lower @ self._white)[[self._place[row] for row in rows.tolist()]]

    def _extend(self, new: list[int]) -> None:
        old, n, m = list(self._place), len(self._place), len(new)
        lower = np.zeros((n + m, n + m))
        lower[:n, :n] = self._lower
        if n:
            lower[n:, :n] = scipy.linalg.solve_triangular(self._lower, self._covariance(old, new), lower=True).T
        rest = self._covariance(new, new) - lower[n:, :n] @ lower[n:, :n].T
        lower[n:, n:] = np.linalg.cholesky(rest + max(_JITTER, 2 * -float(np.linalg.eigvalsh(rest)[0])) * np.eye(m))
        self._lower = lower
        self._place.update({row: n + k for k, row in enumerate(new)})
        keys = [np.uint64(int(self._gp.store.archs[row].key, 16)) for row in new]
        self._white = np.concatenate([self._white, normals(np.array(keys, np.uint64), self._seed, self._salt)])

    def _covariance(self, a: list[int], b: list[int]) -> np.ndarray:
        first, second = (torch.as_tensor(rows, dtype=torch.float64)[:, None] for rows in (a, b))
        with exactly(), torch.no_grad():
            return self._kernel(first, second).to_dense().numpy()
