"""Merges in networks: known ones, and functions of one's own."""

import copy
import pickle

import cloudpickle
import pytest
import torch

from nasviz.errors import BuildError, ShapeError
from nasviz.graph import merge, topology
from nasviz.nn import infer_shapes, to_torch


@merge
def gate(a, b):
    return a * torch.sigmoid(b)


TEXTS = ["Binary(gate, conv3x3, avg_pool)", "Gated(conv3x3, avg_pool)", "Linear(id, Gated(conv3x3, avg_pool))"]

FIRST = dict(zip(TEXTS, ["_1.own", "_0.own", "_1._0.own"], strict=True))


@pytest.fixture
def gated(arch_of):
    return lambda text: arch_of(text, [gate, topology("Gated", "1>2 1>2", merge=gate)], input_shape=(1, 8, 8))


@pytest.mark.parametrize("text", TEXTS)
def test_a_function_of_ones_own_merges(gated, text):
    net = to_torch(gated(text), seed=0).eval()
    x = torch.randn(2, 1, 8, 8)
    h = net.stem(x)
    paths = [n.target for n in net.graph.nodes if n.op == "call_module"]
    f, g = (net.get_submodule(path) for path in paths[paths.index(FIRST[text]) :][:2])
    wanted = net.head(f(h) * torch.sigmoid(g(h)))
    assert torch.equal(net(x), wanted)
    assert any(path.endswith("merge") for path in paths)


def test_three_inputs_are_folded_from_the_left(arch_of):
    minus = merge(lambda a, b: a - 2 * b, name="minus")
    arch = arch_of("Three(id, avg_pool, relu)", [topology("Three", "1>2 1>2 1>2", merge=minus)])
    net = to_torch(arch, seed=0).eval()
    x = torch.randn(2, 3, 32, 32)
    h = net.stem(x)
    assert torch.allclose(net(x), net.head(h - 2 * net._1.own(h) - 2 * torch.relu(h)), atol=1e-6)


def test_its_place_is_told_and_it_has_no_weights(gated):
    net = to_torch(gated(TEXTS[2]), seed=0)
    (node,) = [n for n in net.graph.nodes if str(n.target).endswith("merge")]
    assert (node.target, node.meta["where"]) == ("_1.merge", (1,))
    assert not [name for name in net.state_dict() if "merge" in name]


def test_it_is_copied_and_travels_by_value(gated):
    arch = gated(TEXTS[1])
    net = to_torch(arch, seed=0).eval()
    x = torch.randn(2, 1, 8, 8)
    assert torch.equal(copy.deepcopy(net)(x), net(x))
    other = pickle.loads(cloudpickle.dumps(arch))
    assert torch.equal(to_torch(other, seed=0).eval()(x), net(x))


@pytest.mark.parametrize(
    ("function", "error", "message"),
    [
        (lambda a, b: a @ 3, BuildError, r"bad at \(0,\) cannot merge two inputs of shape \(16, 32, 32\): "),
        (lambda a, b: (a, b), BuildError, r"bad at \(0,\) cannot merge .*: it returned a tuple, expected one tensor"),
        (lambda a, b: torch.cat([a, b], 1), ShapeError, r"bad at \(0,\) makes \(32, 32, 32\) of two inputs of shape \(16, 32,"),
    ],
)
def test_a_merge_that_does_not_fit_is_told_before_building(arch_of, function, error, message):
    arch = arch_of("Linear(Binary(bad, conv3x3, id), relu)", [merge(function, name="bad")])
    with pytest.raises(error, match=message) as caught:
        infer_shapes(arch)
    assert caught.value.position == (0,)


def test_what_needs_values_runs_on_the_processor(arch_of):
    picky = merge(lambda a, b: a if float(a.sum()) > 1 else b, name="picky")
    assert infer_shapes(arch_of("Binary(picky, conv3x3, id)", [picky])).output == (10,)


def test_generated_wirings_are_built(arch_of):
    arch = arch_of("WS(2, 0.75, 1, conv3x3, avg_pool, conv1x1, zero, id)", input_shape=(1, 8, 8))
    net = to_torch(arch, seed=0)
    y = net(torch.randn(2, 1, 8, 8))
    assert y.shape == (2, 10)
    y.sum().backward()
    assert arch.cost().parameters == sum(p.numel() for p in net.parameters())
    assert {str(n.target) for n in net.graph.nodes if n.op == "call_module"} >= {"_3.own", "_5.own"}
