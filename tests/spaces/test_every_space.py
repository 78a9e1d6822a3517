"""Every space of the table at four resolutions: shapes fit or are refused with a reason, and what fits runs."""

import pytest
import torch

from nasviz.errors import BuildError, ShapeError
from nasviz.nn import infer_shapes
from nasviz.spaces import SPACES, Architecture

SIZES = (16, 28, 32, 64)
DRAWN = 200
TRAINED = 10
LARGEST = 30_000_000
"""Parameters of the largest network that is trained here."""


def refusal(arch):
    """Why an architecture cannot be built, "" when it can."""
    try:
        shapes = infer_shapes(arch)
    except (BuildError, ShapeError) as error:
        return str(error)
    assert shapes.output == (arch.space.num_classes,)
    assert not shapes.notes
    return ""


def trains(arch):
    """Run one architecture forward and backward; every parameter takes part."""
    net = arch.to_torch(seed=0).train()
    x = torch.randn(2, *arch.space.input_shape, generator=torch.Generator().manual_seed(0))
    y = net(x)
    assert y.shape == (2, arch.space.num_classes)
    assert torch.isfinite(y).all()
    torch.nn.functional.cross_entropy(y, torch.tensor([0, 1])).backward()
    return all(p.grad is not None and torch.isfinite(p.grad).all() for p in net.parameters())


@pytest.mark.slow
@pytest.mark.parametrize("make", SPACES, ids=lambda make: make.__name__)
def test_200_architectures_at_four_resolutions(make):
    drawn = make((3, 32, 32), 5).sample(DRAWN, seed=0)
    for size in SIZES:
        space = make((3, size, size), 5)
        reasons = [refusal(Architecture(arch.term, space)) for arch in drawn]
        for arch, reason in zip(drawn, reasons, strict=True):
            assert not reason or " at " in reason, f"{reason} says no place: {arch}"
        assert sum(not reason for reason in reasons) >= DRAWN // 2, f"{size} pixels: {[r for r in reasons if r][:3]}"


@pytest.mark.slow
@pytest.mark.parametrize("make", SPACES, ids=lambda make: make.__name__)
def test_ten_architectures_run_forward_and_backward(make):
    space = make((3, 16, 16), 5)
    drawn = (space.sample(seed=seed) for seed in range(20 * TRAINED))
    fit = (arch for arch in drawn if not refusal(arch) and arch.cost().parameters <= LARGEST)
    ran = [trains(arch) for arch, _ in zip(fit, range(TRAINED), strict=False)]
    assert len(ran) == TRAINED
    assert all(ran)
