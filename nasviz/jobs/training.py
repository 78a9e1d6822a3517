"""The call that a job makes in its worker: build, train, and give the weights back as bytes."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from nasviz.errors import TrainingError
from nasviz.jobs.payload import Packed

if TYPE_CHECKING:
    from torch import nn

    from nasviz.spaces import Architecture


@dataclass(frozen=True)
class Settings:
    """How a job trains; see `nasviz.evaluation.fit`.

    Parameters
    ----------
    epochs
        Passes over the training set, ≥ 1.
    device
        Name of the device, already chosen: "cpu", "cuda:0", "mps".
    seed
        Of the weights at the start and the order of the examples.
    batch_size
        Examples a step, ≥ 1.
    lr
        Learning rate at the start; None is the optimiser's default.
    optimizer
        "sgd" (Nesterov, cosine) or "adam" (AdamW); the default is that of `nasviz.evaluation.training.fit`.
    keep_best
        Whether the weights of the best epoch are kept instead of the last.
    estimate
        Whether a few steps are timed first, to say how long it will take.

    Raises
    ------
    TrainingError
        If `epochs` or `batch_size` is below 1.
    """

    epochs: int = 20
    device: str = "cpu"
    seed: int = 0
    batch_size: int = 64
    lr: float | None = None
    optimizer: str = "sgd"
    keep_best: bool = False
    estimate: bool = False

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size"):
            if getattr(self, name) < 1:
                raise TrainingError(f"{name} must be at least 1, found {getattr(self, name)}")

    def to_json(self) -> dict[str, Any]:
        """Return the settings as JSON data."""
        return asdict(self)


@dataclass(frozen=True)
class Trained:
    """What a training gives back.

    Parameters
    ----------
    weights
        The network's state in safetensors format.
    stopped
        Whether a command ended it early.
    seconds
        Wall time of the training.
    """

    weights: bytes
    stopped: bool
    seconds: float


def run_training(
    arch: Architecture, data: Packed, settings: Settings, report: Callable[[int, Mapping[str, float]], str | None]
) -> Trained:
    """Train `arch`; the body of a job, run in the worker.

    The first row that is reported says that the training begins, and has the "estimate" of its seconds or nothing. Each other
    row carries "epoch" (a fraction) and "seconds" beside the metrics.
    """
    from nasviz.evaluation.training import fit
    from nasviz.nn.torch_build import to_torch

    net = to_torch(arch, seed=settings.seed)
    train, val = data.unpack()[:2]
    estimate = {"estimate": time_training(arch, data, settings)} if settings.estimate else {}
    began = time.perf_counter()

    def tell(step: int, metrics: Mapping[str, float]) -> str | None:
        return report(step, {**metrics, "seconds": time.perf_counter() - began})

    if report(0, estimate) == "stop":
        return Trained(pack_weights(net), True, 0.0)
    options = settings.to_json()
    options.pop("estimate")
    result = fit(net, train, val, report=tell, **options)
    return Trained(pack_weights(net), result.stopped, result.seconds)


def time_training(arch: Architecture, data: Packed, settings: Settings) -> float:
    """Return how many seconds the training will take, from a few timed steps."""
    from nasviz.evaluation.objective import TrainingObjective

    options: dict[str, Any] = {name: getattr(settings, name) for name in ("epochs", "batch_size", "optimizer", "device")}
    return TrainingObjective(data.unpack(), **options).estimate(arch)


def pack_weights(net: nn.Module) -> bytes:
    """Return the state of `net` as safetensors bytes; a tensor that two names share is written twice."""
    from safetensors.torch import save

    return save({name: value.detach().cpu().contiguous().clone() for name, value in net.state_dict().items()})


def load_weights(net: nn.Module, weights: bytes) -> None:
    """Put the state of `weights`, as `pack_weights` gives it, into `net`.

    Raises
    ------
    TrainingError
        If the weights belong to another network.
    """
    from safetensors.torch import load

    try:
        net.load_state_dict(load(weights))
    except RuntimeError as error:
        raise TrainingError(f"these weights belong to another network: {error}") from error
