import os
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest

from nasviz.surrogate.wl import Links, label_hash, mix, refine


def links_of(labels: list[str], edges: list[tuple[int, int]]) -> Links:
    counted = Counter(edges)
    ends = np.array(list(counted), dtype=np.int64).reshape(-1, 2)
    return Links(
        np.array([label_hash(label) for label in labels], dtype=np.uint64),
        np.zeros(len(labels), dtype=np.int64),
        ends[:, 0],
        ends[:, 1],
        np.array(list(counted.values()), dtype=np.uint64),
        1,
    )


def naive(labels: list[str], edges: list[tuple[int, int]], h: int) -> list[list[object]]:
    """Labels as nested tuples instead of hashes."""
    current: list[object] = list(labels)
    history = [current]
    for _ in range(h):
        into = [sorted(repr(current[u]) for u, v in edges if v == node) for node in range(len(labels))]
        out = [sorted(repr(current[v]) for u, v in edges if u == node) for node in range(len(labels))]
        current = [(current[node], tuple(into[node]), tuple(out[node])) for node in range(len(labels))]
        history.append(current)
    return history


def random_graph(rng: np.random.Generator) -> tuple[list[str], list[tuple[int, int]]]:
    n = int(rng.integers(2, 9))
    labels = [str(rng.choice(["a", "b", "c"])) for _ in range(n)]
    edges = [(u, v) for u in range(n) for v in range(u + 1, n) for _ in range(int(rng.integers(0, 3)))]
    return labels, edges


def test_refinement_partitions_nodes_as_the_naive_one_does() -> None:
    rng = np.random.default_rng(0)
    graphs = [random_graph(rng) for _ in range(200)]
    for level in range(4):
        pairs = {
            (repr(label), int(code))
            for labels, edges in graphs
            for label, code in zip(naive(labels, edges, 3)[level], refine(links_of(labels, edges), 3)[level], strict=True)
        }
        assert len({label for label, _ in pairs}) == len({code for _, code in pairs}) == len(pairs)


def test_labels_do_not_depend_on_the_numbering_of_nodes() -> None:
    rng = np.random.default_rng(1)
    for _ in range(50):
        labels, edges = random_graph(rng)
        order = rng.permutation(len(labels))
        renamed = ["" for _ in labels]
        for old, new in enumerate(order):
            renamed[new] = labels[old]
        moved = [(int(order[u]), int(order[v])) for u, v in edges]
        rng.shuffle(moved)
        for a, b in zip(refine(links_of(labels, edges), 3), refine(links_of(renamed, moved), 3), strict=True):
            assert np.array_equal(a, b[order])


def test_direction_of_links_matters() -> None:
    one, other = links_of(["a", "b"], [(0, 1)]), links_of(["a", "b"], [(1, 0)])
    assert not np.array_equal(np.sort(refine(one, 1)[1]), np.sort(refine(other, 1)[1]))


def test_iterations_never_share_a_label() -> None:
    history = refine(links_of(["a"], []), 4)
    assert len({int(level[0]) for level in history}) == 5


def test_mix_is_injective_on_a_sample() -> None:
    x = np.arange(100_000, dtype=np.uint64)
    assert len(np.unique(mix(x))) == len(x)


def test_hashes_are_the_same_in_another_process() -> None:
    code = (
        "import numpy as np; from nasviz.surrogate.wl import *;"
        "z = np.zeros(2, np.int64);"
        "labels = np.array([label_hash('conv3x3'), label_hash('id')], np.uint64);"
        "l = Links(labels, z, z[:1], z[:1] + 1, np.ones(1, np.uint64), 1);"
        "print([int(x) for level in refine(l, 2) for x in level])"
    )
    env = {**os.environ, "PYTHONHASHSEED": "7"}
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env, timeout=120)
    here = refine(links_of(["conv3x3", "id"], [(0, 1)]), 2)
    assert said.stdout.strip() == str([int(x) for level in here for x in level])


@pytest.mark.parametrize("label", ["", "conv3x3", "scale(0.5)", "ü"])
def test_label_hash_has_64_bits(label: str) -> None:
    assert 0 <= label_hash(label) < 2**64
