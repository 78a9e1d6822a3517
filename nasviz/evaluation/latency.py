"""Latency: how long one forward pass takes on a device, measured."""

from __future__ import annotations

import time
from numbers import Integral
from typing import TYPE_CHECKING

import numpy as np
import torch

from nasviz.errors import NasvizError
from nasviz.evaluation.device import describe, pick_device
from nasviz.nn import to_torch
from nasviz.records import Latency

if TYPE_CHECKING:
    from nasviz.spaces import Architecture

__all__ = ["latency"]


def latency(
    arch: Architecture, device: str | torch.device = "auto", batch: int = 1, repeats: int = 30, warmup: int = 5
) -> Latency:
    """Measure one forward pass of an architecture in evaluation mode, with weights of seed 0.

    On a GPU each pass is waited for. The times are those of this machine at this moment: compare architectures that were
    measured one after another.

    Parameters
    ----------
    arch : Architecture
    device : str or torch.device
        As :func:`nasviz.evaluation.device.pick_device` takes it.
    batch : int
        Number of examples in one pass.
    repeats : int
        Passes that are timed.
    warmup : int
        Passes before, which are not.

    Returns
    -------
    Latency
        Median and quartiles in seconds, with the device in words.

    Raises
    ------
    NasvizError
        If `batch` or `repeats` is below 1, `warmup` below 0, the device is not present, or the batch does not fit on it.
    BuildError, ShapeError
        If the architecture cannot be built.

    Examples
    --------
    >>> from nasviz.spaces import parse
    >>> found = latency(parse("Linear(conv, relu)", input_shape=(1, 8, 8)), device="cpu", repeats=3)
    >>> 0 < found.lower <= found.median <= found.upper
    True
    """
    for name, value, least in (("batch", batch, 1), ("repeats", repeats, 1), ("warmup", warmup, 0)):
        if not isinstance(value, Integral) or value < least:  # pyright: ignore[reportUnnecessaryIsInstance]
            raise NasvizError(f"{name} is a whole number of {least} or more, found {value!r}")
    chosen = pick_device(device)
    net = to_torch(arch, seed=0).eval().to(chosen)
    try:
        x = torch.zeros((batch, *arch.space.input_shape), device=chosen)
    except (RuntimeError, TypeError) as error:  # no memory for it, or no such number
        raise NasvizError(f"a batch of {batch} does not fit into the memory of {describe(chosen)}") from error
    times: list[float] = []
    with torch.inference_mode():
        for k in range(warmup + repeats):
            _wait(chosen)
            began = time.perf_counter()
            net(x)
            _wait(chosen)
            if k >= warmup:
                times.append(time.perf_counter() - began)
    lower, median, upper = np.percentile(times, (25, 50, 75)).tolist()
    return Latency(describe(chosen), batch, repeats, median, lower, upper)


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()
