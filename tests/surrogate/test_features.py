import copy
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nasviz.errors import BuildError
from nasviz.graph import topology
from nasviz.spaces import Architecture, SearchSpace, parse
from nasviz.surrogate import FeatureStore, FlatWL
from nasviz.surrogate.batch import Batch, Refined

GOLDEN = [13245866817342846338, 13289050820322397087, 11696160928372658793, 13245866817342846338]
"""Hashes of the features of one architecture, combined, by level: what is stored in a study must be found again."""

Naive = Callable[[Architecture, int | None, int], Counter[str]]


@pytest.mark.slow
@pytest.mark.parametrize("level", [None, 0, 1, 2, 3, 4])
def test_inner_products_agree_with_the_naive_counts(drawn: list[Architecture], naive_counts: Naive, level: int | None) -> None:
    store = FeatureStore(h=3)
    for h in (3, 1):
        counts = store.matrix(store.rows(drawn), level, h)
        found = (counts @ counts.T).toarray()
        naive = [naive_counts(arch, level, h) for arch in drawn]
        expected = [[sum(n * b[label] for label, n in a.items()) for b in naive] for a in naive]
        assert np.array_equal(found, expected)


def test_rows_are_kept_and_batches_do_not_matter(archs: list[Architecture]) -> None:
    whole, single = FeatureStore(h=2), FeatureStore(h=2)
    rows = whole.rows(archs)
    for arch in archs:
        single.rows([arch])
    assert rows.tolist() == list(range(len(archs)))
    assert whole.rows(archs[::-1]).tolist() == rows.tolist()[::-1]
    assert len(whole) == len(archs)
    one, other = whole.matrix(rows), single.matrix(single.rows(archs))
    assert np.array_equal((one @ one.T).toarray(), (other @ other.T).toarray())
    assert set(whole.hashes().tolist()) == set(single.hashes().tolist())


def test_columns_keep_their_meaning_while_the_store_grows(archs: list[Architecture]) -> None:
    store = FeatureStore()
    before = store.matrix(store.rows(archs[:5])).toarray()
    hashes = store.hashes()
    store.rows(archs)
    assert np.array_equal(store.hashes()[: len(hashes)], hashes)
    after = store.matrix(store.rows(archs[:5])).toarray()
    assert np.array_equal(after[:, : before.shape[1]], before)
    assert not after[:, before.shape[1] :].any()


def test_a_copy_grows_on_its_own(archs: list[Architecture]) -> None:
    store = FeatureStore()
    store.rows(archs[:3])
    copy = store.copy()
    copy.rows(archs[:9])
    assert (len(store), len(copy)) == (3, 9)
    assert len(store.hashes()) < len(copy.hashes())


def test_fewer_iterations_can_be_read(archs: list[Architecture]) -> None:
    deep, shallow = FeatureStore(h=2), FeatureStore(h=1)
    cut = deep.matrix(deep.rows(archs[:9]), h=1)
    plain = shallow.matrix(shallow.rows(archs[:9]))
    assert np.array_equal((cut @ cut.T).toarray(), (plain @ plain.T).toarray())
    assert set(deep.iterations().tolist()) == {0, 1, 2}


def test_equal_functions_written_differently_have_equal_features() -> None:
    store = FeatureStore()
    rows = store.rows([parse("Linear(Linear(conv3x3, relu), relu)"), parse("Linear(conv3x3, id, Linear(relu, relu))")])
    first, second = store.matrix(rows).toarray()
    assert np.array_equal(first, second)


def test_an_architecture_that_lets_nothing_through_has_features() -> None:
    store = FeatureStore()
    assert store.matrix(store.rows([parse("Linear(conv3x3, zero)")])).sum() == 2 * 5


def test_an_open_place_is_an_error() -> None:
    space = SearchSpace("S ::= Linear(S, conv3x3) | conv3x3")
    assert space.grammar is not None
    term = space.grammar.rules["S"][0].body
    store = FeatureStore()
    with pytest.raises(BuildError, match="still open"):
        store.rows([Architecture(term, space)])
    assert len(store) == 0


def test_empty_and_bad_arguments() -> None:
    store = FeatureStore()
    assert store.rows([]).shape == (0,)
    assert store.matrix(np.empty(0, np.int64)).shape == (0, 0)
    with pytest.raises(ValueError, match="h is -1"):
        FeatureStore(h=-1)


