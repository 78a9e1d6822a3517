import logging

import pytest
from optuna.exceptions import StorageInternalError

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
