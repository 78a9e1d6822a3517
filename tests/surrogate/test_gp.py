from collections.abc import Callable
from dataclasses import dataclass

import gpytorch
import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal

from nasviz.errors import NasvizError
from nasviz.search import BayesOpt, ParetoBayesOpt
from nasviz.spaces import Architecture
from nasviz.surrogate import GP, Covariance, FeatureStore, FlatWL, HierarchicalWL, Numeric, ProductionCounts
from nasviz.surrogate import gram as prior_gram
from nasviz.surrogate.factor import Factor
from nasviz.surrogate.threads import exactly

Errors = Callable[[list[Architecture], int], np.ndarray]


def gram(gp: GP, a: list[Architecture], b: list[Architecture]) -> np.ndarray:
    return gp.outputscale * FlatWL().gram(gp.store, gp.store.rows(a), gp.store.rows(b))


def naive_posterior(gp: GP, archs: list[Architecture], z: np.ndarray, new: list[Architecture]) -> tuple[np.ndarray, np.ndarray]:
    """The textbook formulas with an explicit inverse."""
    inverse = np.linalg.inv(gram(gp, archs, archs) + gp.noise * np.eye(len(archs)))
    cross = gram(gp, new, archs)
    return cross @ inverse @ z, np.sqrt(np.diag(gram(gp, new, new) - cross @ inverse @ cross.T))


def test_posterior_agrees_with_the_naive_one(archs: list[Architecture], error: Errors) -> None:
    gp = GP(FlatWL()).fit(archs[:40], error(archs[:40], 0))
    mean, sd = gp.posterior(archs[35:])
    expected = naive_posterior(gp, archs[:40], gp.target.forward(gp.y), archs[35:])
    assert np.allclose(mean, expected[0], atol=1e-6)
    assert np.allclose(sd, expected[1], atol=1e-6)


def test_predictions_are_in_the_units_of_the_objective(archs: list[Architecture], error: Errors) -> None:
    y = error(archs, 0)
    gp = GP(FlatWL()).fit(archs[:40], y[:40])
    mean, sd = gp.predict(archs[40:])
    assert np.corrcoef(mean, y[40:])[0, 1] > 0.8
    assert (np.abs(mean - y[40:]) < 4 * sd + 0.03).all()
    assert (sd > 0).all()


def test_fit_does_not_lose_to_its_starting_point(archs: list[Architecture], error: Errors) -> None:
    y = error(archs, 0)
    gp = GP(FlatWL()).fit(archs, y)
    z = gp.target.forward(y)
    correlation = FlatWL().gram(gp.store, gp.store.rows(archs), gp.store.rows(archs))

    def evidence(scale: float, noise: float) -> float:
        return float(multivariate_normal.logpdf(z, cov=scale * correlation + noise * np.eye(len(z))))

    best = evidence(gp.outputscale, gp.noise)
    assert best >= evidence(1.0, 0.01) - 1e-6
    assert best >= max(evidence(s, n) for s in np.geomspace(0.05, 20, 25) for n in np.geomspace(1e-5, 0.5, 25)) - 0.05


@pytest.mark.parametrize("n", [2, 3, 12, 30])
def test_leave_one_out_equals_leaving_one_out(archs: list[Architecture], error: Errors, n: int) -> None:
    some = archs[:n]
    gp = GP(FlatWL()).fit(some, error(some, 1))
    mean, sd = gp.leave_one_out_standardised()
    z = gp.target.forward(gp.y)
    for i in range(n):
        rest = some[:i] + some[i + 1 :]
        m, s = naive_posterior(gp, rest, np.delete(z, i), [some[i]])
        assert np.allclose(mean[i], m, atol=1e-8)
        assert np.allclose(sd[i], np.sqrt(s**2 + gp.noise), atol=1e-8)


def test_leave_one_out_predicts(archs: list[Architecture], error: Errors) -> None:
    y = error(archs, 0)
    mean, sd = GP().fit(archs, y).leave_one_out()
    assert np.corrcoef(mean, y)[0, 1] > 0.8
    assert 0.5 < np.mean(np.abs(mean - y) < 2 * sd) <= 1


