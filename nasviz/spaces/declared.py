"""Operators from their declarations: what a stored space says of them, with or without the user's code."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from nasviz.algebra import Operator, Sort
from nasviz.errors import NasvizError, StorageError
from nasviz.graph import KNOWN_MERGES, Topology
from nasviz.spaces.operators import HEADS, STANDARD, STEMS, VARIANTS


@dataclass(frozen=True)
class Declared(Operator):
    """An operator of which only the declaration is known: it can be counted, drawn and sampled, not built.

    Attributes
    ----------
    declared
        The declaration as JSON text.
    """

    declared: str = "{}"

    def declaration(self) -> dict[str, Any]:
        """Return the declaration as it was stored."""
        return json.loads(self.declared)


def restore(declarations: object, operators: Iterable[Operator], *, declared_only: bool = False) -> list[Operator]:
    """Return the operators that declarations stand for.

    Parameters
    ----------
    declarations
        JSON data as :meth:`Operator.declaration` gives it, a list.
    operators
        The user's own operators.
    declared_only
        Take a :class:`Declared` where an operator of the user is missing.

    Raises
    ------
    StorageError
        If an operator is missing or differs from what was stored; names it.
    """
    if not isinstance(declarations, list):
        raise StorageError("the stored operators are no list")
    own = {op.name: op for op in operators}
    found: list[Operator] = []
    missing: list[str] = []
    for declared in cast("list[object]", declarations):
        if not isinstance(declared, dict):
            raise StorageError("a stored operator is a JSON object with a name")
        data = cast("dict[str, Any]", declared)
        op = _known(data, own) or _rebuilt(data, declared_only=declared_only)
        if op is None and declared_only:
            op = _declared(data)
        if op is None:
            missing.append(str(data.get("name", "?"))[:60])
        else:
            found.append(op)
    if missing:
        raise StorageError(
            f"missing operators: {', '.join(missing)}; pass them as operators=[...], "
            "or open with declared_only=True to look without building"
        )
    return found


def _known(data: dict[str, Any], own: Mapping[str, Operator]) -> Operator | None:
    name = str(data.get("name"))
    if name in own:
        if own[name].declaration() != data:
            raise StorageError(f"the operator {name} differs from the stored one: {_difference(data, own[name].declaration())}")
        return own[name]
    standard = (op for op in (*STANDARD, *VARIANTS, *STEMS, *HEADS) if op.name == name)
    return next((op for op in standard if op.declaration() == data), None)


def _difference(stored: Mapping[str, Any], given: Mapping[str, Any]) -> str:
    keys = [k for k in {**stored, **given} if stored.get(k) != given.get(k)]
    return ", ".join(f"{k} was {stored.get(k)!r}, is {given.get(k)!r}" for k in keys)


def _rebuilt(data: dict[str, Any], *, declared_only: bool) -> Topology | None:
    """A topology is its data: no code of the user is needed, unless it merges by a function of hers."""
    if data.get("kind") != "Topology":
        return None
    try:
        merge = str(data["merge"])
        if merge not in KNOWN_MERGES and not declared_only:
            return None
        sorts = tuple(Sort(s) for s in data.get("operands", ()))
        on: Any = data.get("on", "edges")
        made = Topology(str(data["name"]), sorts, notation=str(data["edges"]), merge=merge, on=on)
    except (KeyError, TypeError, ValueError, NasvizError) as error:
        raise StorageError(f"the stored topology {str(data.get('name'))[:60]!r} cannot be read: {error}") from error
    return made if made.declaration() == data else None


def _declared(data: dict[str, Any]) -> Declared:
    try:
        return Declared(
            data["name"],
            tuple(Sort(s) for s in data["operands"]),
            Sort(data["result"]),
            bool(data["variadic"]),
            doc="Known by its declaration only.",
            declared=json.dumps(data, sort_keys=True),
        )
    except (KeyError, TypeError, ValueError, NasvizError) as error:
        raise StorageError(f"the stored operator {str(data.get('name'))[:60]!r} cannot be read: {error}") from error
