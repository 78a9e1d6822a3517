import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from nasviz.errors import StorageError
from nasviz.search.lease import Lease, Owner, Renewer, this_process

linux = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux tells when a process began")


def test_json_form() -> None:
    lease = Lease(this_process(), 12.5)
    assert Lease.from_json(lease.to_json()) == lease
    with pytest.raises(StorageError, match="no lease of a trial: nonsense"):
        Lease.from_json("nonsense")


def test_stale_when_not_renewed() -> None:
    lease = Lease(this_process(), 100.0)
    assert not lease.stale(60, now=159)
    assert lease.stale(60, now=161)


@linux
def test_stale_at_once_when_the_process_is_gone() -> None:
    code = (
        "import json; from nasviz.search.lease import *;"
        "print(json.dumps(Lease(this_process(), 0).to_json()), flush=True); input()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        owner = Lease.from_json(json.loads(process.stdout.readline())).owner
        assert owner.pid == process.pid
        assert not owner.gone
        process.kill()
        process.wait()
    assert owner.gone
    assert Lease(owner, time.time()).stale(60)


@linux
def test_a_number_used_again_is_not_mistaken() -> None:
    here = this_process()
    assert not here.gone
    assert Owner(here.place, here.pid, "1").gone


def test_other_machines_cannot_be_seen() -> None:
    assert not Owner("elsewhere", 1, "1").gone
    assert not Owner(this_process().place, os.getpid(), "").gone


def test_renewer_renews_what_is_held_and_ends(until: Callable[..., None]) -> None:
    calls: list[set[int]] = []
    renewer = Renewer(calls.append, 0.01)
    renewer.hold(1)
    renewer.hold(2)
    until(lambda: {1, 2} in calls)
    renewer.release(1)
    until(lambda: calls[-1] == {2})
    thread = renewer._thread
    renewer.release(2)
    assert thread is not None
    until(lambda: not thread.is_alive())
    renewer.hold(3)
    until(lambda: calls[-1] == {3})
    renewer.release(3)


@pytest.mark.slow
def test_a_renewer_that_nobody_holds_ends(until: Callable[..., None]) -> None:
    renewer = Renewer(lambda held: None, 0.01)
    renewer.hold(1)
    thread = renewer._thread
    del renewer
    gc.collect()
    assert thread is not None
    until(lambda: not thread.is_alive())


def test_renewer_survives_a_storage_that_fails(until: Callable[..., None]) -> None:
    calls: list[int] = []

    def fails(held: set[int]) -> None:
        calls.append(1)
        raise StorageError("locked")

    renewer = Renewer(fails, 0.01)
    renewer.hold(1)
    until(lambda: len(calls) > 2)
    renewer.release(1)