@pytest.mark.parametrize("level", [None, 0, 2, 3])
def test_every_count_is_an_occurrence_at_one_position(drawn: list[Architecture], level: int | None) -> None:
    store = FeatureStore(h=2)
    row = store.matrix(store.rows(drawn), level)
    for k, arch in enumerate(drawn[:3]):
        nodes, columns = store.located(arch, level)
        assert columns.shape == (3, len(nodes))
        counted = np.bincount(columns.ravel(), minlength=row.shape[1])
        assert np.array_equal(counted, row[[k]].toarray()[0])
        for column in columns[2, :4].tolist():
            positions = store.occurrences(arch, level, column)
            assert len(positions) == counted[column]
            assert all(arch.term.index(position) >= 0 for position in positions)


def test_occurrences_stand_where_the_operation_stands() -> None:
    store = FeatureStore(h=1)
    arch = parse("Linear(relu, Linear(conv3x3, relu))")
    store.rows([arch])
    words = {store.feature(None, c).words: store.occurrences(arch, None, c) for c in range(len(store.hashes()))}
    assert words["relu"] == ((0,), (1, 1))
    assert words["relu, fed by conv3x3, feeding the output"] == ((1, 1),)
    assert words["the input"] == words["the output"] == ((),)
    folded = {store.feature(1, c).words: store.occurrences(arch, 1, c) for c in range(len(store.hashes(1)))}
    assert folded["Linear"] == ((1,),)
    assert store.occurrences(parse("conv3x3"), None, store.located(arch)[1][0][2]) == ()


def test_a_feature_is_told_with_level_and_iteration() -> None:
    space = SearchSpace("S ::= Linear(A, A)\nA ::= Linear(relu, relu) | conv3x3")
    store = FeatureStore(h=1)
    arch = space.parse("Linear(Linear(relu, relu), conv3x3)")
    store.rows([arch])
    found = [store.feature(1, c) for c in range(len(store.hashes(1)))]
    assert {(f.level, f.iteration) for f in found} == {(1, 0), (1, 1)}
    assert "A: Linear, fed by the input, feeding conv3x3" in {f.words for f in found}
    with pytest.raises(IndexError, match="no column 99: 8 features were met at this level"):
        store.feature(1, 99)


def test_levels_are_computed_when_they_are_asked_for(archs: list[Architecture], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int | None] = []
    refined = Batch.refined

    def noted(batch: Batch, level: int | None, h: int) -> Refined:
        asked.append(level)
        return refined(batch, level, h)

    monkeypatch.setattr(Batch, "refined", noted)
    store = FeatureStore(h=1)
    store.rows(archs)
    assert asked == []
    FlatWL(1).gram(store, store.rows(archs[:2]), store.rows(archs[2:4]))
    assert asked == [None]
    copy = store.copy()
    copy.rows(archs[:1])
    copy.matrix(store.rows(archs), 2)
    assert asked == [None, 2]
    store.copy()
    assert asked == [None, 2, 2]


def test_a_shallow_term_is_whole_at_every_deeper_level() -> None:
    store = FeatureStore(h=2)
    rows = store.rows([parse("Linear(relu, conv3x3)"), parse("relu")])
    assert store.levels_of(rows).tolist() == [1, 0]
    whole = store.matrix(rows).toarray()
    for level in (1, 2, 4):
        assert np.array_equal(store.matrix(rows, level).toarray(), whole)
        assert np.array_equal(store.hashes(level), store.hashes())
    assert not np.array_equal(store.matrix(rows, 0).toarray(), whole)


def test_unseen_labels_count_in_a_candidates_own_norm() -> None:
    store = FeatureStore(h=1)
    known, unseen = parse("Linear(relu, relu)"), parse("Linear(relu, mish)")
    before = store.matrix(store.rows([known]))
    rows = store.rows([known, unseen])
    counts = store.matrix(rows)
    own = counts.multiply(counts).sum(axis=1)
    assert own[1] > (counts[[1]] @ counts[[0]].T).toarray()[0, 0] > 0
    assert own[1] == sum(n * n for n in counts[[1]].toarray()[0].tolist())
    assert counts.shape[1] > before.shape[1]


def test_a_level_that_the_store_does_not_hold_is_named() -> None:
    store = FeatureStore(levels=(0, 2))
    with pytest.raises(ValueError, match=r"the store holds the fold levels \(0, 2\), not 1"):
        store.matrix(np.empty(0, np.int64), 1)
    with pytest.raises(ValueError, match="fold levels are 0 or more, found -1"):
        FeatureStore(levels=(-1, 2))


