"""Where hierarchy pays: how well each kernel ranks architectures whose error is no function of what it counts."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy.stats import t as student
from scipy.stats import wilcoxon

from nasviz.errors import NasvizError, TrainingError
from nasviz.evaluation.objective import TrainingObjective
from nasviz.surrogate import GP, Covariance, FlatWL, HierarchicalWL, ProductionCounts
from nasviz.testing.evidence.kept import Kept
from nasviz.testing.evidence.small_task import FEW, WIDTH

if TYPE_CHECKING:
    import pandas as pd

    from nasviz.spaces import Architecture, SearchSpace

Measure = Literal["tau", "nll"]

DRAWS = 300
HELD_OUT = 100
SIZES = (50, 100, 200)
PATIENCE = 5000
"""Draws in a row without another form, after which a space has none."""
KERNELS: Mapping[str, Covariance] = {  # the third shows whether it is the hierarchy or the learned iterations that help
    "hierarchical WL": HierarchicalWL(),
    "flat WL": FlatWL(),
    "flat WL, iterations learned": HierarchicalWL(levels=()),
    "production counts": ProductionCounts(),
}


@dataclass(frozen=True)
class Score:
    """How well one kernel predicted in one resample.

    Parameters
    ----------
    resample, n, kernel
        Which, how many architectures were learned from, and by what.
    tau
        Kendall's τ of predicted means and values.
    nll
        Mean negative log likelihood of the standardised logarithm of a value.
    """

    resample: int
    n: int
    kernel: str
    tau: float
    nll: float


def distinct(space: SearchSpace, n: int, seed: int = 0) -> list[Architecture]:
    """Return `n` draws by productions, no two of one canonical form.

    Raises
    ------
    NasvizError
        If thousands of draws in a row bring no other form: the space has too few.

    >>> from nasviz.spaces import three_node_cells
    >>> len({arch.canonical_key for arch in distinct(three_node_cells(), 20)})
    20
    """
    rng, found = np.random.default_rng(seed), dict[str, "Architecture"]()
    missed = 0
    while len(found) < n:
        arch = space.sample(seed=rng)
        missed = missed + 1 if arch.canonical_key in found else 0
        found.setdefault(arch.canonical_key, arch)
        if missed >= PATIENCE:
            raise NasvizError(f"{n} forms were asked for; after {len(found)}, {PATIENCE} draws brought no other one")
    return list(found.values())


def errors(
    archs: Sequence[Architecture],
    objective: TrainingObjective,
    kept: Kept,
    *,
    seed: int = 0,
    say: Callable[[str], None] = lambda _: None,
) -> np.ndarray:
    """Return the value of each architecture from one training ``(n,)``, NaN where it did not end.

    Parameters
    ----------
    archs
        Architectures.
    objective
        Trains them.
    kept
        Where values are kept, one file each.
    seed
        Of the trainings.
    say
        Told each value in words.
    """
    settings = {**objective.protocol(), "seed": seed, "width": WIDTH, "examples": FEW}

    def trained(arch: Architecture) -> dict[str, Any]:
        began = time.process_time()
        try:
            value = objective(arch, seed=seed)
        except TrainingError as error:
            return {"value": None, "reason": str(error), "seconds": time.process_time() - began}
        return {"value": value, "seconds": time.process_time() - began}

    values: list[float] = []
    for i, arch in enumerate(archs):
        found = kept.get(f"trained/{arch.key[:16]}-{seed}", {**settings, "term": str(arch)}, lambda arch=arch: trained(arch))
        values.append(np.nan if found["value"] is None else found["value"])
        say(f"training {i + 1} of {len(archs)}: error {values[-1]:.3f} ({found['seconds']:.1f} s)")
    return np.array(values)


def compare_kernels(
    archs: Sequence[Architecture],
    y: np.ndarray,
    *,
    resamples: int = 20,
    sizes: Sequence[int] = SIZES,
    held_out: int = HELD_OUT,
    kernels: Mapping[str, Covariance] = KERNELS,
    say: Callable[[str], None] = lambda _: None,
) -> list[Score]:
    """Fit each kernel to the same draws and predict the same others, again and again.

    In resample r the architectures are shuffled by seed r; the last `held_out` are predicted, the first n are learned from, so
    kernels are compared pairwise and larger n hold the smaller ones.

    Parameters
    ----------
    archs, y
        Architectures and values ``(n,)``; those with NaN are left out.
    resamples
        How often.
    sizes
        How many are learned from.
    held_out
        How many are predicted.
    kernels
        By name.
    say
        Told each resample in words.

    Raises
    ------
    ValueError
        If there are not enough architectures.
    """
    finite = np.flatnonzero(np.isfinite(y))
    if max(sizes) + held_out > len(finite):
        raise ValueError(f"{max(sizes)} to learn from and {held_out} held out are more than the {len(finite)} with a value")
    stores = {name: GP(kernel).store for name, kernel in kernels.items()}
    for store in stores.values():
        store.rows(archs)
    scores: list[Score] = []
    for resample in range(resamples):
        order = np.random.default_rng(resample).permutation(finite)
        test = order[-held_out:]
        for n in sizes:
            for name, kernel in kernels.items():
                gp = GP(kernel, store=stores[name]).fit([archs[i] for i in order[:n]], y[order[:n]])
                found = gp.calibration([archs[i] for i in test], y[test])
                scores.append(Score(resample, n, name, found.tau, found.nll))
        say(f"resample {resample + 1} of {resamples}")
    return scores


def paired(scores: Sequence[Score], a: str, b: str, measure: Measure = "tau") -> pd.DataFrame:
    """Return by how much `a` exceeds `b`, resample by resample.

    Resamples share architectures, so they are not independent: intervals and p say how far the difference is one of these
    draws, not how far it would hold for other ones.

    Parameters
    ----------
    scores
        Of :func:`compare_kernels`.
    a, b
        Kernels.
    measure
        "tau" or "nll".

    Returns
    -------
    DataFrame
        By ``n``: ``difference`` (mean), ``low``, ``high`` (95 % interval of Student's t), ``p`` (Wilcoxon's signed-rank test,
        two-sided; 1 where all are equal), ``resamples``.

    Examples
    --------
    >>> scores = [Score(r, 50, kernel, tau + 0.1 * r, 0.0) for r in range(3) for kernel, tau in (("a", 0.2), ("b", 0.0))]
    >>> round(float(paired(scores, "a", "b")["difference"][50]), 3)
    0.2
    """
    import pandas as pd

    found: dict[int, dict[str, float]] = {}
    for n in dict.fromkeys(score.n for score in scores):
        one, other = _by_resample(scores, a, n, measure), _by_resample(scores, b, n, measure)
        d = np.array([one[r] - other[r] for r in one])
        half = float(student.ppf(0.975, len(d) - 1) * d.std(ddof=1) / np.sqrt(len(d))) if len(d) > 1 else np.nan
        test: Any = wilcoxon(d) if np.any(d != 0) else None
        found[n] = {
            "difference": float(d.mean()),
            "low": float(d.mean()) - half,
            "high": float(d.mean()) + half,
            "p": 1.0 if test is None else float(test.pvalue),
            "resamples": len(d),
        }
    return pd.DataFrame.from_dict(found, orient="index").rename_axis("n")


def ranking_summary(scores: Sequence[Score]) -> pd.DataFrame:
    """Return a row for each kernel and n: mean and standard deviation of τ and NLL over the resamples."""
    import pandas as pd

    rows: dict[tuple[str, int], dict[str, float]] = {}
    for key in dict.fromkeys((score.kernel, score.n) for score in scores):
        tau, nll = (np.array(list(_by_resample(scores, *key, measure).values())) for measure in ("tau", "nll"))
        rows[key] = {
            "tau": float(tau.mean()),
            "tau sd": float(tau.std(ddof=1)) if len(tau) > 1 else np.nan,
            "nll": float(nll.mean()),
            "nll sd": float(nll.std(ddof=1)) if len(nll) > 1 else np.nan,
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(["kernel", "n"])


def _by_resample(scores: Sequence[Score], kernel: str, n: int, measure: Measure) -> dict[int, float]:
    return {s.resample: s.tau if measure == "tau" else s.nll for s in scores if (s.kernel, s.n) == (kernel, n)}
