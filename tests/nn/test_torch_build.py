"""The fx.GraphModule of an architecture."""

import operator
import re

import pytest
import torch
from torch import fx, nn

from nasviz.algebra import Operator, Sort
from nasviz.errors import BuildError, ShapeError
from nasviz.graph import merge, topology
from nasviz.nn import cost, module_path, primitive, to_torch
from nasviz.spaces import parse


def test_modules_are_named_by_position_in_forward_order(arch_of):
    net = to_torch(arch_of("Linear(Residual2(conv3x3, id, avg_pool), Linear(down, conv1x1))"), seed=0)
    assert isinstance(net, fx.GraphModule)
    names = [name for name, _ in net.named_modules() if name.endswith("own") or name in ("stem", "head")]
    assert names == ["stem", "_0._0.own", "_0._1.own", "_0._2.own", "_1._0.own", "_1._1.own", "head"]
    assert isinstance(net._0._2.own, nn.AvgPool2d)
    assert net.get_submodule(module_path((0, 2))) is net._0._2.own
    assert to_torch(arch_of("conv3x3")).own is not None
    net.graph.lint()


def test_it_computes_what_the_term_says(arch_of):
    net = to_torch(arch_of("Residual3(conv3x3, conv1x1, id, avg_pool)"), seed=0).eval()
    x = torch.randn(2, 3, 32, 32)
    h = net.stem(x)
    expected = net.head(net._3.own(net._1.own(net._0.own(h))) + h)
    assert torch.equal(net(x), expected)
    assert [n.target for n in net.graph.nodes if n.op == "call_function"] == [operator.add]


def test_the_same_input_twice_counts_twice(arch_of):
    twice = topology("Twice", "1>2 1>2")
    net = to_torch(arch_of("Twice(id, id)", [twice]), seed=0).eval()
    x = torch.randn(2, 3, 32, 32)
    assert torch.allclose(net(x), net.head(2 * net.stem(x)))


@pytest.mark.parametrize(
    ("merge", "combine"),
    [
        ("mul", lambda a, b: a * b),
        ("concat", lambda a, b: torch.cat([a, b], 1)),
        ("max", torch.maximum),
        ("min", torch.minimum),
    ],
)
def test_other_merges(arch_of, merge, combine):
    both = topology("Both", "1>2 1>2", merge=merge)
    net = to_torch(arch_of("Both(avg_pool, id)", [both]), seed=0).eval()
    x = torch.randn(2, 3, 32, 32)
    h = net.stem(x)
    assert torch.equal(net(x), net.head(combine(net._0.own(h), h)))


def test_a_merge_without_a_meaning(arch_of):
    odd = topology("Odd", "1>2 1>2", merge=Operator("xor", result=Sort.MERGE))
    with pytest.raises(BuildError, match=r"the merge 'xor' at the root has no torch meaning; known are sum, mul, max, min, "):
        to_torch(arch_of("Odd(id, id)", [odd]))


def test_dead_parts_are_absent(arch_of):
    net = to_torch(arch_of("Cell(conv3x3, zero, conv1x1, id, zero, zero)"), seed=0)
    assert [name for name, _ in net.named_modules() if "own" in name and name.count(".") == 1] == ["_3.own"]


def test_no_way_through_is_an_error(arch_of):
    with pytest.raises(BuildError):
        to_torch(arch_of("Linear(conv3x3, zero)"))


def test_a_seed_decides_the_weights_and_nothing_global_changes(arch_of):
    arch = arch_of("Linear(conv3x3, down)")
    before = torch.get_rng_state()
    first, again, other = (to_torch(arch, seed=s) for s in (1, 1, 2))
    assert torch.equal(before, torch.get_rng_state())
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), again.parameters(), strict=True))
    assert any(not torch.equal(a, b) for a, b in zip(first.parameters(), other.parameters(), strict=True))
    assert not torch.equal(to_torch(arch).stem[0].weight, to_torch(arch).stem[0].weight)
    assert torch.equal(before, torch.get_rng_state())


def test_nothing_is_shared_between_places(arch_of):
    net = to_torch(arch_of("Linear(conv3x3, conv3x3, Residual2(conv3x3, conv3x3, conv3x3))"), seed=0)
    tensors = [p for _, p in net.named_parameters(remove_duplicate=False)]
    assert len({id(p) for p in tensors}) == len(tensors)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "where", "place"),
    [
        ("conv2d(100000000000, 3, 1)", (), "the root"),
        ("Linear(conv3x3, conv2d(4000000, 1, 1), conv2d(4000000, 1, 1))", (2,), "(2,)"),
    ],
)
def test_weights_beyond_the_memory_are_refused_before_they_fill_it(arch_of, text, where, place):
    arch = arch_of(text)
    with pytest.raises(BuildError) as error:
        to_torch(arch)
    said = str(error.value).replace("\u00a0", " ")
    assert re.match(rf"conv2d at {re.escape(place)} has \d+ T parameters; the network's weights up to there are \d+ TB, ", said)
    assert said.endswith("GB of memory; arch.cost() says what each part has, without building")
    assert error.value.position == where
    assert arch.cost().parameters > 10**12


def test_a_factory_that_fails_when_it_is_called_again(arch_of):
    calls = []

    def once(c_in):
        calls.append(c_in)
        if len(calls) > 1:
            raise MemoryError("no room")
        return nn.Identity()

    with pytest.raises(BuildError, match=r"^once at \(1,\) cannot be built: no room$"):
        to_torch(arch_of("Linear(id, once)", [primitive(once)]))


