import logging
from pathlib import Path

import optuna
import pytest
from optuna.exceptions import StorageInternalError
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from nasviz.errors import StorageError
from nasviz.search.backend import backend, check_there, quiet, translated


def test_what_the_database_says_becomes_one_sentence() -> None:
    with (
        pytest.raises(StorageError, match=r"the storage sqlite:///x\.db cannot be used: the disk is full"),
        translated("sqlite:///x.db"),
    ):
        raise StorageInternalError("the disk is full\nand much more")
    with pytest.raises(KeyError), translated(None):
        raise KeyError("a bug of ours is no trouble of the storage")
    with pytest.raises(StorageError, match="the storage in memory cannot be used"), translated(None, everything=True):
        raise KeyError("while opening it may be anything")


def test_the_sentence_says_what_lies_behind_the_database_s_words(tmp_path: Path) -> None:
    (tmp_path / "a.db").mkdir()
    (tmp_path / "there.db").touch()
    cases = {
        "no/x.db": ("unable to open database file", rf": there is no folder {tmp_path}/no$"),
        "a.db": ("unable to open database file", rf": {tmp_path}/a\.db is a folder$"),
        "new.db": ("unable to open database file", rf": no file can be made in the folder {tmp_path}$"),
        "gone.db": (
            "attempt to write a readonly database",
            r": its file .*gone\.db is gone, deleted or moved; study\.report",
        ),
        "there.db": ("attempt to write a readonly database", "$"),
    }
    for name, (text, behind) in cases.items():
        with (
            pytest.raises(StorageError, match=rf"cannot be used: {text}{behind}"),
            translated(f"sqlite:///{tmp_path}/{name}"),
        ):
            raise StorageInternalError(text)


def test_a_missing_package_is_named() -> None:
    text = r"cannot be used: No module named 'xdb': this kind of storage needs the Python package xdb$"
    with pytest.raises(StorageError, match=text), translated("xdb://host/db", everything=True):
        raise ModuleNotFoundError("No module named 'xdb'", name="xdb")


@pytest.mark.slow
@pytest.mark.parametrize("first", [IntegrityError, OperationalError])
def test_two_processes_that_make_one_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: type[DBAPIError]) -> None:
    tries: list[str] = []
    made = optuna.storages.RDBStorage

    def late(url: str, **options: object) -> optuna.storages.RDBStorage:
        tries.append(url)
        if len(tries) < 3:
            raise first("CREATE TABLE studies", None, Exception("table studies already exists"))
        return made(url, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("nasviz.search.backend.PAUSE", 0.0)
    monkeypatch.setattr("nasviz.search.backend.RDBStorage", late)
    assert backend(f"sqlite:///{tmp_path}/new.db", 1.0).get_all_studies() == []
    assert len(tries) == 3


def test_other_trouble_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[str] = []

    def locked(url: str, **_: object) -> None:
        tries.append(url)
        raise OperationalError("SELECT", None, Exception("database is locked"))

    monkeypatch.setattr("nasviz.search.backend.RDBStorage", locked)
    with pytest.raises(StorageError, match="database is locked"), translated("sqlite:///new.db"):
        backend("sqlite:///new.db", 1.0)
    assert len(tries) == 1


def test_addresses() -> None:
    with pytest.raises(StorageError, match=r'Type: storage="sqlite:///nas\.db"'):
        backend("nas.db", 1.0)
    with pytest.raises(StorageError, match=r"there is no file nowhere/nas\.db"):
        check_there("sqlite:///nowhere/nas.db")
    check_there("postgresql://host/db")
    check_there("sqlite:///:memory:")


def test_optuna_is_quiet_inside_only() -> None:
    log = logging.getLogger("optuna")
    before = log.level
    with quiet(logging.ERROR):
        assert log.level == logging.ERROR
    assert log.level == before
