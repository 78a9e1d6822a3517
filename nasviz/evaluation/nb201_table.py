"""The table of NAS-Bench-201: numbers by cell, read from a CSV file or from the official files of NATS-Bench."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nasviz.errors import DataError, NasvizError
from nasviz.evaluation.nats import cell_results, read_plain
from nasviz.spaces.nb201 import NAMES

if TYPE_CHECKING:
    from nasviz.spaces import Architecture

__all__ = ["DATASETS", "OPERATIONS", "WHERE", "Table", "code_of", "digits_of", "macro_of", "read_table", "term_of"]

OPERATIONS = ("zero", "id", "conv1x1", "conv3x3", "avg_pool")
"""Operation by its digit in the name of a cell."""
CELLS = len(OPERATIONS) ** 6
DATASETS = {"c10": "cifar10", "c100": "cifar100", "in16": "ImageNet16-120"}
"""Name of a data set by its prefix in the names of columns."""
WHERE = (
    "NAS-Bench-201 is not part of nasviz. Get its results from https://github.com/D-X-Y/NATS-Bench (Dong, Liu, Musial, Gabrys "
    '2021; MIT licence): the folder "NATS-tss-v1_0-3ffb9-simple", and type: '
    'bench = nv.benchmarks.NASBench201("NATS-tss-v1_0-3ffb9-simple"). A CSV file is read too: a column "cell" of six digits, '
    'one an edge (0 zero, 1 id, 2 conv1x1, 3 conv3x3, 4 avg_pool), "c10_val" and others with accuracies in %'
)


@dataclass(eq=False)
class Table:
    """Numbers of every cell: `values` (15625, number of columns), NaN where unknown, rows in the order of the cells' codes.

    `pending` has the index in `folder` of the files of cells that were not read yet.
    """

    columns: tuple[str, ...]
    values: np.ndarray
    folder: Path | None = None
    pending: dict[int, int] = field(default_factory=dict[int, int])

    @property
    def known(self) -> np.ndarray:
        """Codes of the cells that the table has, ascending, (n,)."""
        read = np.flatnonzero(~np.isnan(self.values).all(axis=1))
        return np.union1d(read, np.array(sorted(self.pending), dtype=read.dtype))

    def row(self, code: int) -> np.ndarray:
        """Numbers of one cell (number of columns,), read from its file on first use.

        Raises
        ------
        DataError
            If its file cannot be read.
        """
        if self.folder is not None and code in self.pending:
            self.fill(code, cell_results(read_plain(_file(self.folder, self.pending[code]))))
            del self.pending[code]
        return self.values[code]

    def fill(self, code: int, found: Mapping[str, float]) -> None:
        """Write what is known of one cell."""
        for k, column in enumerate(self.columns):
            self.values[code, k] = found.get(column, np.nan)

    def read_all(self) -> None:
        """Read every cell that waits."""
        for code in sorted(self.pending):
            self.row(code)


def code_of(arch: Architecture) -> int:
    """Return the number of an architecture's cell in [0, 15625): its digits to the base 5.

    Raises
    ------
    NasvizError
        If the architecture is neither one cell nor one cell fifteen times as in ``nv.spaces.nb201()``.
    """
    names = [op.name for op in arch.term.operators]
    at = names.index("Cell") if "Cell" in names else len(names)
    cell = names[at + 1 : at + 7]
    if len(cell) < 6 or not set(cell) <= set(OPERATIONS) or names not in (["Cell", *cell], _skeleton(cell)):
        raise NasvizError(
            f"not an architecture of NAS-Bench-201, which is one cell of {', '.join(OPERATIONS)}, alone or fifteen times as in "
            f"nv.spaces.nb201(): {str(arch)[:80]}"
        )
    return int("".join(str(OPERATIONS.index(name)) for name in cell), 5)


def digits_of(code: int) -> str:
    """Return the six digits of a cell.

    >>> digits_of(7)
    '000012'
    """
    return np.base_repr(code, 5).zfill(6)


def _skeleton(cell: list[str]) -> list[str]:
    """Names of operators of the whole network in preorder."""
    one = ["Cell", *cell]
    pair = ["Linear", *one, *one]
    stage = ["Linear", *pair, *pair, "Linear", *one, "down"]
    return ["Linear", *stage, *stage, "Linear", *pair, *pair, *one]


def term_of(code: int) -> str:
    """Return the term of a cell.

    >>> term_of(7)
    'Cell(zero, zero, zero, zero, id, conv1x1)'
    """
    return f"Cell({', '.join(OPERATIONS[int(d)] for d in digits_of(code))})"


def macro_of(code: int) -> str:
    """Return the term of the whole network of a cell."""
    cell = term_of(code)
    pair = f"Linear({cell}, {cell})"
    stage = f"Linear({pair}, {pair}, Linear({cell}, down))"
    return f"Linear({stage}, {stage}, Linear({pair}, {pair}, {cell}))"


def read_table(path: Path) -> Table:
    """Read a CSV file, an official folder (its cells when they are asked for) or an official file.

    Raises
    ------
    DataError
        If there is none, or it cannot be read; names the line.
    """
    if not path.exists():
        raise DataError(f"there is no {path}. {WHERE}")
    if path.is_dir():
        return _read_folder(path)
    return _read_official(path) if path.name.endswith((".pbz2", ".pickle")) else _read_csv(path)


_OFFICIAL = (
    *(f"{p}_{what}{end}" for p in DATASETS for end in ("", "_12") for what in ("val", "test", "time")),
    "params",
    "flops",
)


def _empty(columns: tuple[str, ...]) -> Table:
    return Table(columns, np.full((CELLS, len(columns)), np.nan))


def _codes(meta: Any, where: Path) -> list[int]:
    """Codes of the cells in the order of the official files."""
    if not (isinstance(meta, dict) and "meta_archs" in meta):
        raise DataError(f"{where.name} does not list cells under 'meta_archs', as the files of NATS-Bench do")
    codes: list[int] = []
    digit = {theirs: str(OPERATIONS.index(ours)) for theirs, ours in NAMES.items()}
    for text in meta["meta_archs"]:
        words = [part.split("~")[0] for part in str(text).replace("+", "").split("|") if part]
        if len(words) != 6 or not set(words) <= set(digit):
            raise DataError(f"{where.name} lists {str(text)[:80]!r}, which is no cell of NAS-Bench-201")
        codes.append(int("".join(digit[word] for word in words), 5))
    return codes


def _read_folder(path: Path) -> Table:
    meta = path / "meta.pickle.pbz2"
    if not meta.exists():
        raise DataError(f"the folder {path} has no file meta.pickle.pbz2, so it is none of NATS-Bench. {WHERE}")
    table = _empty(_OFFICIAL)
    table.folder = path
    codes = _codes(read_plain(meta), meta)
    table.pending = {code: index for index, code in enumerate(codes) if _file(path, index).exists()}
    if not table.pending:
        raise DataError(f"the folder {path} has no results: none of 000000.pickle.pbz2 and so on")
    return table


def _file(folder: Path, index: int) -> Path:
    return folder / f"{index:06d}.pickle.pbz2"


def _read_official(path: Path) -> Table:
    whole = read_plain(path)
    table = _empty(_OFFICIAL)
    codes = _codes(whole, path)
    for index, results in whole.get("arch2infos", {}).items():
        table.fill(codes[int(index)], cell_results(results))
    return table


def _read_csv(path: Path) -> Table:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = csv.DictReader(file)
            columns = tuple(c for c in rows.fieldnames or () if c != "cell")
            if "cell" not in (rows.fieldnames or ()) or not any(c.endswith(("_val", "_val_12")) for c in columns):
                found = ", ".join(map(str, rows.fieldnames or ()))[:120]
                raise DataError(f"{path.name} has the columns {found}; a column cell and one like c10_val are needed")
            table = _empty(columns)
            seen: set[int] = set()
            for code, numbers in _rows(rows, columns, path):
                if code in seen:
                    raise DataError(f"{path.name}, line {rows.line_num}: the cell {term_of(code)} stands there twice")
                seen.add(code)
                table.values[code] = numbers
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path} cannot be read as a CSV file: {error}") from error
    if not seen:
        raise DataError(f"{path.name} has no cells")
    return table


def _rows(rows: csv.DictReader[str], columns: tuple[str, ...], path: Path) -> Iterator[tuple[int, list[float]]]:
    accuracies = [c.removesuffix("_12").endswith(("_val", "_test")) for c in columns]
    for row in rows:
        where = f"{path.name}, line {rows.line_num}"
        digits = (row["cell"] or "").strip().zfill(6)  # programs that take a cell for a number drop its leading zeros
        if len(digits) != 6 or not set(digits) <= set("01234"):
            raise DataError(f"{where}: a cell is six digits from 0 to 4, found {row['cell']!r:.40}")
        try:
            numbers = [float(row[c]) if row[c] not in (None, "") else float("nan") for c in columns]
        except ValueError as error:
            raise DataError(f"{where}: {error}") from None
        wrong = [
            x for x, is_accuracy in zip(numbers, accuracies, strict=True) if is_accuracy and not (np.isnan(x) or 0 <= x <= 100)
        ]
        if wrong:
            raise DataError(f"{where}: an accuracy is between 0 and 100 %, found {wrong[0]}")
        yield int(digits, 5), numbers
