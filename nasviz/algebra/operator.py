"""Operators: the symbols of the algebra, as data. What they mean is said by the layers of their meanings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from nasviz.algebra.sorts import Sort
from nasviz.errors import NasvizError

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Operator:
    """A many-sorted operator.

    Parameters
    ----------
    name
        As written in terms and grammars: a letter or underscore, then letters, digits and underscores.
    operands
        Sort of each operand, in order.
    result
        Sort of the result.
    variadic
        Whether the last operand may stand once or more often.
    doc
        One sentence: what it computes.
    source
        Where it is from, e.g. "Dong & Yang 2020".

    Raises
    ------
    NasvizError
        If the name is not a name, or a variadic operator has no operands.

    Examples
    --------
    >>> linear = Operator("Linear", (Sort.MAP,), variadic=True)
    >>> linear.accepts(3), linear.accepts(0)
    (True, False)
    """

    name: str
    operands: tuple[Sort, ...] = ()
    result: Sort = Sort.MAP
    variadic: bool = False
    doc: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        if not self._named_well():
            raise NasvizError(
                f"{str(self.name)[:60]!r} cannot name an operator: use a letter, then letters, digits and underscores"
            )
        if self.variadic and not self.operands:
            raise NasvizError(f"the variadic operator {self.name} needs at least one operand sort")

    def _named_well(self) -> bool:
        text = isinstance(self.name, str)  # pyright: ignore[reportUnnecessaryIsInstance]
        return text and NAME.fullmatch(self.name) is not None and len(self.name) <= 200

    @property
    def arity(self) -> int:
        """Number of operands; for a variadic operator the least number."""
        return len(self.operands)

    def accepts(self, n: int) -> bool:
        """Whether the operator may have `n` operands."""
        return n >= self.arity if self.variadic else n == self.arity

    def sort_of(self, i: int) -> Sort:
        """Sort of operand `i`, counted from 0."""
        return self.operands[min(i, len(self.operands) - 1)] if self.variadic else self.operands[i]

    @property
    def arity_text(self) -> str:
        """The number of operands in words, e.g. "3 operands" or "1 or more operands"."""
        if self.variadic:
            return f"{self.arity} or more operands"
        return {0: "no operands", 1: "1 operand"}.get(self.arity, f"{self.arity} operands")

    def declaration(self) -> dict[str, Any]:
        """Return what identifies the operator, as JSON data: kind, name, sorts; no code, no prose."""
        return {
            "kind": type(self).__name__,
            "name": self.name,
            "operands": [str(s) for s in self.operands],
            "result": str(self.result),
            "variadic": self.variadic,
        }


@dataclass(frozen=True)
class Literal(Operator):
    """A number in a term; its name is its text. Made by :func:`literal`."""

    value: int | float = 0

    def _named_well(self) -> bool:
        return True


@dataclass(frozen=True)
class Nonterminal(Operator):
    """A leaf that stands for an open place: a partial term, or the body of a production."""


def literal(value: int | float) -> Literal:
    """Return the operator of a number: sort int for whole numbers, float otherwise.

    >>> literal(0.75).name, str(literal(4).result)
    ('0.75', 'int')
    """
    whole = isinstance(value, int)
    return Literal(name=repr(value), result=Sort.INT if whole else Sort.FLOAT, value=value)
