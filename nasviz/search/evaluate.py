"""One evaluation of an objective, in this process or another: the value, or why there is none."""

from __future__ import annotations

import contextlib
import inspect
import math
import os
import socket
import threading
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol, cast

from nasviz.algebra.arguments import shown
from nasviz.errors import NasvizError, said
from nasviz.records import Curve

if TYPE_CHECKING:
    from nasviz.spaces import Architecture

Objective = Callable[..., Any]
"""``objective(arch)`` returns a number, or several as a tuple or by name; it is also given ``seed`` and ``report`` if it takes
keywords of these names."""

Report = Callable[[int, Mapping[str, float]], str | None]
"""``report(step, metrics)`` returns "stop" when the evaluation should end, else None."""

ROWS = 400
"""Most rows of a learning curve that are stored."""

_TRACEBACK = 20_000
"""Most characters of a traceback that are stored."""


@dataclass(frozen=True)
class Outcome:
    """How an evaluation ended.

    Parameters
    ----------
    value
        A finite number, or None.
    reason
        Why there is no value, or "".
    traceback
        The traceback of the failure, or "".
    seconds
        Wall time.
    curve
        What was reported, when it was recorded where the objective ran.
    stopped
        Whether the objective was told to stop.
    pruned
        Whether it was told so because of its learning curve.
    worker
        The process that evaluated, ``machine:number``, or "".
    device
        What it evaluated on, in words, where the objective says so.
    rank, metrics, objectives
        See :class:`nasviz.records.Trial`.
    numbers
        All numbers that were returned, by name and in order, where they were several.
    """

    value: float | None
    reason: str = ""
    traceback: str = ""
    seconds: float = 0.0
    curve: tuple[Curve, ...] = ()
    stopped: bool = False
    pruned: bool = False
    worker: str = ""
    device: str = ""
    rank: float | None = None
    metrics: Mapping[str, float] = field(default_factory=dict[str, float])
    objectives: Mapping[str, float] = field(default_factory=dict[str, float])
    numbers: Mapping[str, float] = field(default_factory=dict[str, float])


def evaluate(objective: Objective, arch: Architecture, seed: int, report: Report | None = None) -> Outcome:
    """Call `objective` and return how it ended; nothing that it raises gets out, but for an interrupt.

    Parameters
    ----------
    objective
        See :data:`Objective`.
    arch
        What to evaluate.
    seed
        Random state of the evaluation.
    report
        Receives what the objective reports.
    """
    stopped = threading.Event()

    def heard(step: int, metrics: Mapping[str, float]) -> str | None:
        answer = report(step, metrics) if report is not None else None
        if answer == "stop":
            stopped.set()
        return answer

    began = time.perf_counter()
    try:
        result = objective(arch, **accepted(objective, seed=seed, report=heard))
    except Exception as error:
        trace = traceback.format_exc(limit=-20)[-_TRACEBACK:]
        outcome = Outcome(None, said(error), trace, metrics=_numbers(getattr(error, "metrics", None)))
    else:
        outcome = outcome_of(result)
    return replace(
        outcome,
        seconds=time.perf_counter() - began,
        stopped=stopped.is_set(),
        worker=f"{socket.gethostname()}:{os.getpid()}",
        device=device_of(objective),
    )


def device_of(objective: Objective) -> str:
    """Return what `objective` evaluates on in this process, in words, where it has a method ``device_name``; else ""."""
    try:
        method: Any = getattr(objective, "device_name")  # noqa: B009  an objective may be any function
        return str(method())[:200]
    except Exception:
        return ""


def accepted(function: Callable[..., Any], **offered: Any) -> dict[str, Any]:
    """Return those of the offered keywords that `function` takes.

    >>> accepted(lambda arch, seed: 0.0, seed=1, report=None)
    {'seed': 1}
    """
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return {}
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        return offered
    names = {p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}
    return {name: value for name, value in offered.items() if name in names}


def expect_executor(executor: object) -> None:
    """Do nothing if evaluations can run there: an executor, "inline" for this thread, or None for the default.

    Raises
    ------
    NasvizError
        If it is anything else.
    """
    if executor is None or executor == "inline" or any(hasattr(executor, name) for name in ("submit", "submit_reporting")):
        return
    raise NasvizError(f"the executor is {shown(executor)}, expected one, 'inline', or None for a worker process")


def outcome_of(result: Any) -> Outcome:
    """Return the outcome that an objective's result stands for: a finite number, or the reason why it is none.

    Of a mapping the value is what it holds under "value", else its first; the numbers are kept as metrics. A sequence of one
    stands for its item, a sequence of several has no one value; see :func:`nasviz.search.directions.arranged`.

    >>> outcome_of({"error": 0.25, "latency_ms": 3}).value
    0.25
    """
    row = _row(result)
    result = row[0] if len(row) == 1 else result
    found = named(result)
    if found and not isinstance(result, Mapping):
        reason = (
            f"the objective returned {len(found)} values, and one is looked for. Return a dict to name others beside it, or "
            f"give each a direction: Study(…, direction={('minimize',) * len(found)})"
        )
        return Outcome(None, reason, metrics=_numbers(found), numbers=_numbers(found, finite=False))
    if found:
        value = found.get("value", next(iter(found.values())))
        return replace(outcome_of(value), metrics=_numbers(found), numbers=_numbers(found, finite=False))
    try:
        value = float(cast(Any, result))
    except Exception:
        return Outcome(None, f"the objective returned {_shown(result)!r} of type {type(result).__name__}, not a number")
    if not math.isfinite(value):
        return Outcome(None, f"the objective returned {value}")
    return Outcome(value)