@pytest.mark.parametrize("y", [[0.3], [0.3, 0.3, 0.3], [0.0, 0.0], [-1.0, 5.0], [0.1, float("nan"), 0.3], [1.0, float("inf")]])
def test_little_or_bad_data_do_no_harm(archs: list[Architecture], y: list[float]) -> None:
    gp = GP().fit(archs[: len(y)], y)
    for mean, sd in (gp.predict(archs[:5]), gp.leave_one_out()):
        assert np.isfinite(mean).all()
        assert np.isfinite(sd).all()
    assert len(gp.archs) == np.isfinite(y).sum()
    assert 0.99e-5 < gp.noise < 0.5001


@pytest.mark.parametrize("value", [0.5, 0.1, 0.0, -3.0, 1e6])
@pytest.mark.parametrize("log", [None, False, True])
def test_a_constant_is_predicted_as_it_is_with_a_small_deviation(
    archs: list[Architecture], value: float, log: bool | None
) -> None:
    if log and value <= 0:
        return
    unit = abs(value) or 1.0
    gp = GP(log=log).fit(archs[:30], [value] * 30)
    for mean, sd in (gp.predict(archs), gp.leave_one_out(), gp.believe(archs[30:32]).predict(archs)):
        assert (mean == value).all()
        assert (sd > 0).all()
        assert (sd < 0.2 * unit).all()
    unseen, seen = gp.predict(archs[35:])[1], gp.predict(archs[:30])[1]
    assert seen.max() < 0.03 * unit
    assert seen.max() <= unseen.max()
    assert GP(log=log).fit(archs[:5], [value] * 5).predict(archs[35:])[1].max() > unseen.max()
    assert gp.notes == (f"All 30 values are {value:g}: that is predicted everywhere, and its sd follows from their number.",)
    assert (gp.outputscale, gp.noise) == pytest.approx((1, 0.01))


@pytest.mark.parametrize(
    "y",
    [
        [0.5 * (1 + 1e-12 * (i % 3)) for i in range(30)],
        [0.5 * (1 + 1e-9 * (i % 3)) for i in range(30)],
        [-0.5 * (1 + 1e-12 * (i % 3)) for i in range(30)],
        [0.1, 0.9] * 15,
        [0.1] + [0.9] * 29,
        [0.5] * 29 + [1e6],
        [-1e6] + [0.5] * 29,
        [0.0] * 15 + [0.1 * i for i in range(15)],
        [float(i - 15) for i in range(30)],
        [1e-300] * 15 + [0.5] * 15,
    ],
    ids=["1e-12", "1e-9", "-1e-12", "two", "one apart", "outlier", "below", "zeros", "signs", "tiny"],
)
def test_data_are_predicted_within_their_range(archs: list[Architecture], y: list[float]) -> None:
    gp = GP().fit(archs[:30], y)
    for mean, sd in (gp.predict(archs[:30]), gp.leave_one_out()):
        assert np.isfinite(mean).all()
        assert (sd > 0).all()
        assert np.isfinite(sd).all()
        assert (min(y) - sd <= mean).all()
        assert (mean <= max(y) + sd).all()


def test_ten_identical_architectures(archs: list[Architecture]) -> None:
    gp = GP().fit([archs[0]] * 10, np.linspace(0.2, 0.3, 10))
    mean, _ = gp.predict([archs[0]])
    assert 0.2 < mean[0] < 0.3


def test_failed_values_do_not_move_the_scale(archs: list[Architecture], error: Errors) -> None:
    y = error(archs[:10], 0)
    spoiled = np.insert(y, 3, np.nan)
    clean, filtered = GP().fit(archs[:10], y), GP().fit([*archs[:3], archs[20], *archs[3:10]], spoiled)
    assert clean.target == filtered.target
    assert np.allclose(clean.predict(archs[30:])[0], filtered.predict(archs[30:])[0])


def test_fit_is_deterministic_and_leaves_the_global_state_alone(archs: list[Architecture], error: Errors) -> None:
    state = torch.random.get_rng_state()
    assert GP().kernel == HierarchicalWL()
    one, other = (GP().fit(archs, error(archs, 0)).predict(archs) for _ in range(2))
    assert np.array_equal(one[0], other[0])
    assert torch.equal(state, torch.random.get_rng_state())
    assert torch.get_default_dtype() is torch.float32


