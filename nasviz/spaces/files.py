"""Files of search spaces: the readable grammar below a header of comments; loading runs no code.

    # nasviz: {"v": 1, "kind": "space"}
    # nasviz: {"name": "mine", "input_shape": [1, 8, 8], "num_classes": 10}
    # nasviz: {"operator": {"kind": "Operator", "name": "swish3", ...}}
    # nasviz: {"fingerprint": "5f0c..."}
    # bibtex: @misc{mine,
    # bibtex: }

    S ::= Linear(B, S) | B
    B ::= swish3 | id

Every header line is a comment of the notation, so the whole file is a grammar text too; a file without a header is one as well.
"""

from __future__ import annotations

import json
import os
import re
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from nasviz.algebra import Attribute, Operator
from nasviz.algebra.arguments import file_path, flag
from nasviz.errors import GrammarError, NasvizError, StorageError
from nasviz.grammar.notation import LIMIT
from nasviz.spaces.architecture import VERSION, checked
from nasviz.spaces.arguments import checked_attributes, checked_operators
from nasviz.spaces.declared import restore

if TYPE_CHECKING:
    from nasviz.spaces.space import SearchSpace

BYTES = 5 * LIMIT
"""Largest file that is read, in bytes."""

_OURS = "# nasviz:"
_BIBTEX = "# bibtex:"
_NAME = re.compile(r"[A-Za-z_]\w*")


def save(space: SearchSpace, path: str | os.PathLike[str]) -> None:
    """Write a space to a file: its grammar as text, and in comments above it name, source, task, operators and fingerprint.

    Raises
    ------
    NasvizError
        If the space has no grammar.
    StorageError
        If the file cannot be written.
    """
    data = space.to_json()
    if space.grammar is None:
        raise NasvizError("the free space has no grammar to save; write one with nv.SearchSpace(...)")
    lines = [
        {"v": data["v"], "kind": data["kind"]},
        {key: data[key] for key in ("name", "source") if data[key]},
        {"input_shape": data["input_shape"], "num_classes": data["num_classes"]},
        {"stem": data["stem"]},
        {"head": data["head"]},
        *({"operator": declared} for declared in data["operators"]),
        {"fingerprint": data["fingerprint"]},
    ]
    header = [f"{_OURS} {json.dumps(line, ensure_ascii=False)}" for line in lines if line]
    bibtex = [f"{_BIBTEX} {line}".rstrip() for line in space.bibtex.rstrip("\n").split("\n") if space.bibtex]
    text = "\n".join([*header, *bibtex, "", space.grammar.text])
    target = file_path(path)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        part.write_bytes(text.encode())
        part.replace(target)
    except (OSError, UnicodeEncodeError) as error:
        part.unlink(missing_ok=True)
        raise StorageError(f"cannot write {target}: {error}") from error


def load(
    path: str | os.PathLike[str],
    operators: Iterable[Operator] = (),
    *,
    declared_only: bool = False,
    attributes: Iterable[Attribute] = (),
) -> SearchSpace:
    """Read a space from a file that `space.save` wrote, or from a plain grammar text. No code is run.

    A grammar that was edited by hand is accepted with a warning; its source says so.

    Parameters
    ----------
    path
        The file.
    operators
        Your own operators that the grammar uses; standard ones and topologies are known.
    declared_only
        Open without operators that are missing: the space counts, samples and draws, but builds nothing with them.
    attributes
        Your own attributes that its constraints ask for.

    Raises
    ------
    StorageError
        If there is no such file, it is too large, no UTF-8, of a newer version, or operators are missing or differ; says which.
    GrammarError
        If the grammar cannot be read; line and column are those of the file.
    NasvizError
        If `path` is no path, or something else than operators or attributes is handed in.

    Examples
    --------
    >>> import tempfile
    >>> from nasviz.spaces import nb201
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     nb201().save(f"{folder}/mine.grammar")
    ...     load(f"{folder}/mine.grammar") == nb201()
    True
    """
    source = file_path(path)
    own, more = checked_operators(operators), checked_attributes(attributes)
    whole = _read(source)
    header, text = _split(source, whole)
    try:
        space, stored = _space(header, text, own, flag(declared_only, "declared_only"), more)
    except GrammarError as error:
        raise _in_file(error, source, whole, len(whole) - len(text)) from None
    except NasvizError as error:
        raise StorageError(f"{source}: {error}") from error
    if stored not in ("", space.fingerprint):
        warnings.warn(f"{source} was edited after it was saved: its fingerprint is no longer {stored[:12]}…", stacklevel=2)
        space.source = f"{space.source} (edited by hand)".strip()
    return space


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(BYTES + 1)
    except OSError as error:
        raise StorageError(f"cannot read {path}: {error.strerror or error}") from error
    if len(data) > BYTES:
        raise StorageError(f"{path} has {path.stat().st_size:,} bytes; at most {BYTES:,} are read")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        message = f"{path}, line {line}, byte {column}: 0x{data[error.start]:02x} is no UTF-8; save the file as UTF-8"
        raise StorageError(message) from None


