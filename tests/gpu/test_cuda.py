"""What only a GPU can show; skipped where there is none."""

import pytest
import torch

from nasviz.evaluation import TrainingObjective, describe, digits, evaluate, fit, pick_device
from nasviz.nn import export_program, to_torch
from nasviz.spaces import digits_cells

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="this machine has no CUDA device")


@pytest.fixture
def arch():
    return digits_cells().sample(seed=0)


def test_auto_is_the_gpu_and_has_a_name():
    assert pick_device() == torch.device("cuda:0")
    assert describe().startswith("GPU (")
    assert torch.cuda.get_device_name(0) in describe()


def test_the_same_weights_give_the_same_outputs(arch):
    net = to_torch(arch, seed=0).eval()
    x = torch.rand(8, 1, 8, 8)
    expected = net(x)
    assert torch.allclose(net.cuda()(x.cuda()).cpu(), expected, atol=1e-4)


def test_it_learns_there_and_leaves_the_random_state(arch):
    net = to_torch(arch, seed=0)
    before = torch.cuda.get_rng_state()
    splits = digits()
    result = fit(net, splits.train, splits.val, epochs=3, device="auto")
    assert torch.equal(before, torch.cuda.get_rng_state())
    assert next(net.parameters()).is_cuda
    assert result.history[-1].metrics["train_loss"] < result.history[0].metrics["train_loss"]
    assert evaluate(net, splits.val)["error"] == pytest.approx(result.metrics["val_error"], abs=0.01)


def test_a_network_on_the_gpu_is_exported_for_the_cpu(arch, tmp_path):
    net = to_torch(arch, seed=0).cuda().eval()
    file = export_program(net, arch, tmp_path / "net.pt2")
    x = torch.rand(3, 1, 8, 8)
    assert torch.allclose(torch.export.load(file).module()(x), net(x.cuda()).cpu(), atol=1e-4)
    assert next(net.parameters()).is_cuda


def test_an_objective_is_evaluated_there(arch):
    objective = TrainingObjective(digits()[:2], epochs=1)
    assert 0 <= objective(arch, seed=0) <= 1
    assert objective.estimate(arch) > 0
