import shutil
import time
from collections.abc import Callable
from pathlib import Path

import optuna
import pytest

from nasviz.search import Timing
from nasviz.spaces import SearchSpace, digits_cells


@pytest.fixture(scope="session")
def space() -> SearchSpace:
    return digits_cells()


@pytest.fixture(scope="session")
def quick() -> Timing:
    """Leases, writes and looks that tests can wait for."""
    return Timing(renew=0.2, stale=1.5, write=0.05, poll=0.02, grace=5.0)


@pytest.fixture(scope="session")
def empty_storage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A storage without studies; making its tables takes longer than most tests."""
    path = tmp_path_factory.mktemp("storage") / "empty.db"
    optuna.storages.RDBStorage(f"sqlite:///{path}")
    return path


@pytest.fixture
def url(tmp_path: Path, empty_storage: Path) -> str:
    shutil.copy(empty_storage, tmp_path / "nas.db")
    return f"sqlite:///{tmp_path}/nas.db"


@pytest.fixture(scope="session")
def until() -> Callable[..., None]:
    """Wait until a condition holds, or fail."""

    def wait(condition: Callable[[], object], seconds: float = 60.0) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "waited in vain"
            time.sleep(0.01)

    return wait
