import numpy as np

from nasviz.surrogate.passing import passing
from nasviz.surrogate.wiring import Wired


def ints(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def sums(source: np.ndarray, target: np.ndarray, ids: list[tuple[int, int]], size: int) -> tuple[list[int], list[int]]:
    """In- and out-sums of input, output and operations when operation k gives and takes 10^k."""
    id_source, id_target = (ints(*ends) for ends in zip(*ids, strict=True)) if ids else (ints(), ints())
    wired = Wired(np.zeros(len(source), np.int64), source, target, id_source, id_target, size)
    graphs = passing(wired, 1, np.zeros(len(source), np.uint64), (1, 2))
    powers = np.array([10**k for k in range(len(source) + 2)], dtype=np.uint64)
    into, out = graphs.sums(powers, powers)
    return into.tolist(), out.tolist()


def test_a_chain_is_fed_from_one_to_the_next() -> None:
    into, out = sums(ints(0, 2), ints(2, 1), [], 3)
    assert into == [0, 1000, 1, 100]
    assert out == [100, 0, 1000, 10]


def test_ids_in_a_row_are_passed_without_steps() -> None:
    into, out = sums(ints(0), ints(2), [(2, 3), (3, 4), (4, 1)], 5)
    assert (into, out) == ([0, 100, 1], [100, 0, 10])


def test_every_path_of_ids_counts() -> None:
    twice_twice = [(0, 2), (0, 2), (2, 1), (2, 1)]
    assert sums(ints(), ints(), twice_twice, 3) == ([0, 4], [40, 0])


def test_shortcuts_over_shortcuts_are_complete_before_they_are_passed_on() -> None:
    into, _ = sums(ints(0, 2), ints(2, 1), [(2, 1), (0, 2), (0, 1)], 3)
    assert into[1] == 1000 + 100 + 1 + 1
    assert into[2:] == [1, 101]


def test_without_ids_and_operations_nothing_feeds_the_output() -> None:
    assert sums(ints(), ints(), [], 2) == ([0, 0], [0, 0])
