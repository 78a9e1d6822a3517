"""Editing the architecture of a view: replace, mutate, cross over, pin, undo; from the page and from Python."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import traitlets

from nasviz.algebra import Position, position_text
from nasviz.errors import NasvizError, TermError
from nasviz.spaces import Architecture, Difference, SearchSpace, diff
from nasviz.spaces.arguments import Seed
from nasviz.view.edits import clipped
from nasviz.widgets.base import View

REMEMBERED = 50
"""Edits that can be undone."""

PARTNERS = 200
"""Architectures that are offered for crossover at most."""

_LISTED = 12


class Step(NamedTuple):
    """An architecture that was shown, how it came, and the place of the edit that led away from it."""

    arch: Architecture
    words: str
    position: Position | None = None


class Editing(View):
    """The part of a view of one architecture that changes it.

    Attributes
    ----------
    arch : Architecture or None
        What is shown; settable and observable.
    pinned : Architecture or None
        What others are compared with, and a partner for crossover; settable and observable.
    """

    arch: Any = traitlets.Any(default_value=None, allow_none=True)
    pinned: Any = traitlets.Any(default_value=None, allow_none=True)
    _space: SearchSpace
    _partners: Any = ()
    _published: dict[str, Any]

    def __init__(self, **kwargs: Any) -> None:
        self._past: list[Step] = []
        self._future: list[Step] = []
        self._words = "the first"
        self._place: Position | None = None
        super().__init__(**kwargs)

    @traitlets.validate("arch", "pinned")
    def _check_arch(self, proposal: Any) -> Any:
        value = proposal["value"]
        if value is not None and not isinstance(value, Architecture):
            raise NasvizError(f"an ArchitectureView shows an Architecture, found {type(value).__name__}")
        return value

    @traitlets.observe("pinned")
    def _pinned_changed(self, _change: Any) -> None:
        self._publish({**self._published, **self.edit_state()})

    def _publish(self, body: dict[str, Any]) -> None:
        raise NotImplementedError

    def edit_state(self) -> dict[str, Any]:
        """What the page shows of edits: what can be undone and redone, the pinned architecture."""
        steps = [(step.words, "past") for step in self._past] + [(self._words, "now")]
        steps += [(step.words, "future") for step in reversed(self._future)]
        now = len(self._past)
        first = max(0, min(now - _LISTED // 2, len(steps) - _LISTED))
        pinned = self.pinned
        return {
            "past": bool(self._past),
            "future": bool(self._future),
            "history": [[k - now, words, when] for k, (words, when) in enumerate(steps)][first : first + _LISTED],
            "said": self._words if self._past or self._future else "",
            "pinned": None if pinned is None else {"key": pinned.key, "text": clipped(str(pinned))},
        }

    def _shown(self) -> Architecture:
        if self.arch is None:
            raise NasvizError("this view shows no architecture yet: set view.arch, e.g. to space.sample()")
        return self.arch

    # ---- steps

    def _go(self, arch: Architecture, words: str, position: Position | None = None) -> Architecture:
        """Show another architecture; `position` is where it differs, and is selected."""
        if self.arch is not None:
            self._past = [*self._past[1 - REMEMBERED :], Step(self.arch, self._words, position)]
        self._future, self._words = [], words
        self._turn(arch, position)
        return arch

    def _turn(self, arch: Architecture, position: Position | None) -> None:
        self.arch = arch
        if position is not None:
            with suppress(NasvizError):
                self.selection = (arch, position)

    def undo(self) -> None:
        """Go back to the architecture before the last edit; nothing happens where there is none."""
        if self._past and self.arch is not None:
            step = self._past.pop()
            self._future.append(Step(self.arch, self._words, step.position))
            self._words = step.words
            self._turn(step.arch, step.position)

    def redo(self) -> None:
        """Do again what was undone last; nothing happens where nothing was."""
        if self._future and self.arch is not None:
            step = self._future.pop()
            self._past.append(Step(self.arch, self._words, step.position))
            self._words = step.words
            self._turn(step.arch, step.position)

    # ---- edits

    def replace(self, position: Position, text: str) -> Architecture:
        """Put another subterm at a position, show the architecture and return it.

        Parameters
        ----------
        position
            Where it goes; in a shared draw it changes wherever the draw is used.
        text
            The subterm as text, e.g. "Linear(conv3x3, relu)".

        Raises
        ------
        TermError
            If the text is no term or may not stand there: which nonterminal is expected, what it can be, and the nearest.
        NasvizError
            If there is no such position, or no architecture.

        Examples
        --------
        >>> view = ArchitectureView(nv.parse("Linear(conv, fc)"))         # doctest: +SKIP
        >>> str(view.replace((0,), "Residual(conv, id, conv)"))           # doctest: +SKIP
        'Linear(Residual2(conv, id, conv), fc)'
        """
        arch, where = self._shown(), tuple(position)
        found = arch.space.replacements(arch, where).typed(text)
        return self._go(found.arch, replaced_words(arch, where, found.subterm.text), where)

    def mutate(self, position: Position | None = None, seed: Seed = None) -> Architecture:
        """Draw subterms anew, or the one at a position, show the architecture and return it.

        Parameters
        ----------
        position
            What to draw anew; None: each nonterminal that leaves a choice, with probability 1/(their number).
        seed
            Seed or generator; None draws anew each time.

        Raises
        ------
        NasvizError
            If there is no grammar, no nonterminal begins at the position, or no architecture is shown.
        """
        arch = self._shown()
        where = None if position is None else tuple(position)
        child = arch.space.mutate(arch, seed, where)
        return self._go(child, mutated_words(where), where)

    def crossover(
        self, other: Architecture | str, here: Position | None = None, there: Position | None = None, seed: Seed = None
    ) -> Architecture:
        """Take a subterm of another architecture for one of the same nonterminal, show the child and return it.

        Parameters
        ----------
        other
            The other architecture, or its term as text.
        here, there
            Where the subterms stand in the shown and in the other architecture; None draws a pair.
        seed
            Seed or generator of the draw.

        Raises
        ------
        TermError
            If the other one is no architecture of this space.
        NasvizError
            If nothing can be exchanged there, or at all; says why.
        """
        arch = self._shown()
        crossing = arch.space.crossings(arch, self.partner(other))
        if here is not None and there is not None:
            found = crossing.at(tuple(here), tuple(there))
        else:
            offers = [x for x in crossing.exchanges(here, seed=seed) if there is None or tuple(there) in x.there]
            if not offers:
                raise NasvizError(crossing.reason or "no exchange was found there; choose other positions")
            found = offers[0]
        where = found.here[0]
        return self._go(found.first, crossed_words(where, found.there[0]), where)

    def partner(self, other: Architecture | str) -> Architecture:
        """Return an architecture of the shown space from another one, or from the text of a term.

        Raises
        ------
        TermError
            If it is none; with the place.
        """
        space = self._shown().space
        if isinstance(other, Architecture) and (other.space is space or other.fingerprint == space.fingerprint != "free"):
            return Architecture(other.term, space)
        try:
            return space.parse(str(other))
        except TermError as error:
            message = f"the other architecture is not in this space: {error.message}"
            raise TermError(message, text=error.text, start=error.start, end=error.end, hint=error.hint) from None

    def partners(self) -> list[tuple[Architecture, str]]:
        """Return the known architectures to cross over with, each with where it is known from."""
        found: dict[str, tuple[Architecture, str]] = {}
        if self.pinned is not None:
            found[self.pinned.key] = (self.pinned, "pinned")
        for arch in architectures_of(self._partners):
            found.setdefault(arch.key, (arch, "given"))
        for step in [*reversed(self._past), *self._future]:
            found.setdefault(step.arch.key, (step.arch, "shown before"))
        shown = self._shown().key
        return [pair for key, pair in found.items() if key != shown][:PARTNERS]

    @property
    def difference(self) -> Difference:
        """What changes from the pinned architecture to the shown one, as ``nv.diff(view.pinned, view.arch)``.

        Raises
        ------
        NasvizError
            If nothing is pinned or shown.
        """
        if self.pinned is None:
            raise NasvizError("nothing is pinned to compare with: press p, or set view.pinned = arch")
        return diff(self.pinned, self._shown())


def architectures_of(source: Any) -> Sequence[Architecture]:
    """Return the architectures of a list, a gallery, a study or another view of architectures.

    Raises
    ------
    NasvizError
        If there are none to be had from it.
    """
    if isinstance(source, (list, tuple)):
        items: Sequence[Any] = source
    elif hasattr(source, "architectures"):
        items = source.architectures
    elif hasattr(source, "trials"):
        items = []
        for trial in source.trials[-PARTNERS:]:
            with suppress(NasvizError):
                items.append(trial.arch)
    else:
        items = [source]
    for item in items:
        if not isinstance(item, Architecture):
            raise NasvizError(f"partners are architectures, a gallery or a study, found {type(item).__name__}")
    return items


def replaced_words(arch: Architecture, position: Position, text: str) -> str:
    """Return what a replacement did: "replaced id at (0, 1) by conv"."""
    old = arch.term.subterm(arch.term.index(position)).text
    return f"replaced {clipped(old, 60)} at {position_text(position)} by {clipped(text, 60)}"


def mutated_words(position: Position | None) -> str:
    """Return what a mutation did."""
    return "mutated" if position is None else f"mutated at {position_text(position)}"


def crossed_words(here: Position, there: Position) -> str:
    """Return what a crossover did."""
    return f"crossed over at {position_text(here)} with {position_text(there)} of the other"
