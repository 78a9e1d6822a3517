from collections import Counter
from collections.abc import Callable
from functools import cache, lru_cache

import numpy as np
import pytest

from nasviz import spaces
from nasviz.errors import BuildError
from nasviz.spaces import Architecture, SearchSpace, is_connected, nb201

SPACES: dict[str, Callable[[], SearchSpace]] = {
    "activation": spaces.activation,
    "darts": spaces.darts,
    "digits_cells": spaces.digits_cells,
    "hierarchical_nb201": spaces.hierarchical_nb201,
    "hierarchical_shared_cell": spaces.hierarchical_shared_cell,
    "hierarchical_fixed_macro": spaces.hierarchical_fixed_macro,
    "mobilenet": spaces.mobilenet,
    "nb201": spaces.nb201,
    "nested_convnet": spaces.nested_convnet,
    "transformers": spaces.transformers,
}


@pytest.fixture(scope="session")
def archs() -> list[Architecture]:
    """Sixty distinct connected architectures of NAS-Bench-201."""
    drawn = dict.fromkeys(nb201().sample(200, seed=0))
    return [arch for arch in drawn if is_connected(arch.term)][:60]


@pytest.fixture(scope="session", params=sorted(SPACES))
def drawn(request: pytest.FixtureRequest) -> list[Architecture]:
    """Distinct architectures of each published space, those that let nothing through among them."""
    return _drawn(request.param)


@lru_cache
def _drawn(name: str) -> list[Architecture]:
    return list(dict.fromkeys(SPACES[name]().sample(12, seed=3)))


@pytest.fixture(scope="session")
def naive_counts() -> Callable[[Architecture, int | None, int], Counter[str]]:
    """Weisfeiler-Lehman counts by definition: labels written out, paths of ``id`` followed one by one."""
    return _naive_counts


def _naive_counts(arch: Architecture, level: int | None, h: int) -> Counter[str]:
    labels, before = _naive_graph(arch, level)
    after = [Counter({v: before[v][u] for v in range(len(labels)) if before[v][u]}) for u in range(len(labels))]
    names = list(labels)
    counts = Counter(f"0 {name}" for name in names)
    short: dict[str, str] = {}
    for iteration in range(1, h + 1):
        into = [sorted(names[u] for u in inputs.elements()) for inputs in before]
        out = [sorted(names[v] for v in outputs.elements()) for outputs in after]
        written = [f"({name} < {i} > {o})" for name, i, o in zip(names, into, out, strict=True)]
        names = [short.setdefault(text, text if len(text) < 200 else f"{iteration}#{_code(text)}") for text in written]
        counts.update(f"{iteration} {name}" for name in names)
    return counts


_codes: dict[str, int] = {}


def _code(text: str) -> int:
    return _codes.setdefault(text, len(_codes))


def _naive_graph(arch: Architecture, level: int | None) -> tuple[list[str], list[Counter[int]]]:
    """Labels of the operations, and by which others each is fed how often."""
    try:
        graph = arch.graph(fold=level).to_networkx()
    except BuildError:
        return ["<input>", "<output>"], [Counter(), Counter()]
    labels = ["<input>"]
    nodes = sorted(graph)
    merged: dict[int, int] = {}
    edge_number: dict[tuple[int, int, object], int] = {}
    for u, v, key, data in graph.edges(keys=True, data=True):
        if data["operator"].name != "id":
            edge_number[u, v, key] = len(labels)
            labels.append(data["label"])
    for node, data in graph.nodes(data=True):
        if data["merge"] not in (None, "sum"):
            merged[node] = len(labels)
            labels.append(f"<{data['merge']}>")
    labels.append("<output>")

    @cache
    def entering(node: int) -> tuple[int, ...]:
        found: list[int] = []
        for u, v, key in graph.in_edges(node, keys=True):
            found += [edge_number[u, v, key]] if (u, v, key) in edge_number else fed_by(u)
        return tuple(found)

    def fed_by(node: int) -> list[int]:
        return [0] if node == nodes[0] else [merged[node]] if node in merged else list(entering(node))

    before = [Counter[int]() for _ in labels]
    for (u, _, _), number in edge_number.items():
        before[number] = Counter(fed_by(u))
    for node, number in merged.items():
        before[number] = Counter(entering(node))
    before[-1] = Counter(fed_by(nodes[-1]))
    return labels, before


@pytest.fixture(scope="session")
def error() -> Callable[[list[Architecture], int], np.ndarray]:
    """A made-up validation error: convolutions help, pooling hurts, a little noise."""

    def values(archs: list[Architecture], seed: int) -> np.ndarray:
        rng = np.random.default_rng(seed)
        text = [str(arch) for arch in archs]
        clean = [0.3 * 0.97 ** t.count("conv3x3") * 1.02 ** t.count("avg_pool") for t in text]
        return np.array(clean) * np.exp(0.02 * rng.normal(size=len(archs)))

    return values
