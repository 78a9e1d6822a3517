"""Architectures side by side, with a picture, the term and the size of each, and a box to tick."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import traitlets

from nasviz.errors import NasvizError
from nasviz.spaces import Architecture
from nasviz.spaces.difference import diff
from nasviz.view.gallery import Card, gallery_table
from nasviz.view.graph import graph_info
from nasviz.widgets.base import View, expect
from nasviz.widgets.training import Training
from nasviz.widgets.workspace import WORKSPACE

if TYPE_CHECKING:
    from nasviz.graph import Graph

COMPARED = 4
"""Architectures that are compared at most."""

_FEW = 9
_DEEPEST_FOLD = 4


class Gallery(View):
    """Architectures side by side.

    Parameters
    ----------
    architectures
        What is shown, in this order; an architecture that comes twice is shown once.

    Attributes
    ----------
    architectures
        What is shown, a tuple; settable and observable.
    ticked
        The ticked architectures, a tuple in the order of the gallery; settable and observable.
    ticked_keys
        Their keys; synchronised with the page, so that it can be linked with ``jslink``.
    arch
        The architecture whose picture was clicked, or None; observable, as `selection`.
    """

    stem = "gallery"

    architectures = traitlets.Tuple()
    ticked = traitlets.Tuple()
    ticked_keys = traitlets.List(traitlets.Unicode()).tag(sync=True)
    arch = traitlets.Any(default_value=None, allow_none=True)

    def __init__(self, architectures: Sequence[Architecture] = (), **kwargs: Any) -> None:
        self._cards: dict[str, Card] = {}
        super().__init__(**kwargs)
        expect(architectures, (list, tuple), "a list of architectures")
        self.architectures = tuple(architectures)
        self._show()

    def train(self, data: Sequence[Any], **options: Any) -> Training:
        """Return a view that trains whatever is ticked; see `Training` for the parameters."""
        return Training(self, data, **options)

    def table(self) -> pd.DataFrame:
        """Return the gallery as a table: "term", "parameters", "FLOPs", "output", "reason" by key, measured where unknown."""
        for arch in self.architectures:
            self._cards[arch.key] = _measured(self._cards[arch.key], arch)
        return gallery_table([self._cards[arch.key] for arch in self.architectures])

    @traitlets.validate("architectures")
    def _distinct(self, proposal: Any) -> tuple[Any, ...]:
        for arch in proposal["value"]:
            expect(arch, Architecture, "an architecture")
        return tuple({arch.key: arch for arch in proposal["value"]}.values())

    @traitlets.observe("architectures")
    def _architectures_changed(self, _change: Any) -> None:
        shown = {arch.key for arch in self.architectures}
        for arch in self.architectures:
            if arch.key not in self._cards:
                self._cards[arch.key] = _drawn(arch)
        self.ticked_keys = [key for key in self.ticked_keys if key in shown]
        missing = [arch for arch in self.architectures if self._cards[arch.key].parameters is None]
        if missing:
            arguments = (weakref.ref(self), missing)
            threading.Thread(target=_measure_all, args=arguments, name="nasviz-measure", daemon=True).start()
        self._show()

    @traitlets.validate("ticked_keys")
    def _known_keys(self, proposal: Any) -> list[str]:
        wanted = set(proposal["value"])
        return [arch.key for arch in self.architectures if arch.key in wanted]

    @traitlets.observe("ticked_keys")
    def _ticked_keys_changed(self, change: Any) -> None:
        ticked = set(change["new"])
        self.ticked = tuple(arch for arch in self.architectures if arch.key in ticked)

    @traitlets.validate("ticked")
    def _ticked_is_shown(self, proposal: Any) -> tuple[Any, ...]:
        wanted = {arch.key for arch in proposal["value"]}
        found = tuple(arch for arch in self.architectures if arch.key in wanted)
        if len(found) < len(wanted):
            raise NasvizError("only architectures that the gallery shows can be ticked; set gallery.architectures first")
        return found

    @traitlets.observe("ticked")
    def _ticked_changed(self, change: Any) -> None:
        self.ticked_keys = [arch.key for arch in change["new"]]

    @traitlets.observe("selection")
    def _arch_follows(self, change: Any) -> None:
        self.arch = None if change["new"] is None else change["new"][0]

    def find_architecture(self, key: str) -> Architecture | None:
        """Return the architecture with that key, or None."""
        return next((arch for arch in self.architectures if arch.key == key), None)

    def _show(self) -> None:
        cards = [self._cards[arch.key] for arch in self.architectures]
        self.publish({"cards": [{**asdict(card), "caption": card.caption} for card in cards]})

    def do_compare(self, body: dict[str, Any]) -> dict[str, Any]:
        """The button Compare: two to four architectures beside each other, each with what differs from the first."""
        keys = body.get("keys")
        found = [arch for arch in map(self.find_architecture, keys if isinstance(keys, list) else []) if arch is not None]
        if not 2 <= len(found) <= COMPARED:
            raise NasvizError(f"two to {COMPARED} architectures can be compared, found {len(found)}: tick as many")
        return {"columns": [_column(arch, found[0]) for arch in found]}

    def fallback(self) -> str:
        """Text for a saved notebook: one term a line, with a mark before those that are ticked."""
        ticked = set(self.ticked_keys)
        return "\n".join(f"[{'x' if arch.key in ticked else ' '}] {arch}" for arch in self.architectures)


def _drawn(arch: Architecture) -> Card:
    """The card with its picture, as far as it is known without torch."""
    card = Card(arch.key, str(arch))
    try:
        return replace(card, dot=_small(arch).to_dot(folded=True))
    except NasvizError as error:
        return replace(card, reason=str(error))


def _column(arch: Architecture, first: Architecture) -> dict[str, Any]:
    """What the comparison says of one architecture."""
    dot = ""
    with suppress(NasvizError):
        dot = graph_info(arch.term, arch.derivation.labels, arch.derivation.nonterminals, boxes=False, largest=60).dot
    if arch is first:
        return {"key": arch.key, "dot": dot, "pieces": [[" ", str(arch)]], "summary": []}
    difference = diff(first, arch)
    return {
        "key": arch.key,
        "dot": dot,
        "pieces": [list(piece) for piece in difference.pieces],
        "summary": list(difference.summary),
    }


def _small(arch: Architecture) -> Graph:
    """The graph, or the deepest fold of it that is small enough to be seen in a card."""
    graphs = [arch.graph(), *(arch.graph(fold=level) for level in range(_DEEPEST_FOLD, 0, -1))]
    return next((graph for graph in graphs if len(graph.edges) <= _FEW), graphs[-1])


def _measured(card: Card, arch: Architecture) -> Card:
    """The card with parameters and output shape."""
    if card.reason or card.parameters is not None:
        return card
    try:
        cost = arch.cost()
        return replace(card, parameters=cost.parameters, flops=cost.flops, output=cost.rows[-1].shape_out)
    except NasvizError as error:
        return replace(card, reason=str(error))


def _measure_all(me: weakref.ref[Gallery], archs: Sequence[Architecture]) -> None:
    for arch in archs:
        view = me()
        if view is None:
            return
        view._cards[arch.key] = _measured(view._cards[arch.key], arch)
        WORKSPACE.submit(view, Gallery._show, after=0.05, key="show")
        del view
