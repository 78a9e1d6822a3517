"""Objectives: functions from an architecture to the number that a search makes small."""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from torch import nn
from torch.utils.data import Dataset, Subset, TensorDataset

from nasviz.errors import TrainingError
from nasviz.evaluation.data import SizedDataset, as_parts, check_data
from nasviz.evaluation.device import describe, pick_device
from nasviz.evaluation.training import FitResult, Optimizer, Report, check_count, check_numbers, evaluate, fit
from nasviz.nn import to_torch
from nasviz.spaces.edited import expect_architecture

if TYPE_CHECKING:
    from nasviz.spaces import Architecture

__all__ = ["Metric", "Repeats", "TrainingObjective"]

Metric = Literal["error", "loss", "accuracy"]


@dataclass(frozen=True)
class Repeats:
    """Values of one architecture from several seeds.

    Examples
    --------
    >>> found = Repeats((0.25, 0.75))
    >>> found.mean, round(found.sd, 4)
    (0.5, 0.3536)
    """

    values: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Mean of the values."""
        return statistics.fmean(self.values)

    @property
    def sd(self) -> float:
        """Standard deviation of the values, with n − 1; NaN of one value."""
        return statistics.stdev(self.values) if len(self.values) > 1 else float("nan")


@dataclass(frozen=True, eq=False)
class TrainingObjective:
    """Train an architecture briefly and return its validation error, in [0, 1].

    An objective must have a spread before it is worth searching on: after one epoch on the digits, two seeds rank
    architectures almost independently of each other. The defaults here are those for which 30 random architectures of
    ``nv.spaces.digits_cells()`` are ranked alike by two seeds (Kendall's tau at least 0.5, a test).

    Parameters
    ----------
    data : (train, val) or (train, val, test)
        Datasets or arrays (X, y); only the first two are used.
    epochs : int
        Passes over the training set.
    metric : {"error", "loss", "accuracy"}
        What is returned of the last epoch's validation.
    batch_size : int
        Examples a step.
    lr : float, optional
        Learning rate at the start of the cosine; None is the optimiser's default, see :func:`fit`.
    optimizer : {"sgd", "adam"}
        SGD with Nesterov momentum, or AdamW.
    device : str
        ``"auto"`` takes the best one present where it is called.
    patience : int, optional
        Early stopping: end when the validation error has not fallen for so many epochs. The metric is then that of the
        best epoch, which is a little better than the truth, as every selected minimum.
    seeds : int
        Trainings an architecture, with seeds s, s + 1, …; the value is the mean of their metrics, the spread is reported as
        ``val_error_sd`` (``val_loss_sd``, …), and so stored with a trial and in a table.

    Raises
    ------
    DataError
        When ``data`` has not two or three parts or one is no data set.
    TrainingError
        When the metric or the optimiser is unknown, or a number makes no sense.

    Examples
    --------
    >>> from nasviz.evaluation import digits
    >>> TrainingObjective(digits(), epochs=2, device="cpu").metric
    'error'
    """

    data: Sequence[Any]
    epochs: int = 4
    metric: Metric = "error"
    batch_size: int = 64
    lr: float | None = None
    optimizer: Optimizer = "sgd"
    device: str = "auto"
    patience: int | None = None
    seeds: int = 1

    def __post_init__(self) -> None:
        if self.metric not in ("error", "loss", "accuracy"):
            raise TrainingError(f"metric must be error, loss or accuracy, found {self.metric!r}")
        check_numbers(self.epochs, self.batch_size, self.lr, self.optimizer)
        check_count("seeds", self.seeds)
        if self.patience is not None:
            check_count("patience", self.patience)
        object.__setattr__(self, "data", as_parts(self.data))

    def __call__(self, arch: Architecture, seed: int = 0, report: Report | None = None) -> float:
        """The metric on the validation set: of the last epoch, with `patience` of the best one; the mean over seeds.

        Parameters
        ----------
        arch : Architecture
        seed : int
            Of the weights at the start and of the order of the examples; the first of several.
        report : callable, optional
            See :func:`fit`; answering ``"stop"`` ends early, with the value reached so far. Steps and epochs go on counting
            over several seeds, and a last row has their means and the spread.

        Raises
        ------
        NasvizError
            When it is no architecture.
        DataError
            When the data do not fit the architecture's space.
        TrainingError
            When the loss, or an example, is not finite.
        """
        return self.repeats(arch, seed, report).mean

    def repeats(self, arch: Architecture, seed: int = 0, report: Report | None = None) -> Repeats:
        """The metric from each seed; see calling the objective."""
        rows: list[Mapping[str, float]] = []
        done = 0
        for k in range(self.seeds):
            fitted = self._train(arch, self.data, seed + k, report and _shifted(report, done, k * self.epochs))[1]
            rows.append((fitted.history[-1] if self.patience is None else fitted.best).metrics)
            done += fitted.steps
            if fitted.stopped:
                break
        name = f"val_{self.metric}"
        found = Repeats(tuple(row[name] for row in rows))
        if report is not None and len(rows) > 1:
            means = {key: statistics.fmean(row[key] for row in rows) for key in ("val_loss", "val_error", "val_accuracy")}
            report(done, {"epoch": float(len(rows) * self.epochs), **means, f"{name}_sd": found.sd})
        return found

    def protocol(self) -> dict[str, Any]:
        """How values are made, as JSON data: all settings but the data and the device."""
        settings = ("epochs", "metric", "batch_size", "lr", "optimizer", "patience", "seeds")
        return {name: getattr(self, name) for name in settings}

    def confirm(self, arch: Architecture, seed: int, data: Any, report: Report | None = None) -> float:
        """The metric on held-out data, after the same training with another seed: what a search result is worth.

        The held-out data are looked at once, after the training.

        Parameters
        ----------
        arch : Architecture
        seed : int
            One that the search did not use.
        data : Dataset or (X, y)
            Examples that the search never saw, e.g. ``nv.data.digits().test``.
        report : callable, optional
            See :func:`fit`.

        Raises
        ------
        DataError, TrainingError
            As calling the objective.
        """
        parts = (*self.data[:2], data)
        net, _ = self._train(arch, parts, seed, report)
        return evaluate(net, check_data(arch.space, parts)[2], device=self.device)[self.metric]

    def _train(self, arch: Architecture, data: Sequence[Any], seed: int, report: Report | None) -> tuple[nn.Module, FitResult]:
        expect_architecture(arch)
        train, val = check_data(arch.space, data)[:2]
        net = to_torch(arch, seed=seed)
        return net, fit(
            net,
            train,
            val,
            epochs=self.epochs,
            batch_size=self.batch_size,
            lr=self.lr,
            optimizer=self.optimizer,
            device=self.device,
            seed=seed,
            report=report,
            keep_best=self.patience is not None,
            patience=self.patience,
        )

    def device_name(self) -> str:
        """The device in words, e.g. ``"CPU (2 threads)"``."""
        return describe(self.device)

    def estimate(self, arch: Architecture, steps: int = 3) -> float:
        """Seconds that one evaluation will take on this machine, by timing a few warm training steps.

        Builds the network, takes one step to warm up and ``steps`` more, and one pass over at most 512 validation examples;
        the median step and the pass are scaled to the whole evaluation. Nothing of it is kept. The first training of a
        process takes about a second more, while torch loads its optimisers.

        Parameters
        ----------
        arch : Architecture
        steps : int
            Timed steps, ≥ 1.
        """
        expect_architecture(arch)
        train, val = check_data(arch.space, self.data)[:2]
        place = pick_device(self.device)
        began = time.perf_counter()
        net = to_torch(arch, seed=0).to(place)
        build = time.perf_counter() - began
        ticks: list[float] = []

        def tick(step: int, metrics: dict[str, float]) -> str | None:
            ticks.append(time.perf_counter())
            return "stop" if step > steps else None

        few = _head(train, (steps + 2) * self.batch_size)
        fit(
            net,
            few,
            _head(val, 1),
            epochs=steps + 1,
            batch_size=self.batch_size,
            lr=1e-4,
            optimizer=self.optimizer,
            device=place,
            report=tick,
        )
        a_step = statistics.median(b - a for a, b in itertools.pairwise(ticks))
        some = _head(val, 512)
        began = time.perf_counter()
        evaluate(net, some, device=place)
        a_pass = (time.perf_counter() - began) * len(val) / len(some)
        per_epoch = max(1, round(len(train) / self.batch_size))
        return self.seeds * (build + self.epochs * (per_epoch * a_step + a_pass))


def _shifted(report: Report, steps: int, epochs: int) -> Report:
    """A report whose steps and epochs go on from those of the seeds before."""

    def shifted(step: int, metrics: dict[str, float]) -> str | None:
        return report(steps + step, metrics | {"epoch": epochs + metrics["epoch"]})

    return shifted


def _head(data: SizedDataset, n: int) -> SizedDataset:
    n = min(n, len(data))
    if isinstance(data, TensorDataset):
        return TensorDataset(*(t[:n] for t in data.tensors))
    return Subset(cast("Dataset[Any]", data), range(n))