def test_numbers_and_productions_of_rows() -> None:
    store = FeatureStore()
    rows = store.rows([parse("relu"), parse("Linear(relu, conv3x3)")])
    assert store.numbers(rows[::-1], "depth").tolist() == [2.0, 1.0]
    assert store.numbers(rows, lambda arch: len(arch.term)).tolist() == [1.0, 3.0]
    assert store.productions(rows[1:]).toarray().tolist() == [[1, 1, 1]]
    assert store.production_names == ("relu", "Linear", "conv3x3")
    assert store.copy().productions(rows).shape == (2, 3)


def test_a_copy_begins_with_what_its_elders_were_asked_for(archs: list[Architecture]) -> None:
    seen: list[Architecture] = []

    def proxy(arch: Architecture) -> float:
        seen.append(arch)
        return 1.0

    store = FeatureStore()
    rows = store.rows(archs[:3])
    copy = store.copy()
    copy.numbers(rows, proxy)
    copy.productions(rows)
    assert len(seen) == 3
    store.copy()
    assert len(seen) == 6
    store.copy().numbers(rows, proxy)
    assert len(seen) == 6
    assert store.production_names == copy.production_names


def test_hashes_are_the_same_in_every_process_and_version() -> None:
    space = SearchSpace("S ::= Linear(A, B, A)\nA ::= Residual(B, id, B) | relu\nB ::= Linear(conv3x3, relu) | zero")
    store = FeatureStore(h=2)
    store.rows([space.parse("Linear(Residual(Linear(conv3x3, relu), id, zero), Linear(conv3x3, relu), relu)")])
    combined = [int(np.bitwise_xor.reduce(store.hashes(level))) for level in (None, 0, 1, 2)]
    assert combined == GOLDEN


@given(st.permutations(range(1, 6)), st.permutations(range(7)))
@settings(max_examples=10, deadline=None)
def test_names_of_nodes_and_the_order_of_edges_do_not_matter(names: list[int], order: list[int]) -> None:
    edges = [(1, 2), (1, 3), (2, 3), (2, 4), (3, 5), (4, 5), (1, 5)]
    operations = ["relu", "conv3x3", "id", "mish", "id", "relu", "avg_pool"]

    def drawn_so(pairs: list[tuple[int, int]], operands: list[str]) -> Architecture:
        wiring = topology("Wiring", " ".join(f"{u}>{v}" for u, v in pairs))
        return SearchSpace(f"S ::= Wiring({', '.join(operands)})", operators=[wiring]).sample(seed=0)

    renamed = [(names[u - 1], names[v - 1]) for u, v in (edges[k] for k in order)]
    archs = [drawn_so(edges, operations), drawn_so(renamed, [operations[k] for k in order])]
    store = FeatureStore(h=4)
    rows = store.rows(archs)
    for level in (None, 0, 1):
        first, second = store.matrix(rows, level).toarray()
        assert np.array_equal(first, second)


def test_several_threads_may_use_one_store(archs: list[Architecture], monkeypatch: pytest.MonkeyPatch) -> None:
    """A board asks while a search goes on: rows stay whose they were, whoever was in the middle of counting."""
    store, alone = FeatureStore(h=2), FeatureStore(h=2)
    shares = [archs[i::4] for i in range(4)]
    together = threading.Barrier(4)
    refined = Batch.refined

    def slowly(batch: Batch, level: int | None, h: int) -> Refined:
        time.sleep(0.005)  # where a thread without the lock would let another in
        return refined(batch, level, h)

    monkeypatch.setattr(Batch, "refined", slowly)

    def counted(share: list[Architecture], level: int | None) -> list[dict[int, int]]:
        together.wait(10)
        found: list[dict[int, int]] = []
        for arch in share[:8]:
            number = store.rows([arch])
            mine = store if level is None else store.copy()
            row = mine.matrix(number, level)
            found.append(dict(zip(mine.hashes(level)[row.indices].tolist(), row.data.tolist(), strict=True)))
        return found

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(counted, shares, (None, None, 1, None)))
    for mine, level, found in zip(shares, (None, None, 1, None), results, strict=True):
        for arch, counts in zip(mine[:8], found, strict=True):
            row = alone.matrix(alone.rows([arch]), level)
            assert counts == dict(zip(alone.hashes(level)[row.indices].tolist(), row.data.tolist(), strict=True))


def test_a_store_that_is_copied_whole_goes_on_alone(archs: list[Architecture]) -> None:
    store = FeatureStore(h=1)
    store.matrix(store.rows(archs[:3]))
    other = copy.deepcopy(store)
    other.rows(archs[3:5])
    assert (len(store), len(other)) == (3, 5)
    counts = store.matrix(np.arange(3)).toarray()
    assert np.array_equal(other.matrix(np.arange(3)).toarray()[:, : counts.shape[1]], counts)
