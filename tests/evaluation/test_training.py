"""The training loop."""

import math

import pytest
import torch
from torch import nn
from torch.utils.data import TensorDataset

from nasviz.errors import TrainingError
from nasviz.evaluation import digits, evaluate, fit


def small_net(seed=0):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return nn.Sequential(
            nn.Conv2d(1, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU(), nn.Flatten(), nn.Linear(512, 10)
        )


def part(n, offset=0):
    x, y = digits().train.tensors
    return TensorDataset(x[offset : offset + n], y[offset : offset + n])


def test_it_learns():
    net = small_net()
    splits = digits()
    result = fit(net, splits.train, splits.val, epochs=3, device="cpu")
    assert result.metrics["val_error"] < 0.15
    assert result.metrics["val_error"] == evaluate(net, splits.val, device="cpu")["error"]
    assert result.metrics["best_val_error"] == min(row.metrics["val_error"] for row in result.history)
    assert [row.epoch for row in result.history] == [1, 2, 3]
    assert result.steps == result.history[-1].step == 3 * 16
    assert not result.stopped


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_a_seed_decides_everything_and_nothing_global_changes(optimizer):
    before = torch.get_rng_state()
    runs = [fit(small_net(), part(130), part(50, 200), epochs=2, device="cpu", seed=s, optimizer=optimizer) for s in (1, 1, 2)]
    assert torch.equal(before, torch.get_rng_state())
    losses = [[row.metrics["train_loss"] for row in run.history] for run in runs]
    assert losses[0] == losses[1]
    assert losses[0] != losses[2]


def test_the_learning_rate_falls_along_a_cosine():
    seen = []

    class Watch(torch.optim.SGD):
        def step(self, closure=None):
            seen.append(self.param_groups[0]["lr"])
            return super().step(closure)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.optim, "SGD", Watch)
        fit(small_net(), part(128), part(10), epochs=5, lr=0.4, optimizer="sgd", device="cpu")
    assert seen == pytest.approx([0.2 * (1 + math.cos(math.pi * k / 10)) for k in range(10)])


def test_one_report_a_batch_with_the_epoch_as_a_fraction():
    reports = []
    fit(small_net(), part(128), part(40), epochs=2, batch_size=32, device="cpu", report=lambda *r: reports.append(r))
    assert [step for step, _ in reports] == list(range(1, 9))
    assert [metrics["epoch"] for _, metrics in reports] == [0.25 * k for k in range(1, 9)]
    with_val = [step for step, metrics in reports if "val_error" in metrics]
    assert with_val == [4, 8]
    assert all(math.isfinite(v) for _, metrics in reports for v in metrics.values())


@pytest.mark.parametrize("at", [1, 2, 3])
def test_stop_ends_at_once_and_still_gives_numbers(at):
    result = fit(
        small_net(), part(128), part(40), epochs=5, device="cpu", report=lambda step, _: "stop" if step == at else None
    )
    assert result.stopped
    assert result.steps == at
    assert 0 <= result.metrics["val_error"] <= 1
    assert result.history[-1].epoch == at / 2


def test_keep_best_leaves_the_weights_of_the_best_epoch():
    net = small_net()
    val = part(200, 300)

    def spoil(step, metrics):
        if metrics["epoch"] == 2:  # after the second epoch the last layer is destroyed
            with torch.no_grad():
                net[-1].weight.fill_(0)

    result = fit(net, part(256), val, epochs=3, lr=1e-3, device="cpu", keep_best=True, report=spoil)
    assert evaluate(net, val, device="cpu")["error"] == result.metrics["best_val_error"]
    assert result.metrics["best_val_error"] < result.metrics["val_error"]


class Broken(nn.Module):
    def __init__(self, value):
        super().__init__()
        self.linear, self.value, self.calls = nn.Linear(64, 10), value, 0

    def forward(self, x):
        self.calls += self.training
        y = self.linear(x.flatten(1))
        return y * self.value if self.calls > 3 else y


def test_patience_ends_a_training_that_gets_no_better():
    splits = digits()
    result = fit(small_net(), splits.train, splits.val, epochs=30, lr=3.0, patience=2, device="cpu")
    errors = [row.metrics["val_error"] for row in result.history]
    at = errors.index(min(errors))
    assert result.early
    assert not result.stopped
    assert len(errors) == at + 3 < 30
    assert result.best == result.history[at]
    whole = fit(small_net(), splits.train, splits.val, epochs=2, patience=9, device="cpu")
    assert not whole.early
    assert len(whole.history) == 2


