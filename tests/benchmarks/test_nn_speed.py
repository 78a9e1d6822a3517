"""Times of the nn layer on the hierarchical NAS-Bench-201 space, one thread; printed, never failed on."""

import statistics
import time

import pytest

from nasviz.graph import build_graph
from nasviz.nn import cost, infer_shapes, to_torch
from nasviz.spaces import hierarchical_nb201, is_connected

pytestmark = pytest.mark.benchmark

PUBLISHED_MODULE_MS = 195  # the published engine, to_pytorch, two cores


def milliseconds(function, archs):
    times = []
    for arch in archs:
        began = time.perf_counter()
        function(arch)
        times.append(1e3 * (time.perf_counter() - began))
    return statistics.median(times)


def test_module_shapes_and_cost():
    draws = hierarchical_nb201(input_shape=(3, 32, 32), num_classes=10).sample(40, seed=0)
    archs = [arch for arch in draws if is_connected(arch.term)][:20]
    first = milliseconds(cost, archs[:1])
    for arch in archs:
        cost(arch)
    again = milliseconds(cost, archs)
    shapes = milliseconds(infer_shapes, archs)
    graph = milliseconds(lambda arch: build_graph(arch.term), archs)
    module = milliseconds(lambda arch: to_torch(arch, seed=0), archs)
    print(
        f"\ngraph {graph:.2f} ms; shapes {shapes:.2f} ms; cost {again:.2f} ms (first, nothing cached: {first:.0f} ms); "
        f"module {module:.1f} ms, published engine {PUBLISHED_MODULE_MS} ms: {PUBLISHED_MODULE_MS / module:.1f} times faster"
    )
    assert cost(archs[0]).parameters > 0
