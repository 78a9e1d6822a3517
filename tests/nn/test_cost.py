"""Cost without building, against the network built and against numbers of the literature."""

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from nasviz.nn import cost, partial_cost, primitive, to_torch
from nasviz.spaces import nb201, parse


def nb201_cell(ops):
    """The NAS-Bench-201 network whose fifteen cells have these six operations."""
    space = nb201(input_shape=(3, 32, 32), num_classes=10)
    c = f"Cell({', '.join(ops)})"
    cells = f"Linear({c}, {c}), Linear({c}, {c})"
    return space.parse(f"Linear(Linear({cells}, Linear({c}, down)), Linear({cells}, Linear({c}, down)), Linear({cells}, {c}))")


@pytest.mark.parametrize(
    ("ops", "millions"),
    [
        (["zero", "zero", "zero", "id", "zero", "zero"], 0.073306),
        (["zero", "zero", "zero", "conv1x1", "zero", "zero"], 0.073306 + 0.028),
        (["zero", "zero", "zero", "conv3x3", "zero", "zero"], 0.073306 + 0.24304),
        (["conv3x3", "conv1x1", "conv3x3", "id", "conv1x1", "conv3x3"], 0.073306 + 2 * 0.028 + 3 * 0.24304),
    ],
)
def test_the_published_parameters_of_nas_bench_201(ops, millions):
    arch = nb201_cell(ops)
    assert cost(arch).parameters == round(millions * 1e6)
    assert sum(p.numel() for p in to_torch(arch, seed=0).parameters()) == round(millions * 1e6)


@pytest.mark.slow
def test_it_equals_the_network_built(hierarchical):
    for arch in hierarchical(6):
        table = cost(arch)
        net = to_torch(arch, seed=0).eval()
        assert table.parameters == sum(p.numel() for p in net.parameters())
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            net(torch.zeros(1, 3, 32, 32))
        assert table.flops == counter.get_total_flops()


def test_flops_count_two_for_a_multiply_add(arch_of):
    rows = {(row.part, row.position): row for row in cost(arch_of("conv3x3")).rows}
    body = rows["body", ()]
    assert body.flops == 2 * 9 * 16 * 16 * 32 * 32
    assert body.parameters == 9 * 16 * 16 + 2 * 16
    assert rows["stem", ()].flops == 2 * 9 * 3 * 16 * 32 * 32
    assert rows["head", ()].flops == 2 * 16 * 10


def test_rows_are_in_forward_order_with_shapes(arch_of):
    table = cost(arch_of("Linear(id, down)"))
    assert [(row.part, row.position, row.operator) for row in table.rows] == [
        ("stem", (), "conv_stem"),
        ("body", (0,), "id"),
        ("body", (1,), "down"),
        ("head", (), "pool_linear"),
    ]
    assert (table.rows[2].shape_in, table.rows[2].shape_out) == ((16, 32, 32), (32, 16, 16))
    told = f"{table.parameters:,} parameters, {table.flops:,} FLOPs, {table.memory:,} bytes of activations"
    assert repr(table) == f"CostTable(4 operations, {told})"
    assert len(table) == 4


def test_memory_is_what_the_layers_give_out(arch_of):
    rows = {row.operator: row for row in cost(arch_of("Linear(id, relu, conv3x3, down)")).rows}
    assert rows["id"].memory == 0
    assert rows["relu"].memory == 4 * 16 * 32 * 32
    assert rows["conv3x3"].memory == 3 * rows["relu"].memory
    # two ReLU-Conv-BN, pooled input, projection, sum: in units of 16·32·32 numbers
    assert rows["down"].memory == 4 * 16 * 32 * 32 * (1 + 0.5 + 0.5 + 3 * 0.5 + 0.25 + 0.5 + 0.5)
    assert rows["pool_linear"].memory == 4 * (32 + 32 + 10)


def test_memory_equals_the_network_built(hierarchical):
    for arch in hierarchical(3):
        net = to_torch(arch, seed=0).eval()
        given = []
        for row, path in zip(cost(arch).rows, [n.target for n in net.graph.nodes if n.op == "call_module"], strict=True):
            module = net.get_submodule(path)
            seen = {}
            for part in module.modules():
                if part is module or not list(part.children()):
                    part.register_forward_hook(lambda m, x, y, seen=seen: seen.update({id(y): y}) if y is not x[0] else None)
            given.append((row, seen))
        net(torch.zeros(1, 3, 32, 32))
        for row, seen in given:
            assert row.memory == 4 * sum(y.numel() for y in seen.values()), row


def test_it_is_a_table(arch_of):
    table = cost(arch_of("Linear(conv3x3, down)"))
    frame = table.frame()
    assert len(frame) == len(table)
    assert frame.memory.sum() == table.memory
    assert "conv3x3" in table._repr_html_()


def test_the_whole_is_not_built(arch_of, monkeypatch):
    @primitive
    def huge(c_in):
        return nn.Sequential(nn.Conv2d(c_in, 10**6, 3, padding=1), nn.Conv2d(10**6, c_in, 3, padding=1))

    table = cost(arch_of("Linear(huge, huge, huge)", [huge]))
    assert table.parameters > 8e8


def test_the_cost_before_an_error_stays():
    table, error = partial_cost(parse("Linear(relu, Residual(conv, id, down), conv)"))
    assert [row.position for row in table.rows] == [(), (0,), (1, 0), (1, 1), (1, 2)]
    assert error is not None
    assert error.position == (1,)
    arch = parse("Linear(conv, fc)")
    assert partial_cost(arch) == (cost(arch), None)
