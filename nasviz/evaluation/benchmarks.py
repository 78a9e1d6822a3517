"""Tabular benchmarks, public as ``nv.benchmarks``: what every architecture of a space is worth, trained by others.

Searching on a table costs nothing and can be repeated by everybody, so strategies are compared on it. The tables are not part
of nasviz; each class says where its own comes from.
"""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from nasviz.algebra.arguments import file_path
from nasviz.errors import DataError, NasvizError, nearest
from nasviz.evaluation.nb201_table import DATASETS, WHERE, Table, code_of, digits_of, macro_of, read_table, term_of
from nasviz.evaluation.training import Report
from nasviz.spaces import nb201

if TYPE_CHECKING:
    import pandas as pd

    from nasviz.spaces import Architecture, SearchSpace

__all__ = ["NASBench201"]

Split = Literal["val", "test"]
Metric = Literal["error", "accuracy"]

EPOCHS = (12, 200)
PART = 12 / 200
"""Share of the 200 epochs' seconds that 12 epochs take."""
TASKS = {"cifar10": ((3, 32, 32), 10), "cifar100": ((3, 32, 32), 100), "ImageNet16-120": ((3, 16, 16), 120)}


@dataclass(frozen=True, eq=False, repr=False)
class NASBench201:
    """NAS-Bench-201: accuracies of 15,625 cells, trained by its authors, as an objective for ``nv.spaces.nb201()``.

    Calling it gives an error in [0, 1]: the mean over the table's seeds, so one architecture has one value. The defaults are
    those of a search: validation, 200 epochs. Twelve epochs are a cheaper fidelity with a schedule of its own.

    Parameters
    ----------
    path
        A CSV file as described under Notes; or the official folder ``NATS-tss-v1_0-3ffb9-simple``, of which cells are read when
        they are asked for; or the official single file ``*.pickle.pbz2``, read whole. Official files are pickles: only numbers
        and texts are read from them, nothing is run.
    dataset
        ``"cifar10"``, ``"cifar100"``, ``"ImageNet16-120"``, or another that the CSV file has, by its prefix; None is the first.
    epochs
        12 or 200.
    split
        "val", or "test" to look at what a search is never shown.
    metric
        "error", to be minimised, or "accuracy"; both in [0, 1].

    Raises
    ------
    NasvizError
        If `path` is None: says where to get the table and under which licence; or if an argument is unknown.
    DataError
        If there is no table at `path`, or it cannot be read (names the line), or lacks what is asked for.

    Notes
    -----
    Columns of the CSV file: ``cell``, six digits in the order of the edges 1>2, 1>3, 2>3, 1>4, 2>4, 3>4 with 0 zero, 1 id,
    2 conv1x1, 3 conv3x3, 4 avg_pool; for each data set with prefix p (c10, c100, in16): ``p_val`` and ``p_test``, accuracies
    in % after 200 epochs, ``p_val_12`` and ``p_test_12`` after 12, ``p_time``, seconds of the 200 epochs (12 cost 0.06 of it
    unless ``p_time_12`` says otherwise). Further columns of numbers are kept. On CIFAR-10, cells are validated on half of the
    training images and tested after a training on all of them; on the others, validation and test are halves of the original
    test set.

    References
    ----------
    X. Dong, Y. Yang, *NAS-Bench-201*, ICLR 2020; X. Dong et al., *NATS-Bench*, TPAMI 2021.

    Examples
    --------
    >>> NASBench201()
    Traceback (most recent call last):
      ...
    nasviz.errors.NasvizError: NAS-Bench-201 is not part of nasviz. Get its results from ...
    """

    path: str | os.PathLike[str] | None = None
    dataset: str | None = None
    epochs: int = 200
    split: Split = "val"
    metric: Metric = "error"
    table: Table | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        if self.table is None:
            if self.path is None:
                raise NasvizError(WHERE)
            object.__setattr__(self, "table", read_table(file_path(self.path, "nb201.csv")))
        for name, value, known in (
            ("epochs", self.epochs, EPOCHS),
            ("split", self.split, ("val", "test")),
            ("metric", self.metric, ("error", "accuracy")),
        ):
            if value not in known:
                raise NasvizError(f"{name} must be {known[0]} or {known[1]}, found {value!r}")
        if self.dataset is None:
            object.__setattr__(self, "dataset", self.datasets[0])
        self._column(self.split)

    @property
    def _table(self) -> Table:
        assert self.table is not None
        return self.table

    @property
    def datasets(self) -> tuple[str, ...]:
        """Names of the data sets that the table has."""
        prefixes = [c.removesuffix("_12").removesuffix("_val") for c in self._table.columns if c.endswith(("_val", "_val_12"))]
        return tuple(DATASETS.get(prefix, prefix) for prefix in dict.fromkeys(prefixes))

    @property
    def space(self) -> SearchSpace:
        """``nv.spaces.nb201`` for the task of the data set."""
        return nb201(*TASKS.get(str(self.dataset), TASKS["cifar10"]))

    def at(
        self,
        *,
        dataset: str | None = None,
        epochs: int | None = None,
        split: Split | None = None,
        metric: Metric | None = None,
    ) -> NASBench201:
        """Return the same table asked for something else, e.g. ``bench.at(epochs=12)``; nothing is read again."""
        wish = {"dataset": dataset, "epochs": epochs, "split": split, "metric": metric}
        return replace(self, **{name: value for name, value in wish.items() if value is not None})

    def __call__(self, arch: Architecture, report: Report | None = None) -> float:
        """The metric of an architecture, in [0, 1].

        Parameters
        ----------
        arch : Architecture
            Of ``nv.spaces.nb201()``, or the cell alone.
        report : callable, optional
            Called once with the metric and ``simulated_seconds``, what the training took its authors.

        Raises
        ------
        NasvizError
            If the architecture is none of NAS-Bench-201.
        DataError
            If the table lacks it.
        """
        value = self._value(arch, self.split)
        if report is not None:
            seconds = self.seconds(arch)
            told = {"epoch": float(self.epochs), f"{self.split}_{self.metric}": value}
            report(self.epochs, told if np.isnan(seconds) else told | {"simulated_seconds": seconds})
        return value

    def confirm(self, arch: Architecture, seed: int, data: Split = "test", report: Report | None = None) -> float:
        """The metric on another split after 200 epochs: ``study.confirm(top=3, seeds=1, data="test")``.

        Parameters
        ----------
        arch : Architecture
        seed : int
            Changes nothing: the table holds means over its seeds.
        data : {"test", "val"}
        report : callable, optional
            As calling it.
        """
        return self.at(split=data, epochs=200)(arch, report)

    def seconds(self, arch: Architecture) -> float:
        """Seconds that the training took on the authors' GPU at this fidelity: the cost of an evaluation; NaN if unknown."""
        row = self._row(arch)
        for column, share in ((self._name("time"), 1.0), (f"{self._prefix}_time", PART if self.epochs == 12 else 1.0)):
            if column in self._table.columns:
                return float(row[self._table.columns.index(column)]) * share
        return float("nan")

    def best(self, split: Split | None = None) -> tuple[Architecture, float]:
        """The best architecture of the whole table and its metric on `split`; reads every cell.

        Regret is the distance to it: ``bench(arch) - bench.best()[1]``.
        """
        self._table.read_all()
        at = self._table.columns.index(self._column(split or self.split))
        code = int(np.nanargmax(self._table.values[:, at]))
        arch = self.space.parse(macro_of(code))
        return arch, self._value(arch, split or self.split)

    @property
    def frame(self) -> pd.DataFrame:
        """The table as a ``DataFrame``, a row a cell, indexed by the term of the cell; reads every cell."""
        import pandas as pd

        self._table.read_all()
        codes = self._table.known
        return pd.DataFrame(
            self._table.values[codes],
            index=pd.Index([term_of(int(c)) for c in codes], name="cell"),
            columns=list(self._table.columns),
        )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the table as a CSV file, which is read in half a second; reads every cell."""
        self._table.read_all()
        with Path(path).open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["cell", *self._table.columns])
            for code in self._table.known:
                numbers = ("" if np.isnan(x) else repr(float(x)) for x in self._table.values[code])
                writer.writerow([digits_of(int(code)), *numbers])

    @property
    def _prefix(self) -> str:
        return next((short for short, name in DATASETS.items() if name == self.dataset), str(self.dataset))

    def _name(self, what: str) -> str:
        return f"{self._prefix}_{what}{'' if self.epochs == 200 else '_12'}"

    def _column(self, split: str) -> str:
        if self.dataset not in self.datasets:
            near = nearest(str(self.dataset), self.datasets)
            meant = f"; did you mean {near}?" if near else ""
            raise DataError(f"the table has no data set {self.dataset!r}, it has {', '.join(self.datasets)}{meant}")
        column = self._name(split)
        if column not in self._table.columns:
            raise DataError(
                f"the table has no column {column}: no {split} results of {self.dataset} after {self.epochs} epochs"
            )
        return column

    def _row(self, arch: Architecture) -> np.ndarray:
        return self._table.row(code_of(arch))

    def _value(self, arch: Architecture, split: str) -> float:
        accuracy = float(self._row(arch)[self._table.columns.index(self._column(split))])
        if np.isnan(accuracy):
            raise DataError(f"the table has no {self._column(split)} of {term_of(code_of(arch))}")
        return (100.0 - accuracy if self.metric == "error" else accuracy) / 100.0

    def __repr__(self) -> str:
        what = f"{self.dataset}, {self.split} {self.metric} after {self.epochs} epochs"
        return f"NASBench201({len(self._table.known):,} cells, {what})"


def __dir__() -> list[str]:
    return __all__
