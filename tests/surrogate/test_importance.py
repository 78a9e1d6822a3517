import numpy as np
import pytest
from scipy.stats import multivariate_normal

from nasviz.spaces import SearchSpace, parse
from nasviz.surrogate.importance import contrasts, importance, importance_table, regress

SPACE = SearchSpace("S ::= Linear(B, B, B, B)\nB ::= conv3x3 | avg_pool | id")


def test_known_effects_lie_in_their_intervals() -> None:
    rng, misses = np.random.default_rng(0), 0
    truth = {"conv3x3": -0.3, "avg_pool": 0.2, "id": 0.0}
    archs = SPACE.sample(60, seed=1)
    counts = {name: np.array([str(a).count(name) for a in archs]) for name in truth}
    average = sum(truth[name] * n.sum() for name, n in counts.items()) / (4 * len(archs))
    for _ in range(10):
        y = 1 + sum(truth[name] * n for name, n in counts.items()) + 0.1 * rng.normal(size=len(archs))
        for row in importance(archs, y, log=False):
            if row.production.startswith("B"):
                misses += not row.low < truth[row.production[6:]] - average < row.high
    assert misses <= 5


def test_the_weightiest_come_first_and_what_never_varies_has_no_effect() -> None:
    archs = SPACE.sample(60, seed=1)
    rows = importance(archs, [0.3 * 0.9 ** str(a).count("conv3x3") for a in archs])
    assert rows[0].production == "B ::= conv3x3"
    assert rows[0].sure
    assert rows[0].effect < 0
    assert [r.weight for r in rows] == sorted((r.weight for r in rows), reverse=True)
    constant = next(r for r in rows if r.production.startswith("S"))
    assert np.isnan(constant.effect)
    assert constant.weight == 0
    assert not constant.sure
    assert (constant.trials, constant.uses) == (60, 60)


def test_noise_is_unsure() -> None:
    archs = SPACE.sample(40, seed=2)
    rows = importance(archs, np.random.default_rng(0).normal(size=40))
    assert sum(row.sure for row in rows) <= 1


def test_one_trial_and_equal_values() -> None:
    assert all(np.isnan(row.effect) for row in importance([SPACE.sample(seed=0)], [0.1]))
    archs = SPACE.sample(10, seed=0)
    assert not any(row.sure for row in importance(archs, [0.5] * 10))


def test_operators_are_counted_without_a_grammar() -> None:
    rows = importance([parse("Linear(conv, id)"), parse("Linear(conv, conv)"), parse("Linear(id, id)")], [0.2, 0.1, 0.3])
    assert {row.production for row in rows} == {"Linear", "conv", "id"}
    assert next(row for row in rows if row.production == "conv").effect < 0


def test_the_regression_is_the_conjugate_one() -> None:
    """Given variances of the fit, mean and covariance are those of the normal equations."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(30, 4))
    x -= x.mean(axis=0)
    z = x @ [1.0, -0.5, 0.0, 0.2] + 0.1 * rng.normal(size=30)
    z -= z.mean()
    mean, covariance = regress(x, z)
    precision = np.linalg.inv(covariance)
    tau_sigma = precision - x.T @ x * (precision[0, 1] / (x.T @ x)[0, 1])
    assert np.diag(tau_sigma) == pytest.approx(tau_sigma[0, 0], rel=1e-6)
    assert precision @ mean == pytest.approx(x.T @ z * (precision[0, 1] / (x.T @ x)[0, 1]), rel=1e-6)


@pytest.mark.parametrize("p", [4, 12])
def test_the_variances_maximise_the_evidence(p: int) -> None:
    """Of the multivariate normal itself, also with more coefficients than values; the fit never knows these."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(10, p))
    x -= x.mean(axis=0)
    z = x[:, :4] @ [1.0, -0.5, 0.0, 0.2] + 0.3 * rng.normal(size=10)
    z -= z.mean()
    mean, covariance = regress(x, z)

    def posterior(tau: float, sigma: float) -> tuple[np.ndarray, np.ndarray]:
        found = np.linalg.inv(x.T @ x / sigma + np.eye(p) / tau)
        return found @ x.T @ z / sigma, found

    grid = [(tau, sigma) for tau in np.exp(np.linspace(-9, 4, 66)) for sigma in np.exp(np.linspace(-7, 2, 46))]
    evidence = [multivariate_normal.logpdf(z, np.zeros(10), tau * x @ x.T + sigma * np.eye(10)) for tau, sigma in grid]
    best = posterior(*grid[int(np.argmax(evidence))])
    assert mean == pytest.approx(best[0], abs=0.1 * np.abs(best[0]).max())
    assert np.diag(covariance) == pytest.approx(np.diag(best[1]), rel=0.25)


def test_an_effect_is_the_difference_from_the_average_use() -> None:
    archs = SPACE.sample(60, seed=1)
    truth = {"conv3x3": -0.3, "avg_pool": 0.2, "id": 0.0}
    counts = {name: np.array([str(a).count(name) for a in archs]) for name in truth}
    y = 1 + sum(truth[name] * n for name, n in counts.items()) + 1e-3 * np.random.default_rng(0).normal(size=60)
    average = sum(truth[name] * n.sum() for name, n in counts.items()) / (4 * len(archs))
    rows = {row.production[6:]: row for row in importance(archs, y, log=False) if row.production.startswith("B")}
    for name, row in rows.items():
        assert row.effect == pytest.approx(truth[name] - average, abs=5e-3)
        assert row.weight == pytest.approx(abs(row.effect) * counts[name].std())
        assert row.low == pytest.approx(2 * row.effect - row.high)
        assert (row.trials, row.uses) == ((counts[name] > 0).sum(), counts[name].sum())


def test_contrasts_by_hand() -> None:
    names = ["A ::= x", "A ::= y", "A ::= z", "B ::= x"]
    contrast, chosen = contrasts(names, np.array([1.0, 2.0, 1.0, 5.0]), np.array([0, 1, 3]))
    assert chosen.tolist() == [0, 1], "B has no other production"
    assert contrast.tolist() == [[0.75, -0.5, 0.0], [-0.25, 0.5, 0.0]]


@pytest.mark.parametrize("y", [[1.0], [1.0, np.nan], []])
def test_bad_values(y: list[float]) -> None:
    with pytest.raises(ValueError, match="importance needs one finite value for each architecture"):
        importance(SPACE.sample(2, seed=0), y)


@pytest.mark.parametrize(("log", "expected"), [(None, True), (False, False)])
def test_rows_and_table_say_whether_effects_are_logarithms(log: bool | None, expected: bool) -> None:
    archs = SPACE.sample(5, seed=1)
    assert {row.log for row in importance(archs, [1.0, 2.0, 3.0, 4.0, 5.0], log)} == {expected}
    assert importance_table(archs, [1.0, 2.0, 3.0, 4.0, 5.0], log).attrs == {"log": expected}
