"""The official files of NATS-Bench, read without running what is in them.

They are pickles, and a pickle may call any function while it is read. The results in them are numbers, texts, lists and
dictionaries only, so only these are read, numbers of numpy included; any other name ends the reading with an error.

A file holds for each cell and each length of training (12 or 200 epochs) runs by (data set, seed), with accuracies in % by set
and epoch, e.g. ``"x-valid@199"``, and seconds by epoch.
"""

from __future__ import annotations

import bz2
import pickle
import struct
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from nasviz.errors import DataError, said

__all__ = ["SETS", "cell_results", "read_plain"]

SETS: dict[tuple[str, str], tuple[str, str]] = {
    ("c10", "val"): ("cifar10-valid", "x-valid"),
    ("c10", "test"): ("cifar10", "ori-test"),
    ("c100", "val"): ("cifar100", "x-valid"),
    ("c100", "test"): ("cifar100", "x-test"),
    ("in16", "val"): ("ImageNet16-120", "x-valid"),
    ("in16", "test"): ("ImageNet16-120", "x-test"),
}
"""For each data set and split the runs and the set of images that the benchmark's authors report."""

_FORMATS = {"f2": "e", "f4": "f", "f8": "d", "i1": "b", "i2": "h", "i4": "i", "i8": "q", "u1": "B", "u4": "I", "b1": "?"}


class _Kind:
    """Stands for ``numpy.dtype``: how the bytes of one number are read."""

    def __init__(self, code: str, *_: object) -> None:
        self.code, self.order = code, "<"

    def __setstate__(self, state: tuple[object, ...]) -> None:
        self.order = ">" if state[1] == ">" else "<"


def _number(kind: _Kind, raw: bytes) -> int | float:
    return struct.unpack(kind.order + _FORMATS[kind.code], raw)[0]


_ALLOWED: dict[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("builtins", "set"): set,
    ("__builtin__", "set"): set,
    ("numpy", "dtype"): _Kind,
    ("numpy.core.multiarray", "scalar"): _number,
    ("numpy._core.multiarray", "scalar"): _number,
}


class _Plain(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """Refuse every name but those of plain numbers and dictionaries."""
        try:
            return _ALLOWED[module, name]
        except KeyError:
            raise DataError(f"it asks for {module}.{name}, which no table of numbers needs, so nothing of it was run") from None


def read_plain(path: str | Path) -> Any:
    """Read a pickle, packed by bz2 or not, that holds numbers, texts, lists, tuples, sets and dictionaries only.

    Parameters
    ----------
    path : str or Path
        The file; ``*.pbz2`` is unpacked.

    Raises
    ------
    DataError
        If the file cannot be read, or asks for anything else; nothing in it is called.
    """
    path = Path(path)
    try:
        with bz2.open(path) if path.suffix == ".pbz2" else path.open("rb") as file:
            return _Plain(cast("Any", file)).load()
    except DataError as error:
        raise DataError(f"{path.name} was not read: {error}") from None
    except Exception as error:  # whatever a damaged pickle raises
        raise DataError(f"{path.name} is no table of NATS-Bench that can be read: {said(error)}") from error


def cell_results(results: Mapping[str, Any]) -> dict[str, float]:
    """Summarise what is recorded of one cell: means over seeds, by column.

    Parameters
    ----------
    results : dict
        By number of epochs as text, ``"12"`` and ``"200"``.

    Returns
    -------
    dict
        Accuracies in % under names such as ``c10_val`` and ``c100_test_12``, seconds of training under ``c10_time`` and
        ``c10_time_12``, ``params`` and ``flops`` in millions; what the file lacks is left out.

    Raises
    ------
    DataError
        If the results have another form.

    Examples
    --------
    >>> run = {"epochs": 12, "eval_acc1es": {"x-valid@11": 80.0}, "train_times": {0: 2.0, 1: 3.0}, "params": 0.1, "flop": 15.6}
    >>> cell_results({"12": {"all_results": {("cifar10-valid", 777): run}}})
    {'c10_val_12': 80.0, 'c10_time_12': 5.0, 'params': 0.1, 'flops': 15.6}
    """
    found: dict[str, float] = {}
    try:
        for epochs in sorted(set(results) & {"12", "200"}):
            ending = "" if epochs == "200" else f"_{epochs}"
            runs: Mapping[tuple[str, int], Any] = results[epochs]["all_results"]
            for (short, split), (data, images) in SETS.items():
                mine = [run for (name, _), run in runs.items() if name == data]
                accuracies = [run["eval_acc1es"][key] for run in mine if (key := _last(run, images)) is not None]
                _put(found, f"{short}_{split}{ending}", accuracies)
                if split == "val":
                    times = [sum(run["train_times"].values()) for run in mine if run.get("train_times")]
                    _put(found, f"{short}_time{ending}", times)
            first = next((run for (name, _), run in runs.items() if name.startswith("cifar10")), None)
            if first is not None:
                found["params"], found["flops"] = float(first["params"]), float(first["flop"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DataError(f"a cell's results have another form than NATS-Bench's: {said(error)}") from error
    return found


def _last(run: Mapping[str, Any], images: str) -> str | None:
    """The key of the accuracy on a set of images after the last epoch, if there is one."""
    key = f"{images}@{int(run['epochs']) - 1}"
    return key if key in run["eval_acc1es"] else None


def _put(found: dict[str, float], column: str, values: list[Any]) -> None:
    if values:
        found[column] = sum(map(float, values)) / len(values)
