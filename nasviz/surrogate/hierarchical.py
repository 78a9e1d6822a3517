"""The hierarchical Weisfeiler-Lehman kernel: what architectures share at every level of their terms."""

from __future__ import annotations

from dataclasses import dataclass

import gpytorch

from nasviz.surrogate.combine import Combinable, Mixture
from nasviz.surrogate.features import LEVELS, FeatureStore
from nasviz.surrogate.kernels import LevelKernel


@dataclass(frozen=True)
class HierarchicalWL(Combinable):
    """Hierarchical Weisfeiler-Lehman kernel (Schrodi et al. 2023, section 4).

    ``k(x, y) = Σ_l w_l k_WL(F_l(x), F_l(y)) + w_full k_WL(x, y)`` where F_l is the graph of the term cut below level l, an
    unexpanded subterm being one operation labelled by its nonterminals and its operator, and k_WL the subtree kernel of
    :class:`FlatWL`, cosine-normalised per level. The weights are a softmax, so the prior variance is 1; they are learned by
    marginal likelihood, and so is the number of iterations of each level unless it is given.

    Parameters
    ----------
    levels
        Fold levels, each 0 or more and all different; 0 compares the outermost production.
    h
        The most Weisfeiler-Lehman iterations, 0 or more: those of each level are chosen from 0…h, starting from 2, and from 1
        at the coarsest.
    iterations
        Iterations of each level and, last, of the full graph, each 0…h; None chooses them.

    Raises
    ------
    ValueError
        If a number makes no sense.

    Examples
    --------
    >>> HierarchicalWL(levels=(1, 2), iterations=(1, 2, 2)).h
    4
    """

    levels: tuple[int, ...] = LEVELS
    h: int = 4
    iterations: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        if self.h < 0:
            raise ValueError(f"h is {self.h}; the number of Weisfeiler-Lehman iterations is 0 or more")
        if any(level < 0 for level in self.levels) or len(set(self.levels)) < len(self.levels):
            raise ValueError(f"fold levels are 0 or more and all different, found {self.levels}")
        if self.iterations is None:
            return
        if len(self.iterations) != len(self.levels) + 1:
            raise ValueError(
                f"{len(self.levels)} levels and the full graph need {len(self.levels) + 1} numbers of iterations, "
                f"found {len(self.iterations)}: {self.iterations}"
            )
        if any(not 0 <= h <= self.h for h in self.iterations):
            raise ValueError(f"iterations lie in 0…h = {self.h}, found {self.iterations}")

    def covariance(self, store: FeatureStore) -> gpytorch.kernels.Kernel:
        """Return the kernel on row numbers of `store`, a :class:`Mixture` of one :class:`LevelKernel` per level.

        Raises
        ------
        ValueError
            If the store lacks iterations or a level.
        """
        first = [min(1 if i == 0 and self.levels else 2, self.h) for i in range(len(self.levels) + 1)]
        chosen = self.iterations or first
        most = self.h if self.iterations is None else None
        levels = (*self.levels, None)
        return Mixture([LevelKernel(store, level, h, most) for level, h in zip(levels, chosen, strict=True)])
