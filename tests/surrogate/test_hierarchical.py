from collections import Counter
from collections.abc import Callable

import networkx as nx
import numpy as np
import pytest
import torch

from nasviz import SearchSpace, topology
from nasviz.errors import BuildError
from nasviz.spaces import Architecture, hierarchical_nb201
from nasviz.surrogate import GP, Covariance, FeatureStore, FlatWL, HierarchicalWL, store_for
from nasviz.surrogate.combine import Mixture
from nasviz.surrogate.operations import operation_graph

Naive = Callable[[Architecture, int | None, int], Counter[str]]
FIXED = HierarchicalWL(iterations=(1, 2, 2, 2, 2, 2))


def bound(kernel: HierarchicalWL, archs: list[Architecture]) -> tuple[Mixture, torch.Tensor]:
    store = store_for(kernel)
    mixture = kernel.covariance(store)
    assert isinstance(mixture, Mixture)
    return mixture, torch.as_tensor(store.rows(archs), dtype=torch.float64)[:, None]


def gram(kernel: HierarchicalWL, archs: list[Architecture]) -> np.ndarray:
    mixture, x = bound(kernel, archs)
    return mixture(x).to_dense().detach().numpy()


def cosine(a: Counter[str], b: Counter[str]) -> float:
    inner = sum(n * b[label] for label, n in a.items())
    return inner / np.sqrt(sum(n * n for n in a.values()) * sum(n * n for n in b.values()))


def test_equals_the_definition_on_every_space(drawn: list[Architecture], naive_counts: Naive) -> None:
    some = drawn[:6]
    mixture, x = bound(FIXED, some)
    logits = np.array([0.3, -0.2, 0.5, 0.0, 1.0, -1.0])
    mixture.raw_weights.data = torch.as_tensor(logits)
    weights = np.exp(logits) / np.exp(logits).sum()
    expected = np.zeros((len(some), len(some)))
    for weight, level, h in zip(weights, (0, 1, 2, 3, 4, None), (1, 2, 2, 2, 2, 2), strict=True):
        counts = [naive_counts(arch, level, h) for arch in some]
        expected += weight * np.array([[cosine(a, b) for b in counts] for a in counts])
    assert np.allclose(mixture(x).to_dense().detach().numpy(), expected, atol=1e-12)


def test_symmetric_positive_semidefinite_with_unit_diagonal(drawn: list[Architecture]) -> None:
    k = gram(HierarchicalWL(), drawn)
    assert np.array_equal(k, k.T)
    assert np.allclose(np.diag(k), 1, atol=1e-12)
    assert np.linalg.eigvalsh(k).min() > -1e-10
    assert ((k >= 0) & (k <= 1 + 1e-12)).all()


def test_without_levels_it_is_flat(archs: list[Architecture]) -> None:
    store = FeatureStore(2)
    rows = store.rows(archs)
    flat = HierarchicalWL(levels=(), iterations=(2,), h=2)
    assert np.allclose(gram(flat, archs), FlatWL(2).gram(store, rows, rows), atol=1e-12)


def test_levels_tell_apart_what_the_graph_does_not() -> None:
    """Composition associates, so the graphs are equal; the levels are not."""
    space = SearchSpace("S ::= Linear(S, S) | conv3x3 | relu | mish")
    both = [space.parse(f"Linear({text})") for text in ("Linear(conv3x3, relu), mish", "conv3x3, Linear(relu, mish)")]
    assert gram(HierarchicalWL(levels=(), iterations=(2,)), both)[0, 1] == pytest.approx(1)
    assert gram(HierarchicalWL(levels=(1,), iterations=(0, 2)), both)[0, 1] < 0.9


def test_renaming_nodes_changes_nothing() -> None:
    texts = [
        "Diamond(conv3x3, conv1x1, avg_pool, relu)",
        "Diamond(Diamond(conv3x3, relu, id, relu), conv1x1, avg_pool, id)",
        "Diamond(relu, relu, relu, Diamond(conv1x1, id, mish, relu))",
    ]
    found: list[np.ndarray] = []
    for notation in ("1>2 1>3 2>4 3>4", "1>3 1>2 3>4 2>4"):
        diamond = topology("Diamond", notation)
        grammar = "S ::= Diamond(S, S, S, S) | conv3x3 | conv1x1 | avg_pool | relu | mish | id"
        space = SearchSpace(grammar, operators=[diamond])
        found.append(gram(FIXED, [space.parse(text) for text in texts]))
    assert np.allclose(found[0], found[1], atol=1e-14)


