"""Every capability of the table exists, and a missing package is named with the line to type."""

from __future__ import annotations

import subprocess
import sys

import pytest

from nasviz.errors import NasvizError
from nasviz.extension import CAPABILITIES, lower


@pytest.mark.parametrize("name", CAPABILITIES)
def test_capability_exists(name: str) -> None:
    assert callable(lower(name))


def test_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in [m for m in sys.modules if m.startswith("nasviz.nn")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(NasvizError, match=r"needs the package 'torch'.*pip install torch"):
        lower("to_torch")


RACE = """
import sys, threading
import nasviz as nv
from nasviz.extension import lower
sys.setswitchinterval(1e-5)
faults = []
def first_use(use):
    try:
        use()
    except BaseException as error:
        faults.append(error)
uses = [lambda: lower("reach"), lambda: nv.Training, lambda: lower("partial_cost"), lambda: nv.TrainingObjective]
threads = [threading.Thread(target=first_use, args=(use,)) for use in uses]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert not faults, faults
"""


@pytest.mark.slow
def test_threads_that_load_at_once_find_whole_modules() -> None:
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", RACE], capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
