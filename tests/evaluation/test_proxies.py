"""Zero-cost proxies against values by hand and naive computations."""

import itertools
import math
from importlib import import_module

import cloudpickle
import numpy as np
import pytest
import torch
from scipy.stats import kendalltau
from torch import nn

from nasviz.errors import DataError, NasvizError, TrainingError
from nasviz.evaluation import digits, proxies
from nasviz.nn import primitive
from nasviz.search import AREA, RandomSearch, Study
from nasviz.spaces import SearchSpace, digits_cells, parse, three_node_cells
from nasviz.surrogate import GP, FlatWL
from nasviz.surrogate.numeric import Numeric

X = torch.tensor([[1.0, -2.0], [3.0, 0.5], [-1.0, 1.0]])
Y = torch.tensor([0, 1, 1])


@pytest.fixture(scope="module")
def space():
    return three_node_cells()


@pytest.fixture(autouse=True)
def same_weights():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        yield


def chain():
    """x -> W1 x -> relu -> W2: small enough for paper."""
    net = nn.Sequential(nn.Linear(2, 2, bias=False), nn.ReLU(), nn.Linear(2, 2, bias=False))
    net[0].weight.data = torch.tensor([[1.0, -1.0], [2.0, 0.0]])
    net[2].weight.data = torch.tensor([[1.0, 0.0], [-1.0, 3.0]])
    return net


def test_synflow_by_hand():
    """|W1| 1 = (2, 2), |W2| of it = (2, 8), R = 10; two linear layers give 2 R."""
    assert proxies.synflow.score(chain(), X, Y) == pytest.approx(math.log1p(20))


def test_synflow_passes_normalisations_by_and_survives_depth():
    plain, normed = chain(), chain()
    normed.insert(1, nn.BatchNorm1d(2))
    normed.insert(1, nn.LayerNorm(2))
    assert proxies.synflow.score(normed, X, Y) == pytest.approx(proxies.synflow.score(plain, X, Y))
    deep = nn.Sequential(*(nn.Linear(64, 64, bias=False) for _ in range(150)))
    assert proxies.synflow.score(deep, torch.ones(1, 64), Y) > 150


def test_naswot_by_hand():
    """Codes of W1 x > 0: (1, 1), (1, 1), (0, 0): K = [[2, 2, 0], [2, 2, 0], [0, 0, 2]], eigenvalues 4, 2 and 0."""
    net = chain()
    net[0].weight.data = torch.tensor([[1.0, 0.0], [2.0, 0.0]])
    assert proxies.naswot.score(net, X, Y) == pytest.approx(math.log(4) + math.log(2) + math.log(1e-6))


def test_naswot_equals_a_naive_count():
    net = nn.Sequential(nn.Linear(5, 40), nn.ReLU(), nn.Linear(40, 30), nn.Mish(), nn.Linear(30, 3))
    x = torch.randn(6, 5)
    hidden = net[0](x)
    codes = torch.cat([hidden > 0, net[2](net[1](hidden)) > 0], dim=1).tolist()
    naive = np.array([[sum(a == b for a, b in zip(p, q, strict=True)) for q in codes] for p in codes], dtype=float)
    assert proxies.naswot.score(net, x, Y) == pytest.approx(np.linalg.slogdet(naive)[1])


def finite_differences(net, weight, step=1e-4):
    found = torch.zeros_like(weight)
    for place in itertools.product(*map(range, weight.shape)):
        losses = []
        for sign in (1, -1):
            weight.data[place] += sign * step
            losses.append(nn.functional.cross_entropy(net(X.double()), Y).item())
            weight.data[place] -= sign * step
        found[place] = (losses[0] - losses[1]) / (2 * step)
    return found


def test_snip_and_the_gradient_norm_equal_finite_differences():
    net = chain().double()
    gradients = [(w, finite_differences(net, w)) for w in (net[0].weight, net[2].weight)]
    snip = sum((w * g).abs().sum().item() for w, g in gradients)
    norm = sum((g**2).sum().sqrt().item() for _, g in gradients)
    assert proxies.snip.score(net, X.double(), Y) == pytest.approx(snip, rel=1e-6)
    assert proxies.grad_norm.score(net, X.double(), Y) == pytest.approx(norm, rel=1e-6)


def test_biases_and_scales_are_no_weights():
    net = nn.Sequential(nn.BatchNorm1d(2), nn.ReLU())
    assert proxies.snip.score(net, X, Y) == proxies.grad_norm.score(net, X, Y) == proxies.synflow.score(net, X, Y) == 0.0


def test_the_jacobian_covariance_equals_a_naive_one():
    net = nn.Sequential(nn.Linear(5, 8), nn.Tanh(), nn.Linear(8, 3))
    x = torch.randn(4, 5)
    rows = [torch.autograd.functional.jacobian(lambda one: net(one).sum(), example).numpy() for example in x]
    values = np.linalg.eigvalsh(np.corrcoef(np.array(rows, dtype=np.float64)))
    naive = -sum(math.log(v + 1e-5) + 1 / (v + 1e-5) for v in values)
    assert proxies.jacob_cov.score(net, x, Y) == pytest.approx(naive, rel=1e-3)


