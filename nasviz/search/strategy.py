"""Search strategies: who proposes the next architecture, and why."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast, runtime_checkable

import numpy as np

from nasviz.errors import NasvizError
from nasviz.records import Belief, Trial

if TYPE_CHECKING:
    from nasviz.spaces import Architecture, SearchSpace

TRIES = 2000


class ExhaustedError(NasvizError):
    """No architecture is left that was not evaluated."""


@dataclass(frozen=True)
class Proposal:
    """What a strategy proposes.

    Parameters
    ----------
    term
        Text of the architecture's term.
    belief
        What the strategy believed of it, in the units of the values it was given, or None.
    reason
        In words who proposes it and why.
    """

    term: str
    belief: Belief | None = None
    reason: str = ""


@runtime_checkable
class Strategy(Protocol):
    """A search strategy: a function of a space, the trials so far and a random generator.

    A strategy keeps nothing that changes what it proposes: equal arguments give equal proposals, so a search can be replayed.
    A strategy that takes a keyword ``limits`` is given those of the study, name to largest number, or None; it proposes nothing
    whose parameters or FLOPs exceed them. One with a method ``given(objective)`` is asked by a study for the strategy to use
    with its objective. Of architectures with one canonical form (:func:`nasviz.spaces.canonical_key`) at most one is proposed.
    """

    def propose(self, space: SearchSpace, trials: Sequence[Trial], rng: np.random.Generator) -> Proposal:
        """Return the next architecture.

        Parameters
        ----------
        space
            Where to search.
        trials
            All trials so far by number, those that wait, run or failed included; smaller values are better.
        rng
            The only source of randomness.

        Raises
        ------
        ExhaustedError
            If no architecture is left that is not among `trials`.
        """
        ...


class Seen:
    """Architectures that must not be proposed again: those with a known term, and those with a known canonical form.

    Parameters
    ----------
    terms
        Texts of terms.
    forms
        Keys of canonical forms, see :func:`form_key`.

    Examples
    --------
    >>> from nasviz.spaces import parse
    >>> seen = Seen()
    >>> seen.add(parse("Linear(conv3x3, relu)"))
    >>> parse("Linear(conv3x3, id, relu)") in seen, parse("Linear(relu, conv3x3)") in seen
    (True, False)
    """

    def __init__(self, terms: Iterable[str] = (), forms: Iterable[str] = ()) -> None:
        self._terms, self._forms = set(terms), set(forms)

    def __contains__(self, arch: object) -> bool:
        if str(arch) in self._terms:
            return True
        known = form_key(cast("Architecture", arch)) in self._forms
        if known:
            self._terms.add(str(arch))
        return known

    def add(self, arch: Architecture) -> None:
        """Take in an architecture."""
        self._terms.add(str(arch))
        self._forms.add(form_key(arch))


def form_key(arch: Architecture) -> str:
    """Return the key of the canonical form; for a term without a graph its text."""
    try:
        return arch.canonical_key
    except NasvizError:
        return str(arch)


def unseen(
    draw: Callable[[np.random.Generator], Architecture],
    seen: Container[Architecture],
    rng: np.random.Generator,
    tries: int = TRIES,
) -> Architecture | None:
    """Draw until the architecture is not in `seen`; None after `tries` draws.

    Parameters
    ----------
    draw
        Draws one architecture.
    seen
        What is drawn again.
    rng
        Handed to `draw`.
    tries
        Number of draws, ≥ 1.
    """
    for _ in range(tries):
        arch = draw(rng)
        if arch not in seen:
            return arch
    return None


def exhausted(space: SearchSpace, evaluated: int) -> ExhaustedError:
    """Return the error that says that a space holds nothing new, when `evaluated` architectures were."""
    refused: Sequence[str] = getattr(getattr(space, "limits", None), "refusals", ())
    over = f"; {len(refused)} that were drawn exceed the limits, the last one: {refused[-1]}" if refused else ""
    return ExhaustedError(
        f"{TRIES} draws gave no architecture that was not evaluated ({evaluated} were, the space holds {space.count()}; "
        f"of those that compute the same function one is evaluated{over}). The search ends here; widen the grammar to go on"
    )
