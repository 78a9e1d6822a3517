"""Credit: the predicted mean of an architecture, handed out to the occurrences of features that make it up.

A kernel that counts features and normalises the counts of each graph is homogeneous of degree 0 in them, so a gradient hands
out nothing: ``Σ_f φ_f · ∂μ/∂φ_f = 0``. But the mean is linear in the normalised counts:
``μ(x) = Σ_l w_l <φ_l(x), v_l> / ‖φ_l(x)‖`` with ``v_l = Σ_i α_i φ_l(x_i) / ‖φ_l(x_i)‖`` and ``α = (K + σ²I)⁻¹ z``.
So one occurrence of feature f of graph l has the credit ``w_l v_lf / ‖φ_l(x)‖``, and credits sum to the mean. Each credit is a
linear functional of the process, so it has a variance.
An occurrence belongs to the node of the term at its centre: an operation, a merge, or, at a fold level, a folded subterm; what
is centred on the input or the output belongs to the root.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.linalg
import torch
from scipy.sparse import csr_array

from nasviz.algebra import Term
from nasviz.errors import NasvizError, TermError
from nasviz.surrogate.covariance import CosineKernel, lengths, narrowed
from nasviz.surrogate.decomposition import CountingPart, decompose
from nasviz.surrogate.kernels import LevelKernel, ProductionKernel
from nasviz.surrogate.threads import exactly, one_thread
from nasviz.surrogate.wl import Ints

if TYPE_CHECKING:
    from nasviz.spaces import Architecture
    from nasviz.surrogate.gp import GP

LARGEST = 4_000_000
"""Most pairs (subterm, node within) of a term whose credits are told apart."""


CANCELLED = 1e-12
"""Share of its terms below which a sum is rounding."""


@dataclass(frozen=True)
class Account:
    """Credits of the n nodes of a term on the surrogate's scale; all arrays are float64 ``(n,)`` in preorder.

    Attributes
    ----------
    own, own_sd
        Credit of what is centred at each node.
    within, within_sd
        Credit of all that is centred in each subterm; `within[0]` is that of the whole graph.
    own_gradient, within_gradient
        Derivative of the mean by the counts of what is centred at each node, and within each subterm.
    counted : int array (n,)
        How many occurrences are centred at each node.
    whole : dict of str to float
        Credit of what looks at the architecture as a whole, e.g. a kernel on its number of parameters.
    mean
        Predicted mean minus the prior mean: the sum of `own` and `whole`.
    """

    own: np.ndarray
    own_sd: np.ndarray
    within: np.ndarray
    within_sd: np.ndarray
    own_gradient: np.ndarray
    within_gradient: np.ndarray
    counted: np.ndarray
    whole: dict[str, float]
    mean: float


class Accountant:
    """Hands out the predicted means of a fitted Gaussian process.

    Parameters
    ----------
    gp
        A fitted process; it must not be fitted again while the accountant is in use.

    Raises
    ------
    NasvizError
        If its kernel counts no features.

    Examples
    --------
    >>> from nasviz.spaces import parse
    >>> from nasviz.surrogate import GP
    >>> archs = [parse("Linear(conv3x3, relu)"), parse("conv1x1"), parse("Linear(conv1x1, relu)")]
    >>> gp = GP(log=False).fit(archs, [1.0, 2.0, 3.0])
    >>> account = Accountant(gp).account(archs[0])
    >>> bool(abs(account.own.sum() + gp.target.centre - gp.predict(archs[:1])[0][0]) < 1e-9)
    True
    """

    def __init__(self, gp: GP) -> None:
        self._gp = gp
        self._parts = decompose(gp)
        self._rows = gp.store.rows(gp.archs)
        self._data = [_Data(part, self._rows) for part in self._parts.counting]
        with exactly(), torch.no_grad():
            covariance: Any = gp.model.covar_module
            gram = covariance(gp.inputs(gp.archs)).to_dense().numpy()
        self._lower = scipy.linalg.cholesky(gram + gp.noise * np.eye(len(gram)), lower=True)
        self._alpha = scipy.linalg.cho_solve((self._lower, True), gp.target.forward(gp.y))

    def account(self, arch: Architecture) -> Account:
        """Return the credits of the nodes of an architecture.

        Raises
        ------
        BuildError
            If it has open places.
        NasvizError
            If its term is too large and deep for its subterms to be told apart.
        """
        with one_thread():
            return self._account(arch)

    def _account(self, arch: Architecture) -> Account:
        gp = self._gp
        row = gp.store.rows([arch])
        inside = subterms(arch.term)
        found = [_Share(arch, row, data) for data in self._data]
        cross = sum((share.cross for share in found), start=np.zeros((len(arch.term), len(self._rows))))
        scale = gp.target.scale
        known = np.zeros_like(cross)
        counted = cross.any(axis=1)
        known[counted] = scipy.linalg.solve_triangular(self._lower, cross[counted].T, lower=True, check_finite=False).T
        own, within = cross @ self._alpha, inside @ (cross @ self._alpha)
        gradient = sum((share.gradient(self._alpha) for share in found), start=np.zeros(len(arch.term)))
        prior = sum((share.prior(None) for share in found), start=np.zeros(len(arch.term)))
        prior_within = sum((share.prior(inside) for share in found), start=np.zeros(len(arch.term)))
        whole = {part.name: float((part.covariance(row, self._rows) @ self._alpha)[0]) * scale for part in self._parts.whole}
        return Account(
            own=own * scale,
            own_sd=_deviation(prior, known) * scale,
            within=within * scale,
            within_sd=_deviation(prior_within, inside @ known) * scale,
            own_gradient=gradient * scale,
            within_gradient=_summed(inside, gradient, own) * scale,
            counted=np.asarray(found[0].counts.sum(axis=1)).ravel() if len(found) == 1 else _counted(found),
            whole=whole,
            mean=float(own.sum()) * scale + sum(whole.values()),
        )


def _summed(inside: csr_array, gradient: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Sums ``(n,)`` of `gradient` within each subterm; where all cancels, as at the root, what rounding leaves is 0."""
    total = inside @ gradient
    total[np.abs(total) <= CANCELLED * (inside @ (np.abs(gradient) + np.abs(own)))] = 0.0
    return total


