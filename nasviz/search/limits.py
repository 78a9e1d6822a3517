"""Limits: what an architecture may cost. What can be computed is checked before a proposal, the rest when measured."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from nasviz.algebra.arguments import shown
from nasviz.errors import NasvizError, nearest
from nasviz.extension import lower
from nasviz.numbers import measure, prefixed
from nasviz.search.evaluate import Objective, Report, accepted, device_of, named
from nasviz.search.strategy import TRIES, ExhaustedError
from nasviz.spaces import Architecture, SearchSpace
from nasviz.spaces.arguments import checked_draws, generator

if TYPE_CHECKING:
    from nasviz.algebra import Position
    from nasviz.grammar import Grammar

COMPUTED = ("parameters", "flops")
"""What the cost of a network says without building it."""

MEASURED = "latency_ms"
"""What is measured before training, where the training runs."""


class LimitError(NasvizError):
    """A measured number exceeds its limit.

    Parameters
    ----------
    message
        The sentence.
    metrics
        What was measured.
    """

    def __init__(self, message: str, metrics: Mapping[str, float]) -> None:
        super().__init__(message)
        self.metrics = dict(metrics)

    def __reduce__(self) -> tuple[Any, ...]:
        return (LimitError, (str(self), self.metrics))


@dataclass(frozen=True)
class Limits:
    r"""Largest numbers that an architecture may have.

    Parameters
    ----------
    most
        Name to limit, each a positive number: "parameters"; "flops" (2 per multiply-add); "latency_ms", one forward pass,
        measured before training on the device that "auto" picks where the training runs; any other name is a number that the
        objective returns beside its value. Where it returns "latency_ms" itself, e.g. of a telephone, that number is kept and
        checked, too: the limit holds on both devices. To limit the other device alone, give its number another name.

    Raises
    ------
    NasvizError
        If they are no numbers by name, a limit is no positive number, or a name is nearly that of a known one.

    Examples
    --------
    >>> from nasviz.spaces import parse
    >>> limits = Limits({"parameters": 1000})
    >>> limits.exceeded(parse("conv3x3", input_shape=(1, 8, 8))).replace("\xa0", " ")
    '2.7 k parameters exceed the limit of 1.0 k'
    """

    most: Mapping[str, float]
    _known: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        most: Any = self.most
        if not isinstance(most, Mapping) or not all(isinstance(name, str) for name in cast("Mapping[Any, Any]", most)):
            raise NasvizError(f'limits are numbers by name, found {shown(most)}. Type: limits={{"parameters": 500_000}}')
        for name, limit in self.most.items():
            given: Any = limit
            if isinstance(given, bool) or not isinstance(given, (int, float)) or not 0 < given < math.inf:
                raise NasvizError(f"the limit of {name!r} is {limit!r}; it must be a positive number")
            near = nearest(name, (*COMPUTED, MEASURED))
            if near is not None and near != name:
                raise NasvizError(f"there is no limit {name!r}. Type: limits={{{near!r}: {limit}}}")

    @property
    def measured(self) -> tuple[str, ...]:
        """Names of what is only known once it was measured."""
        return tuple(name for name in self.most if name not in COMPUTED)

    @property
    def refusals(self) -> tuple[str, ...]:
        """Why architectures were refused, one text for each, the last one last."""
        return tuple(reason for reason in self._known.values() if reason)

    def exceeded(self, arch: Architecture) -> str:
        """Return in words which computed limit an architecture exceeds, or ""; one without a network exceeds every limit."""
        wanted = [name for name in COMPUTED if name in self.most]
        if not wanted:
            return ""
        if str(arch) not in self._known:
            if len(self._known) > 20_000:
                self._known.clear()
            self._known[str(arch)] = self._compare(arch, wanted)
        return self._known[str(arch)]

    def _compare(self, arch: Architecture, wanted: list[str]) -> str:
        try:
            table: Any = lower("cost")(arch)
        except NasvizError as error:
            return f"what it costs cannot be said: {error}"
        for name in wanted:
            found = float(getattr(table, name))
            if found > self.most[name]:
                noun = "parameters" if name == "parameters" else "FLOPs"
                return f"{prefixed(found)} {noun} exceed the limit of {prefixed(self.most[name])}"
        return ""

    def within(self, objective: Objective) -> Callable[..., Any]:
        """Return the objective with the measured limits checked; itself where there is none."""
        return Within(objective, self) if self.measured else objective

    def check(self, metrics: Mapping[str, float], names: tuple[str, ...]) -> None:
        """Compare measured numbers with their limits.

        Raises
        ------
        LimitError
            If one exceeds its limit.
        """
        for name in names:
            if not metrics[name] <= self.most[name]:
                found, most = measure(metrics[name]), measure(self.most[name])
                raise LimitError(f"{name} is {found}, the limit is {most}", metrics)


@dataclass(frozen=True)
class Within:
    """An objective under measured limits; it can be sent to a worker.

    Parameters
    ----------
    objective
        What is evaluated once the latency is known to be within its limit.
    limits
        The limits.
    """

    objective: Objective
    limits: Limits

    def device_name(self) -> str:
        """What the objective evaluates on, in words, where it says so; else ""."""
        return device_of(self.objective)

    def __call__(self, arch: Architecture, seed: int, report: Report | None = None) -> Mapping[str, float]:
        """Return the value, under "value" unless the objective names it, and all numbers.

        Raises
        ------
        LimitError
            If a measured number exceeds its limit.
        NasvizError
            If the objective does not return a number that has a limit.
        """
        metrics: dict[str, float] = {}
        if MEASURED in self.limits.most:
            metrics[MEASURED] = 1e3 * float(lower("latency")(arch).median)
            self.limits.check(metrics, (MEASURED,))
        result: Any = self.objective(arch, **accepted(self.objective, seed=seed, report=report))
        given = named(result) or {"value": result}
        found = {**given, **{name: number for name, number in metrics.items() if name not in given}}
        rest = self.limits.measured
        missing = [name for name in rest if name not in found]
        if missing:
            raise NasvizError(
                f"{missing[0]!r} has a limit, but the objective does not return it. "
                f'Return a dict: {{"value": value, "{missing[0]}": number}}'
            )
        self.limits.check(found, rest)
        return found


class LimitedSpace(SearchSpace):
    """A space of which only what is within limits is drawn; architectures, counts and fingerprint are those of the space.

    Parameters
    ----------
    whole
        The space.
    limits
        The limits; those that can be computed are kept to.

    Examples
    --------
    >>> from nasviz.spaces import nb201
    >>> small = LimitedSpace(nb201(), Limits({"parameters": 100_000}))
    >>> small.sample(seed=0).cost().parameters <= 100_000
    True
    """

    def __init__(self, whole: SearchSpace, limits: Limits) -> None:
        self.__dict__.update(whole.__dict__)
        self.whole = whole
        self.limits = limits

    @property
    def drawn_grammar(self) -> Grammar | None:
        """The grammar of the space; limits are no part of it."""
        return self.whole.drawn_grammar

    def sample(self, n: int | None = None, seed: Any = None, law: Any = "productions", **bounds: Any) -> Any:
        """Draw as :meth:`SearchSpace.sample` until a draw is within the limits.

        Raises
        ------
        ExhaustedError
            If so many draws exceed a limit that none is likely to be within.
        """
        rng, number = generator(seed), checked_draws(n)

        def one() -> Architecture:
            drawn: Any = partial(self.whole.sample, seed=rng, law=law, **bounds)
            return self._first(drawn)

        return one() if number is None else [one() for _ in range(number)]

    def mutate(self, arch: Architecture, seed: Any = None, position: Position | None = None) -> Architecture:
        """Mutate as :meth:`SearchSpace.mutate` until the mutant is within the limits.

        Raises
        ------
        ExhaustedError
            If so many mutants exceed a limit that none is likely to be within.
        """
        rng = generator(seed)
        return self._first(lambda: self.whole.mutate(arch, rng, position))

    def _first(self, draw: Callable[[], Architecture]) -> Architecture:
        reason = ""
        for _ in range(TRIES):
            arch = Architecture(draw().term, self)
            reason = self.limits.exceeded(arch)
            if not reason:
                return arch
        raise ExhaustedError(
            f"{TRIES} draws gave no architecture within the limits (of the last one: {reason}). "
            "Raise the limits, or write a grammar of smaller architectures"
        )


def admits(space: SearchSpace, arch: Architecture) -> bool:
    """Return whether an architecture is within the computed limits of a space; a space without limits admits all."""
    return not isinstance(space, LimitedSpace) or not space.limits.exceeded(arch)


def without_limits(space: SearchSpace) -> SearchSpace:
    """Return the space without its limits, where drawing first and checking late is quicker."""
    return space.whole if isinstance(space, LimitedSpace) else space