def test_believing_pending_trials_keeps_the_mean_and_shrinks_the_deviation(archs: list[Architecture], error: Errors) -> None:
    gp = GP().fit(archs[:20], error(archs[:20], 0))
    believer = gp.believe(archs[20:25])
    before, after = gp.posterior(archs[20:40]), believer.posterior(archs[20:40])
    assert np.allclose(before[0], after[0], atol=1e-5)
    assert (after[1] <= before[1] + 1e-9).all()
    assert (believer.noise, believer.outputscale, believer.target) == (gp.noise, gp.outputscale, gp.target)
    assert len(gp.archs) == 20
    assert gp.believe([]) is gp


def test_sentences_say_what_is_wrong(archs: list[Architecture]) -> None:
    with pytest.raises(ValueError, match="2 architectures need as many values, got an array of shape"):
        GP().fit(archs[:2], [1.0])
    with pytest.raises(ValueError, match="no finite value to learn from"):
        GP().fit(archs[:1], [float("nan")])
    with pytest.raises(NasvizError, match=r"has seen no data. Type: gp\.fit\(archs, y\)"):
        GP().predict(archs[:1])
    with pytest.raises(ValueError, match="the store holds 1"):
        GP(FlatWL(2), store=FeatureStore(1))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda gp, arch: GP("x"), r"the kernel is 'x', expected one such as nv\.HierarchicalWL\(\)"),
        (lambda gp, arch: GP(FlatWL), r"the kernel is the class FlatWL\. Type: FlatWL\(\)"),
        (lambda gp, arch: prior_gram("x", [arch]), "the kernel is 'x', expected one"),
        (lambda gp, arch: BayesOpt(kernel="x"), "the kernel is 'x', expected one"),
        (lambda gp, arch: ParetoBayesOpt(kernel=FlatWL), "the kernel is the class FlatWL"),
        (
            lambda gp, arch: GP().fit(["a"], [1]),
            r"an architecture is expected, .* trial\.arch, found 'a'",
        ),
        (lambda gp, arch: GP().fit([arch, None], [1, 2]), "an architecture is expected, .*, found None"),
        (lambda gp, arch: GP().fit(arch, [1]), r"a list of architectures is expected, found one alone\. Type: \[arch\]"),
        (lambda gp, arch: gp.predict(arch), "found one alone"),
        (lambda gp, arch: gp.predict(3), "an architecture is expected, .*, found 3"),
        (lambda gp, arch: gp.predict([[arch]]), r"an architecture is expected, .*, found \["),
        (lambda gp, arch: gp.believe(arch), "found one alone"),
        (lambda gp, arch: gp.gram([arch], arch), "found one alone"),
        (lambda gp, arch: gp.calibration(arch, [0.1]), "found one alone"),
    ],
)
def test_no_kernel_and_no_architecture_are_said(archs: list[Architecture], call: Callable[..., object], words: str) -> None:
    with pytest.raises(NasvizError, match=words):
        call(GP().fit(archs[:2], [0.1, 0.2]), archs[0])


def test_no_candidates_give_empty_predictions(archs: list[Architecture]) -> None:
    mean, sd = GP().fit(archs[:3], [0.1, 0.2, 0.3]).predict([])
    assert mean.shape == sd.shape == (0,)


KERNELS = [
    FlatWL(1),
    HierarchicalWL(),
    ProductionCounts(),
    Numeric("depth"),
    HierarchicalWL(levels=(1,)) + Numeric("parameters"),
    HierarchicalWL(levels=(2,)) * ProductionCounts(),
]


