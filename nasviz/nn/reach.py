"""The fewest and the most parameters that the completions of a partial derivation can have, although they depend on the place.

How many parameters an operator has depends on the channels that enter it, so they are no additive cost of the term. But what a
subterm gives for one input shape is little: whether anything passes it, its output shape, and what constraints see of it. For
each nonterminal and input shape the least and the greatest cost of each such outcome solve the equations of (min, +) and
(max, +) over the rules; they are iterated until they stand still, and what still grows after as many rounds as there are
unknowns has no bound (as in :func:`nasviz.grammar.costs.solve`). What ``zero`` cuts off costs nothing, as in the graph.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

from nasviz.algebra import Literal as Number
from nasviz.algebra import Nonterminal, Operator, Term
from nasviz.errors import NasvizError
from nasviz.grammar import Partial
from nasviz.graph import ZERO, Join, Topology
from nasviz.graph.expand import operands_of
from nasviz.graph.topologies import EdgeList
from nasviz.nn.passing import Outcome, alive_edges, longer, meet
from nasviz.nn.primitive import Shape
from nasviz.nn.primitives import meaning_of
from nasviz.nn.shapes import Measured, measure

if TYPE_CHECKING:
    from nasviz.spaces import SearchSpace

__all__ = ["Reach", "Span"]

Quantity = Literal["parameters", "flops"]
Range = tuple[float, float]
Outcomes = dict[Outcome, Range]
Place = tuple[str, Shape, str]
"""A nonterminal or the text of a term, the shape that enters, and what is chosen of the shared draws that it can use."""
Key = TypeVar("Key")

ANY: Shape = ()
"""Stands for every shape: then only is asked what can pass, and nothing costs anything."""

LARGEST_TERM = 3000
DEEPEST_TERM = 120
_KEYS = 1500
_WIDEST = 10**8
_WAYS = 20_000
_NESTED = 30
_STEPS = 60


@dataclass(frozen=True)
class Span:
    """The least and the greatest cost of a set of architectures.

    Attributes
    ----------
    least, greatest
        Whole numbers; ``math.inf`` without bound; (∞, -∞) where none can be built.
    attained
        Whether an architecture is known that has the least, and one that has the greatest cost. Not so where a shared
        nonterminal stands at several places: there the two numbers are bounds that may not be reached.
    """

    least: float
    greatest: float
    attained: tuple[bool, bool] = (True, True)

    @property
    def empty(self) -> bool:
        """Whether no architecture of the set can be built."""
        return self.least > self.greatest


class Reach:
    """What the completions of partial derivations of a space can cost, stem and head included.

    Parameters
    ----------
    space
        The space.
    quantity
        "parameters" or "flops" (2 for a multiply-add).
    seconds
        Computing time that one question may take, beside the first run of each operator at each shape.

    Examples
    --------
    >>> from nasviz.spaces import digits_cells
    >>> space = digits_cells()
    >>> Reach(space).span(space.begin())
    Span(least=346, greatest=38202, attained=(True, True))
    """

    def __init__(self, space: SearchSpace, quantity: Quantity = "parameters", seconds: float = 1.0) -> None:
        self.space = space
        self.grammar = space.known_grammar("derive")
        self.constraint = self.grammar.constraint
        self.quantity: Quantity = quantity
        self.seconds = seconds
        self._table: dict[Place, Outcomes] = {}
        self._order: list[Place] = []
        self._done: set[Place] = set()
        self._running = 0
        self._known: dict[Place, Outcomes] = {}
        self._begun: dict[str, Term] = {}
        self._context = ""
        self._touched: dict[tuple[str, ...], frozenset[str]] = {}
        self._until = math.inf

    def span(self, partial: Partial) -> Span:
        """Return the least and greatest cost of the completions that can be built.

        Raises
        ------
        NasvizError
            If it is out of reach: a large or deep term, many shapes, numbers that are drawn, or an operator without meaning.
        """
        self._until = time.thread_time() + self.seconds
        least, greatest = self._whole(partial)
        loose = not partial.done and self._draws_shared(partial)
        return Span(least, greatest, (not loose, not loose or greatest == math.inf))

    def attained(self, partial: Partial, span: Span) -> Span:
        """Return the span with what a greedy derivation shows to be attained: each choice keeps the bound if one can.

        Raises
        ------
        NasvizError
            As :meth:`span`.
        """
        self._until = time.thread_time() + self.seconds
        least = span.attained[0] or self._follow(partial, 0, span.least)
        greatest = span.attained[1] or self._follow(partial, 1, span.greatest)
        return Span(span.least, span.greatest, (least, greatest))

    def _follow(self, partial: Partial, side: int, bound: float) -> bool:
        for _ in range(_STEPS):
            if partial.done:
                return True
            position = partial.frontier[0]
            steps = (partial.expand(position, k) for k in range(len(partial.productions(position))))
            kept = next((step for step in steps if self._whole(step)[side] == bound), None)
            if kept is None:
                return False
            partial = kept
        return False

    def _draws_shared(self, partial: Partial) -> bool:
        """Whether a shared nonterminal is still to be drawn, at all."""
        shared, rules = set(self.grammar.shared), self.grammar.rules
        stack = [partial.term.operators[i].name for i in partial.term.nonterminals()] if shared else []
        seen: set[str] = set()
        while stack:
            name = stack.pop()
            if name in shared:
                return True
            if name not in seen:
                seen.add(name)
                stack += itertools.chain.from_iterable(p.nonterminals for p in rules[name])
        # what is chosen of a draw in part stands in the term, its open places may stand there several times
        return any(draw.nonterminals() and len(draw) > 1 for draw in partial.draws)

    def _whole(self, partial: Partial) -> Range:
        term = partial.term
        if len(term) > LARGEST_TERM or term.height > DEEPEST_TERM:
            raise NasvizError("parameters are out of reach: the term is too large")
        self._take_draws(partial)
        stem = self._measured(self.space.stem, (), tuple(self.space.input_shape))
        best: Range = (math.inf, -math.inf)
        for (value, out), (least, greatest) in self._of(term, 0, stem.shape).items() if stem else ():
            head = self._measured(self.space.head, (), out) if out is not None and self.constraint.accepts(value) else None
            if stem and head and head.shape == (self.space.num_classes,):
                ends = getattr(stem, self.quantity) + getattr(head, self.quantity)
                best = (min(best[0], least + ends), max(best[1], greatest + ends))
        return best

    def _measured(self, op: Operator, values: tuple[int | float, ...], shape: Shape) -> Measured | None:
        """What an operator does at a shape; None where it cannot be built there."""
        meaning = meaning_of(op)
        if meaning is None:
            raise NasvizError(f"parameters are out of reach: {op.name} has no torch meaning")
        before = time.thread_time()
        try:
            measured = measure(meaning, values, shape, self.space.num_classes)
        except NasvizError:
            return None
        finally:
            self._until += time.thread_time() - before
        return None if measured.promised is not None else measured

    # ---- nonterminals

    def _take_draws(self, partial: Partial) -> None:
        """Let shared nonterminals that stand for a choice mean that choice, wherever they are still to come."""
        rows = zip(self.grammar.shared, partial.draws, strict=True)
        self._begun = {name: draw for name, draw in rows if len(draw) > 1 or draw.operators[0].name != name}
        self._context = " | ".join(f"{name} ::= {draw.text}" for name, draw in self._begun.items())
        if len(self._table) > _KEYS // 2:
            self._done = {key for key in self._done if not key[2]}
            self._table = {key: self._table[key] for key in self._done}

    def _uses_begun(self, name: str) -> bool:
        """Whether a nonterminal reaches a shared one of which something is chosen."""
        begun = tuple(self._begun)
        if begun not in self._touched:
            found = set(begun)
            size = -1
            while len(found) > size:
                size = len(found)
                rules = self.grammar.rules.items()
                found |= {lhs for lhs, row in rules if any(found.intersection(p.nonterminals) for p in row)}
            self._touched[begun] = frozenset(found)
        return name in self._touched[begun]

    def _drawn(self, name: str, shape: Shape) -> Outcomes:
        key = (name, shape, self._context if self._begun and self._uses_begun(name) else "")
        if key in self._done or (self._running and key in self._table):
            return self._table[key]
        if len(self._table) >= _KEYS:
            raise NasvizError("parameters are out of reach: too many shapes occur")
        self._table[key] = {}
        self._order.append(key)
        if self._running >= _NESTED:
            return {}
        outermost = not self._running
        self._running += 1
        try:
            self._table[key] = self._alternatives(key)
            if outermost:
                self._settle()
        except BaseException:
            if outermost:
                for open_key in self._order:
                    del self._table[open_key]
                self._order.clear()
            raise
        finally:
            self._running -= 1
        return self._table[key]

    def _alternatives(self, key: Place) -> Outcomes:
        found: Outcomes = {}
        begun = self._begun.get(key[0])
        for body in [p.body for p in self.grammar.rules[key[0]]] if begun is None else [begun]:
            if body.height > DEEPEST_TERM:
                raise NasvizError("parameters are out of reach: a production is too deep")
            for outcome, cost in self._of(body, 0, key[1]).items():
                _join(found, outcome, cost)
        return found

    def _settle(self) -> None:
        """Work out all that was met until nothing changes."""
        rounds, changed = 0, True
        while changed:
            changed = False
            endless = rounds > sum(len(self._table[key]) for key in self._order) + 1
            k = len(self._order)
            while k:
                k -= 1
                key = self._order[k]
                old, new = self._table[key], self._alternatives(key)
                if new != old:
                    changed = True
                    self._table[key] = {o: (x[0], _top(old.get(o), x, endless)) for o, x in new.items()}
            rounds += 1
        self._done.update(self._order)
        self._order.clear()

    # ---- terms

    def _of(self, term: Term, i: int, shape: Shape) -> Outcomes:
        if time.thread_time() > self._until:
            raise NasvizError("parameters are out of reach: the space has too many combinations of shapes")
        op = term.operators[i]
        if isinstance(op, Nonterminal):
            return self._drawn(op.name, shape)
        if self._running:
            return self._node(term, i, shape)
        key = (term.text[int(term.start[i]) : int(term.stop[i])], shape, self._context)
        if key not in self._known:
            if len(self._known) > 5000:
                self._known.clear()
            self._known[key] = self._node(term, i, shape)
        return self._known[key]

    def _node(self, term: Term, i: int, shape: Shape) -> Outcomes:
        op = term.operators[i]
        if not isinstance(op, Topology):
            return self._leaf(term, i, op, shape)
        maps, values = operands_of(term, i, op)
        children = term.children(i)
        if any(isinstance(term.operators[c], Nonterminal) for c in children if c not in maps):
            raise NasvizError(f"parameters are out of reach: numbers of {op.name} are drawn")
        try:
            wiring = op.edges(values, len(maps))
        except NasvizError:
            return {}
        if shape == ANY:
            return {outcome: (0, 0) for outcome, _ in self._ways(term, i, maps, wiring)}
        found: Outcomes = {outcome: (0, 0) for outcome in self._of(term, i, ANY) if outcome[1] is None}
        for (value, _), alive in dict.fromkeys(self._ways(term, i, maps, wiring)):
            if alive:
                self._walk(Join(wiring.merge, i, term), maps, wiring, shape, dict(alive), value, found)
        return found

    def _leaf(self, term: Term, i: int, op: Operator, shape: Shape) -> Outcomes:
        children = [term.operators[c] for c in term.children(i)]
        if not all(isinstance(child, Number) for child in children):
            raise NasvizError(f"parameters are out of reach: numbers of {op.name} are drawn")
        state = self.constraint.start(op, len(children))
        for place, child in enumerate(children):
            state = self.constraint.step(state, self.constraint.finish(child, self.constraint.start(child, 0)), place)
        value = self.constraint.finish(op, state)
        if value < 0:
            return {}
        if op == ZERO or shape == ANY:
            return {(value, None if op == ZERO else ANY): (0, 0)}
        measured = self._measured(op, tuple(child.value for child in children if isinstance(child, Number)), shape)
        if measured is None:
            return {}
        if math.prod(measured.shape) > _WIDEST:
            raise NasvizError("parameters are out of reach: shapes grow without end")
        n = getattr(measured, self.quantity)
        return {(value, measured.shape): (n, n)}

    def _ways(
        self, term: Term, i: int, maps: Sequence[int], wiring: EdgeList
    ) -> Iterator[tuple[Outcome, tuple[tuple[int, int], ...]]]:
        """Yield what can pass a topology: the outcome without shapes, and which edges are alive with which values."""
        op, children = term.operators[i], term.children(i)
        inside = set(maps)
        states: dict[tuple[int, tuple[Outcome, ...]], None] = {(self.constraint.start(op, len(children)), ()): None}
        for at, child in enumerate(children):
            kinds = list(self._of(term, child, ANY))
            if len(states) * len(kinds) > _WAYS:
                raise NasvizError(f"parameters are out of reach: {op.name} can be cut in too many ways")
            states = {
                (self.constraint.step(state, kind[0], at), longer(wiring, before, kind) if child in inside else before): None
                for state, before in states
                for kind in kinds
            }
        for state, before in states:
            value = self.constraint.finish(op, state)
            if value >= 0:
                wires = (True,) * (len(wiring.edges) - len(maps))
                alive = alive_edges(wiring, (*(out is not None for _, out in before), *wires))
                yield (value, ANY if alive else None), tuple((k, before[k][0] if k < len(maps) else 0) for k in alive)

    def _walk(
        self,
        join: Join,
        maps: Sequence[int],
        wiring: EdgeList,
        shape: Shape,
        alive: Mapping[int, int],
        value: int,
        found: Outcomes,
    ) -> None:
        """Add the outcomes of a topology whose living edges take these values: its edges in order, node by node."""
        if wiring.joins and wiring.merge not in ("sum", "mul") and any(k not in alive for k in range(len(maps))):
            raise NasvizError(f"parameters are out of reach: {wiring.merge} may lose an operand")
        start: tuple[Shape | None, ...] = (shape, *[None] * (wiring.n_nodes - 1))
        states: dict[tuple[Shape | None, ...], Range] = {start: (0, 0)}
        for k in sorted(alive, key=lambda k: wiring.edges[k]):
            u, v = wiring.edges[k]
            following: dict[tuple[Shape | None, ...], Range] = {}
            for nodes, (least, greatest) in states.items():
                here = nodes[u]
                assert here is not None
                passing = self._of(join.term, maps[k], here) if k < len(maps) else {(alive[k], here): (0, 0)}
                for (seen, out), (a, b) in passing.items():
                    met = None if out is None or seen != alive[k] else meet(nodes[v], out, join)
                    if met is not None:
                        _join(following, (*nodes[:v], met, *nodes[v + 1 :]), (least + a, greatest + b))
            states = following
        for nodes, cost in states.items():
            _join(found, (value, nodes[-1]), cost)


def _top(old: Range | None, new: Range, endless: bool) -> float:
    return math.inf if endless and old is not None and new[1] > old[1] else new[1]


def _join(found: dict[Key, Range], key: Key, cost: Range) -> None:
    known = found.get(key)
    found[key] = cost if known is None else (min(known[0], cost[0]), max(known[1], cost[1]))
