"""interpret: the one way to give a term a value, bottom-up."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from nasviz.algebra.operator import Operator
from nasviz.algebra.term import Term

Value = TypeVar("Value")


def interpret(term: Term, algebra: Callable[[Operator, list[Value], int], Value]) -> Value:
    """Return the value of `term` in an algebra.

    Parameters
    ----------
    term
        The term.
    algebra
        ``algebra(operator, values of the operands in order, node)`` gives the value of a node; it is called once for each
        node, operands first.

    Examples
    --------
    >>> from nasviz.algebra import Operator, Sort, Term
    >>> f = Operator("f", (Sort.MAP, Sort.MAP)); x = Term.build(Operator("x"))
    >>> interpret(Term.build(f, x, Term.build(f, x, x)), lambda op, args, i: 1 + sum(args))
    5
    """
    values: list[Value] = []
    arity = term.arity.tolist()
    for i in range(len(term) - 1, -1, -1):
        n = arity[i]
        args = values[: -n - 1 : -1] if n else []
        if n:
            del values[-n:]
        values.append(algebra(term.operators[i], args, i))
    return values[0]