def test_flat_counts_go_with_the_classical_undirected_kernel(archs: list[Architecture]) -> None:
    """The classical subtree kernel (Shervashidze et al. 2011), by networkx, does not tell in- from out-neighbours."""

    def classical(arch: Architecture) -> Counter[str]:
        found = operation_graph(arch.graph())
        graph = nx.Graph(list(found.links))
        nx.set_node_attributes(graph, dict(enumerate(found.labels)), "label")
        hashes = nx.weisfeiler_lehman_subgraph_hashes(graph, node_attr="label", iterations=2, include_initial_labels=True)
        return Counter(f"{i} {code}" for codes in hashes.values() for i, code in enumerate(codes))

    counts = [classical(arch) for arch in archs[:30]]
    expected = np.array([[cosine(a, b) for b in counts] for a in counts])
    store = FeatureStore(2)
    rows = store.rows(archs[:30])
    upper = np.triu_indices(30, 1)
    assert np.corrcoef(FlatWL(2).gram(store, rows, rows)[upper], expected[upper])[0, 1] > 0.95


def test_it_is_a_covariance_that_says_how_many_iterations_it_needs() -> None:
    assert isinstance(HierarchicalWL(), Covariance)
    assert HierarchicalWL(h=3).h == 3
    assert HierarchicalWL() == HierarchicalWL(levels=(0, 1, 2, 3, 4))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"h": -1}, "h is -1; the number of Weisfeiler-Lehman iterations is 0 or more"),
        ({"levels": (0, -2)}, r"fold levels are 0 or more and all different, found \(0, -2\)"),
        ({"levels": (1, 1)}, r"fold levels are 0 or more and all different, found \(1, 1\)"),
        ({"levels": (1, 2), "iterations": (1, 2)}, "2 levels and the full graph need 3 numbers of iterations, found 2"),
        ({"levels": (), "iterations": (5,)}, r"iterations lie in 0…h = 4, found \(5,\)"),
    ],
)
def test_sentences_say_what_is_wrong(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        HierarchicalWL(**arguments)  # type: ignore[arg-type]


def test_a_store_that_holds_too_little_is_refused() -> None:
    with pytest.raises(ValueError, match="the store holds 2 Weisfeiler-Lehman iterations, the kernel needs 4"):
        HierarchicalWL().covariance(FeatureStore(2))
    with pytest.raises(ValueError, match=r"the store holds the fold levels \(0, 1\), the kernel needs 2"):
        HierarchicalWL().covariance(FeatureStore(4, levels=(0, 1)))
    assert HierarchicalWL(levels=(6,)).covariance(store_for(HierarchicalWL(levels=(6,)))) is not None


def test_weights_find_the_level_that_explains() -> None:
    """An objective that is a function of the outer levels alone moves the weights there."""
    archs = list(dict.fromkeys(hierarchical_nb201().sample(60, seed=5)))

    def outer(arch: Architecture) -> float:
        try:
            return float(sum("DOWN" in edge.label for edge in arch.graph(fold=2).edges))
        except BuildError:
            return 0.0

    gp = GP(HierarchicalWL(), log=False).fit(archs, [outer(arch) for arch in archs])
    shares = {part.name: part.weight for part in gp.parts()}
    assert shares["level 1"] + shares["level 2"] + shares["level 3"] > 0.8
    assert sum(shares.values()) == pytest.approx(1)
    tau = gp.calibration().tau
    assert tau > 0.6


def test_levels_that_say_nothing_more_are_left_out(archs: list[Architecture]) -> None:
    """One cell has one level, at which all look alike, and below it the full graph again and again."""
    cells = SearchSpace("C ::= Cell(O, O, O, O, O, O)\nO ::= conv3x3 | conv1x1 | avg_pool | id | zero").sample(30, seed=0)
    y = [0.3 * 0.9 ** str(arch).count("conv3x3") for arch in cells]
    gp, two = (GP(kernel).fit(cells, y) for kernel in (HierarchicalWL(), HierarchicalWL(levels=())))
    assert [part.name for part in gp.parts()] == ["full graph"]
    assert sum(part.weight for part in gp.parts()) == pytest.approx(1)
    assert gp.evidence == two.evidence
    assert np.array_equal(gp.predict(archs[:9]), two.predict(archs[:9]))
    grown = GP(HierarchicalWL(), store=gp.store).fit([*cells, archs[0]], [*y, 0.2], every=30, previous=gp)
    assert [part.name for part in grown.parts()] == ["full graph"]


def test_levels_stay_apart_where_a_term_is_cut_or_iterations_were_given(archs: list[Architecture]) -> None:
    large = hierarchical_nb201(connected=True).sample(5, seed=0)
    assert [part.level for part in GP().fit(large, [0.1, 0.2, 0.3, 0.4, 0.5]).parts()] == [1, 2, 3, 4, None]
    assert [part.level for part in GP().fit(archs[:3], [0.1, 0.2, 0.3]).parts()] == [3, None], "the macro is fixed"
    assert [part.level for part in GP().fit(archs[:1], [0.1]).parts()] == [0, 1, 2, 3, None], "one tells nothing yet"
    one = SearchSpace("C ::= Linear(O, O)\nO ::= relu | mish").sample(3, seed=0)
    assert len(GP(FIXED).fit(one, [0.1, 0.2, 0.3]).parts()) == 6
    assert len(GP(HierarchicalWL(levels=(1, 2), h=2) + FlatWL()).fit(one, [0.1, 0.2, 0.3]).parts()) == 2
