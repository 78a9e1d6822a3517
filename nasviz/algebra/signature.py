"""A signature: the operators that a term or grammar may use, found by name and number of operands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from nasviz.algebra.attribute import DEPTH, SIZE, Attribute
from nasviz.algebra.operator import Operator
from nasviz.errors import NasvizError, SortError, nearest


class Signature:
    """An immutable set of operators with aliases.

    Parameters
    ----------
    operators
        Operators; of two with one name and one number of operands the later one counts.
    aliases
        Other names: an alias stands for that one of its operators which accepts the number of operands.
    attributes
        What constraints over these operators may speak of, beside `depth` and `size`; later ones replace earlier ones.

    Raises
    ------
    NasvizError
        If an alias names an unknown operator.
    """

    def __init__(
        self,
        operators: Iterable[Operator],
        aliases: Mapping[str, tuple[str, ...]] | None = None,
        attributes: Iterable[Attribute] = (),
    ) -> None:
        self.attributes = {a.name: a for a in (DEPTH, SIZE, *attributes)}
        table: dict[str, Operator] = {}
        for op in operators:
            table[op.name] = op
        self._table = table
        self.aliases = dict(aliases or {})
        for alias, targets in self.aliases.items():
            missing = [name for name in targets if name not in table]
            if missing:
                raise NasvizError(f"the alias {alias} names the unknown operator {missing[0]}")

    def __iter__(self) -> Iterator[Operator]:
        return iter(self._table.values())

    def __len__(self) -> int:
        return len(self._table)

    def __contains__(self, name: object) -> bool:
        return name in self._table or name in self.aliases

    def names(self) -> tuple[str, ...]:
        """Every name that may be written, aliases included."""
        return (*self._table, *(a for a in self.aliases if a not in self._table))

    def candidates(self, name: str) -> tuple[Operator, ...]:
        """The operators that `name` may stand for; none when it is unknown."""
        if name in self._table:
            return (self._table[name],)
        return tuple(self._table[n] for n in self.aliases.get(name, ()))

    def resolve(self, name: str, arity: int) -> Operator:
        """Return the operator called `name` that accepts `arity` operands.

        Raises
        ------
        NasvizError
            If no operator has this name; the sentence names the nearest one.
        SortError
            If none of this name accepts so many operands.
        """
        found = self.candidates(name)
        for op in found:
            if op.accepts(arity):
                return op
        if not found:
            near = nearest(name, self.names())
            hint = f"; did you mean {near}?" if near else ""
            raise NasvizError(f"unknown operator {name[:60]!r}{hint}")
        expected = " or ".join(op.arity_text for op in found)
        raise SortError(f"{name} takes {expected}, found {arity}")

    def with_(self, operators: Iterable[Operator], attributes: Iterable[Attribute] = ()) -> Signature:
        """Return this signature with more operators and attributes; a name that exists is replaced."""
        return Signature((*self._table.values(), *operators), self.aliases, (*self.attributes.values(), *attributes))
