"""Shapes on the meta device, and the errors about shapes."""

import numpy as np
import pytest
import torch
from torch import nn

from nasviz.errors import BuildError, ShapeError
from nasviz.graph import topology
from nasviz.nn import infer_shapes, primitive, shapes


def test_every_position_has_its_shapes(arch_of):
    found = infer_shapes(arch_of("Linear(Residual2(conv3x3, id, avg_pool), down, conv1x1)"))
    assert dict(found) == {
        "stem": ((3, 32, 32), (16, 32, 32)),
        (0, 0): ((16, 32, 32), (16, 32, 32)),
        (0, 1): ((16, 32, 32), (16, 32, 32)),
        (0, 2): ((16, 32, 32), (16, 32, 32)),
        (1,): ((16, 32, 32), (32, 16, 16)),
        (2,): ((32, 16, 16), (32, 16, 16)),
        "head": ((32, 16, 16), (10,)),
    }
    assert found.output == (10,)
    assert found.notes == ()
    assert len(found) == 7


@pytest.mark.parametrize("size", [1, 2, 7, 14, 15, 28, 33])
def test_odd_sizes_are_rounded_up(arch_of, size):
    found = infer_shapes(arch_of("Linear(down, down)", input_shape=(1, size, size)))
    assert found[(1,)] == ((32, -(-size // 2), -(-size // 2)), (64, -(-size // 4), -(-size // 4)))


def test_the_paths_of_a_join_must_agree(arch_of):
    with pytest.raises(ShapeError) as error:
        infer_shapes(arch_of("Linear(conv3x3, Residual2(conv3x3, id, down))"))
    assert str(error.value) == (
        "shapes (16, 32, 32) and (32, 16, 16) meet in Residual2 at (1,), where a sum needs equal shapes: every path must "
        "widen and halve alike"
    )
    assert error.value.position == (1,)
    assert error.value.operator == "Residual2"
    assert error.value.shapes == ((16, 32, 32), (32, 16, 16))


def test_a_concatenation_adds_the_channels(arch_of):
    side = topology("Side", "1>2 1>2 1>2", merge="concat")
    assert infer_shapes(arch_of("Side(conv3x3, id, avg_pool)", [side])).output == (10,)
    assert infer_shapes(arch_of("Side(conv3x3, id, avg_pool)", [side]))["head"] == ((48, 32, 32), (10,))
    with pytest.raises(ShapeError, match="where a concat needs equal heights and widths"):
        infer_shapes(arch_of("Side(conv3x3, id, down)", [side]))


@primitive
def narrow(c_in):
    return nn.Conv2d(c_in, 8, 1)


@primitive(halve=1)
def too_small(c_in):
    return nn.AvgPool2d(4)


@primitive(widen=None, halve=None)
def undeclared(c_in):
    return nn.Conv2d(c_in, 5, 3, stride=3)


@pytest.mark.parametrize(
    ("name", "operator", "message"),
    [
        (
            "narrow",
            narrow,
            "narrow at (1,) is declared widen=1, halve=0, which makes (16, 32, 32) into (16, 32, 32), but its "
            "module gives (8, 32, 32)",
        ),
        (
            "too_small",
            too_small,
            "too_small at (1,) is declared widen=1, halve=1, which makes (16, 32, 32) into (16, 16, 16), but its "
            "module gives (16, 8, 8)",
        ),
    ],
)
def test_a_declaration_that_the_module_contradicts(arch_of, name, operator, message):
    with pytest.raises(ShapeError) as error:
        infer_shapes(arch_of(f"Linear(id, {name})", [operator]))
    assert message in str(error.value)
    assert error.value.position == (1,)


def test_what_is_not_declared_is_read_from_the_module(arch_of):
    assert infer_shapes(arch_of("undeclared", [undeclared]))[()] == ((16, 32, 32), (5, 10, 10))


@primitive
def picky(c_in):
    if c_in != 16:
        raise ValueError(f"only 16 channels, not {c_in}")
    return nn.Identity()


class Pair(nn.Module):
    def forward(self, x):
        return x, x


class NoBatch(nn.Module):
    def forward(self, x):
        return x[0]


class Double(nn.Module):
    def forward(self, x):
        return x.double()


@primitive
def leaves(c_in):
    raise SystemExit("enough")


@pytest.mark.parametrize(
    ("operator", "reason"),
    [
        (leaves, "enough"),
        (primitive(Double, name="double"), "it makes float32 into float64; end it with .float()"),
        (picky, "only 16 channels, not 32"),
        (primitive(Pair, name="pair"), "it returned a tuple, expected one tensor"),
        (primitive(NoBatch, name="nobatch"), "its output (32, 16, 16) has lost the batch axis of 2 examples"),
        (primitive(lambda: nn.Conv2d(3, 3, 1), name="three"), "channels"),
        (primitive(lambda: None, name="nothing"), "the factory returned None (is a return missing?)"),
    ],
)
def test_a_primitive_that_cannot_be_built(arch_of, operator, reason):
    with pytest.raises(BuildError) as error:
        infer_shapes(arch_of(f"Linear(down, {operator.name})", [operator]))
    assert f"{operator.name} at (1,) cannot be built for an input of shape (32, 16, 16): " in str(error.value)
    assert reason in str(error.value)
    assert error.value.position == (1,)


def test_an_operator_without_a_meaning(arch_of):
    from nasviz.algebra import Operator

    with pytest.raises(BuildError, match=r"mystery at \(1,\) has no torch meaning; write one: @nv.primitive def mystery"):
        infer_shapes(arch_of("Linear(id, mystery)", [Operator("mystery")]))


class Numpy(nn.Module):
    def forward(self, x):
        return torch.from_numpy(np.abs(x.detach().numpy()))


def test_what_cannot_run_on_the_meta_device_runs_once_on_the_cpu(arch_of, monkeypatch):
    devices = []
    trial = shapes._trial
    monkeypatch.setattr(shapes, "_trial", lambda *a: devices.append(a[-1]) or trial(*a))
    found = infer_shapes(arch_of("Linear(slow, slow)", [primitive(Numpy, name="slow")]))
    assert found[(1,)] == ((16, 32, 32), (16, 32, 32))
    assert len(found.notes) == 1
    assert "Numpy cannot run on the meta device" in found.notes[0]
    assert devices.count("cpu") == 1


def test_a_primitive_is_measured_once_for_each_shape(arch_of, monkeypatch):
    calls = []

    @primitive
    def counted(c_in):
        calls.append(c_in)
        return nn.Identity()

    for _ in range(2):
        infer_shapes(arch_of("Linear(counted, counted, down, counted, counted)", [counted]))
    assert calls == [16, 32]


def test_a_redefined_primitive_is_measured_anew(arch_of):
    first = primitive(lambda c_in: nn.Conv2d(c_in, 20, 1), name="again", widen=None)
    second = primitive(lambda c_in: nn.Conv2d(c_in, 24, 1), name="again", widen=None)
    assert first == second
    assert infer_shapes(arch_of("again", [first]))[()][1] == (20, 32, 32)
    assert infer_shapes(arch_of("again", [second]))[()][1] == (24, 32, 32)


def test_the_global_random_state_stays(arch_of):
    @primitive
    def random_number(c_in):
        torch.rand(3)
        return Numpy()

    before = torch.get_rng_state()
    infer_shapes(arch_of("random_number", [random_number]))
    assert torch.equal(before, torch.get_rng_state())


def test_numbers_reach_the_factory(arch_of):
    @primitive(operands=("int",), widen=None)
    def to(c_in, c):
        return nn.Conv2d(c_in, c, 1)

    found = infer_shapes(arch_of("Linear(to(4), to(7))", [to]))
    assert (found[(0,)][1], found[(1,)][1]) == ((4, 32, 32), (7, 32, 32))


def test_a_head_must_give_the_classes(arch_of):
    from nasviz.graph import ID

    with pytest.raises(ShapeError, match=r"the head id gives shape \(16, 32, 32\), the space has 10 classes"):
        infer_shapes(arch_of("conv3x3", head=ID))


def test_fc_ends_a_network_and_the_head_leaves_it(arch_of):
    found = infer_shapes(arch_of("Linear(conv3x3, fc)", num_classes=7))
    assert found[(1,)] == ((16, 32, 32), (7,))
    assert found["head"] == ((7,), (7,))