def test_a_factory_that_returns_one_module_twice(arch_of):
    conv = nn.Conv2d(16, 16, 1)
    same = primitive(lambda: nn.Sequential(conv), name="same")
    with pytest.raises(BuildError) as error:
        to_torch(arch_of("Linear(same, id, same)", [same]))
    assert "same at (2,) returned the module that already stands at (0,): weights would be shared by accident" in str(
        error.value
    )
    assert error.value.position == (2,)


def test_errors_of_shape_come_before_any_network(arch_of):
    with pytest.raises(ShapeError, match="meet in Residual2 at the root"):
        to_torch(arch_of("Residual2(conv3x3, id, down)"))


def test_the_papers_own_term():
    net = to_torch(parse("Linear(Residual(conv, id, conv), Residual(conv, id, conv), fc)"), seed=0)
    assert net(torch.randn(2, 3, 32, 32)).shape == (2, 10)
    assert isinstance(net.head, nn.Identity)


@pytest.mark.slow
def test_sampled_architectures_run_forward_and_backward(hierarchical):
    for arch in hierarchical(4, input_shape=(3, 16, 16)):
        net = to_torch(arch, seed=0)
        net(torch.randn(2, 3, 16, 16)).sum().backward()
        trained = [p for p in net.parameters() if p.grad is not None]
        assert len(trained) == len(list(net.parameters()))
        assert sum(p.numel() for p in trained) == cost(arch).parameters


def test_a_state_dict_fits_a_network_built_again(arch_of):
    arch = arch_of("Linear(conv3x3, down, Residual2(conv1x1, id, conv3x3))")
    first, second = to_torch(arch, seed=0).eval(), to_torch(arch, seed=1).eval()
    second.load_state_dict(first.state_dict())
    x = torch.randn(2, 3, 32, 32)
    assert torch.equal(first(x), second(x))


class Late(nn.Module):
    def forward(self, x):
        if not hasattr(self, "norm"):
            self.norm = nn.LayerNorm(x.shape[1:], device=x.device)
        return self.norm(x)


@pytest.mark.parametrize(
    ("factory", "name"), [(Late, "norm.weight"), (lambda c_in: nn.Sequential(nn.LazyConv2d(c_in, 1)), "0.weight")]
)
def test_parameters_are_not_made_at_the_first_pass(arch_of, factory, name):
    late = primitive(factory, name="late")
    message = rf"late at \(1,\) cannot be built .*: its parameter {name} is made during the first forward pass"
    with pytest.raises(BuildError, match=message):
        to_torch(arch_of("Linear(conv3x3, late)", [late]))


def test_modules_are_registered_in_the_order_in_which_they_run(hierarchical, arch_of):
    odd = topology("Odd", "7>90 3>7 3>90")
    wired = "WS(2, 0.75, 1, conv1x1, Odd(conv1x1, id, conv1x1), conv1x1, conv1x1)"
    for arch in (*hierarchical(2), arch_of(wired, [odd])):
        net = to_torch(arch, seed=0).eval()
        ran = []
        for path in (called := [n.target for n in net.graph.nodes if n.op == "call_module"]):
            net.get_submodule(path).register_forward_hook(lambda m, x, y, path=path, ran=ran: ran.append(path))
        with torch.no_grad():
            net(torch.zeros(1, 3, 32, 32))
        assert ran == called == [name for name, _ in net.named_modules() if name in set(called)]


@pytest.mark.slow
def test_a_network_compiles_whole(arch_of):
    """Without a break in the graph; code is not generated, since that takes a compiler and a minute."""
    gate = merge(lambda a, b: a * torch.sigmoid(b), name="gate")
    arch = arch_of("Linear(Residual2(conv3x3, id, avg_pool), Binary(gate, conv1x1, id), down)", [gate], (1, 8, 8))
    net = to_torch(arch, seed=0)
    compiled = torch.compile(net, fullgraph=True, backend="aot_eager")
    x = torch.randn(4, 1, 8, 8)
    y = compiled(x)
    assert torch.allclose(y, to_torch(arch, seed=0)(x), atol=1e-5)
    y.sum().backward()
    assert all(p.grad is not None for p in net.parameters())


def test_an_input_that_is_not_square(arch_of):
    net = to_torch(arch_of("Linear(conv3x3, down)", input_shape=(2, 9, 20), num_classes=3), seed=0)
    assert net(torch.randn(4, 2, 9, 20)).shape == (4, 3)


def test_a_network_of_a_users_primitive_and_topology():
    from nasviz.spaces import SearchSpace, is_connected

    @primitive
    def swish3(c_in, c_out):
        return nn.Sequential(nn.Conv2d(c_in, c_out, 3, padding=1), nn.SiLU())

    space = SearchSpace(
        """
        S ::= Four(B, B, S, B) | Linear(B, S) | Linear(B, B)
        B ::= swish3 [0.5] | avg_pool | id
        """,
        operators=[swish3, topology("Four", "1>2 1>3 2>4 3>4")],
        input_shape=(1, 8, 8),
        num_classes=10,
    )
    for seed in range(5):
        arch = space.sample(seed=seed)
        assert is_connected(arch.term)
        assert arch.to_torch(seed=0)(torch.rand(2, 1, 8, 8)).shape == (2, 10)
        assert arch.output_shape() == (10,)
        assert arch.cost().parameters == sum(p.numel() for p in arch.to_torch().parameters())


@pytest.mark.parametrize("seed", ["a", 1.5, 2**64, -(2**70)])
def test_a_seed_is_a_whole_number(arch_of, seed):
    with pytest.raises(BuildError, match=r"a seed is a whole number (of 64 bits )?or None, found "):
        to_torch(arch_of("conv3x3"), seed=seed)
