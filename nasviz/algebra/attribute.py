"""Attributes: what can be said of a term bottom-up with finitely many values, so that a grammar can be asked to require it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import TypeVar

from nasviz.algebra.operator import Operator
from nasviz.algebra.term import Term

Self = TypeVar("Self", bound="Attribute")


def _one(op: Operator) -> int:
    return 1


@dataclass(frozen=True)
class Attribute:
    """A bottom-up algebra in which the operands of an operator are read from left to right.

    The value of a node is ``finish(step(… step(start(op, n), value 0, 0) …, value n - 1, n - 1))``: n operands cost n steps.
    States and values are hashable. There must be finitely many of them for the terms of a grammar; where numbers can grow,
    `most` caps them: every greater number becomes `most`. Override the methods to write your own; :class:`Total` is enough to
    count occurrences.

    Parameters
    ----------
    name
        As written after ``require``.
    most
        Cap of the numbers; None for none. A grammar sets it just above the greatest number it compares with.

    Examples
    --------
    >>> from nasviz.algebra import Sort
    >>> f, x, y = Operator("f", (Sort.MAP, Sort.MAP)), Operator("x"), Operator("y")
    >>> only_x = Total("x", each=lambda op: op.name == "x")
    >>> only_x.of(Term.build(f, Term.build(x), Term.build(f, Term.build(x), Term.build(y))))
    2
    """

    name: str
    most: int | None = None

    @property
    def flag(self) -> bool:
        """Whether the attribute is true or false, so that it may be required without a comparison."""
        return False

    def start(self, op: Operator, n: int) -> Hashable:
        """Return the state before any of the `n` operands of `op` is read."""
        raise NotImplementedError

    def step(self, state: Hashable, value: Hashable, place: int) -> Hashable:
        """Return the state after operand `place` (from 0), which has this value."""
        raise NotImplementedError

    def finish(self, state: Hashable) -> Hashable:
        """Return the value of the node when all its operands are read."""
        raise NotImplementedError

    def number(self, value: Hashable) -> int | float | None:
        """Return what a comparison sees of a value; None when no comparison holds, ``!=`` included."""
        return value if isinstance(value, int | float) else None

    def everywhere(self, op: Operator) -> bool:
        """Whether ``require NAME`` without a place is asked at each occurrence of `op`, too, not only of the whole term."""
        return False

    def capped(self: Self, most: int) -> Self:
        """Return the attribute with another cap."""
        return replace(self, most=most)

    def cap(self, n: int) -> int:
        """Return a number under the cap."""
        return n if self.most is None or n < self.most else self.most

    def of(self, term: Term) -> Hashable:
        """Return the value of a term."""
        values: list[Hashable] = []
        arity = term.arity.tolist()
        for i in range(len(term) - 1, -1, -1):
            state = self.start(term.operators[i], arity[i])
            for place in range(arity[i]):
                state = self.step(state, values.pop(), place)
            values.append(self.finish(state))
        return values[0]


@dataclass(frozen=True)
class Total(Attribute):
    """The sum of a whole number per operator, 0 or more, over all operators of a term.

    Parameters
    ----------
    each
        The number of an operator, 1 by default.
    """

    each: Callable[[Operator], int] = _one

    def start(self, op: Operator, n: int) -> Hashable:
        """Return the number of the operator itself."""
        return self.cap(int(self.each(op)))

    def step(self, state: Hashable, value: Hashable, place: int) -> Hashable:
        """Add the number of an operand."""
        return self.cap(_int(state) + _int(value))

    def finish(self, state: Hashable) -> Hashable:
        """Return the sum."""
        return state


@dataclass(frozen=True)
class Depth(Attribute):
    """The height of a term: the number of operators on the longest path from the root, 1 for a single operator."""

    def start(self, op: Operator, n: int) -> Hashable:
        """Return 0: the height of the highest of no operands."""
        return 0

    def step(self, state: Hashable, value: Hashable, place: int) -> Hashable:
        """Return the greater height."""
        return max(_int(state), _int(value))

    def finish(self, state: Hashable) -> Hashable:
        """Return one more than the highest operand."""
        return self.cap(_int(state) + 1)


def _int(value: Hashable) -> int:
    assert isinstance(value, int)
    return value


DEPTH = Depth("depth")
"""The height of a term; ``require depth <= 6``."""

SIZE = Total("size")
"""The number of operators of a term; ``require size <= 100``."""
