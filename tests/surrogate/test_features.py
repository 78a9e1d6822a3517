from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

from nasviz.errors import BuildError
from nasviz.spaces import Architecture, SearchSpace, parse
from nasviz.surrogate import FeatureStore

Naive = Callable[[Architecture, int | None, int], Counter[str]]


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
