from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nasviz.errors import NasvizError
from nasviz.records.credit import Credit
from nasviz.spaces import Architecture, SearchSpace, parse
from nasviz.surrogate import GP, FlatWL
from nasviz.surrogate.covariance import Covariance
from nasviz.surrogate.credit import Accountant, occurrences, production_places, subterms
from nasviz.surrogate.hierarchical import HierarchicalWL
from nasviz.surrogate.kernels import LevelKernel, ProductionCounts
from nasviz.surrogate.numeric import Numeric

KERNELS: dict[str, Covariance] = {
    "flat": FlatWL(2),
    "hierarchical": HierarchicalWL(),
    "sum": HierarchicalWL(h=2, levels=(1, 3)) + Numeric("depth"),
    "product": FlatWL(1) * Numeric("depth"),
    "sums": HierarchicalWL(h=1, levels=(1,)) * (Numeric("depth") + Numeric("parameters")) + ProductionCounts() * FlatWL(1),
    "productions": FlatWL(1) + ProductionCounts(),
}


def fitted(kernel: Covariance, archs: list[Architecture], seed: int = 0) -> GP:
    y = np.exp(np.random.default_rng(seed).normal(size=len(archs)))
    return GP(kernel).fit(archs, y)


def check_laws(gp: GP, archs: list[Architecture]) -> None:
    """Credits sum to the mean above the prior mean, their functional has its deviation, and gradients sum to nothing."""
    accountant = Accountant(gp)
    means, sds = gp.posterior(archs)
    for arch, mean, sd in zip(archs, means * gp.target.scale, sds * gp.target.scale, strict=True):
        account = accountant.account(arch)
        assert account.own.sum() + sum(account.whole.values()) == pytest.approx(mean, abs=1e-9)
        assert account.within[0] + sum(account.whole.values()) == pytest.approx(mean, abs=1e-9)
        assert account.mean == pytest.approx(mean, abs=1e-9)
        assert account.own_gradient.sum() == pytest.approx(0, abs=1e-9)
        assert account.within_gradient[0] == 0
        if not account.whole:
            assert account.within_sd[0] == pytest.approx(sd, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("kernel", ["flat", "hierarchical"])
def test_credits_sum_to_the_mean_in_every_space(drawn: list[Architecture], kernel: str) -> None:
    check_laws(fitted(KERNELS[kernel], drawn[:6]), [drawn[0], *drawn[6:9]])


@pytest.mark.parametrize("kernel", ["sum", "product", "sums", "productions"])
def test_credits_sum_to_the_mean_with_sums_and_products(archs: list[Architecture], kernel: str) -> None:
    check_laws(fitted(KERNELS[kernel], archs[:12]), archs[10:16])


def test_what_is_told_by_the_whole_has_its_credit_in_the_units_of_the_others() -> None:
    """Values follow the depth, and their logarithms are spread by far more or less than 1."""
    space = SearchSpace("S ::= Linear(S, relu) | Linear(S, id) | conv3x3 | conv1x1")
    archs = list(dict.fromkeys(space.sample(60, seed=0)))[:14]
    depth = np.array([arch.term.height for arch in archs])
    for steep in (0.01, 5.0):
        gp = GP(FlatWL(1) + Numeric("depth")).fit(archs[:-2], np.exp(steep * depth[:-2]))
        check_laws(gp, archs)
        account = Accountant(gp).account(archs[int(depth[:-2].argmax())])
        assert abs(account.whole["depth"]) > 0.1 * abs(account.mean)


def test_a_subterm_has_the_credit_of_all_within(archs: list[Architecture]) -> None:
    account = Accountant(fitted(HierarchicalWL(), archs[:20])).account(archs[30])
    term = archs[30].term
    for i in range(len(term)):
        inside = slice(i, i + int(term.size[i]))
        assert account.within[i] == pytest.approx(account.own[inside].sum(), abs=1e-12)
        assert account.within_gradient[i] == pytest.approx(account.own_gradient[inside].sum(), abs=1e-12)


def test_credit_by_its_definition(archs: list[Architecture]) -> None:
    """One occurrence of feature f has w · v_f / ‖φ(x)‖, written out with dense arrays."""
    gp, x = fitted(FlatWL(1), archs[:12]), archs[20]
    store = gp.store
    counts = store.matrix(store.rows([*gp.archs, x]), h=1).toarray().astype(float)
    unit = counts / np.linalg.norm(counts, axis=1)[:, None]
    gram = gp.outputscale * unit @ unit.T
    alpha = np.linalg.solve(gram[:-1, :-1] + gp.noise * np.eye(12), gp.target.forward(gp.y))
    of_one = gp.outputscale * (alpha @ unit[:-1]) / np.linalg.norm(counts[-1]) * gp.target.scale
    where = occurrences(LevelKernel(store, None, 1), x).toarray()
    assert Accountant(gp).account(x).own == pytest.approx(where @ of_one, abs=1e-12)


def test_the_gradient_is_a_derivative(archs: list[Architecture]) -> None:
    gp, x, step = fitted(FlatWL(1), archs[:12]), archs[20], 1e-6
    store = gp.store
    counts = store.matrix(store.rows([*gp.archs, x]), h=1).toarray().astype(float)
    unit = counts[:-1] / np.linalg.norm(counts[:-1], axis=1)[:, None]
    alpha = np.linalg.solve(gp.outputscale * unit @ unit.T + gp.noise * np.eye(12), gp.target.forward(gp.y))

    def mean(phi: np.ndarray) -> float:
        return float(gp.outputscale * alpha @ unit @ phi / np.linalg.norm(phi)) * gp.target.scale

    where = occurrences(LevelKernel(store, None, 1), x).toarray()
    slopes = [(mean(counts[-1] + step * more) - mean(counts[-1] - step * more)) / (2 * step) for more in where]
    assert Accountant(gp).account(x).own_gradient == pytest.approx(slopes, abs=1e-6)


def test_the_deviation_is_that_of_drawn_weights(archs: list[Architecture]) -> None:
    """Weights of features, drawn from their posterior, give credits of the stated mean and spread."""
    gp, x = fitted(FlatWL(0), archs[:6]), archs[20]
    store = gp.store
    counts = store.matrix(store.rows([*gp.archs, x]), h=0).toarray().astype(float)
    unit = np.sqrt(gp.outputscale) * counts / np.linalg.norm(counts, axis=1)[:, None]
    data = unit[:-1]
    precision = np.eye(data.shape[1]) + data.T @ data / gp.noise
    covariance = np.linalg.inv(precision)
    mean = covariance @ data.T @ gp.target.forward(gp.y) / gp.noise
    where = occurrences(LevelKernel(store, None, 0), x).toarray() * np.sqrt(gp.outputscale) / np.linalg.norm(counts[-1])
    account = Accountant(gp).account(x)
    assert account.own == pytest.approx(where @ mean * gp.target.scale, abs=1e-7)
    assert account.own_sd == pytest.approx(np.sqrt(np.diag(where @ covariance @ where.T)) * gp.target.scale, abs=1e-6)


def test_occurrences_sum_to_the_counts(drawn: list[Architecture]) -> None:
    gp = GP(HierarchicalWL()).fit(drawn[:2], [1.0, 2.0])
    for level in (None, 0, 2):
        kernel = LevelKernel(gp.store, level, 2)
        for arch in drawn[:4]:
            rows = gp.store.rows([arch])
            assert (occurrences(kernel, arch).sum(axis=0) == gp.store.matrix(rows, level, 2).toarray()[0]).all()


@settings(max_examples=20, deadline=None)
@given(st.recursive(st.sampled_from(["conv", "id"]), lambda x: st.lists(x, min_size=2, max_size=3), max_leaves=8))
def test_subterms_are_summed_by_a_matrix(tree: object) -> None:
    def text(node: object) -> str:
        return node if isinstance(node, str) else f"Linear({', '.join(map(text, node))})"  # type: ignore[arg-type]

    term = parse(text(tree)).term
    matrix = subterms(term).toarray()
    for i in range(len(term)):
        wanted = [i <= j < i + term.size[i] for j in range(len(term))]
        assert matrix[i].tolist() == [float(w) for w in wanted]


def test_a_term_that_is_too_large_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nasviz.surrogate.credit.LARGEST", 5)
    with pytest.raises(NasvizError, match="a term of 5 nodes and height 3 is too large to be explained subterm by subterm"):
        subterms(parse("Linear(Linear(conv, relu), id)").term)


def test_a_kernel_that_counts_nothing_has_no_credits(archs: list[Architecture]) -> None:
    gp = fitted(Numeric("depth"), archs[:6])
    with pytest.raises(NasvizError, match="counts nothing, so no part of an architecture has a credit"):
        Accountant(gp)


def test_productions_stand_where_they_begin() -> None:
    space = SearchSpace("S ::= Linear(B, B)\nB ::= conv3x3 | id")
    found = production_places(space.parse("Linear(id, conv3x3)"))
    assert found == [(0, "S ::= Linear(B, B)"), (1, "B ::= id"), (2, "B ::= conv3x3")]
    assert production_places(parse("Linear(id, relu)")) == [(0, "Linear"), (1, "id"), (2, "relu")]


def test_what_helps_and_what_hurts_is_found(
    archs: list[Architecture], error: Callable[[list[Architecture], int], np.ndarray]
) -> None:
    gp = GP(FlatWL(1)).fit(archs[:50], error(archs[:50], 0))
    accountant = Accountant(gp)
    by_name: dict[str, list[float]] = {"nor_conv_3x3": [], "conv3x3": [], "avg_pool": []}
    for arch in archs[50:]:
        for op, own in zip(arch.term.operators, accountant.account(arch).own, strict=True):
            by_name.setdefault(op.name, []).append(float(own))
    assert np.mean(by_name["conv3x3"]) < np.mean(by_name["avg_pool"])


def test_a_credit_is_stored() -> None:
    credit = Credit((0, 1), "conv", -0.1, 0.02, -0.1, 0.02, 7, 0.0, "helps")
    assert Credit.from_json(credit.to_json()) == credit
    with pytest.raises(NasvizError, match="a standard deviation is not negative, found -1"):
        Credit((), "conv", 0.0, -1.0, 0.0, 0.0, 0, 0.0, "unsure")