def shares(gp: GP, a: list[Architecture], b: list[Architecture]) -> np.ndarray:
    """The fitted covariance, each part on its own and dense."""
    total = np.zeros((len(a), len(b)))
    for part in gp.parts():
        total += part.weight * part.kernel(gp.inputs(a), gp.inputs(b)).to_dense().detach().numpy()
    return gp.outputscale * total


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda k: type(k).__name__)
def test_every_kernel_agrees_with_the_naive_process(kernel: Covariance, archs: list[Architecture], error: Errors) -> None:
    known, new = archs[:25], archs[20:40]
    gp = GP(kernel).fit(known, error(known, 2))
    z, noise = gp.target.forward(gp.y), gp.noise
    gram, cross, prior = shares(gp, known, known), shares(gp, new, known), shares(gp, new, new)
    inverse = np.linalg.inv(gram + noise * np.eye(25))
    mean, sd = gp.posterior(new)
    assert np.allclose(mean, cross @ inverse @ z, atol=1e-7)
    assert np.allclose(sd**2, np.diag(prior - cross @ inverse @ cross.T), atol=1e-7)
    assert gp.evidence == pytest.approx(multivariate_normal.logpdf(z, cov=gram + noise * np.eye(25)))
    assert np.allclose(gp.gram(new, known), cross, atol=1e-12)
    assert np.allclose(gp.factor.lower @ gp.factor.lower.T, gram + noise * np.eye(25), atol=1e-10)
    left_mean, left_sd = gp.leave_one_out_standardised()
    for i in range(0, 25, 6):
        rest = np.delete(np.arange(25), i)
        smaller = np.linalg.inv((gram + noise * np.eye(25))[np.ix_(rest, rest)])
        assert np.allclose(left_mean[i], gram[i, rest] @ smaller @ z[rest], atol=1e-7)
        assert np.allclose(left_sd[i] ** 2, gram[i, i] + noise - gram[i, rest] @ smaller @ gram[rest, i], atol=1e-7)


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda k: type(k).__name__)
def test_the_botorch_model_believes_the_same(kernel: Covariance, archs: list[Architecture], error: Errors) -> None:
    gp = GP(kernel).fit(archs[:20], error(archs[:20], 3)).believe(archs[20:22])
    mean, sd = gp.posterior(archs[15:40])
    for inputs in (gp.inputs(archs[15:40]), gp.inputs(archs[15:40])[:, None, :]):
        with torch.no_grad(), exactly():
            posterior = gp.model.posterior(inputs)
            assert np.allclose(posterior.mean.numpy().ravel(), mean, atol=1e-5)
            assert np.allclose(posterior.variance.numpy().ravel(), sd**2, atol=1e-5)


def test_hyperparameters_stay_within_their_bounds(archs: list[Architecture]) -> None:
    for y in (np.random.default_rng(0).normal(size=30), [float(str(a).count("conv3x3")) for a in archs[:30]]):
        gp = GP(HierarchicalWL()).fit(archs[:30], y)
        assert 0.99e-5 < gp.noise < 0.5001
        assert 0.05 <= gp.outputscale <= 20
        assert all(part.h is not None and 0 <= part.h <= 4 for part in gp.parts())
        assert sum(part.weight for part in gp.parts()) == pytest.approx(1)


@pytest.mark.slow
@pytest.mark.parametrize("kernel", KERNELS, ids=lambda k: type(k).__name__)
def test_growing_gives_what_computing_anew_gives(kernel: Covariance, archs: list[Architecture], error: Errors) -> None:
    """To the last bit for whoever kept the process before, within 1e-8 for the Cholesky factor of all at once."""
    y = error(archs, 4)
    previous = None
    for n in (18, 21, 23, 30):
        previous = GP(kernel).fit(archs[:n], y[:n], every=10, previous=previous)
        anew = GP(kernel).fit(archs[:n], y[:n], every=10)
        assert previous.prefix == anew.prefix == n // 10 * 10
        for mine, theirs in zip(previous.posterior(archs[25:50]), anew.posterior(archs[25:50]), strict=True):
            assert np.array_equal(mine, theirs)
        assert np.array_equal(previous.leave_one_out()[0], anew.leave_one_out()[0])
        whole = Factor.of(shares(anew, archs[:n], archs[:n]) + anew.noise * np.eye(n))
        assert np.allclose(previous.factor.lower, whole.lower, atol=1e-8)
        prefix = GP(kernel).fit(archs[: anew.prefix], y[: anew.prefix])
        assert (prefix.noise, prefix.outputscale, prefix.target) == (anew.noise, anew.outputscale, anew.target)


