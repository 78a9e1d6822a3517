"""How much each production of a grammar matters for the observed values of a study."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.linalg
import scipy.optimize

from nasviz.extension import lower
from nasviz.surrogate.features import FeatureStore
from nasviz.surrogate.target import Target
from nasviz.surrogate.threads import one_thread

if TYPE_CHECKING:
    from nasviz.spaces import Architecture

Z95 = 1.959963984540054


@dataclass(frozen=True)
class Importance:
    """How a production goes with the observed values.

    Attributes
    ----------
    production
        Its text, e.g. ``"OP ::= conv3x3"``.
    trials
        How many architectures use it.
    uses
        How often they use it together.
    effect
        What one use of it does to the value in the place of an average use of its nonterminal, on the scale of credits: the
        objective's units, or natural logarithms of them. NaN where there was no choice: the nonterminal has no other production
        in use, or all architectures use it equally often.
    low, high
        Central 95 % interval of the effect.
    weight
        What it does to the values that were seen: the size of the effect times the standard deviation of its uses.
    log
        Whether effects are natural logarithms.
    """

    production: str
    trials: int
    uses: int
    effect: float
    low: float
    high: float
    weight: float
    log: bool = False

    @property
    def sure(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low > 0 or self.high < 0


def importance(archs: Sequence[Architecture], y: Sequence[float] | np.ndarray, log: bool | None = None) -> list[Importance]:
    """Return the importance of each production that `archs` use, the weightiest first.

    Bayesian linear regression of the standardised values on how often each production is used: ``z = X β + ε`` with columns X
    standardised, ``β ~ N(0, τ² I)`` and ``ε ~ N(0, σ² I)``; τ² and σ² maximise the marginal likelihood (MacKay 1992). An effect
    is a contrast: the coefficient of a production minus the average one of its nonterminal, weighted by use. Productions that
    come and go together share their effect, and their intervals are wide. It says what goes with what in these trials, which a
    search has chosen; it is no proof of cause.

    Parameters
    ----------
    archs, y
        Architectures and their finite values ``(n,)``, n ≥ 1.
    log
        Whether to take logarithms of the values; None takes them when all are positive.

    Raises
    ------
    ValueError
        If there is nothing, lengths differ or a value is not finite.

    Examples
    --------
    >>> from nasviz.spaces import SearchSpace
    >>> space = SearchSpace("S ::= Linear(B, B, B)\\nB ::= conv3x3 | id")
    >>> archs = list(space.enumerate())
    >>> rows = importance(archs, [str(arch).count("conv3x3") for arch in archs], log=False)
    >>> sorted(row.production for row in rows if row.sure)
    ['B ::= conv3x3', 'B ::= id']
    """
    values = np.asarray(y, dtype=np.float64)
    if len(archs) == 0 or values.shape != (len(archs),) or not np.isfinite(values).all():
        raise ValueError(f"importance needs one finite value for each architecture: {len(archs)} and {values.shape} were given")
    store = FeatureStore(h=0)
    counts = store.productions(store.rows(list(archs))).toarray().astype(np.float64)
    names = store.production_names
    target = Target.learn(values, log)
    deviation = counts.std(axis=0)
    varied = np.flatnonzero(deviation > 0)
    effect, sd = np.full((2, len(names)), np.nan)
    if len(varied):
        x = (counts[:, varied] - counts[:, varied].mean(axis=0)) / deviation[varied]
        with one_thread():
            mean, covariance = regress(x, target.forward(values))
        unit = target.scale / deviation[varied]
        contrast, chosen = contrasts(names, counts.sum(axis=0), varied)
        effect[chosen] = contrast @ (unit * mean)
        sd[chosen] = np.sqrt(np.einsum("ij,jk,ik->i", contrast * unit, covariance, contrast * unit))
    weight = np.nan_to_num(np.abs(effect)) * deviation
    used = counts > 0

    def row(k: int) -> Importance:
        low, high = (float(effect[k] + side * Z95 * sd[k]) for side in (-1, 1))
        return Importance(
            names[k], int(used[:, k].sum()), int(counts[:, k].sum()), float(effect[k]), low, high, float(weight[k]), target.log
        )

    return [row(k) for k in np.argsort(-weight, kind="stable").tolist()]


def importance_table(archs: Sequence[Architecture], y: Sequence[float] | np.ndarray, log: bool | None = None) -> Any:
    """Return :func:`importance` as a ``DataFrame`` by production: trials, uses, effect, low, high, weight, sure.

    ``table.attrs["log"]`` says whether effects are natural logarithms.
    """
    found = importance(archs, y, log)
    rows = [
        {
            "production": row.production,
            "trials": row.trials,
            "uses": row.uses,
            "effect": row.effect,
            "low": row.low,
            "high": row.high,
            "weight": row.weight,
            "sure": row.sure,
        }
        for row in found
    ]
    table = lower("frame")(rows, "production")
    table.attrs["log"] = found[0].log
    return table


def contrasts(names: Sequence[str], uses: np.ndarray, varied: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the contrasts of productions with the average of their nonterminals, and which productions have one.

    Parameters
    ----------
    names
        Texts of the productions; operators of terms without a grammar are taken for productions of one nonterminal.
    uses
        How often each is used, ``(p,)``.
    varied
        Which have a coefficient, ``(v,)``; the others have none, that is 0.

    Returns
    -------
    contrast : array (c, v)
        Weights of the coefficients in each contrast.
    chosen : int array (c,)
        Numbers of the productions.
    """
    nonterminal = [name.partition(" ::= ")[0] if " ::= " in name else "" for name in names]
    place = {int(k): j for j, k in enumerate(varied)}
    rows: list[np.ndarray] = []
    chosen: list[int] = []
    for k in varied.tolist():
        group = [q for q, name in enumerate(nonterminal) if name == nonterminal[k]]
        if len(group) < 2:
            continue
        row = np.zeros(len(varied))
        row[place[k]] = 1.0
        for q in group:
            if q in place:
                row[place[q]] -= uses[q] / uses[group].sum()
        rows.append(row)
        chosen.append(k)
    return np.array(rows).reshape(len(rows), len(varied)), np.array(chosen, dtype=np.int64)


def regress(x: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return posterior mean ``(p,)`` and covariance ``(p, p)`` of β in ``z = x β + ε``; τ² and σ² maximise the likelihood.

    Parameters
    ----------
    x, z
        Inputs ``(n, p)`` and outputs ``(n,)``, both centred.
    """
    u, s, vt = scipy.linalg.svd(x, full_matrices=False)
    inside = u.T @ z
    rest = max(float(z @ z - inside @ inside), 0.0)
    free = len(z) - len(s)

    def negative_evidence(logs: np.ndarray) -> float:
        tau, sigma = np.exp(logs)
        along = tau * s**2 + sigma
        return float(0.5 * (np.log(along).sum() + free * np.log(sigma) + (inside**2 / along).sum() + rest / sigma))

    bounds = [(np.log(1e-8), np.log(1e2)), (np.log(1e-4), np.log(1e1))]
    starts = [np.log([0.1, 0.5]), np.log([1.0, 0.01]), np.log([0.01, 1.0])]
    runs: list[Any] = [scipy.optimize.minimize(negative_evidence, start, bounds=bounds, method="L-BFGS-B") for start in starts]
    best = int(np.argmin([run.fun for run in runs]))
    tau, sigma = np.exp(runs[best].x)
    shrink = tau * s / (tau * s**2 + sigma)
    mean = vt.T @ (shrink * inside)
    return mean, tau * np.eye(x.shape[1]) - (vt.T * (tau * s * shrink)) @ vt
