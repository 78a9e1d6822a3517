"""Trial runs of primitives."""

import numpy as np
import pytest
import torch
from torch import nn

from nasviz.errors import BuildError
from nasviz.nn import infer_shapes, measured, primitive
from nasviz.nn.measured import declaring, shown


class Numpy(nn.Module):
    def forward(self, x):
        return torch.from_numpy(np.abs(x.detach().numpy()))


class Trained(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm2d(16)

    def forward(self, x):
        assert not self.training
        assert x.shape[0] == 2
        return torch.from_numpy(self.norm(x).detach().numpy())


@pytest.mark.parametrize("module", [Numpy, Trained])
def test_what_cannot_run_on_the_meta_device_runs_once_on_the_cpu(arch_of, monkeypatch, module):
    devices = []
    trial = measured.trial
    monkeypatch.setattr(measured, "trial", lambda *a: devices.append(a[-1]) or trial(*a))
    found = infer_shapes(arch_of("Linear(slow, slow)", [primitive(module, name="slow")]))
    assert found[(1,)] == ((16, 32, 32), (16, 32, 32))
    assert len(found.notes) == 1
    assert f"{module.__name__} cannot run on the meta device" in found.notes[0]
    assert devices.count("cpu") == 1


@pytest.mark.parametrize(
    ("before", "behind", "text"),
    [
        ((16, 8, 8), (16, 8, 8), "widen=1, halve=0"),
        ((16, 7, 7), (32, 4, 4), "widen=2, halve=1"),
        ((16, 8, 8), (24, 2, 2), "widen=Fraction(3, 2), halve=2"),
        ((16, 8, 8), (16, 5, 5), "widen=None, halve=None"),
        ((50, 16), (25, 32), "widen=2, halve=1"),
        ((64,), (10,), "widen=Fraction(5, 32), halve=0"),
        ((3, 32, 32), (64, 48), "widen=None, halve=None"),
    ],
)
def test_what_to_declare(before, behind, text):
    assert declaring(before, behind) == text


def test_shapes_as_text():
    assert [shown(s) for s in [(16, None, None), (5, 6), (None,)]] == ["(16, ?, ?)", "(5, 6)", "(?,)"]


class Failing(nn.Module):
    def forward(self, x):
        raise KeyError("k")


class Huge(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(10**30))

    def forward(self, x):
        return x * self.weight


@pytest.mark.parametrize(
    ("factory", "message"),
    [
        (lambda: nn.ReLU(inplace=True), "it changes its input, which other paths read, too; leave out inplace=True"),
        (Failing, "KeyError: 'k'"),
        (Huge, "Overflow when unpacking long long"),
    ],
)
def test_what_a_trial_refuses(arch_of, factory, message):
    with pytest.raises(BuildError, match=message) as caught:
        infer_shapes(arch_of("Residual2(odd, id, odd)", [primitive(factory, name="odd")]))
    assert "Exception raised from" not in str(caught.value)


def test_a_module_may_change_what_it_made_itself(arch_of):
    tail = primitive(lambda: nn.Sequential(nn.Sigmoid(), nn.ReLU(inplace=True)), name="tail")
    assert infer_shapes(arch_of("Linear(tail)", [tail]))[(0,)] == ((16, 32, 32), (16, 32, 32))
