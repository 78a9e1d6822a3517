"""Weights that several positions share, when asked for, and none that do by accident."""

import copy

import pytest
import torch
from torch import nn

from nasviz.errors import BuildError
from nasviz.nn import cost, primitive, shared_positions, to_torch
from nasviz.spaces import SearchSpace, nb201, parse

GRAMMAR = """
S ::= Linear(CELL, Linear(CELL, down), CELL)
shared CELL ::= Residual(conv3x3, id, OP)
OP ::= conv1x1 | conv3x3
"""


def storages(net):
    return [t.untyped_storage().data_ptr() for t in (*net.parameters(), *net.buffers())]


@pytest.mark.parametrize("space", [SearchSpace(GRAMMAR, input_shape=(1, 8, 8)), nb201(input_shape=(3, 8, 8), connected=True)])
def test_no_two_positions_share_storage_unless_asked(space):
    for arch in space.sample(3, seed=0):
        net = to_torch(arch, seed=0)
        found = storages(net)
        assert len(set(found)) == len(found)
        assert shared_positions(net) == {}


def test_a_shared_draw_shares_where_the_input_is_alike():
    arch = SearchSpace(GRAMMAR, input_shape=(1, 8, 8)).sample(seed=1)
    net = to_torch(arch, seed=0, share=True)
    names = shared_positions(net)
    assert names["_0._0.own.1.weight"] == ((0, 0), (1, 0, 0))
    assert set(names.values()) == {((0, 0), (1, 0, 0)), ((0, 2), (1, 0, 2))}
    assert "_2._0.own.1.weight" in dict(net.named_parameters())  # behind `down`: another shape, weights of its own
    assert not any(name.startswith("_1._0") for name, _ in net.named_parameters())
    places = {n.meta["where"]: n.target for n in net.graph.nodes if n.op == "call_module"}
    assert places[1, 0, 0] == places[0, 0] == "_0._0.own"


def test_it_computes_with_the_same_weights():
    arch = SearchSpace(GRAMMAR, input_shape=(1, 8, 8)).sample(seed=1)
    shared, alone = to_torch(arch, seed=0, share=True).eval(), to_torch(arch, seed=1).eval()
    state = alone.state_dict()
    for name, positions in shared_positions(shared).items():
        rest = name.split("own", 1)[1]
        for position in positions:
            state[".".join(f"_{k}" for k in position) + ".own" + rest] = shared.get_parameter(name).detach()
    state |= {name: value for name, value in shared.state_dict().items() if name in state}
    alone.load_state_dict(state)
    x = torch.randn(4, 1, 8, 8)
    assert torch.allclose(alone(x), shared(x), atol=1e-6)


def test_cost_counts_a_shared_parameter_once():
    for arch in (*nb201(input_shape=(3, 16, 16), connected=True).sample(4, seed=0), parse(TWICE)):
        share = True if arch.space.grammar else "equal"
        net = to_torch(arch, seed=0, share=share)
        table = cost(arch, share=share)
        assert table.parameters == sum(p.numel() for p in net.parameters())
        assert table.parameters <= cost(arch).parameters
        assert table.flops == cost(arch).flops
        assert len(table) == len(cost(arch))


TWICE = "Linear(Residual(conv, relu, conv), Linear(conv, Residual(conv, relu, conv)), conv)"


def test_equal_subterms_share_operand_by_operand():
    net = to_torch(parse(TWICE), seed=0, share="equal")
    positions = set(shared_positions(net).values())
    assert positions == {((0, 0), (1, 1, 0)), ((0, 2), (1, 1, 2))}
    assert to_torch(parse("Linear(conv, conv)"), seed=0, share="equal").meta["shared"] == {}


def test_a_gradient_is_the_sum_over_positions():
    net = to_torch(parse("Linear(Linear(conv1x1, id), Linear(conv1x1, id))", (1, 8, 8)), seed=0, share="equal")
    net(torch.randn(4, 1, 8, 8)).sum().backward()
    assert all(p.grad is not None for p in net.parameters())
    assert len({id(p) for p in net.parameters()}) == len(list(net.parameters()))


def test_operations_without_weights_keep_their_modules():
    net = to_torch(parse(TWICE), seed=0, share="equal")
    assert isinstance(net._1._1._1.own, nn.ReLU)


def test_state_and_copies_keep_the_sharing():
    arch = parse(TWICE, (1, 8, 8))
    net = to_torch(arch, seed=0, share="equal").eval()
    other = to_torch(arch, seed=1, share="equal").eval()
    other.load_state_dict(net.state_dict())
    x = torch.randn(2, 1, 8, 8)
    assert torch.equal(net(x), other(x))
    twin = copy.deepcopy(net)
    assert shared_positions(twin) == shared_positions(net)
    assert torch.equal(twin(x), net(x))


def test_a_users_primitive_is_shared_too():
    @primitive
    def point(c_in):
        return nn.Conv2d(c_in, c_in, 1)

    space = SearchSpace("S ::= Linear(A, A, relu)\nshared A ::= Linear(point, id)", [point], (1, 8, 8))
    net = to_torch(space.sample(seed=0), seed=0, share=True)
    assert shared_positions(net)["_0._0.own.weight"] == ((0, 0), (1, 0))


def test_nothing_to_share_is_said():
    with pytest.raises(BuildError, match=r"no weights to share in Linear\(conv, conv\): its grammar declares no `shared` nont"):
        to_torch(parse("Linear(conv, conv)"), share=True)
    space = SearchSpace(GRAMMAR + "ALONE ::= conv", input_shape=(1, 8, 8))
    other = SearchSpace("S ::= conv | CELL\nshared CELL ::= Residual(conv3x3, id, conv1x1)", input_shape=(1, 8, 8))
    with pytest.raises(BuildError, match="it uses no draw of a `shared` nonterminal"):
        cost(other.parse("conv"), share=True)
    with pytest.raises(BuildError, match="share is True, False or 'equal', found 'all'"):
        to_torch(space.sample(seed=0), share="all")
