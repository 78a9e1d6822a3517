"""The JSON form that every record shares: its fields, and a schema version."""

from __future__ import annotations

import dataclasses
import math
import reprlib
import types
import typing
from functools import cache
from typing import Any, Self

from nasviz.errors import StorageError

VERSION = 1
"""Schema version of every record; a reader refuses a newer one."""

_SHORT = reprlib.Repr()
_SHORT.maxlevel, _SHORT.maxstring, _SHORT.maxlong, _SHORT.maxother = 3, 62, 40, 62


class Record:
    """Base of the frozen dataclasses that are stored, sent and drawn.

    `to_json` gives JSON data with the schema version under ``"v"``; numbers that JSON lacks become ``"nan"``, ``"inf"`` and
    ``"-inf"``. `from_json` checks the version and the fields.
    """

    def to_json(self) -> dict[str, Any]:
        """Return the record as JSON data."""
        fields = dataclasses.fields(typing.cast(Any, self))
        return {"v": VERSION, **{f.name: _encode(getattr(self, f.name)) for f in fields}}

    @classmethod
    def from_json(cls, data: object) -> Self:
        """Return the record that `data` describes; unknown fields are ignored.

        Raises
        ------
        StorageError
            If `data` is no such record, of a newer version, or a field is missing or of a wrong type.
        """
        if not isinstance(data, dict):
            raise StorageError(f"a {cls.__name__} is a JSON object, found {type(data).__name__}")
        version = data.get("v")
        if not isinstance(version, int) or not 1 <= version <= VERSION:
            raise StorageError(f"a {cls.__name__} of version {_short(version)}; this nasviz reads versions 1 to {VERSION}")
        values: dict[str, Any] = {}
        for field in dataclasses.fields(typing.cast(Any, cls)):
            if field.name not in data:
                if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
                    raise StorageError(f"a {cls.__name__} without {field.name!r}")
                continue
            values[field.name] = _decode(data[field.name], _hints(cls)[field.name], f"{cls.__name__}.{field.name}")
        return cls(**values)


@cache
def _hints(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _encode(value: Any) -> Any:
    if isinstance(value, Record):
        return value.to_json()
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else ("inf" if value > 0 else "-inf")
    if isinstance(value, (tuple, list)):
        return [_encode(v) for v in value]
    if isinstance(value, dict):
        return {str(k): _encode(v) for k, v in value.items()}
    return value


def _decode(value: Any, hint: Any, where: str) -> Any:
    origin = typing.get_origin(hint)
    args = typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        if value is None and type(None) in args:
            return None
        return _decode_union(value, [a for a in args if a is not type(None)], where)
    if hint is Any or hint is object:
        return value
    if origin is tuple and isinstance(value, (list, tuple)):
        inner = args[0] if args else Any
        if args and args[-1] is not Ellipsis:
            if len(args) != len(value):
                raise StorageError(f"{where} has {len(value)} items, expected {len(args)}")
            return tuple(_decode(v, a, where) for v, a in zip(value, args, strict=True))
        return tuple(_decode(v, inner, where) for v in value)
    if origin is dict and isinstance(value, dict):
        return {k: _decode(v, args[1], where) for k, v in value.items()}
    if origin is typing.Literal:
        if value not in args:
            raise StorageError(f"{where} is {_short(value)}, expected one of {', '.join(map(repr, args))}")
        return value
    return _decode_plain(value, hint, where)


def _decode_union(value: Any, hints: list[Any], where: str) -> Any:
    for hint in hints:
        try:
            return _decode(value, hint, where)
        except StorageError:
            continue
    raise StorageError(f"{where} has the value {_short(value)}, of no type that it may have")


def _decode_plain(value: Any, hint: Any, where: str) -> Any:
    if hint is float and not isinstance(value, bool):
        if isinstance(value, (int, float)) or value in ("nan", "inf", "-inf"):
            return float(value)
    elif isinstance(hint, type) and issubclass(hint, Record):
        return hint.from_json(value)
    elif isinstance(hint, type) and isinstance(value, hint) and (hint is bool or not isinstance(value, bool)):
        return value
    raise StorageError(f"{where} is {_short(value)}, expected {getattr(hint, '__name__', hint)}")


def _short(value: Any) -> str:
    """`value` as it is told of in an error: short and not deep, whatever somebody sent."""
    try:
        return _SHORT.repr(value)
    except ValueError:  # a whole number of more digits than Python writes
        return "a number of thousands of digits"