def _split(path: Path, whole: str) -> tuple[dict[str, Any], str]:
    """Header and grammar text of a file."""
    header: dict[str, Any] = {}
    operators: list[object] = []
    bibtex: list[str] = []
    at = number = 0
    while whole.startswith((_OURS, _BIBTEX), at):
        number += 1
        stop = whole.find("\n", at)
        stop = len(whole) if stop < 0 else stop
        line = whole[at:stop].rstrip("\r")
        at = min(stop + 1, len(whole))
        if line.startswith(_BIBTEX):
            bibtex.append(line[len(_BIBTEX) :].removeprefix(" "))
            continue
        part = _json(path, number, line[len(_OURS) :])
        if "operator" in part:
            operators.append(part.pop("operator"))
        header.update(part)
    if header or bibtex:
        blank = re.compile(r"\r?\n").match(whole, at)
        at = blank.end() if blank else at
    if bibtex:
        header["bibtex"] = "\n".join(bibtex) + "\n"
    header["operators"] = operators
    return header, whole[at:]


def _json(path: Path, number: int, text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise StorageError(f"{path}, line {number}: a header line is a JSON object; {reason}") from None
    if not isinstance(data, dict):
        raise StorageError(f"{path}, line {number}: a header line is a JSON object, found {type(data).__name__}")
    return cast("dict[str, Any]", data)


def _space(
    header: dict[str, Any], text: str, given: tuple[Operator, ...], declared_only: bool, attributes: tuple[Attribute, ...]
) -> tuple[SearchSpace, str]:
    """The space, and the fingerprint that was stored with it."""
    from nasviz.spaces.space import SearchSpace

    body = checked({"v": VERSION, "kind": "space", **header}, "space")
    words = set(_NAME.findall(text))
    declared = [d for d in body["operators"] if not isinstance(d, dict) or _used(cast("dict[str, Any]", d), words)]
    own = restore(declared, given, declared_only=declared_only)
    names = {op.name for op in own}
    ends = {key: restore([body[key]], given, declared_only=declared_only)[0] for key in ("stem", "head") if key in body}
    labels = {key: body.get(key, "") for key in ("name", "source", "bibtex", "fingerprint")}
    for key, value in labels.items():
        if not isinstance(value, str):
            raise StorageError(f"{key} is a text, found {type(value).__name__}")
    stored = labels.pop("fingerprint")
    shape = body.get("input_shape", [3, 32, 32])
    shape = tuple(cast("list[int]", shape)) if isinstance(shape, list) else shape
    extra = [op for op in given if op.name not in names]
    classes = body.get("num_classes", 10)
    return SearchSpace(text, [*own, *extra], shape, classes, **ends, **labels, attributes=attributes), stored


def _used(declared: dict[str, Any], words: set[str]) -> bool:
    """Whether a stored operator occurs in a text, by its name or an alias without the last digits."""
    name = str(declared.get("name"))
    return name in words or name.rstrip("0123456789") in words


def _in_file(error: GrammarError, path: Path, whole: str, offset: int) -> GrammarError:
    """The error at its place in the file."""
    hints = [error.hint] if error.hint else []
    if error.message.startswith("undefined name"):
        hints.append("an operator of your own: nv.load(path, operators=[...])")
    hints.append(f"in {path}")
    return GrammarError(error.message, text=whole, start=error.start + offset, end=error.end + offset, hint="\n".join(hints))
