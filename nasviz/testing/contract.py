"""What every contract is made of: a sentence that holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nasviz.algebra import Operator
from nasviz.algebra.arguments import shown, whole
from nasviz.errors import NasvizError
from nasviz.spaces.arguments import checked_operators, checked_shape

LONGEST = 500

Shape = tuple[int, ...]


def check_kind(found: object, kind: type, maker: str) -> None:
    """Raise an AssertionError unless an object is what ``nv.<maker>`` makes.

    >>> check_kind(3, int, "primitive")
    """
    check(isinstance(found, kind), f"this contract takes what nv.{maker} makes, found {type(found).__name__}")


def check(holds: bool, sentence: str) -> None:
    """Raise an AssertionError with a sentence unless something holds.

    >>> check(1 + 1 == 2, "sums are wrong")
    """
    if not holds:
        raise AssertionError(sentence if len(sentence) <= LONGEST else sentence[: LONGEST - 1] + "…")


def asked(read: Callable[..., Any], *arguments: Any) -> Any:
    """Return what `read` makes of arguments; what it refuses is an AssertionError, as all that a contract says.

    >>> asked(whole, 3, "n", 0)
    3
    """
    try:
        return read(*arguments)
    except NasvizError as error:
        raise AssertionError(str(error)) from None


def given_shapes(shapes: object) -> tuple[Shape, ...]:
    """Return the shapes to check.

    Raises
    ------
    AssertionError
        If it is no list of shapes, or empty; a single shape is told to stand in brackets.

    >>> given_shapes([(16, 8, 8), [16]])
    ((16, 8, 8), (16,))
    """
    if not isinstance(shapes, list | tuple) or not all(isinstance(shape, list | tuple) for shape in shapes):
        raise AssertionError(f"shapes is a list of shapes of one example, e.g. shapes=[(16, 8, 8)], found {shown(shapes)}")
    check(len(shapes) > 0, "give at least one shape to check")
    return tuple(asked(checked_shape, shape) for shape in shapes)


def given_values(values: object) -> tuple[int | float, ...]:
    """Return the numbers of an operator.

    Raises
    ------
    AssertionError
        If they are no list of numbers.

    >>> given_values([2, 0.5])
    (2, 0.5)
    """
    listed = isinstance(values, list | tuple)
    if not listed or not all(isinstance(v, int | float) and not isinstance(v, bool) for v in values):
        raise AssertionError(f"values is a list of the operator's numbers, e.g. values=[2, 0.5], found {shown(values)}")
    return tuple(values)


def given_seed(seed: object) -> int:
    """Return a seed.

    Raises
    ------
    AssertionError
        If it is no whole number of 63 bits, 0 or more.

    >>> given_seed(7)
    7
    """
    number: int = asked(whole, seed, "seed", 0)
    check(number < 2**63, f"seed is {shown(number)}; it must be below 2^63")
    return number


def given_operators(operators: object) -> tuple[Operator, ...]:
    """Return operators of one's own.

    Raises
    ------
    AssertionError
        If anything else is among them.

    >>> given_operators([])
    ()
    """
    return asked(checked_operators, operators)
