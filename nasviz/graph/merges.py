"""Merges: how a node with several inputs combines them, by name or by a function of two of one's own."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, overload

from nasviz.algebra import Operator, Sort
from nasviz.errors import NasvizError, a_or_an, nearest

Function = Callable[..., Any]

KNOWN_MERGES: tuple[str, ...] = ("sum", "mul", "concat", "max", "min")
"""The merges that a topology may name; others are functions."""

ASSOCIATIVE = frozenset(KNOWN_MERGES)
"""Merges that may be computed in one go when one stands directly inside another of its kind."""

_ALIASES = {"add": "sum", "product": "mul"}

ADD = Operator("add", result=Sort.MERGE, doc="Sum of the inputs.")
MUL = Operator("mul", result=Sort.MERGE, doc="Elementwise product of the inputs.")
CONCAT = Operator("concat", result=Sort.MERGE, doc="The inputs side by side, along the channels.")
MERGES: tuple[Operator, ...] = (ADD, MUL, CONCAT)
"""Operators of sort merge, for ``Binary(merge, f, g)``."""


@dataclass(frozen=True)
class Merge(Operator):
    """A named function of two inputs, as an operator of sort merge; made by :func:`merge`.

    Equality and hash compare the name, never the code: a space keeps its identity when a notebook cell is run again.

    Attributes
    ----------
    function
        ``function(a, b)`` on tensors of one shape gives a tensor of that shape; more inputs are folded from the left.
    forms
        The same for other frameworks, e.g. ``forms["keras"]``.
    """

    result: Sort = Sort.MERGE
    function: Function | None = field(compare=False, repr=False, default=None)
    forms: dict[str, Function] = field(compare=False, repr=False, default_factory=dict[str, Function])

    def keras(self, function: Function) -> Function:
        """Decorator that stores the Keras form: a function of two Keras tensors."""
        _check_function(function)
        self.forms["keras"] = function
        return function


@overload
def merge(function: Function, /, *, name: str | None = None, doc: str = "") -> Merge: ...


@overload
def merge(*, name: str | None = None, doc: str = "") -> Callable[[Function], Merge]: ...


def merge(
    function: Function | None = None, /, *, name: str | None = None, doc: str = ""
) -> Merge | Callable[[Function], Merge]:
    """Make a merge of a function of two tensors; usable as a decorator, bare or with arguments.

    It stands in terms, ``Binary(gate, f, g)``, or belongs to a topology, ``nv.topology("Gate", "1>2 1>2", merge=gate)``.

    Parameters
    ----------
    function
        ``function(a, b)``: two tensors of one shape to one of the same shape. With three inputs or more it is applied from
        the left, in the order of the operands.
    name
        How terms and pictures call it; default the function's own name.
    doc
        One sentence; default the first line of the function's docstring.

    Raises
    ------
    NasvizError
        If it cannot be called with two inputs, or has the name of a known merge or no name.

    Examples
    --------
    >>> @merge
    ... def gate(a, b):
    ...     return a * b.sigmoid()
    >>> gate.name, str(gate.result)
    ('gate', 'merge')
    """
    if function is None:
        return lambda f: merge(f, name=name, doc=doc)
    _check_function(function)
    called = name or getattr(function, "__name__", "")
    if called in (*KNOWN_MERGES, *_ALIASES):
        raise NasvizError(f"{called} is a merge that every space knows; give yours another name: nv.merge(..., name='mine')")
    if not (isinstance(called, str) and called.isidentifier()):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise NasvizError(f"{called!r} cannot be written in a term; give the merge a name: nv.merge(..., name='mine')")
    first = (inspect.getdoc(function) or "").strip().split("\n")[0] if inspect.isfunction(function) else ""
    return Merge(called, doc=doc or first, function=function)


def _check_function(function: object) -> None:
    if not callable(function) or isinstance(function, type):
        raise NasvizError(f"a merge is a function of two inputs, found {type(function).__name__} {str(function)[:60]}")
    try:
        inspect.signature(function).bind(0, 0)
    except TypeError as error:
        raise NasvizError(f"a merge takes two inputs, (a, b): {error}") from None
    except ValueError:  # a function of C without a signature
        return


def named_merge(name: str) -> str:
    """Return the name under which a merge is computed: "add" is "sum", "product" is "mul".

    >>> named_merge("add"), named_merge("gate")
    ('sum', 'gate')
    """
    return _ALIASES.get(name, name)


def read_merge(given: object) -> tuple[str, Operator | None]:
    """Return name and operator of what somebody gave as the merge of a topology: a name, an operator or a function.

    Raises
    ------
    NasvizError
        If the name is unknown (says what is known), or the operator is no merge.

    Examples
    --------
    >>> read_merge("product")
    ('mul', None)
    """
    if isinstance(given, str):
        name = named_merge(given)
        if name in KNOWN_MERGES:
            return name, None
        near = nearest(name, [*KNOWN_MERGES, *_ALIASES])
        meant = f" (did you mean {near}?)" if near else ""
        raise NasvizError(
            f"unknown merge {given[:60]!r}: known are {', '.join(KNOWN_MERGES)}{meant}; a merge of your own is a function, "
            "@nv.merge def mine(a, b): ..., given as merge=mine"
        )
    if isinstance(given, Operator):
        if given.result is not Sort.MERGE:
            raise NasvizError(f"{given.name} is {a_or_an(given.result)}, not a merge")
        return named_merge(given.name), given
    if callable(given):
        made = merge(given)
        return made.name, made
    raise NasvizError(f"a merge is a name or a function of two inputs, found {a_or_an(type(given).__name__)}")
