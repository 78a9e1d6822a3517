"""The contract of primitives holds for the standard ones' like, and fails where something is wrong."""

import random
import threading

import numpy as np
import pytest
import torch
from torch import nn

from nasviz.nn import primitive
from nasviz.testing import check_primitive
from nasviz.testing.primitives import alone


@primitive
def swish3(c_in, c_out):
    return nn.Sequential(nn.Conv2d(c_in, c_out, 3, padding=1), nn.SiLU())


@primitive(widen=2, halve=1)
def shrink(c_in, c_out):
    return nn.Sequential(nn.Conv2d(c_in, c_out, 3, 2, 1, bias=False), nn.BatchNorm2d(c_out), nn.Dropout(0.5))


@primitive(operands=("int", "float"))
def leaky(c_in, groups, slope):
    return nn.Sequential(nn.Conv2d(c_in, c_in, 1, groups=groups), nn.LeakyReLU(slope))


class Numpy(nn.Module):
    def forward(self, x):
        return torch.from_numpy(np.tanh(x.detach().numpy()))


@pytest.mark.slow
def test_what_is_well_made_passes():
    assert check_primitive(swish3, [(16, 8, 8), (3, 7, 9), (5, 1, 1)]) == ()
    assert check_primitive(shrink, [(4, 8, 8), (4, 7, 9)]) == ()
    assert check_primitive(leaky, [(8, 4, 4)], values=(2, 0.1)) == ()
    assert check_primitive(primitive(nn.GELU, name="gelu2"), [(7, 16), (16,)]) == ()
    (note,) = check_primitive(primitive(Numpy, name="numpy"))
    assert "Numpy cannot run on the meta device" in note


def test_the_global_random_state_stays():
    before = torch.get_rng_state()
    check_primitive(swish3)
    assert torch.equal(before, torch.get_rng_state())


class Module(nn.Module):
    def __init__(self, c_in=16):
        super().__init__()
        self.conv = nn.Conv2d(c_in, c_in, 1)


class Unused(Module):
    def forward(self, x):
        return x * 2


class Normalises(nn.Module):
    def forward(self, x):
        return x - x.mean(0, keepdim=True)


class Noisy(nn.Module):
    def forward(self, x):
        return x + torch.randn_like(x)


class Endless(nn.Module):
    def forward(self, x):
        return x.log()


class Hidden(Module):
    def __init__(self):
        super().__init__()
        self.scale = torch.randn(1)

    def forward(self, x):
        return self.conv(x) * self.scale.to(x.device)


class TwoFaced(Module):
    def forward(self, x):
        y = self.conv(x)
        return y[:, :8] if self.training else y


class Steep(nn.Module):
    def __init__(self, c_in):
        super().__init__()
        self.power = nn.Parameter(torch.zeros(c_in, 1, 1))

    def forward(self, x):
        return x * self.power.abs().sqrt()


class Seeded(Module):
    def __init__(self):
        super().__init__()
        self.conv.weight = nn.Parameter(torch.full((16, 16, 1, 1), random.random()))

    def forward(self, x):
        return self.conv(x)


SHARED = nn.Conv2d(16, 16, 1)


class Shares(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = SHARED

    def forward(self, x):
        return self.conv(x)


WRONG = [
    (lambda c_in: nn.Conv2d(c_in, 2 * c_in, 1), r"p is declared|p at the root is declared widen=1, halve=0, which makes"),
    (lambda c_in: nn.Conv2d(c_in + 1, c_in, 1), r"p at \(16, 8, 8\): p at the root cannot be built"),
    (lambda: None, "returned None"),
    (
        lambda: nn.ReLU(inplace=True),
        r"p at \(16, 8, 8\): .*it changes its input, which other paths read, too; leave out inplace",
    ),
    (Unused, "the parameter conv.weight gets no gradient: it is counted, but never used"),
    (Normalises, "in evaluation mode an example's output depends on the others of its batch"),
    (Noisy, "two passes in evaluation mode differ"),
    (Endless, "gives numbers that are not finite for normal inputs"),
    (Hidden, "its state_dict does not hold all of its state"),
    (TwoFaced, r"it gives \(8, 8, 8\) in training mode, \(16, 8, 8\) elsewhere"),
    (Steep, "the gradient of power is not finite"),
    (Seeded, "conv.weight differs between two modules of one seed; draw it by torch alone"),
    (Shares, "two modules have a weight in common; make a new module inside the function"),
    (lambda c_in: nn.Sequential(nn.LazyConv2d(c_in, 1)), "its parameter 0.weight is made during the first forward pass"),
]


@pytest.mark.parametrize(("factory", "message"), WRONG)
def test_what_is_wrong_is_told(factory, message):
    with pytest.raises(AssertionError, match=message):
        check_primitive(primitive(factory, name="p"))


def test_what_cannot_travel_is_told():
    lock = threading.Lock()

    def held():
        return nn.Identity() if lock else None

    with pytest.raises(AssertionError, match=r"held at \(16, 8, 8\): it cannot be sent to a worker: "):
        check_primitive(primitive(held))


def test_a_shape_is_needed():
    with pytest.raises(AssertionError, match="give at least one shape to check"):
        check_primitive(swish3, [])


def test_alone_has_no_stem():
    arch = alone(leaky, (8, 4, 4), (2, 0.1))
    assert str(arch) == "leaky(2, 0.1)"
    assert arch.cost().rows[0].parameters == 0


@pytest.mark.tensorflow
def test_a_keras_form_is_compared():
    keras = pytest.importorskip("keras")

    @primitive
    def swish(c_in, c_out):
        return nn.Sequential(nn.Conv2d(c_in, c_out, 3, padding=1), nn.SiLU())

    @swish.keras
    def _(c_in, c_out):
        return keras.Sequential([keras.layers.Conv2D(c_out, 3, padding="same"), keras.layers.Activation("silu")])

    assert check_primitive(swish, [(4, 8, 8), (4, 7, 5)]) == ()

    @swish.keras
    def _(c_in, c_out):
        return keras.Sequential([keras.layers.Conv2D(c_out, 3, padding="same"), keras.layers.Activation("relu")])

    with pytest.raises(AssertionError, match=r"swish at \(4, 8, 8\): its Keras form is .* away from torch, at most 0.0001"):
        check_primitive(swish, [(4, 8, 8)])


def test_another_object_is_told_what_is_wanted():
    with pytest.raises(AssertionError, match=r"this contract takes what nv\.primitive makes, found int"):
        check_primitive(3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"shapes": (16, 8, 8)}, r"^shapes is a list of shapes .*, e\.g\. shapes=\[\(16, 8, 8\)\], found \(16, 8, 8\)$"),
        ({"shapes": 3}, r"^shapes is a list of shapes .*, found 3$"),
        ({"shapes": None}, r"^shapes is a list of shapes .*, found None$"),
        ({"shapes": []}, r"^give at least one shape to check$"),
        ({"shapes": [(16, 0, 8)]}, r"^an input shape is positive whole numbers: .* found \(16, 0, 8\)$"),
        ({"seed": "x"}, r"^seed is 'x'; it must be a whole number, 0 or more$"),
        ({"seed": 2**63}, r"^seed is 9223372036854775808; it must be below 2\^63$"),
        ({"values": 3}, r"^values is a list of the operator's numbers, e\.g\. values=\[2, 0\.5\], found 3$"),
        ({"values": ["x"]}, r"^values is a list of the operator's numbers"),
    ],
)
def test_arguments_that_make_no_sense_are_told(arguments, message):
    with pytest.raises(AssertionError, match=message):
        check_primitive(swish3, **arguments)
