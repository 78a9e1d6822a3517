"""Ablation: a way from one architecture to another in single replacements, and what is believed of each step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nasviz import numbers
from nasviz.algebra import Position, Term, position_text
from nasviz.errors import NasvizError
from nasviz.extension import lower
from nasviz.spaces.edited import expect_architecture
from nasviz.surrogate.basis import Basis
from nasviz.surrogate.words import clipped

if TYPE_CHECKING:
    from nasviz.spaces import Architecture

MOST = 12
"""Edits that are tried at each step; where two architectures differ at more places, nearby ones are one edit."""


@dataclass(frozen=True)
class Step:
    """One architecture on the way.

    Attributes
    ----------
    arch
        It.
    edit
        What was replaced to come to it, in words; "" for the first.
    mean, sd
        What the surrogate believes of it, in the objective's units.
    change
        By how much this edit moves the mean, on the scale of credits; 0 for the first.
    trial, value
        Its trial and the value that was observed, None where it was never evaluated; of a pruned trial there is no value.
    """

    arch: Architecture
    edit: str
    mean: float
    sd: float
    change: float
    trial: int | None
    value: float | None


@dataclass(frozen=True)
class Ablation:
    """A way from one architecture to another; see :func:`ablate`.

    Attributes
    ----------
    steps
        From the first to the last.
    log
        Whether changes are logarithms.
    """

    steps: tuple[Step, ...]
    log: bool

    @property
    def table(self) -> Any:
        """A ``DataFrame``, one row a step: edit, change, mean, sd, trial, value, term."""
        rows = [
            {
                "step": k, "edit": step.edit, "change": step.change, "mean": step.mean, "sd": step.sd,
                "trial": step.trial, "value": step.value, "term": str(step.arch),
            }
            for k, step in enumerate(self.steps)
        ]  # fmt: skip
        return lower("frame")(rows, "step")

    @property
    def sentences(self) -> tuple[str, ...]:
        """The way in words, an edit a sentence, each with what it does to the mean."""
        return tuple(f"{k}. {s.edit}: {numbers.signed(s.change, self.log)}{_seen(s)}" for k, s in enumerate(self.steps) if k)

    def __repr__(self) -> str:
        first, last = self.steps[0], self.steps[-1]
        head = f"From {clipped(str(first.arch), 90)}{_seen(first)}\nto   {clipped(str(last.arch), 90)}{_seen(last)}"
        return "\n".join([head, *(f"  {sentence}" for sentence in self.sentences)])


def _seen(step: Step) -> str:
    return (
        "" if step.value is None else f" (observed {step.value:.4g}{'' if step.trial is None else f' in trial {step.trial}'})"
    )


def ablate(basis: Basis, first: Architecture, last: Architecture) -> Ablation:
    """Return a way from `first` to `last`: the edit of greatest gain in the predicted mean first (Fawcett & Hoos 2016).

    An edit replaces one subterm where the two differ by the one of `last` there, within the space. Where no single edit does,
    all that is left is replaced at once; where a topology changes its number of operands, it is one edit.

    Raises
    ------
    NasvizError
        If one is no architecture, or the two are of different spaces.
    """
    expect_architecture(first)
    expect_architecture(last)
    if first.fingerprint != last.fingerprint:
        raise NasvizError("an ablation goes between two architectures of one space; these two are of different grammars")
    way = [first]
    edits = [""]
    while way[-1] != last:
        options = [*_options(way[-1], last)] or [(last, "replace all that is left")]
        means = basis.sign * basis.means([arch for arch, _ in options])
        arch, edit = options[int(np.argmin(means))]
        way.append(arch)
        edits.append(edit)
    return _believed(basis, way, edits)


def _options(now: Architecture, last: Architecture) -> Iterator[tuple[Architecture, str]]:
    for position in places(now.term, last.term):
        i, there = now.term.index(position), last.term.subterm(last.term.index(position)).text
        with suppress(NasvizError):
            arch = now.space.replace(now, position, there)
            if _left(arch, last) < _left(now, last):
                yield (
                    arch,
                    f"replace {clipped(now.term.subterm(i).text, 40)} at {position_text(position)} by {clipped(there, 40)}",
                )


def _left(now: Architecture, last: Architecture) -> int:
    return len(differing(now.term, last.term))


def differing(a: Term, b: Term) -> list[tuple[int, int]]:
    """Return the outermost nodes at which two terms differ, as pairs of preorder indices; operators above them are equal.

    >>> from nasviz.spaces import parse
    >>> differing(parse("Linear(conv, id, relu)").term, parse("Linear(conv, relu, relu)").term)
    [(2, 2)]
    """
    found: list[tuple[int, int]] = []
    stack = [(0, 0)]
    while stack:
        i, j = stack.pop()
        if a.operators[i] != b.operators[j] or a.arity[i] != b.arity[j]:
            found.append((i, j))
        else:
            stack += list(zip(a.children(i), b.children(j), strict=True))[::-1]
    return found


def places(a: Term, b: Term, most: int = MOST) -> list[Position]:
    """Return the positions at which two terms differ; where they are more than `most`, those around them.

    >>> from nasviz.spaces import parse
    >>> a, b = parse("Linear(Linear(conv, relu), id)").term, parse("Linear(Linear(relu, conv), relu)").term
    >>> places(a, b), places(a, b, most=2)
    ([(0, 0), (0, 1), (1,)], [(0,), (1,)])
    """
    found = [a.position(i) for i, _ in differing(a, b)]
    for depth in range(max(map(len, found), default=0), -1, -1):
        if len(found) <= most:
            break
        found = list(dict.fromkeys(position[:depth] for position in found))
    return found


def _believed(basis: Basis, way: Sequence[Architecture], edits: Sequence[str]) -> Ablation:
    mean, sd = basis.gp.predict(way)
    change = np.diff(basis.means(way), prepend=np.nan)
    change[0] = 0.0
    known = {arch: i for i, arch in reversed(list(enumerate(basis.gp.archs)))}
    steps: list[Step] = []
    for k, arch in enumerate(way):
        i = known.get(arch)
        trial = basis.trials[i] if basis.trials and i is not None else None
        seen = i is not None and (trial is None or trial.state != "pruned")
        value = float(basis.gp.y[i]) if i is not None and seen else None
        number = None if trial is None else trial.number
        steps.append(Step(arch, edits[k], float(mean[k]), float(sd[k]), float(change[k]), number, value))
    return Ablation(tuple(steps), basis.gp.target.log)
