"""What runs in the worker, run here."""

import math
from typing import Any

import pytest
import torch

from nasviz.errors import TrainingError
from nasviz.evaluation import as_dataset
from nasviz.jobs.payload import Packed
from nasviz.jobs.training import Settings, load_weights, pack_weights, run_training, time_training
from nasviz.spaces import Architecture, parse


@pytest.fixture
def packed(data: Any) -> Packed:
    return Packed(tuple(as_dataset(part) for part in data))


def test_the_weights_are_those_that_were_trained(arch: Architecture, packed: Packed) -> None:
    rows: list[tuple[int, dict[str, float]]] = []
    settings = Settings(epochs=3, batch_size=16)
    trained = run_training(arch, packed, settings, lambda step, m: rows.append((step, dict(m))))
    assert not trained.stopped
    assert rows[0] == (0, {})
    assert [m["epoch"] for _, m in rows if "val_error" in m] == [1, 2, 3]
    assert all("seconds" in m for _, m in rows[1:])
    net = arch.to_torch(seed=5).eval()
    load_weights(net, trained.weights)
    x, y = packed.unpack()[1].tensors
    assert (net(x).argmax(1) != y).float().mean().item() == pytest.approx(rows[-1][1]["val_error"])


def test_timing_first_changes_nothing(arch: Architecture, packed: Packed) -> None:
    rows: list[dict[str, float]] = []
    plain = run_training(arch, packed, Settings(epochs=2, batch_size=16), lambda step, m: None)
    timed = run_training(arch, packed, Settings(epochs=2, batch_size=16, estimate=True), lambda step, m: rows.append(dict(m)))
    assert timed.weights == plain.weights
    assert rows[0]["estimate"] > 0
    assert time_training(arch, packed, Settings(epochs=200)) > rows[0]["estimate"]


def test_a_stop_before_the_first_step_gives_the_weights_at_the_start(arch: Architecture, packed: Packed) -> None:
    trained = run_training(arch, packed, Settings(seed=3), lambda step, m: "stop")
    assert trained.stopped
    assert trained.weights == pack_weights(arch.to_torch(seed=3))


def test_shared_tensors_are_written_twice() -> None:
    net = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Linear(2, 2))
    net[1].weight = net[0].weight
    other = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Linear(2, 2))
    load_weights(other, pack_weights(net))
    assert torch.equal(other[1].weight, net[0].weight)


def test_weights_of_another_network_are_refused(arch: Architecture) -> None:
    other = parse("conv3x3", input_shape=(1, 4, 4), num_classes=3)
    with pytest.raises(TrainingError, match="these weights belong to another network"):
        load_weights(arch.to_torch(seed=0), pack_weights(other.to_torch(seed=0)))


@pytest.mark.parametrize("name", ["epochs", "batch_size"])
def test_numbers_below_one_are_refused(name: str) -> None:
    with pytest.raises(TrainingError, match=f"{name} must be at least 1, found 0"):
        Settings(**{name: 0})
    assert not math.isnan(Settings().to_json()["epochs"])
