import numpy as np

from nasviz.surrogate.levels import Counts


def hashes(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.uint64)


def test_rows_count_labels_of_each_iteration() -> None:
    counts = Counts()
    counts.add(np.array([0, 0, 1]), [hashes(7, 7, 9), hashes(20, 21, 22)], 2)
    assert counts.columns.hashes.tolist() == [7, 9, 20, 21, 22]
    assert counts.columns.iterations.tolist() == [0, 0, 1, 1, 1]
    assert counts.matrix(np.array([0, 1])).toarray().tolist() == [[2, 0, 1, 1, 0], [0, 1, 0, 0, 1]]
    assert counts.matrix(np.array([1, 0]), h=0).toarray().tolist() == [[0, 1, 0, 0, 0], [2, 0, 0, 0, 0]]


def test_columns_are_found_again_and_added_behind() -> None:
    counts = Counts()
    counts.add(np.array([0, 0]), [hashes(50, 10)], 1)
    counts.add(np.array([0, 1, 1]), [hashes(30, 50, 2**64 - 1)], 2)
    assert counts.columns.hashes.tolist() == [10, 50, 30, 2**64 - 1]
    assert counts.columns.find(hashes(10, 50, 30, 2**64 - 1, 11, 0)).tolist() == [0, 1, 2, 3, -1, -1]
    assert Counts().columns.find(hashes(3)).tolist() == [-1]
    assert counts.matrix(np.arange(3)).toarray().tolist() == [[1, 1, 0, 0], [0, 0, 1, 0], [0, 1, 0, 1]]


def test_many_random_additions_agree_with_a_dictionary() -> None:
    rng = np.random.default_rng(0)
    counts, columns, rows = Counts(), dict[int, int](), list[dict[int, int]]()
    for _ in range(20):
        labels = rng.integers(0, 60, size=12).astype(np.uint64)
        owner = np.sort(rng.integers(0, 3, size=12))
        counts.add(owner, [labels], 3)
        for feature in sorted(set(labels.tolist())):
            columns.setdefault(feature, len(columns))
        for k in range(3):
            mine = labels[owner == k].tolist()
            rows.append({columns[x]: mine.count(x) for x in mine})
    found = counts.matrix(np.arange(60)).toarray()
    expected = np.zeros((60, len(columns)), dtype=int)
    for k, row in enumerate(rows):
        for column, n in row.items():
            expected[k, column] = n
    assert np.array_equal(found, expected)


def test_a_copy_shares_nothing_that_changes() -> None:
    counts = Counts()
    counts.add(np.array([0]), [hashes(1)], 1)
    other = counts.copy()
    other.add(np.array([0]), [hashes(2)], 1)
    assert (len(counts), len(other), counts.columns.hashes.tolist()) == (1, 2, [1])


def test_a_row_may_be_empty() -> None:
    counts = Counts()
    counts.add(np.array([1]), [hashes(5)], 3)
    assert counts.matrix(np.arange(3)).toarray().tolist() == [[0], [1], [0]]