def _deviation(prior: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Posterior deviations ``(n,)`` from prior variances ``(n,)`` and covariances with the whitened data ``(n, t)``."""
    return np.sqrt(np.maximum(prior - (known**2).sum(axis=1), 0.0))


class _Data:
    """The architectures that were learned from, as one counting part sees them."""

    def __init__(self, part: CountingPart, rows: Ints) -> None:
        self.part = part
        self.rows = rows
        self.counts: Any = csr_array(part.kernel.counts(rows), dtype=np.float64)
        self.transposed: Any = csr_array(self.counts.T)
        self.weight = part.weight / lengths(self.counts)


class _Share:
    """What one counting part gives to the nodes of a term: `counts` ``(nodes, features)`` and `cross` ``(nodes, trials)``."""

    def __init__(self, arch: Architecture, row: Ints, data: _Data) -> None:
        kernel = data.part.kernel
        total: Any = csr_array(kernel.counts(row), dtype=np.float64)
        self.counts = occurrences(kernel, arch)
        self._data = data
        self._length = float(lengths(total)[0])
        self._weight = data.part.weight
        self._scale = data.weight / self._length
        if data.part.times is not None:
            self._scale = self._scale * data.part.times(row, data.rows)[0]
        met = data.counts.shape[1]
        self._total: Any = narrowed(total.copy(), met)
        self._met: Any = narrowed(self.counts.copy(), met)
        self._whole = np.asarray(total.toarray()).ravel()
        self.cross: np.ndarray = (self._met @ data.transposed).toarray() * self._scale

    def prior(self, inside: csr_array | None) -> np.ndarray:
        counts: Any = self.counts if inside is None else inside @ self.counts
        return self._weight / self._length**2 * np.asarray(counts.multiply(counts).sum(axis=1)).ravel()

    def gradient(self, alpha: np.ndarray) -> np.ndarray:
        """Derivative of the mean by each count, summed over what is centred at each node."""
        pull = self._data.counts.T @ (self._scale * alpha)
        shrink = float((self._total @ pull)[0]) / self._length**2
        return np.asarray(self._met @ pull - shrink * (self.counts @ self._whole))


def occurrences(kernel: CosineKernel, arch: Architecture) -> csr_array:
    """Return how often each feature of a counting kernel is centred at each node of a term, float64 ``(nodes, features)``.

    Its rows sum to the counts of the architecture. A production is centred at the node where it begins.

    Raises
    ------
    BuildError
        If the architecture has open places.
    """
    if isinstance(kernel, ProductionKernel):
        names = {name: k for k, name in enumerate(kernel.store.production_names)}
        pairs = production_places(arch)
        nodes = np.array([node for node, _ in pairs], dtype=np.int64)
        columns = np.array([names[name] for _, name in pairs], dtype=np.int64)
        return csr_array((np.ones(len(pairs)), (nodes, columns)), shape=(len(arch.term), len(names)))
    assert isinstance(kernel, LevelKernel)
    store, level, h = kernel.store, kernel.level, kernel.iterations
    nodes, columns = store.located(arch, level)
    columns = columns[: h + 1].ravel()
    shape = (len(arch.term), len(store.hashes(level)))
    return csr_array((np.ones(len(columns)), (np.tile(nodes, h + 1), columns)), shape=shape)


def production_places(arch: Architecture) -> list[tuple[int, str]]:
    """Return the productions of the derivation of an architecture, each with the node (preorder) where it begins.

    Of a term that no grammar derives, its operators are given, as :func:`~nasviz.surrogate.quantities.production_counts` does.
    """
    grammar = arch.space.grammar
    if grammar is not None:
        with suppress(TermError):
            tree = arch.derivation.tree
            of_each = zip(tree.indices, tree.nonterminals, tree.productions, strict=True)
            return [(i, f"{name} ::= {grammar.rules[name][k].body}") for i, name, k in of_each]
    return [(i, op.name) for i, op in enumerate(arch.term.operators)]


def subterms(term: Term) -> csr_array:
    """Return the matrix ``(n, n)`` that sums over the nodes of each subterm.

    Raises
    ------
    NasvizError
        If the term is too large and deep.
    """
    size = term.size.astype(np.int64)
    pairs = int(size.sum())
    if pairs > LARGEST:
        raise NasvizError(
            f"a term of {len(term)} nodes and height {term.height} is too large to be explained subterm by subterm"
        )
    starts = np.concatenate([[0], np.cumsum(size)])
    nodes = np.arange(pairs) - np.repeat(starts[:-1] - np.arange(len(term)), size)
    return csr_array((np.ones(pairs), nodes, starts), shape=(len(term), len(term)))


def _counted(found: list[_Share]) -> np.ndarray:
    return np.sum([np.asarray(share.counts.sum(axis=1)).ravel() for share in found], axis=0)
