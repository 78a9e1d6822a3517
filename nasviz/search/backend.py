"""Where optuna keeps a study: opening it, and what goes wrong there in one sentence."""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import optuna
from optuna.exceptions import OptunaError
from sqlalchemy import make_url

from nasviz.errors import StorageError


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
    return optuna.storages.get_storage(optuna.storages.RDBStorage(url, engine_kwargs=wait))


def check_there(url: str) -> None:
    """Refuse a file that is missing, which SQLite would make."""
    if not isinstance(url, str) or not url.startswith("sqlite"):  # pyright: ignore[reportUnnecessaryIsInstance]
        return
    file = make_url(url).database
    if file and file != ":memory:" and not file.startswith("file:") and not Path(file).exists():
        raise StorageError(f"{url} holds no study: there is no file {file}")


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
        raise StorageError(f"the storage {where or 'in memory'} cannot be used: {text}") from error


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
