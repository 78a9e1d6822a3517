"""Primitives written by users: functions and classes, bare and with arguments."""

import subprocess
import sys
import textwrap
from fractions import Fraction

import cloudpickle
import pytest
from torch import nn

from nasviz.algebra import Sort
from nasviz.errors import BuildError, NasvizError
from nasviz.nn import Primitive, primitive


class MyDown(nn.Module):
    """Halves and doubles."""

    def __init__(self, c_in, c_out, stride=2):
        super().__init__()
        self.conv = nn.Conv2d(c_in, c_out, 3, stride, 1)

    def forward(self, x):
        return self.conv(x)


def test_a_bare_decorator():
    @primitive
    def swish3(c_in, c_out):
        """Conv and SiLU.

        More words.
        """
        return nn.Sequential(nn.Conv2d(c_in, c_out, 3, padding=1), nn.SiLU())

    assert isinstance(swish3, Primitive)
    assert (swish3.name, swish3.doc, swish3.operands, swish3.result) == ("swish3", "Conv and SiLU.", (), Sort.MAP)
    first, second = swish3.build((4, 8, 8)), swish3.build((4, 8, 8))
    assert first is not second
    assert first[0].weight.shape == (4, 4, 3, 3)


def test_a_decorator_with_arguments():
    @primitive(widen=Fraction(3, 2), name="wider")
    def anything(c_in, c_out, num_classes, shape, widen, halve):
        assert (c_in, c_out, num_classes, shape) == (4, 6, 7, (4, 5, 5))
        assert (widen, halve) == (Fraction(3, 2), 0)
        return nn.Conv2d(c_in, c_out, 1)

    assert anything.name == "wider"
    assert anything.build((4, 5, 5), num_classes=7).out_channels == 6


def test_a_class_in_one_line():
    down = primitive(MyDown, halve=1, widen=2)
    assert (down.name, down.halve, down.widen) == ("MyDown", 1, 2)
    assert down.build((3, 8, 8)).conv.out_channels == 6
    assert primitive(nn.SiLU, name="swish").build((3, 8, 8)).__class__ is nn.SiLU


def test_numbers_of_its_own():
    @primitive(operands=("int", Sort.FLOAT))
    def convdrop(c_in, size, p):
        return nn.Sequential(nn.Conv2d(c_in, c_in, size, padding=size // 2), nn.Dropout(p))

    assert convdrop.operands == (Sort.INT, Sort.FLOAT)
    built = convdrop.build((4, 8, 8), values=(5, 0.25))
    assert (built[0].kernel_size, built[1].p) == ((5, 5), 0.25)


def test_equality_compares_the_declaration_and_not_the_code():
    first, again = primitive(lambda: nn.ReLU(), name="act"), primitive(lambda: nn.GELU(), name="act")
    assert first == again
    assert hash(first) == hash(again)
    assert first != primitive(lambda: nn.ReLU(), name="act", widen=2)
    assert first != primitive(lambda: nn.ReLU(), name="act", halve=1)
    assert first != primitive(lambda size: nn.ReLU(), name="act", operands=("int",))
    assert first.declaration() == {
        "kind": "Primitive",
        "name": "act",
        "operands": [],
        "result": "map",
        "variadic": False,
        "widen": "1",
        "halve": 0,
    }


def test_the_keras_form_is_kept():
    act = primitive(lambda: nn.ReLU(), name="act")

    @act.keras
    def _(c_in, c_out):
        return "a layer"

    assert act.forms["keras"](1, 1) == "a layer"
    with pytest.raises(BuildError, match="unknown parameter units"):
        act.keras(lambda units: None)


def unknown(c_in, kernel, stride):
    return nn.Identity()


def few(c_in):
    return nn.Identity()


def wide(c_out):
    return nn.Identity()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: primitive(unknown),
            "unknown: unknown parameters kernel, stride; a primitive takes any of shape, c_in, c_out, widen, halve, "
            "num_classes by name",
        ),
        (lambda: primitive(few, operands=("int",)), "few: 1 operands are declared, but only 0 parameters take them"),
        (
            lambda: primitive(few, operands=("map",)),
            "the operands of a primitive are numbers ('int', 'float'); nv.topology combines maps",
        ),
        (lambda: primitive(few, operands="int"), "found operands='int'; write operands=('int',)"),
        (lambda: primitive(few, operands=(int,)), "found operands=(<class 'int'>,); write operands=('int',)"),
        (lambda: primitive(few, operands=None), "found operands=None; write operands=('int',)"),
        (lambda: primitive(max, name="m"), "the parameters of <built-in function max> are not known; call it in a function"),
        (lambda: primitive(wide, widen=None), "wide: takes c_out, so widen must say how many times c_in it is"),
        (lambda: primitive(lambda: nn.ReLU()), "'<lambda>' cannot be written in a term; give the primitive a name"),
        (lambda: primitive(nn.ReLU(), name="r"), "found a ReLU module: one module used in two places would share its weights"),
        (lambda: primitive(3, name="r"), "a primitive is a function or an nn.Module class, found an int"),
        (lambda: primitive(dict, name="r"), "the class dict is no subclass of torch.nn.Module"),
        (
            lambda: primitive(few, halve=0).build((1, 2, 2)) and primitive(lambda: None, name="n").build((1, 2, 2)),
            "the factory returned None (is a return missing?), expected a torch.nn.Module",
        ),
        (lambda: primitive(lambda: 3, name="n").build((1, 2, 2)), "the factory returned an int, expected a torch.nn.Module"),
        (lambda: primitive(wide, widen=Fraction(1, 2)).build((3, 2, 2)), "widen=1/2 of 3 channels is no whole number"),
        (lambda: primitive(few, name="9x"), "'9x' cannot be written in a term"),
        (lambda: primitive(few, name=3), "3 cannot be written in a term"),
        (lambda: primitive(few, widen=0.5), "widen is c_out / c_in, a positive whole number, a Fraction or None; found 0.5"),
        (lambda: primitive(few, widen=0), "found 0"),
        (lambda: primitive(few, halve=-1), "halve counts halvings of height and width, 0 or more, or is None; found -1"),
    ],
)
def test_what_is_no_primitive(make, message):
    with pytest.raises(NasvizError) as error:
        make()
    assert message in str(error.value)


@pytest.mark.slow
def test_a_primitive_of_a_notebook_travels_by_value():
    script = textwrap.dedent(
        """
        import sys, cloudpickle, nasviz as nv
        from torch import nn

        @nv.primitive(widen=2)
        def doubled(c_in, c_out):
            return nn.Conv2d(c_in, c_out, 1)

        @doubled.keras
        def _(c_in, c_out):
            return c_in + c_out

        sys.stdout.buffer.write(cloudpickle.dumps(doubled))
        """
    )
    sent = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, timeout=60).stdout
    found = cloudpickle.loads(sent)
    assert found.build((3, 4, 4)).out_channels == 6
    assert found.forms["keras"](1, 2) == 3
    assert found == primitive(lambda c_in, c_out: nn.Identity(), name="doubled", widen=2)
