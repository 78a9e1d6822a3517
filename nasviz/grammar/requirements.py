"""Requirements: what ``require`` lines say, as data with places."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass

from nasviz.algebra import Attribute, Operator, Signature
from nasviz.errors import nearest
from nasviz.grammar.diagnostics import Diagnostic, Fix, quoted
from nasviz.grammar.notation import Condition, Document

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}


@dataclass(frozen=True)
class Requirement:
    """One condition of a grammar: ``connected``, ``halvings == 2``, ``depth <= 3 at Cell``.

    Parameters
    ----------
    attribute
        The attribute that is asked.
    compare
        "==", "!=", "<=", ">=", "<" or ">"; "" for an attribute that is true or false.
    bound
        The number compared with.
    at
        Name of the operator at whose every occurrence it is asked; "" for the whole term.
    span
        Range of characters in the text of the grammar.

    Examples
    --------
    >>> from nasviz.algebra.attribute import DEPTH
    >>> narrow = Requirement(DEPTH, "<=", 3, "Cell", (0, 0))
    >>> str(narrow), narrow.fulfilled(3), narrow.fulfilled(4)
    ('depth <= 3 at Cell', True, False)
    """

    attribute: Attribute
    compare: str
    bound: int | float
    at: str
    span: tuple[int, int]

    def __str__(self) -> str:
        comparison = f" {self.compare} {self.bound}" if self.compare else ""
        return self.attribute.name + comparison + (f" at {self.at}" if self.at else "")

    @property
    def whole(self) -> bool:
        """Whether the whole term is asked."""
        return not self.at

    def asks(self, op: Operator) -> bool:
        """Whether every occurrence of `op` is asked."""
        if self.at:
            return op.name == self.at
        return not self.compare and self.attribute.everywhere(op)

    def fulfilled(self, value: Hashable) -> bool:
        """Whether a value of the attribute is as required."""
        number = self.attribute.number(value)
        if number is None:
            return False
        return _COMPARE[self.compare](number, self.bound) if self.compare else bool(number)


def requirements(document: Document, signature: Signature) -> Iterator[Requirement | Diagnostic]:
    """Yield what the ``require`` lines of a document say, or what is wrong with them."""
    for statement in document.statements:
        for condition in statement.conditions:
            yield _wrong(condition, signature) or _requirement(condition, signature)


def _requirement(condition: Condition, signature: Signature) -> Requirement:
    attribute = signature.attributes[condition.name]
    at = condition.at
    if at:
        at = signature.candidates(at)[0].name
    return Requirement(attribute, condition.compare, condition.bound, at, (condition.start, condition.end))


def _wrong(condition: Condition, signature: Signature) -> Diagnostic | None:
    known = signature.attributes
    start, end = condition.start, condition.end
    if condition.name not in known:
        stop = start + len(condition.name)
        near = nearest(condition.name, list(known))
        fix = Fix(start, stop, near, f"write {near}") if near else None
        hint = f"did you mean {near}?" if near else "the attributes are " + ", ".join(sorted(known))
        message = f"unknown attribute {quoted(condition.name)} in a constraint"
        return Diagnostic("constraint", "error", message, start, stop, hint, fix)
    if not condition.compare and not known[condition.name].flag:
        message = f"{condition.name} is a number; a constraint compares it"
        hint = f"write for example require {condition.name} <= 6"
        return Diagnostic("constraint", "error", message, start, end, hint)
    if not math.isfinite(condition.bound):
        return Diagnostic("constraint", "error", "a number too large to be represented", start, end)
    if condition.at and not signature.candidates(condition.at):
        near = nearest(condition.at, signature.names())
        at, stop = condition.at_span
        fix = Fix(at, stop, near, f"write {near}") if near else None
        hint = f"did you mean {near}?" if near else "a constraint is asked at an operator, or of the whole without 'at'"
        return Diagnostic(
            "constraint", "error", f"unknown operator {quoted(condition.at)} in a constraint", at, stop, hint, fix
        )
    return None
