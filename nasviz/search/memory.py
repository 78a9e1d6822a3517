"""What strategies remember between proposals: it saves time and never changes what is proposed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from nasviz.algebra import parse_term
from nasviz.errors import NasvizError
from nasviz.grammar import parse_derivation
from nasviz.records import Trial
from nasviz.search.limits import LimitedSpace, Limits
from nasviz.search.strategy import Seen, form_key
from nasviz.spaces import Architecture

if TYPE_CHECKING:
    from nasviz.spaces import SearchSpace

Bounds = Limits | Mapping[str, float] | None
"""Limits as they are handed to a strategy; see :class:`nasviz.search.limits.Limits`."""


class Memory:
    """Architectures and canonical forms of the trials that a strategy was shown.

    >>> from nasviz.spaces import parse
    >>> arch = parse("Linear(conv3x3, id)")
    >>> trial = Trial(0, str(arch), arch.fingerprint, "finished", 0.1)
    >>> parse("conv3x3") in Memory().seen(arch.space, [trial])
    True
    """

    def __init__(self) -> None:
        self._space: SearchSpace | None = None
        self._limited: LimitedSpace | None = None
        self._archs: dict[str, Architecture] = {}
        self._forms: dict[str, str] = {}

    def archs(self, space: SearchSpace, trials: Iterable[Trial]) -> list[Architecture]:
        """Return the architectures of `trials`; those of the whole space, too, where `space` is restricted.

        Raises
        ------
        NasvizError
            If a trial's term does not belong to the space.
        """
        self._turn(space)
        return [self._arch(space, trial) for trial in trials]

    def seen(self, space: SearchSpace, trials: Sequence[Trial]) -> Seen:
        """Return what must not be proposed again: the terms of `trials`, and all that have the canonical form of one."""
        self._turn(space)
        return Seen((trial.term for trial in trials), (self._form(space, trial) for trial in trials))

    def limited(self, space: SearchSpace, limits: Bounds) -> SearchSpace:
        """Return the space of what is within limits; `space` itself without any."""
        if not limits:
            return space
        wanted = limits if isinstance(limits, Limits) else Limits(dict(limits))
        if self._limited is None or self._limited.limits != wanted or self._limited.whole is not space:
            self._limited = LimitedSpace(space, wanted)
        return self._limited

    def _turn(self, space: SearchSpace) -> None:
        before = self._space
        if before is None or before.signature is not space.signature or before != space:
            self._archs, self._forms = {}, {}  # an equal space may have operators and attributes of other code
        self._space = space

    def _form(self, space: SearchSpace, trial: Trial) -> str:
        if trial.term not in self._forms:
            try:
                self._forms[trial.term] = form_key(self._arch(space, trial))
            except NasvizError:
                self._forms[trial.term] = trial.term
        return self._forms[trial.term]

    def _arch(self, space: SearchSpace, trial: Trial) -> Architecture:
        if trial.term not in self._archs:
            try:
                self._archs[trial.term] = _read(space, trial.term)
            except NasvizError as error:
                raise NasvizError(f"trial {trial.number} does not belong to the space: {error}") from error
        return self._archs[trial.term]


def _read(space: SearchSpace, text: str) -> Architecture:
    """The architecture of the whole space with this term; a restricted space would refuse what it does not draw."""
    if space.drawn_grammar is space.grammar or space.grammar is None:
        return space.parse(text)
    term = parse_term(text, space.signature)
    parse_derivation(space.grammar, term)
    return Architecture(term, space)
