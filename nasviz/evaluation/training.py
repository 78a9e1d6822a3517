"""The training loop: one function that trains a classifier, reports as it goes and knows no storage."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from numbers import Integral, Real
from typing import Any, Literal, cast

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, TensorDataset

from nasviz.errors import TrainingError
from nasviz.evaluation.data import SizedDataset
from nasviz.evaluation.device import pick_device
from nasviz.records import Curve

__all__ = ["FitResult", "Report", "check_count", "check_numbers", "evaluate", "fit"]

Report = Callable[[int, dict[str, float]], str | None]
"""``report(step, metrics)`` after every batch; answering ``"stop"`` ends the training there."""
Optimizer = Literal["sgd", "adam"]
LEARNING_RATES: dict[str, float] = {"sgd": 5e-2, "adam": 1e-2}


@dataclass(frozen=True)
class FitResult:
    """What a training gave.

    Attributes
    ----------
    history : list of Curve
        One row an epoch: ``train_loss``, ``val_loss``, ``val_error``, ``val_accuracy``.
    metrics : dict
        The last row's numbers, and ``best_val_error``, ``best_epoch``.
    steps : int
        Optimiser steps taken.
    seconds : float
        Wall time.
    stopped : bool
        Whether the report ended it early.
    early : bool
        Whether it ended early because the validation error fell no more, see `patience` of :func:`fit`.
    """

    history: list[Curve]
    metrics: dict[str, float]
    steps: int
    seconds: float
    stopped: bool = False
    early: bool = False

    @property
    def best(self) -> Curve:
        """The row of the epoch with the least validation error, the first of several."""
        return min(self.history, key=lambda row: row.metrics["val_error"])


def fit(
    net: nn.Module,
    train: SizedDataset,
    val: SizedDataset,
    *,
    epochs: int = 10,
    batch_size: int = 64,
    lr: float | None = None,
    optimizer: Optimizer = "sgd",
    weight_decay: float = 5e-4,
    device: str | torch.device = "auto",
    seed: int = 0,
    report: Report | None = None,
    keep_best: bool = False,
    patience: int | None = None,
) -> FitResult:
    """Train a classifier in place by cross-entropy, with a learning rate that falls to 0 along a cosine.

    Parameters
    ----------
    net : nn.Module
        (B, C, H, W) -> (B, num_classes) logits; moved to the device.
    train, val : Dataset
        Pairs (x, y), x numbers of shape (C, H, W), used as float32, y a class number.
    epochs : int
        Passes over the training set, ≥ 1.
    batch_size : int
        Examples a step, ≥ 1.
    lr : float, optional
        Learning rate at the start; default 0.05 for SGD, 0.01 for Adam, which suit small data at batch 64.
    optimizer : {"sgd", "adam"}
        SGD with Nesterov momentum 0.9, or AdamW.
    weight_decay : float
        Weight decay, ≥ 0.
    device : str or torch.device
        ``"auto"`` takes the best one present.
    seed : int
        Order of the examples and randomness of the layers; the global state of torch is left as it was.
    report : callable, optional
        ``report(step, metrics)``, once a batch: ``epoch`` (a fraction), ``train_loss``; at the end of an epoch also
        ``val_loss``, ``val_error``, ``val_accuracy``. Answering ``"stop"`` ends the training after an evaluation.
    keep_best : bool
        Leave the network with the weights of its best epoch on ``val`` instead of the last.
    patience : int, optional
        Early stopping: end when the validation error has not been less than its least for so many epochs, ≥ 1. The
        learning rate falls as if all epochs were trained.

    Returns
    -------
    FitResult

    Raises
    ------
    TrainingError
        When the loss is not finite (names the epoch), a label has no class, or a number makes no sense.
    """
    check_numbers(epochs, batch_size, lr, optimizer)
    if patience is not None:
        check_count("patience", patience)
    place = pick_device(device)
    forked = [place.index or 0] if place.type == "cuda" else []
    with torch.random.fork_rng(devices=forked):
        torch.manual_seed(seed)
        net.to(place)
        moves = _optimizer(net, optimizer, lr, weight_decay)
        loop = _Loop(net, train, val, epochs, batch_size, moves, place, seed, patience)
        return loop.run(report, keep_best)


@torch.no_grad()
def evaluate(
    net: nn.Module, data: SizedDataset, *, batch_size: int = 512, device: str | torch.device = "auto"
) -> dict[str, float]:
    """Mean loss, error and accuracy of a classifier on a data set, in evaluation mode.

    Returns
    -------
    dict
        ``loss`` (cross-entropy), ``error`` and ``accuracy`` in [0, 1].
    """
    place = pick_device(device)
    was_training = net.training
    net.to(place).eval()
    loss, wrong, count = 0.0, 0, 0
    for x, y in _batches(data, batch_size, place, None):
        logits = net(x)
        loss += _cross_entropy(logits, y, "sum").item()
        wrong += int((logits.argmax(1) != y).sum())
        count += len(y)
    net.train(was_training)
    return {"loss": loss / count, "error": wrong / count, "accuracy": 1.0 - wrong / count}


@dataclass
class _Loop:
    net: nn.Module
    train: SizedDataset
    val: SizedDataset
    epochs: int
    batch_size: int
    optimizer: torch.optim.Optimizer | None
    device: torch.device
    seed: int
    patience: int | None = None
    step: int = 0
    history: list[Curve] = field(default_factory=list[Curve])
    best: dict[str, torch.Tensor] | None = None
    began: float = field(default_factory=time.perf_counter)

    def run(self, report: Report | None, keep_best: bool) -> FitResult:
        per_epoch = _n_batches(len(self.train), self.batch_size)
        total, stopped, early = per_epoch * self.epochs, False, False
        order = torch.Generator().manual_seed(self.seed)
        for epoch in range(self.epochs):
            self.net.train()
            losses = 0.0
            for k, (x, y) in enumerate(_batches(self.train, self.batch_size, self.device, order)):
                loss = self._update(x, y, total)
                losses += loss
                done = epoch + (k + 1) / per_epoch
                metrics = {"epoch": done, "train_loss": loss}
                if k + 1 == per_epoch:
                    metrics |= self._end_epoch(done, losses / per_epoch, keep_best)
                stopped = report is not None and report(self.step, metrics) == "stop"
                if stopped:
                    if k + 1 < per_epoch:
                        self._end_epoch(done, losses / (k + 1), keep_best)
                    break
            early = not stopped and epoch + 1 < self.epochs and self._waited_enough()
            if stopped or early:
                break
        if keep_best and self.best is not None:
            self.net.load_state_dict(self.best)
        return FitResult(self.history, self._summary(), self.step, time.perf_counter() - self.began, stopped, early)

    def _waited_enough(self) -> bool:
        errors = [row.metrics["val_error"] for row in self.history]
        return self.patience is not None and len(errors) - 1 - errors.index(min(errors)) >= self.patience

    def _update(self, x: torch.Tensor, y: torch.Tensor, total: int) -> float:
        loss = _cross_entropy(self.net(x), y)
        value = loss.item()
        if not math.isfinite(value) and not torch.isfinite(x).all():
            raise TrainingError(f"an example holds NaN or infinite numbers (epoch {1 + self.step * self.epochs // total})")
        _check_finite(value, "loss", 1 + self.step * self.epochs // total, self.step + 1)
        self.step += 1
        if self.optimizer is None:
            return value
        for group in self.optimizer.param_groups:
            group["lr"] = group["peak"] * 0.5 * (1.0 + math.cos(math.pi * (self.step - 1) / total))
        self.optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        self.optimizer.step()
        return value

    def _end_epoch(self, done: float, train_loss: float, keep_best: bool) -> dict[str, float]:
        found = evaluate(self.net, self.val, device=self.device)
        _check_finite(found["loss"], "validation loss", math.ceil(done), self.step)
        metrics = {"train_loss": train_loss, **{f"val_{name}": value for name, value in found.items()}}
        better = not self.history or metrics["val_error"] < min(row.metrics["val_error"] for row in self.history)
        if keep_best and better:
            self.best = copy.deepcopy(self.net.state_dict())
        self.history.append(Curve(self.step, done, metrics, time.perf_counter() - self.began))
        self.net.train()
        return metrics

    def _summary(self) -> dict[str, float]:
        best = min(self.history, key=lambda row: row.metrics["val_error"])
        return {**self.history[-1].metrics, "best_val_error": best.metrics["val_error"], "best_epoch": best.epoch}


def _cross_entropy(logits: torch.Tensor, y: torch.Tensor, reduction: str = "mean") -> torch.Tensor:
    try:
        return nn.functional.cross_entropy(logits, y, reduction=reduction)
    except IndexError:  # check_data looks at the first examples of a general Dataset only
        raise TrainingError(
            f"labels run from {int(y.min())} to {int(y.max())} in one batch, the network has {logits.shape[1]} classes"
        ) from None


def _check_finite(value: float, what: str, epoch: int, step: int) -> None:
    if not math.isfinite(value):
        raise TrainingError(
            f"the {what} is {'NaN' if math.isnan(value) else 'infinite'} at epoch {epoch}, step {step}; try a smaller "
            "learning rate (lr=), or a normalisation in the architecture"
        )


def _n_batches(size: int, batch_size: int) -> int:
    whole, rest = divmod(size, batch_size)
    return max(1, whole + (rest > 1))  # a last batch of one example has no variance to normalise by


def _batches(
    data: SizedDataset, batch_size: int, device: torch.device, order: torch.Generator | None
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Batches of float32 and int64 on the device; shuffled, and no last one of a single example, where ``order`` is given."""
    size = len(data)
    if isinstance(data, TensorDataset) and len(data.tensors) == 2:
        x = data.tensors[0].to(device, torch.float32, non_blocking=True)
        y = data.tensors[1].to(device, torch.int64, non_blocking=True)
        index = torch.arange(size) if order is None else torch.randperm(size, generator=order)
        pieces = index.to(device).split(batch_size)
        pairs: Iterator[tuple[torch.Tensor, torch.Tensor]] = ((x[piece], y[piece]) for piece in pieces)
    else:
        loader = DataLoader(cast("Dataset[Any]", data), batch_size=batch_size, shuffle=order is not None, generator=order)
        pairs = ((x.to(device, torch.float32), torch.as_tensor(y).to(device, torch.int64)) for x, y in loader)
    count = _n_batches(size, batch_size) if order is not None else -(-size // batch_size)
    for _, pair in zip(range(count), pairs, strict=False):
        yield pair


def _optimizer(net: nn.Module, name: Optimizer, lr: float | None, weight_decay: float) -> torch.optim.Optimizer | None:
    parameters = [p for p in net.parameters() if p.requires_grad]
    if not parameters:
        return None
    peak = LEARNING_RATES[name] if lr is None else lr
    group = {"params": parameters, "peak": peak}
    if name == "sgd":
        return torch.optim.SGD([group], lr=peak, momentum=0.9, nesterov=True, weight_decay=weight_decay)
    return torch.optim.AdamW([group], lr=peak, weight_decay=weight_decay)


def check_numbers(epochs: int, batch_size: int, lr: float | None, optimizer: str) -> None:
    """Refuse settings of :func:`fit` that make no sense.

    Raises
    ------
    TrainingError
        Names the setting, what was expected and what was found.

    Examples
    --------
    >>> check_numbers(4, 64, None, "sgd")
    """
    check_count("epochs", epochs)
    check_count("batch_size", batch_size)
    if lr is not None and not (isinstance(lr, Real) and math.isfinite(lr) and lr > 0):
        raise TrainingError(f"lr must be a positive number, found {lr!r}")
    if not isinstance(optimizer, str) or optimizer not in LEARNING_RATES:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TrainingError(f"optimizer must be one of {', '.join(LEARNING_RATES)}, found {optimizer!r}")


def check_count(name: str, number: int) -> None:
    """Refuse a setting that is no whole number from 1.

    Raises
    ------
    TrainingError
        Names the setting and what was found.

    Examples
    --------
    >>> check_count("epochs", 4)
    """
    if not isinstance(number, Integral):
        raise TrainingError(f"{name} must be a whole number, found {number!r}")
    if number < 1:
        raise TrainingError(f"{name} must be at least 1, found {number}")
