"""Where optuna keeps a study: opening it, and what goes wrong there in one sentence."""

from __future__ import annotations

import logging
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import optuna
from optuna.exceptions import OptunaError
from optuna.storages import RDBStorage
from sqlalchemy import make_url
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError

from nasviz.errors import StorageError

TRIES = 10
PAUSE = 0.2
"""How often, and after how many seconds, a database is opened again whose tables another process makes."""


def backend(url: str | None, patience: float) -> optuna.storages.BaseStorage:
    """Return optuna's storage at a URL, or in memory; a locked SQLite file is waited for `patience` seconds.

    Raises
    ------
    StorageError
        If `url` is no URL.
    """
    if url is None:
        return optuna.storages.InMemoryStorage()
    if not isinstance(url, str) or "://" not in url:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise StorageError(f'{str(url)!r} is no address of a storage. Type: storage="sqlite:///{url}"')
    wait = {"connect_args": {"timeout": patience}} if url.startswith("sqlite") else {}
    return optuna.storages.get_storage(_opened(url, wait))


def _opened(url: str, options: dict[str, Any]) -> RDBStorage:
    """Open a database; where another process makes its tables at the same moment, a little later."""
    for _ in range(TRIES):
        try:
            return RDBStorage(url, engine_kwargs=options)
        except (SQLAlchemyError, OptunaError) as error:
            if not _made_twice(error):
                raise
            time.sleep(PAUSE)
    return RDBStorage(url, engine_kwargs=options)


def check_there(url: str) -> None:
    """Refuse a file that is missing, which SQLite would make."""
    file = _file(url)
    if file is not None and not file.exists():
        raise StorageError(f"{url} holds no study: there is no file {file}")


def _file(url: object) -> Path | None:
    """Return the file of a SQLite database, or None."""
    if not isinstance(url, str) or not url.startswith("sqlite"):
        return None
    try:
        file = make_url(url).database
    except SQLAlchemyError:
        return None
    return Path(file) if file and file != ":memory:" and not file.startswith("file:") else None


def _made_twice(error: Exception) -> bool:
    """Whether another process made a table, or its one row, first."""
    cause = error.__cause__ if isinstance(error, OptunaError) else error
    return isinstance(cause, IntegrityError) or (isinstance(cause, OperationalError) and "already exists" in str(cause.orig))


@contextmanager
def translated(where: str | None, *, everything: bool = False) -> Generator[None]:
    """Raise what optuna and its database raise as a `StorageError` of one sentence; `everything` else too, when opening."""
    try:
        yield
    except StorageError:
        raise
    except Exception as error:
        if not (everything or isinstance(error, OptunaError) or type(error).__module__.startswith("sqlalchemy.")):
            raise
        cause = error.__cause__ or error
        text = str(getattr(cause, "orig", None) or cause).splitlines()[0]
        raise StorageError(f"the storage {where or 'in memory'} cannot be used: {text}{_why(where, cause, text)}") from error


def _why(where: str | None, cause: BaseException, text: str) -> str:
    """Return what lies behind the words of a database, where it can be seen, with a colon before it; else ""."""
    if isinstance(cause, ModuleNotFoundError):
        return f": this kind of storage needs the Python package {cause.name}"
    file = _file(where)
    if file is None:
        return ""
    if not file.parent.is_dir():
        return f": there is no folder {file.parent}"
    if file.is_dir():
        return f": {file} is a folder"
    if file.exists():
        return ""
    if "readonly" in text:
        return f": its file {file} is gone, deleted or moved; study.report('kept.json') keeps what this process still knows"
    return f": no file can be made in the folder {file.parent.resolve()}" if "unable to open" in text else ""


@contextmanager
def quiet(level: int = logging.WARNING) -> Generator[None]:
    """Let optuna report what is of `level` or above only."""
    log = logging.getLogger("optuna")
    before = log.level
    log.setLevel(level)
    try:
        yield
    finally:
        log.setLevel(before)
