"""A derivation by hand: the term so far, its open places, and what each production would leave."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import traitlets

from nasviz.algebra import Position
from nasviz.errors import NasvizError, a_or_an
from nasviz.grammar import Partial
from nasviz.grammar.costs import Cost
from nasviz.grammar.sampling import Law
from nasviz.grammar.trail import adapt, complete
from nasviz.spaces import Architecture, SearchSpace
from nasviz.view.film import FORMATS, film_html, film_of, film_svg, save_film
from nasviz.view.stepper import cards
from nasviz.widgets.base import expect
from nasviz.widgets.stepper_body import body_of
from nasviz.widgets.stepper_costs import Priced
from nasviz.widgets.stepper_moves import checked_cost, checked_law, drawn_number, forced_on, later_first, position_of

REMEMBERED = 2000
"""Steps that can be undone."""


class Stepper(Priced):
    """A derivation step by step: choose an open place, then one of its productions.

    Each production says how many architectures remain, their share, its probability, and the fewest and most parameters
    that can be reached. The page's arrow keys choose, Enter applies, Backspace undoes.

    Parameters
    ----------
    space
        The search space; or a partial derivation, which then is shown without parameters, as it knows no input shape.
    cost
        "parameters", "flops" or "operators"; or a cost of your own that is summed over operators: a dict by name, or a function
        of the operator.
    law
        By which law Step and Complete draw; see :meth:`SearchSpace.sample`.
    forced
        Whether a place with one possible production is expanded without asking.
    seed
        Seed of what is drawn; None draws anew each time.

    Attributes
    ----------
    partial : Partial
        The derivation so far; settable and observable.
    arch : Architecture or None
        The architecture when the derivation is complete; observable.
    place : Position or None
        The chosen open place; settable and observable.

    Examples
    --------
    >>> stepper = Stepper(nv.spaces.nb201())                             # doctest: +SKIP
    >>> stepper.expand((), 0)                                             # doctest: +SKIP
    >>> study = nv.Study(stepper.space, objective)                        # doctest: +SKIP
    """

    stem = "stepper"
    partial = traitlets.Any()
    arch = traitlets.Any(default_value=None, allow_none=True)
    place = traitlets.Any(default_value=None, allow_none=True)

    def __init__(
        self,
        space: SearchSpace | Partial,
        cost: str | Cost = "parameters",
        law: Law = "productions",
        forced: bool = False,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        expect(space, (SearchSpace, Partial), "a search space, e.g. nv.spaces.nb201(), or a partial derivation")
        begun = space if isinstance(space, Partial) else None
        whole = space if isinstance(space, SearchSpace) else SearchSpace(space.grammar)
        self._law: Law = checked_law(law)
        self._forced = bool(forced)
        self._rng = np.random.default_rng(seed)
        self._past: list[Partial] = []
        self._future: list[Partial] = []
        self._kept = False
        self._restricted: tuple[Partial, SearchSpace] | None = None
        super().__init__(whole, checked_cost("operators" if begun is not None and cost == "parameters" else cost), **kwargs)
        self.partial = begun or whole.begin()

    # ---- what is derived

    @traitlets.validate("partial")
    def _check_partial(self, proposal: Any) -> Any:
        value = proposal["value"]
        if not isinstance(value, Partial):
            raise NasvizError(f"a partial derivation is expected, e.g. space.begin(), found {a_or_an(type(value).__name__)}")
        if value.grammar != self._whole.known_grammar("derive"):
            raise NasvizError("the partial derivation is of another grammar; begin with stepper.whole.begin()")
        return value

    @traitlets.observe("partial")
    def _partial_changed(self, change: Any) -> None:
        old, new = change["old"], change["new"]
        if not self._kept and isinstance(old, Partial) and old.grammar == new.grammar:
            self._past = [*self._past[1 - REMEMBERED :], old]
            self._future = []
        legal = new.done and new.grammar.constraint.holds(new.term)
        self.arch = Architecture(new.term, self._whole) if legal else None
        if self.selection is not None and self.selection[0] != self.arch:
            self.selection = None
        frontier = new.frontier
        place = self.place if self.place in frontier else next(iter(later_first(frontier, self.place)), None)
        if place == self.place:
            self._show()
        else:
            self.place = place

    @traitlets.validate("place")
    def _check_place(self, proposal: Any) -> Any:
        value = proposal["value"]
        if value is None:
            return None
        self.partial.productions(tuple(value))
        return tuple(value)

    @traitlets.observe("place")
    def _place_changed(self, change: Any) -> None:
        self._show()

    @property
    def space(self) -> SearchSpace:
        """The space of all that can still be reached, for ``nv.Study(stepper.space, objective)``.

        The whole one at the beginning. Set it to another space, e.g. after a change
        of the grammar, to go on there: the choices that it has, too, are made again, up to the first that it has not.

        Raises
        ------
        NasvizError
            If no architecture can be reached.
        """
        partial = self.partial
        if partial == self._whole.begin():
            return self._whole
        if self._restricted is None or self._restricted[0] is not partial:
            self._restricted = (partial, self._whole.restrict(partial))
        return self._restricted[1]

    @space.setter
    def space(self, space: SearchSpace) -> None:
        expect(space, SearchSpace, "a search space")
        first = adapt(self.partial, space.known_grammar("derive"))
        self._whole, self._reach, self._past, self._future = space, None, [], []
        with self.hold_trait_notifications():
            self.place = None
            self._keep(first)

    def _keep(self, partial: Partial) -> None:
        """Show another derivation without remembering the one before."""
        self._kept = True
        try:
            self.partial = partial
        finally:
            self._kept = False

    # ---- steps

    def expand(self, position: Position, production: int) -> None:
        """Choose a production at an open place.

        Raises
        ------
        NasvizError
            If the place is not open, has no such production, or nothing legal remains after it.
        """
        step = self.partial.expand(tuple(position), production)
        known = next((card for card in self._cards if card.number == production), None) if position == self.place else None
        if not known.possible if known is not None else step.remaining() == 0:
            chosen = self.partial.productions(tuple(position))[production]
            raise NasvizError(f"no architecture remains after {chosen}; choose another production")
        self.partial = forced_on(step, self.place) if self._forced else step

    def step(self) -> None:
        """Draw one choice at the chosen place by the law; by shares for the law "terms"."""
        if self.place is None or not self._cards:
            return
        self.expand(self.place, drawn_number(self._cards, self._law, self._rng))

    def undo(self) -> None:
        """Go back before the last choice, or before what was set last."""
        if self._past:
            self._future.append(self.partial)
            self._keep(self._past.pop())
        elif self.partial.before is not None:
            self._future.append(self.partial)
            self._keep(self.partial.before)

    def redo(self) -> None:
        """Take back the last undo."""
        if self._future:
            self._past.append(self.partial)
            self._keep(self._future.pop())

    def begin(self) -> None:
        """Start over; Undo brings back what was there."""
        self.partial = self._whole.begin()

    def complete(self) -> Architecture | None:
        """Draw all open choices by the law; Undo takes all of them back.

        Raises
        ------
        NasvizError
            As :func:`nasviz.grammar.sample`, e.g. when nothing legal remains.
        """
        self.partial = complete(self.partial, self._rng, self._law)
        return self.arch

    # ---- what is shown

    def _show(self) -> None:
        note = ""
        self._cards = []
        if self.place is not None:
            additive = None if isinstance(self._cost, str) else self._cost
            self._cards, note = cards(self.partial, self.place, additive)
        self._publish(note)
        self._price()

    def _publish(self, note: str) -> None:
        options = {
            "cost": self._cost if isinstance(self._cost, str) else "cost",
            "law": self._law,
            "forced": self._forced,
            "undo": bool(self._past) or self.partial.before is not None,
            "redo": bool(self._future),
        }
        body = body_of(self._whole, self.partial, self.place, self._cards, note, self.arch)
        self._published = {**body, **options, "costs": None}
        self.publish(self._published)

    def find_architecture(self, key: str) -> Architecture | None:
        """The architecture of a complete derivation when it has that key."""
        return self.arch if self.arch is not None and self.arch.key == key else None

    # ---- commands of the page

    def do_choose(self, body: dict[str, Any]) -> None:
        """Choose an open place."""
        self.place = position_of(body)

    def do_apply(self, body: dict[str, Any]) -> None:
        """Choose a production at the place."""
        number = body.get("production")
        if not isinstance(number, int) or isinstance(number, bool):
            raise NasvizError("a production is chosen by its number")
        self.expand(position_of(body), number)

    def do_step(self, body: dict[str, Any]) -> None:
        """One choice by the law: the button Step, and each beat of Play."""
        self.step()

    def do_undo(self, body: dict[str, Any]) -> None:
        """The button Undo, the key Backspace."""
        self.undo()

    def do_redo(self, body: dict[str, Any]) -> None:
        """The button Redo."""
        self.redo()

    def do_begin(self, body: dict[str, Any]) -> None:
        """The button Start over."""
        self.begin()

    def do_complete(self, body: dict[str, Any]) -> None:
        """The button Complete."""
        self.complete()

    def do_forced(self, body: dict[str, Any]) -> None:
        """Whether forced steps are taken without asking; those that are open now at once."""
        self._forced = body.get("on") is True
        partial = forced_on(self.partial, self.place) if self._forced else self.partial
        if partial is self.partial:
            self._show()
        else:
            self.partial = partial

    def do_law(self, body: dict[str, Any]) -> None:
        """The law by which is drawn."""
        self._law = checked_law(body.get("law"))
        self._show()

    def do_cost(self, body: dict[str, Any]) -> None:
        """What the cards say of the smallest and the largest."""
        self._cost, self._reach = checked_cost(str(body.get("cost"))), None
        self._show()

    def do_export(self, body: dict[str, Any]) -> dict[str, Any]:
        """The film of the derivation as text: ``{"name": ..., "text": ...}``."""
        ending = f".{body.get('format')}"
        if ending not in FORMATS:
            raise NasvizError(f"a derivation is saved as {' or '.join(FORMATS)}")
        film = film_of(self.partial)
        return {"name": f"derivation{ending}", "text": film_svg(film) if ending == ".svg" else film_html(film)}

    # ---- outside the page

    def save(self, path: str | Path, seconds: float = 1.2) -> Path:
        """Write the derivation as an animated .svg, or as an .html page with step controls; both need no network.

        Raises
        ------
        NasvizError
            If the ending is another one, the tree has more than 1500 nodes, or the file cannot be written.
        """
        return save_film(self.partial, path, seconds)

    def fallback(self) -> str:
        """The term so far and what remains."""
        return f"{self.partial}\n{self._published.get('summary', '')}"


def derive(space: SearchSpace | Partial, **options: Any) -> Stepper:
    """Return a :class:`Stepper`: derive an architecture of a space by hand.

    Raises
    ------
    NasvizError
        If there is no grammar.
    """
    return Stepper(space, **options)