def test_a_loss_that_is_not_finite():
    with pytest.raises(TrainingError, match="the loss is NaN at epoch 2, step 4; try a smaller learning rate"):
        fit(Broken(float("nan")), part(128), part(40), epochs=3, device="cpu")


def test_an_example_that_is_not_finite():
    x = torch.ones(40, 1, 8, 8)
    x[30] = float("nan")
    broken = TensorDataset(x, torch.zeros(40, dtype=torch.int64))
    with pytest.raises(TrainingError, match=r"an example holds NaN or infinite numbers \(epoch 1\)"):
        fit(nn.Sequential(nn.Flatten(), nn.Linear(64, 10)), broken, broken, epochs=1, device="cpu")


def test_a_validation_loss_that_is_not_finite():
    class Fragile(nn.Linear):
        def forward(self, x):
            return super().forward(x.flatten(1)) * (1 if self.training else float("inf"))

    with pytest.raises(TrainingError, match="the validation loss is NaN at epoch 1, step 2; try a smaller"):
        fit(Fragile(64, 10), part(128), part(40), epochs=3, device="cpu")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"epochs": 0}, "epochs must be at least 1, found 0"),
        ({"epochs": 1.5}, "epochs must be a whole number, found 1.5"),
        ({"batch_size": "64"}, "batch_size must be a whole number, found '64'"),
        ({"lr": "fast"}, "lr must be a positive number, found 'fast'"),
        ({"batch_size": 0}, "batch_size must be at least 1, found 0"),
        ({"lr": -1.0}, "lr must be a positive number, found -1.0"),
        ({"lr": float("nan")}, "lr must be a positive number, found nan"),
        ({"optimizer": "sdg"}, "optimizer must be one of sgd, adam, found 'sdg'"),
    ],
)
def test_numbers_that_make_no_sense(settings, message):
    with pytest.raises(TrainingError) as error:
        fit(small_net(), part(10), part(10), device="cpu", **settings)
    assert message in str(error.value)


def test_a_last_batch_of_one_example_is_left_out():
    result = fit(small_net(), part(65), part(10), epochs=1, device="cpu")
    assert result.steps == 1
    assert fit(small_net(), part(66), part(10), epochs=1, device="cpu").steps == 2


def test_a_general_dataset_goes_through_a_loader():
    listed = [(x, int(y)) for x, y in zip(*part(100).tensors, strict=True)]

    class Listed(torch.utils.data.Dataset):
        def __len__(self):
            return len(listed)

        def __getitem__(self, i):
            return listed[i]

    result = fit(small_net(), Listed(), Listed(), epochs=4, device="cpu")
    assert result.steps == 8
    assert result.metrics["val_error"] < 0.9


@pytest.mark.parametrize("kind", [torch.float64, torch.uint8, torch.float16])
def test_numbers_of_any_type_are_used_as_float32_and_int64(kind):
    x, y = part(40).tensors
    like = torch.utils.data.TensorDataset((10 * x).to(kind), y.to(torch.float32))

    class Listed(torch.utils.data.Dataset):
        def __len__(self):
            return 40

        def __getitem__(self, i):
            return like[i]

    plain = torch.utils.data.TensorDataset((10 * x).to(kind).float(), y)
    expected = fit(small_net(), plain, plain, epochs=1, device="cpu").metrics
    for data in (like, Listed()):
        assert fit(small_net(), data, data, epochs=1, device="cpu").metrics == pytest.approx(expected, abs=1e-5)


def test_a_label_without_a_class_is_named():
    x, y = part(40).tensors
    strange = torch.utils.data.TensorDataset(x, torch.where(torch.arange(40) == 30, 99, y))
    for parts in ((strange, part(10)), (part(10), strange)):
        with pytest.raises(TrainingError, match="labels run from 0 to 99 in one batch, the network has 10 classes"):
            fit(small_net(), *parts, epochs=1, device="cpu")


def test_evaluate_leaves_the_mode_as_it_was():
    net = small_net().train()
    evaluate(net, part(10), device="cpu")
    assert net.training
