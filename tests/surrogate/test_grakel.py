"""The flat kernel beside an independent implementation, GraKeL's, which is blind to the direction of edges."""

import grakel
import numpy as np
import pytest

from nasviz.spaces import Architecture
from nasviz.surrogate import FeatureStore, FlatWL
from nasviz.surrogate.operations import operation_graph


def ours(archs: list[Architecture], h: int) -> np.ndarray:
    store = FeatureStore(h)
    rows = store.rows(archs)
    return FlatWL(h).gram(store, rows, rows)


def theirs(archs: list[Architecture], h: int) -> np.ndarray:
    graphs = []
    for arch in archs:
        found = operation_graph(arch.graph())
        both = {end: 1.0 for u, v in found.links for end in ((u, v), (v, u))}
        graphs.append(grakel.Graph(both, node_labels=dict(enumerate(found.labels))))
    kernel = grakel.WeisfeilerLehman(n_iter=h, normalize=True) if h else grakel.VertexHistogram(normalize=True)
    return np.asarray(kernel.fit_transform(graphs))


@pytest.mark.parametrize("h", [1, 2, 3])
def test_flat_wl_correlates_with_grakel(archs: list[Architecture], h: int) -> None:
    pairs = np.triu_indices(len(archs), 1)
    r = np.corrcoef(ours(archs, h)[pairs], theirs(archs, h)[pairs])[0, 1]
    assert r > 0.95


def test_counts_of_operators_are_compared_as_grakel_does(archs: list[Architecture]) -> None:
    assert np.allclose(ours(archs, 0), theirs(archs, 0), atol=1e-12)
