import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nasviz.surrogate.columns import Columns

few = st.integers(0, 40)
near_the_end = st.integers(2**64 - 30, 2**64 - 1)
batches = st.lists(st.lists(st.one_of(few, near_the_end, st.integers(0, 2**64 - 1)), unique=True), max_size=8)


@given(batches)
def test_it_is_a_dictionary(given_batches: list[list[int]]) -> None:
    columns, expected = Columns(), dict[int, int]()
    for k, batch in enumerate(given_batches):
        labels = np.array(batch, dtype=np.uint64)
        found = columns.find(labels)
        assert found.tolist() == [expected.get(x, -1) for x in batch]
        new = labels[found < 0]
        added = columns.add(new, np.full(len(new), k))
        for x, column in zip(new.tolist(), added.tolist(), strict=True):
            expected[x] = column
            assert column == len(expected) - 1
    assert columns.hashes.tolist() == list(expected)
    assert len(columns) == len(columns.iterations) == len(expected)


def test_hashes_that_share_their_leading_bits_are_kept_apart() -> None:
    columns = Columns()
    labels = np.arange(500, dtype=np.uint64)
    columns.add(labels, np.zeros(500, np.int64))
    assert columns.find(labels[::-1]).tolist() == list(range(499, -1, -1))
    assert (columns.find(labels + np.uint64(500)) == -1).all()


def test_a_copy_grows_on_its_own() -> None:
    columns = Columns()
    columns.add(np.array([5], np.uint64), np.array([0]))
    other = columns.copy()
    other.add(np.array([6], np.uint64), np.array([2]))
    assert (len(columns), len(other)) == (1, 2)
    assert columns.find(np.array([6], np.uint64)).tolist() == [-1]
    assert other.iterations.tolist() == [0, 2]


def test_many_are_found_again() -> None:
    labels = np.unique(np.random.default_rng(0).integers(0, 2**64, size=20_000, dtype=np.uint64))
    columns = Columns()
    for part in np.array_split(labels, 7):
        columns.add(part, np.zeros(len(part), np.int64))
    assert np.array_equal(columns.find(labels), np.arange(len(labels)))
    assert (columns.find(labels ^ np.uint64(1))[~np.isin(labels ^ np.uint64(1), labels)] == -1).all()
