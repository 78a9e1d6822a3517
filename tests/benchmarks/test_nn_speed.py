"""Times of graph and nn on the hierarchical NAS-Bench-201 space; printed, never failed on.

They are times of computing, one thread, so that a busy machine counts for less; goals stand in brackets.
"""

import statistics
import time

import pytest
import torch
from torch import nn

from nasviz.graph import build_graph, canonical
from nasviz.nn import cost, infer_shapes, to_torch
from nasviz.nn.modules import Down
from nasviz.spaces import hierarchical_nb201, is_connected, nb201
from nasviz.spaces.equivalence import STATELESS

pytestmark = pytest.mark.benchmark

PUBLISHED_MODULE_MS = 195  # the published engine, to_pytorch, two cores
PAIRS = 30


def milliseconds(function, archs):
    times = []
    for arch in archs:
        began = time.process_time()
        function(arch)
        times.append(1e3 * (time.process_time() - began))
    return statistics.median(times)


def test_module_shapes_cost_and_canonical_form():
    draws = hierarchical_nb201(input_shape=(3, 32, 32), num_classes=10).sample(40, seed=0)
    archs = [arch for arch in draws if is_connected(arch.term)][:20]
    first = milliseconds(cost, archs[:1])
    for arch in archs:
        cost(arch)
    again = milliseconds(cost, archs)
    shapes = milliseconds(infer_shapes, archs)
    graph = milliseconds(lambda arch: build_graph(arch.term), archs)
    graphs = [build_graph(arch.term) for arch in archs]
    digest = milliseconds(lambda graph: canonical(graph, STATELESS).digest, graphs)
    module = milliseconds(lambda arch: to_torch(arch, seed=0), archs)
    print(
        f"\ngraph {graph:.2f} ms [1]; canonical hash {digest:.2f} ms [3]; shapes {shapes:.2f} ms; cost {again:.2f} ms [3], "
        f"nothing cached {first:.0f} ms; module {module:.1f} ms [30], published engine {PUBLISHED_MODULE_MS} ms: "
        f"{PUBLISHED_MODULE_MS / module:.1f} times faster"
    )
    assert cost(archs[0]).parameters > 0


class Written(nn.Module):
    """NAS-Bench-201 with the cell f(x) + x, f = ReLU-Conv3x3-BN, as one would write it by hand."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16))
        self.stages, c = nn.ModuleList(), 16
        for stage in range(3):
            if stage:
                self.stages.append(Down(c, 2 * c))
                c *= 2
            self.stages.append(nn.ModuleList(self.block(c) for _ in range(5)))
        self.head = nn.Sequential(nn.BatchNorm2d(64), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))

    @staticmethod
    def block(c):
        return nn.Sequential(nn.ReLU(), nn.Conv2d(c, c, 3, padding=1, bias=False), nn.BatchNorm2d(c))

    def forward(self, x):
        x = self.stem(x)
        for stage in self.stages:
            if isinstance(stage, nn.ModuleList):
                for block in stage:
                    x = x + block(x)
            else:
                x = stage(x)
        return self.head(x)


def steps(net):
    optimiser = torch.optim.SGD(net.parameters(), lr=0.01)

    def step(x, y):
        optimiser.zero_grad()
        nn.functional.cross_entropy(net(x), y).backward()
        optimiser.step()

    return step


def test_a_training_step_against_the_hand_written_network():
    cell = "Cell(id, zero, zero, conv3x3, id, zero)"
    two = f"Linear({cell}, {cell})"
    four = f"{two}, {two}"
    text = f"Linear(Linear({four}, Linear({cell}, down)), Linear({four}, Linear({cell}, down)), Linear({four}, {cell}))"
    nets = to_torch(nb201(input_shape=(3, 16, 16)).parse(text), seed=0), Written()
    counts = [sum(p.numel() for p in net.parameters()) for net in nets]
    assert counts[0] == counts[1]
    built, written = map(steps, nets)
    x, y = torch.randn(8, 3, 16, 16), torch.randint(10, (8,))
    times = {built: [], written: []}
    for k in range(PAIRS + 3):
        for step in (built, written) if k % 2 else (written, built):
            began = time.perf_counter()
            step(x, y)
            times[step].append(1e3 * (time.perf_counter() - began))
    ratio = statistics.median(a / b for a, b in zip(times[built][3:], times[written][3:], strict=True))
    ours, theirs = (statistics.median(times[step][3:]) for step in (built, written))
    print(
        f"\ntraining step (8×3×16×16, {PAIRS} interleaved pairs, medians): built {ours:.1f} ms, written by hand {theirs:.1f} "
        f"ms, ratio {ratio:.3f}"
    )
