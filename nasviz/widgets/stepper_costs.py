"""The part of a stepper that finds the fewest and most parameters in reach, without making the page wait."""

from __future__ import annotations

import threading
import weakref
from typing import Any, cast

import traitlets

from nasviz.algebra import Position
from nasviz.errors import NasvizError
from nasviz.extension import lower
from nasviz.grammar import Partial
from nasviz.grammar.costs import Cost
from nasviz.spaces import SearchSpace
from nasviz.view.stepper import Card
from nasviz.widgets.base import View
from nasviz.widgets.stepper_body import costs_of
from nasviz.widgets.workspace import WORKSPACE


class Priced(View):
    """A view of a partial derivation whose cards say what they cost.

    What is slow only once, loading torch and measuring each operator, is done in a thread of its own; then the writer thread
    works out one derivation, and looks card by card for architectures that have the bounds.

    Parameters
    ----------
    space
        The space.
    cost
        "parameters" or "flops"; anything else is not worked out here.
    """

    partial = traitlets.Any()
    place = traitlets.Any(default_value=None, allow_none=True)

    def __init__(self, space: SearchSpace, cost: str | Cost, **kwargs: Any) -> None:
        self._whole = space
        self._cost = cost
        self._cards: list[Card] = []
        self._spans: dict[int, Any] = {}
        self._loose: list[int] = []
        self._reach: Any = None
        self._awaited: tuple[SearchSpace, object] | None = None
        self._published: dict[str, Any] = {}
        super().__init__(**kwargs)

    @property
    def whole(self) -> SearchSpace:
        """The space in which is derived."""
        return self._whole

    def _price(self) -> None:
        """Begin to work out the costs of what is shown now."""
        self._spans, self._loose = {}, []
        if self._cost not in ("parameters", "flops"):
            return
        if self._reach is not None:
            WORKSPACE.submit(self, Priced._add_costs, self.partial, self.place, key="reach")
        elif self._awaited != (self.whole, self._cost):
            self._awaited = (self.whole, self._cost)
            args = (weakref.ref(self), self.whole, self._cost, self.partial)
            # no daemon: a process that ends while torch works in a daemon thread is aborted
            threading.Thread(target=_measured, args=args, name="nasviz-reach").start()

    def _take_reach(self, reach: Any, space: SearchSpace, cost: object) -> None:
        if self._awaited != (space, cost):
            return
        self._awaited = None
        if isinstance(reach, NasvizError):
            self._tell({"note": str(reach), "whole": "", "cards": {}})
        elif (space, cost) == (self.whole, self._cost):
            self._reach = reach
            self._add_costs(self.partial, self.place)

    def _add_costs(self, partial: Partial, place: Position | None) -> None:
        if partial is not self.partial or place != self.place or self._reach is None:
            return
        reach = self._reach
        try:
            self._spans[-1] = reach.span(partial)
            for card in self._cards if place is not None else ():
                if card.possible:
                    self._spans[card.number] = reach.span(partial.expand(place or (), card.number))
        except NasvizError as error:
            self._tell({"note": str(error), "whole": "", "cards": {}})
            return
        self._loose = [k for k, span in self._spans.items() if not span.empty and not all(span.attained)]
        self._tell(costs_of(self._spans, str(self._cost)))
        self._attain(partial, place)

    def _attain(self, partial: Partial, place: Position | None) -> None:
        """Look for architectures that have the bounds, one card after another, so that other calls come between."""
        if partial is not self.partial or place != self.place or not self._loose or self._reach is None:
            return
        number = self._loose.pop(0)
        step = partial if number < 0 else partial.expand(place or (), number)
        try:
            self._spans[number] = self._reach.attained(step, self._spans[number])
        except NasvizError:
            return
        self._tell(costs_of(self._spans, str(self._cost)))
        WORKSPACE.submit(self, Priced._attain, partial, place, key="attain")

    def _tell(self, costs: dict[str, Any]) -> None:
        self._published = {**self._published, "costs": costs}
        self.publish(self._published)


def _measured(view: weakref.ref[Priced], space: SearchSpace, cost: object, partial: Partial) -> None:
    """Load what measures, measure once, and hand it to the view if that is still there."""
    try:
        found: Any = lower("reach")(space, cost)
        found.span(partial)
    except NasvizError as error:
        found = error
    alive = view()
    if alive is not None:
        WORKSPACE.submit(alive, cast("Any", Priced._take_reach), found, space, cost)
