"""A table of values of a space's architectures, made by oneself: an objective, a ``DataFrame`` and a CSV file."""

from __future__ import annotations

import csv
import json
import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from nasviz.algebra.arguments import file_path
from nasviz.errors import NasvizError, StorageError, TermError
from nasviz.spaces import SearchSpace

if TYPE_CHECKING:
    import pandas as pd

    from nasviz.algebra import Operator
    from nasviz.spaces import Architecture

__all__ = ["Row", "Tabulated", "load_table", "read_rows"]

VERSION = 1
_MARK = "# nasviz: "
_FIXED = ("term", "value", "seconds", "reason")


@dataclass(frozen=True)
class Row:
    """What is known of one architecture.

    Parameters
    ----------
    term
        Text of its term.
    value
        The objective's value; None where there is none.
    seconds
        Wall time of the evaluation.
    reason
        Why there is no value, or "".
    metrics
        What the objective reported last, by name.
    """

    term: str
    value: float | None
    seconds: float = 0.0
    reason: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict[str, float])


class Tabulated:
    """Values of architectures of a space, by term; calling it looks one up, so it is an objective that costs nothing.

    Parameters
    ----------
    space
        The space.
    rows
        What is known, in any order.
    protocol
        How the values were made, JSON data.

    Examples
    --------
    >>> from nasviz.spaces import three_node_cells
    >>> space = three_node_cells()
    >>> table = Tabulated(space, [Row(str(arch), float(k)) for k, arch in enumerate(space.enumerate())])
    >>> table(space.unrank(7)), len(table)
    (7.0, 116)
    """

    def __init__(self, space: SearchSpace, rows: Iterable[Row] = (), protocol: Mapping[str, Any] | None = None) -> None:
        self.space = space
        self.protocol = dict(protocol or {})
        self.rows: dict[str, Row] = {row.term: row for row in rows}

    def __len__(self) -> int:
        """Number of architectures that have a value."""
        return sum(1 for row in list(self.rows.values()) if row.value is not None)

    def __call__(self, arch: Architecture) -> float:
        """The value of an architecture.

        Raises
        ------
        NasvizError
            If the table does not have it: it is of another space, was not evaluated yet, or its evaluation failed.
        """
        value = self._row(arch).value
        if value is None:
            raise NasvizError(f"the evaluation of {_short(arch)} failed: {self._row(arch).reason}")
        return value

    def seconds(self, arch: Architecture) -> float:
        """Seconds that the evaluation of an architecture took: its cost.

        Raises
        ------
        NasvizError
            As calling the table.
        """
        return self._row(arch).seconds

    @property
    def frame(self) -> pd.DataFrame:
        """What is known so far as a ``DataFrame``, a row an architecture in the order of ranking, indexed by term.

        Columns: value (NaN where the evaluation failed), seconds, what the objective reported last (by name), reason.
        """
        import pandas as pd

        rows = self._ordered()
        names = _metrics(rows)
        columns: dict[str, list[Any]] = {
            "value": [math.nan if row.value is None else row.value for row in rows],
            "seconds": [row.seconds for row in rows],
            **{name: [row.metrics.get(name, math.nan) for row in rows] for name in names},
            "reason": [row.reason for row in rows],
        }
        return pd.DataFrame(columns, index=pd.Index([row.term for row in rows], name="term"))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the table as a CSV file that :func:`load_table` reads.

        The first line is a comment with the space and how the values were made; ``pandas.read_csv(path, skiprows=1)`` reads
        the rest. The file is replaced at once, never half written.

        Raises
        ------
        StorageError
            If it cannot be written.
        """
        path = Path(path)
        head = {"v": VERSION, "kind": "table", "space": self.space.to_json(), "protocol": self.protocol}
        rows = self._ordered()
        names = _metrics(rows)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            with draft.open("w", newline="", encoding="utf-8") as file:
                file.write(f"{_MARK}{json.dumps(head)}\n")
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow([*_FIXED, *names])
                for row in rows:
                    metrics = [_said(row.metrics.get(name)) for name in names]
                    writer.writerow([row.term, _said(row.value), _said(row.seconds), row.reason, *metrics])
            draft.replace(path)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise StorageError(f"the table cannot be written to {path}: {error.strerror}") from error

    def _ordered(self) -> list[Row]:
        rows = list(self.rows.values())
        if self.space.grammar is None:
            return rows
        place = {row.term: self._place(row.term) for row in rows}
        return sorted(rows, key=lambda row: place[row.term])

    def _place(self, term: str) -> int:
        try:
            return self.space.rank(self.space.parse(term))
        except TermError as error:
            found = term if len(term) <= 80 else term[:79] + "…"
            raise NasvizError(
                f"the table has a row {found!r}, which is no architecture of the space {self.space.name or 'without a name'}"
            ) from error

    def _row(self, arch: Architecture) -> Row:
        row = self.rows.get(str(arch))
        if row is None or arch.fingerprint != self.space.fingerprint:
            if not self.space.contains(arch):
                raise NasvizError(
                    f"the table is of the space {self.space.name or 'without a name'}, which has no {_short(arch)}"
                )
            if row is None:
                raise NasvizError(self._lacks(arch))
        return row

    def _lacks(self, arch: Architecture) -> str:
        return f"the table has no value of {_short(arch)}, it has those of {len(self)} architectures"

    def __reduce__(self) -> tuple[Any, ...]:
        return Tabulated, (self.space, list(self.rows.values()), self.protocol)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.space.name or 'space'}: {self._state()})"

    def _state(self) -> str:
        failed = sum(1 for row in list(self.rows.values()) if row.value is None)
        return f"{len(self)} of {self.space.count()} architectures" + (f", {failed} failed" if failed else "")

    def _repr_html_(self) -> str:
        return f"<p>{self._state()}</p>{self.frame.to_html(max_rows=12)}"


def load_table(path: str | os.PathLike[str], operators: Iterable[Operator] = ()) -> Tabulated:
    """Return the table that :meth:`Tabulated.save` or ``nv.tabulate`` wrote; no code is run.

    Parameters
    ----------
    path
        The CSV file.
    operators
        The user's own operators of the space; without them the table works, but its architectures build nothing.

    Raises
    ------
    StorageError
        If there is no such file, or it is damaged (names the line), or of a newer version.
    """
    head, rows = read_rows(file_path(path, "table.csv"))
    space = SearchSpace.from_json(head.get("space"), operators, declared_only=True)
    return Tabulated(space, rows, head.get("protocol") or {})


def read_rows(path: str | os.PathLike[str]) -> tuple[dict[str, Any], list[Row]]:
    """Return the head and the rows of a table's file.

    Raises
    ------
    StorageError
        As :func:`load_table`.
    """
    name = Path(path).name
    try:
        with Path(path).open(newline="", encoding="utf-8") as file:
            head = _head(file.readline(), name)
            rows = csv.DictReader(file, strict=True)
            if tuple(rows.fieldnames or ())[:4] != _FIXED:
                raise StorageError(f"{name}, line 2: a table has the columns {', '.join(_FIXED)}, found {rows.fieldnames}")
            return head, [_read(row, f"{name}, line {rows.line_num + 1}") for row in rows]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise StorageError(f"the table {path} cannot be read: {getattr(error, 'strerror', None) or error}") from error


def _head(line: str, name: str) -> dict[str, Any]:
    try:
        head = json.loads(line.removeprefix(_MARK)) if line.startswith(_MARK) else None
    except json.JSONDecodeError:
        head = None
    if not isinstance(head, dict) or cast("dict[str, Any]", head).get("kind") != "table":
        raise StorageError(f"{name}, line 1: not a table of nasviz, which begins with {_MARK!r} and says what it is of")
    found = cast("dict[str, Any]", head)
    version = found.get("v")
    if not isinstance(version, int) or not 1 <= version <= VERSION:
        raise StorageError(f"{name}: a table of version {version!r:.20}; this nasviz reads versions 1 to {VERSION}")
    return found


def _read(row: Mapping[str, str | None], where: str) -> Row:
    try:
        metrics = {name: float(text) for name, text in row.items() if name not in _FIXED and text}
        value = float(row["value"]) if row["value"] else None
        return Row(str(row["term"]), value, float(row["seconds"] or 0), row["reason"] or "", metrics)
    except (ValueError, TypeError) as error:
        raise StorageError(f"{where}: {error}") from None


def _metrics(rows: Iterable[Row]) -> list[str]:
    return sorted({name for row in rows for name in row.metrics} - {*_FIXED})


def _said(number: float | None) -> str:
    return "" if number is None else repr(float(number))


def _short(arch: Architecture) -> str:
    text = str(arch)
    return text if len(text) <= 80 else text[:79] + "…"