def test_a_network_that_treats_all_examples_alike_scores_lowest():
    alike = proxies.jacob_cov.score(nn.Linear(5, 3), torch.randn(4, 5), Y)
    flat = proxies.jacob_cov.score(nn.AdaptiveAvgPool1d(1), torch.randn(4, 5), Y)
    assert alike < -2e5
    assert math.isfinite(flat)


@pytest.mark.parametrize("proxy", proxies.ALL, ids=repr)
def test_a_seed_decides_it_and_nothing_global_changes(proxy, space):
    arch = space.parse("Residual2(conv3x3, id, conv1x1)")
    before = torch.get_rng_state()
    fresh = proxy.on(None)
    assert fresh(arch) == proxy(arch) == fresh(arch)
    assert fresh(arch, seed=1) != fresh(arch)
    assert torch.equal(before, torch.get_rng_state())
    assert cloudpickle.loads(cloudpickle.dumps(proxy))(arch) == proxy(arch)
    assert any(year in proxy.formula for year in ("2020", "2021"))


@pytest.mark.parametrize("proxy", proxies.ALL, ids=repr)
def test_every_cell_has_a_finite_score(proxy, space):
    archs = [*space.sample(6, seed=0), parse("avg_pool", (1, 8, 8)), space.parse("Residual2(zero, id, zero)")]
    assert all(math.isfinite(proxy(arch)) for arch in archs)


def test_each_architecture_is_computed_once_and_tasks_are_kept_apart(space):
    calls = []

    def score(net, x, y):
        calls.append(tuple(x.shape))
        return float(len(calls))

    proxy = proxies.Proxy("mine", score)
    arch = space.unrank(3)
    assert [proxy(arch), proxy(space.unrank(3)), proxy(arch, seed=1)] == [1.0, 1.0, 2.0]
    assert proxy(three_node_cells(input_shape=(3, 16, 16)).unrank(3)) == 3.0
    assert calls[-1] == (64, 3, 16, 16)


def test_a_primitive_that_is_defined_anew_is_computed_anew():
    def made(width):
        @primitive(name="mine")
        def mine(c_in):
            return nn.Sequential(nn.Conv2d(c_in, width, 1), nn.ReLU(), nn.Conv2d(width, c_in, 1))

        return SearchSpace("S ::= mine | id", operators=[mine], input_shape=(1, 8, 8)).parse("mine")

    assert made(4) == made(8)
    assert proxies.snip(made(4)) != proxies.snip(made(8))


def test_it_looks_at_data(space):
    arch = space.parse("Residual2(conv3x3, id, conv1x1)")
    on = proxies.snip.on(digits(), 32)
    assert repr(on) == "proxies.snip.on(data, 32)"
    assert on(arch) != proxies.snip(arch)
    assert on(arch) == proxies.snip.on(list(digits()), 32)(arch)
    with pytest.raises(DataError, match="train: examples have shape"):
        on(three_node_cells(input_shape=(1, 9, 9)).unrank(3))
    with pytest.raises(TrainingError, match="batch_size must be at least 1, found 0"):
        proxies.snip.on(digits(), 0)


def test_objective_filter_and_choice(space):
    archs = space.sample(12, seed=0)
    scores = [proxies.naswot(a) for a in archs]
    limit = float(np.median(scores))
    keep = proxies.naswot.at_least(limit)
    assert [a for a in archs if keep(a)] == [a for a, s in zip(archs, scores, strict=True) if s >= limit]
    assert [proxies.naswot(a) for a in proxies.naswot.best(archs, 3)] == sorted(scores, reverse=True)[:3]
    with pytest.raises(NasvizError, match="n must be at least 1, found 0"):
        proxies.naswot.best(archs, 0)
    study = Study(space, proxies.naswot, direction="maximize", strategy=RandomSearch())
    study.run(3, "inline")
    assert all(t.state == "finished" for t in study.trials)


def test_a_score_that_is_not_finite_is_said(space):
    with pytest.raises(TrainingError, match=r"mine is nan for Residual2\("):
        proxies.Proxy("mine", lambda net, x, y: math.nan)(space.unrank(0))


@pytest.mark.slow
def test_higher_is_better_on_the_digits():
    """On cells of the digits space naswot and synflow rank as the errors after a training do, better than by chance."""
    from nasviz.evaluation import TrainingObjective

    archs = digits_cells().sample(30, seed=0)
    errors = [TrainingObjective(digits(), device="cpu")(a) for a in archs]
    for proxy in (proxies.naswot, proxies.synflow):
        assert kendalltau([proxy(a) for a in archs], [-e for e in errors]).statistic > 0.2


def test_a_feature_of_a_surrogate(space):
    archs = space.sample(12, seed=1)
    surrogate = GP(FlatWL() + Numeric(proxies.naswot)).fit(archs, [-proxies.naswot(a) for a in archs])
    mean, _ = surrogate.predict(space.sample(5, seed=2))
    assert np.isfinite(mean).all()


def test_a_score_for_the_first_population_of_a_search(space):
    scored = []

    def score(arch):
        scored.append(proxies.synflow(arch))
        return scored[-1]

    study = Study(space, proxies.synflow, direction="maximize", strategy=AREA(score=score, pool=4))
    study.run(1, "inline")
    assert len(set(scored)) > 1
    assert proxies.synflow(study.best_trial.arch) == max(scored)


def test_completion_offers_what_is_public():
    module = import_module("nasviz.evaluation.proxies")
    assert dir(module) == sorted(module.__all__)