def test_a_believer_may_be_what_came_before(archs: list[Architecture], error: Errors) -> None:
    y = error(archs, 5)
    believer = GP(HierarchicalWL()).fit(archs[:23], y[:23], every=10).believe([*archs[23:26], archs[40]])
    grown = GP(HierarchicalWL()).fit(archs[:28], y[:28], every=10, previous=believer)
    anew = GP(HierarchicalWL()).fit(archs[:28], y[:28], every=10)
    assert np.array_equal(grown.posterior(archs)[0], anew.posterior(archs)[0])


def test_what_came_before_is_not_believed_where_it_differs(archs: list[Architecture], error: Errors) -> None:
    y = error(archs, 6)
    changed = y.copy()
    changed[3] *= 2
    for other in (
        GP(FlatWL(1)).fit(archs[:20], y[:20], every=10),
        GP(FlatWL(2)).fit(archs[:20], changed[:20], every=10),
        GP(FlatWL(2)).fit(archs[1:21], y[1:21], every=10),
        GP(FlatWL(2), log=False).fit(archs[:20], y[:20], every=10),
        GP(FlatWL(2)).fit(archs[:15], y[:15], every=10),
    ):
        grown = GP(FlatWL(2)).fit(archs[:25], y[:25], every=10, previous=other)
        assert np.array_equal(grown.posterior(archs)[0], GP(FlatWL(2)).fit(archs[:25], y[:25], every=10).posterior(archs)[0])


def test_a_prefix_that_says_nothing_gives_way_to_all(archs: list[Architecture]) -> None:
    constant = np.concatenate([np.ones(10), [2.0, 3.0]])
    assert GP().fit(archs[:12], constant, every=10).prefix == 12
    turned = np.concatenate([np.linspace(1, 2, 10), [-1.0]])
    gp = GP().fit(archs[:11], turned, every=10)
    assert gp.prefix == 11
    assert not gp.target.log
    assert GP().fit(archs[:9], np.linspace(1, 2, 9), every=10).prefix == 9
    with pytest.raises(ValueError, match="every is 0; hyperparameters are learned every 1 or more trials"):
        GP().fit(archs[:2], [1.0, 2.0], every=0)


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda k: type(k).__name__)
@pytest.mark.parametrize(
    "y", [[0.3], [0.3, 0.3, 0.3], [0.0, 0.0], [-1.0, 5.0], [0.1, float("nan"), 0.3], [1.0, float("inf")], list(range(1, 11))]
)
def test_no_kernel_falls_over_little_data(kernel: Covariance, y: list[float], archs: list[Architecture]) -> None:
    same = len(y) == 10
    gp = GP(kernel).fit([archs[0]] * 10 if same else archs[: len(y)], y)
    for mean, sd in (gp.predict(archs[:5]), gp.leave_one_out(), gp.believe(archs[5:7]).predict(archs[:8])):
        assert np.isfinite(mean).all()
        assert np.isfinite(sd).all()
    assert gp.calibration().n == np.isfinite(y).sum()
    assert bool(gp.notes) == (same or y != [-1.0, 5.0])


@dataclass(frozen=True)
class Indefinite:
    """A user's kernel that is no covariance function."""

    h: int = 0

    def covariance(self, store: FeatureStore) -> gpytorch.kernels.Kernel:
        class Wrong(gpytorch.kernels.Kernel):
            def forward(self, x1: torch.Tensor, x2: torch.Tensor, diag: bool = False, **params: object) -> torch.Tensor:
                return torch.ones(len(x1), dtype=x1.dtype) if diag else torch.where(x1 == x2.mT, 1.0, -2.0).to(x1.dtype)

        return Wrong()


def test_a_kernel_that_is_no_covariance_is_named(archs: list[Architecture]) -> None:
    with pytest.raises(NasvizError, match="the Gram matrix of 8 architectures has no Cholesky factor: the kernel is not"):
        GP(Indefinite()).fit(archs[:8], np.linspace(1, 2, 8))