def named(result: Any) -> dict[str, Any]:
    """Return what an objective returned by name; several without names are called as optuna does, nothing is of one alone.

    >>> named((0.25, 3.0)), named(0.25)
    ({'values_0': 0.25, 'values_1': 3.0}, {})
    """
    if isinstance(result, Mapping):
        pairs: dict[Any, Any] = dict(result)  # pyright: ignore[reportUnknownArgumentType]
        return {str(name): value for name, value in pairs.items()}
    row = _row(result)
    return {f"values_{i}": value for i, value in enumerate(row)} if len(row) > 1 else {}


def _row(result: Any) -> Any:
    """What was returned if it is a sequence of numbers, else an empty one."""
    return result if isinstance(result, (tuple, list)) or getattr(result, "ndim", 0) == 1 else ()


def _numbers(found: Any, *, finite: bool = True) -> dict[str, float]:
    if not isinstance(found, Mapping):
        return {}
    numbers: dict[str, float] = {}
    for name, value in found.items():
        if hasattr(value, "__float__"):
            with contextlib.suppress(Exception):  # what an objective returns may refuse that too
                numbers[str(name)] = float(value)
    return {name: value for name, value in numbers.items() if math.isfinite(value) or not finite}


def _shown(result: Any) -> str:
    try:
        return str(result)[:60]
    except Exception:  # what an objective returns may refuse that too, and a very long integer does
        return "?"


class Recorder:
    """Keeps what an objective reports as a learning curve, and hands it on from time to time.

    Parameters
    ----------
    write
        Receives the whole curve so far; returns "stop" to end the evaluation, else None.
    every
        Least time between two writes, in seconds.
    judge
        Asked at each row with the whole curve so far; True ends the evaluation.
    """

    def __init__(
        self,
        write: Callable[[Sequence[Curve]], str | None] = lambda rows: None,
        every: float = 0.5,
        judge: Callable[[Sequence[Curve]], bool] = lambda rows: False,
    ) -> None:
        self._write = write
        self._judge = judge
        self._every = every
        self._began = time.perf_counter()
        self._written = self._began
        self._command: str | None = None
        self._rows: list[Curve] = []

    @property
    def rows(self) -> tuple[Curve, ...]:
        """The curve, at most `ROWS` rows."""
        return tuple(thinned(self._rows, ROWS))

    def begin(self) -> None:
        """Count seconds from now: what waited for a worker did not train."""
        self._began = time.perf_counter()

    def stop(self) -> None:
        """Answer the next report with "stop"."""
        self._command = "stop"

    def report(self, step: int, metrics: Mapping[str, float]) -> str | None:
        """Record a row; see :data:`Report`."""
        now = time.perf_counter()
        values = {str(name): float(value) for name, value in metrics.items()}
        epoch = values.pop("epoch", float(step))
        self._rows.append(Curve(int(step), epoch, values, now - self._began))
        if len(self._rows) > 4 * ROWS:
            self._rows = thinned(self._rows, 2 * ROWS)
        if self._command is None and self._judge(self._rows):
            self._command = "stop"
        if now - self._written >= self._every:
            self._written = now
            self._command = self._write(self.rows) or self._command
        return self._command


def thinned(rows: Sequence[Curve], most: int) -> list[Curve]:
    """Return at most `most` rows: those with the most metrics (ends of epochs) before others, evenly spread.

    >>> [row.step for row in thinned([Curve(i, i, {"loss": 1.0}) for i in range(10)], 4)]
    [0, 3, 6, 9]
    """
    if len(rows) <= most:
        return list(rows)
    fullest = max(len(row.metrics) for row in rows)
    first = [i for i, row in enumerate(rows) if len(row.metrics) == fullest]
    rest = [i for i, row in enumerate(rows) if len(row.metrics) < fullest]
    kept = _spread(first, most)
    return [rows[i] for i in sorted([*kept, *_spread(rest, most - len(kept))])]


def _spread(items: list[int], most: int) -> list[int]:
    if len(items) <= most:
        return items
    if most <= 1:
        return items[len(items) - most :]
    return [items[round(k * (len(items) - 1) / (most - 1))] for k in range(most)]


class Channel(Protocol):
    """A way from an evaluation elsewhere to the storage; it must survive pickling."""

    def write(self, rows: Sequence[Curve]) -> str | None:
        """Store a curve; return "stop" if the evaluation should end, else None."""
        ...


def evaluate_elsewhere(objective: Objective, arch: Architecture, seed: int, channel: Channel | None, every: float) -> Outcome:
    """Evaluate in another process, with reports that go to the storage through `channel`, or back with the outcome.

    Parameters
    ----------
    objective, arch, seed
        See :func:`evaluate`.
    channel
        Where reports go, or None.
    every
        Least time between two writes, in seconds.
    """
    recorder = Recorder(every=every) if channel is None else Recorder(channel.write, every)
    outcome = evaluate(objective, arch, seed, recorder.report)
    return replace(outcome, curve=recorder.rows)
