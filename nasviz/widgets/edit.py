"""edit: a grammar file in the editor, saved without surprises, with a draft beside it that survives the kernel."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

from nasviz.algebra import Operator
from nasviz.errors import GrammarError, NasvizError, StorageError
from nasviz.grammar import Grammar
from nasviz.spaces import SearchSpace
from nasviz.spaces.files import load
from nasviz.spaces.files import save as save_space
from nasviz.widgets.examples import Example
from nasviz.widgets.grammar import GrammarEditor
from nasviz.widgets.workspace import WORKSPACE

TEMPLATE = "S ::= Linear(B, B) | Residual(B, id, B)\nB ::= conv3x3 | avg_pool\n"
"""What a new file begins with."""

DRAFT_AFTER = 0.3
"""Seconds from an edit to the draft on disk, at most."""

_VERSION = 1
_HEADER = re.compile(r"(?:# (?:nasviz|bibtex):[^\n]*(?:\n|\Z))*")
_NAME = re.compile(r"[A-Za-z_]\w*")
_DRAFT = "This is the unsaved draft of your last session."
_BY_HAND = " (edited by hand)"


def edit(
    path: str | os.PathLike[str],
    operators: Iterable[Operator] = (),
    input_shape: tuple[int, ...] = (3, 32, 32),
    num_classes: int = 10,
    examples: Iterable[Example] = (),
) -> FileEditor:
    """Edit a grammar file in the notebook.

    Ctrl-S and the button Accept save it: written whole or not at all, its header kept. What is not saved is kept as a draft in
    a hidden file beside it, ``.mine.grammar.draft``: after a restart of the kernel the same cell shows it again. A file that
    changes on disk meanwhile is never overwritten unasked.

    Parameters
    ----------
    path
        A file that ``space.save`` wrote, a plain grammar text, or a new file.
    operators
        Your own operators that the grammar may use.
    input_shape, num_classes
        The task of a file without a header, which says them itself.
    examples
        Pairs (text of a term, whether the grammar must derive it).

    Raises
    ------
    StorageError
        If the file cannot be read, or its header names operators that are missing.

    Examples
    --------
    >>> editor = nv.edit("mine.grammar")                                        # doctest: +SKIP
    >>> editor.space.count()                                                    # doctest: +SKIP
    """
    return FileEditor(path, operators, input_shape, num_classes, examples)


def draft_of(path: Path) -> Path:
    """Return where the draft of a grammar file is kept.

    >>> draft_of(Path("spaces/mine.grammar")).as_posix()
    'spaces/.mine.grammar.draft'
    """
    return path.with_name(f".{path.name}.draft")


class FileEditor(GrammarEditor):
    """An editor of a grammar file; made by :func:`edit`.

    Attributes
    ----------
    path
        The file.
    """

    _saved = _drafted = ""

    def __init__(
        self,
        path: str | os.PathLike[str],
        operators: Iterable[Operator] = (),
        input_shape: tuple[int, ...] = (3, 32, 32),
        num_classes: int = 10,
        examples: Iterable[Example] = (),
        **kwargs: Any,
    ) -> None:
        self.path = Path(path).resolve()
        own = tuple(operators)
        self._note = ""
        self._failed = ""
        self._conflict = False
        self._digest, self._head, self._saved = _on_disk(self.path)
        self._stamp = _stamp(self.path)
        text = TEMPLATE if self._digest == "" else self._saved
        base: SearchSpace | str = _space(self.path, self._head, own) if self._head else text
        draft = self._read_draft()
        if draft is not None:
            text = self._drafted = draft
        super().__init__(base, own, input_shape, num_classes, examples, value=text, **kwargs)

    def _read_draft(self) -> str | None:
        try:
            kept = json.loads(draft_of(self.path).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        data = cast("dict[str, Any]", kept) if isinstance(kept, dict) else {}
        text = data.get("text")
        if data.get("v") != _VERSION or not isinstance(text, str) or text == self._saved:
            return None
        self._note = _DRAFT
        self._conflict = data.get("base") != self._digest
        return text

    @property
    def dirty(self) -> bool:
        """Whether the text differs from the file."""
        return self.value != self._saved or self._digest == ""

    def _besides(self) -> dict[str, Any]:
        if self.value != self._saved:
            WORKSPACE.submit(self, FileEditor._write_draft, after=DRAFT_AFTER, key="draft")
        else:
            draft_of(self.path).unlink(missing_ok=True)
            self._drafted = ""
            self._note = "" if self._note == _DRAFT else self._note
        return {"file": self._file()}

    def _file(self) -> dict[str, Any]:
        state = "conflict" if self._conflict else "edited" if self.dirty else "saved"
        if self._digest == "" and not self._conflict:
            state = "new"
        return {
            "name": self.path.name,
            "path": str(self.path),
            "draft": draft_of(self.path).name,
            "state": state,
            "note": self._failed or self._note,
        }

    def _write_draft(self) -> None:
        text = self.value
        if text in (self._saved, self._drafted):
            return
        self._drafted = text
        kept = {"v": _VERSION, "base": self._digest, "text": text}
        try:
            _write(draft_of(self.path), json.dumps(kept, ensure_ascii=False))
        except StorageError as error:
            self._failed = f"No draft is kept: {error}."
            self._update(file=self._file())

    def _space_of(self, grammar: Grammar) -> SearchSpace:
        base = self._base
        if not self._head:
            return super()._space_of(grammar)
        labels: dict[str, Any] = {"name": base.name, "source": base.source.removesuffix(_BY_HAND), "bibtex": base.bibtex}
        task = (base.input_shape, base.num_classes)
        return SearchSpace(grammar, self._own(grammar), *task, stem=base.stem, head=base.head, **labels)

    def save(self, overwrite: bool = False) -> None:
        """Write the text to the file, errors or not; the header is kept.

        Parameters
        ----------
        overwrite
            Also when the file changed on disk since it was read.

        Raises
        ------
        StorageError
            If the file changed meanwhile (and `overwrite` is false), or cannot be written.
        """
        if not overwrite and _on_disk(self.path)[0] != self._digest:
            self._conflict = True
            self._update(file=self._file())
            raise StorageError(f"{self.path.name} changed on disk since it was read; save(overwrite=True) replaces it")
        good = self.good
        mode = self.path.stat().st_mode if self.path.exists() else None
        if self._head and good is not None and good.grammar is not None and good.grammar.text == self.value:
            save_space(good, self.path)
        else:
            _write(self.path, self._head + self.value)
        if mode is not None:
            self.path.chmod(mode)
        self._seen()

    def reload(self) -> None:
        """Show the file as it is on disk; unsaved changes are dropped, undo in the editor brings them back.

        Raises
        ------
        StorageError
            If the file cannot be read.
        """
        self._seen()
        if self._digest != "":
            self.value = self._saved

    def _seen(self) -> None:
        self._stamp = _stamp(self.path)
        self._digest, self._head, self._saved = _on_disk(self.path)
        self._conflict = False
        self._note = self._failed = ""
        self._update(**self._besides())

    def accept(self) -> None:
        """Save the text, and compare sizes with it from now on."""
        self.save()
        super().accept()

    def close(self) -> None:
        """End the view; what is not saved stays in the draft."""
        self._write_draft()
        super().close()

    def do_save(self, body: dict[str, Any]) -> None:
        """Ctrl-S and the button Accept; with "overwrite" the button that says so."""
        self._catch_up(body)
        try:
            self.save(overwrite=body.get("overwrite") is True)
        except StorageError:
            if not self._conflict:
                raise
        else:
            if self.good is not None and self.good.grammar is not None and self.good.grammar.text == self.value:
                self._compare_from_now()

    do_accept = do_save

    def do_reload(self, body: dict[str, Any]) -> None:
        """The button Load the file."""
        self.reload()

    def do_look(self, body: dict[str, Any]) -> None:
        """The page asks now and then whether the file changed on disk."""
        stamp = _stamp(self.path)
        if stamp == self._stamp or stamp is None:
            return
        self._stamp = stamp
        if _on_disk(self.path)[0] == self._digest:
            return
        if self.dirty and self._digest != "":
            self._conflict = True
        else:
            self.reload()
            self._note = "The file changed on disk and was read again."
        self._update(file=self._file())


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _on_disk(path: Path) -> tuple[str, str, str]:
    """Digest of a file, its header and its grammar text; three empty texts where there is no such file."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return "", "", ""
    except OSError as error:
        raise StorageError(f"cannot read {path}: {error.strerror or error}") from error
    try:
        whole = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise StorageError(f"{path} is no UTF-8; save it as UTF-8") from None
    found = _HEADER.match(whole)
    stop = found.end() if found else 0
    stop += int(stop > 0 and whole.startswith("\n", stop))
    return hashlib.sha256(data).hexdigest(), whole[:stop], whole[stop:]


def _space(path: Path, head: str, operators: tuple[Operator, ...]) -> SearchSpace:
    """The space that the header describes, also when its grammar has errors."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return load(path, operators)
        except GrammarError:
            words = " ".join(sorted(set(_NAME.findall(path.read_text(encoding="utf-8")))))
        with tempfile.TemporaryDirectory() as folder:
            harmless = Path(folder) / path.name
            harmless.write_text(f"{head}S ::= id\n# {words}\n", encoding="utf-8")
            try:
                return load(harmless, operators)
            except NasvizError as error:
                raise StorageError(str(error).replace(str(harmless), str(path))) from None


def _write(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(text.encode())
        part.replace(path)
    except (OSError, UnicodeEncodeError) as error:
        part.unlink(missing_ok=True)
        raise StorageError(f"cannot write {path}: {error}") from error
