"""Leases: how a storage knows whether the process that runs a trial is still there.

A running trial carries a lease, its owner and the time it was last renewed. A lease is stale when it has not been renewed for a
minute, or at once when its owner was a process of this machine that is gone.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from nasviz.errors import StorageError


@dataclass(frozen=True)
class Owner:
    """A process, so named that another process of the same machine can tell whether it still runs.

    Parameters
    ----------
    place
        Machine and process namespace; equal only where process numbers mean the same.
    pid
        Its number there.
    born
        When it began, in the machine's ticks, so that a number used again is not mistaken; "" where unknown.
    """

    place: str
    pid: int
    born: str

    @property
    def gone(self) -> bool:
        """Whether it is known to have ended; False where that cannot be known."""
        here = this_process()
        if self.place != here.place or not self.born:
            return False
        return _born(self.pid) != self.born


@dataclass(frozen=True)
class Lease:
    """The claim of a process on a running trial.

    Parameters
    ----------
    owner
        Who runs it.
    renewed
        When it was last renewed, seconds since 1970.
    """

    owner: Owner
    renewed: float

    def stale(self, after: float, now: float | None = None) -> bool:
        """Whether the trial has lost its owner: gone, or not renewed for `after` seconds before `now`."""
        return self.owner.gone or (time.time() if now is None else now) - self.renewed > after

    def to_json(self) -> dict[str, Any]:
        """Return the lease as JSON data."""
        return {"place": self.owner.place, "pid": self.owner.pid, "born": self.owner.born, "renewed": self.renewed}

    @classmethod
    def from_json(cls, data: object) -> Lease:
        """Return the lease that `data` describes.

        Raises
        ------
        StorageError
            If it describes none.
        """
        try:
            return cls(Owner(str(data["place"]), int(data["pid"]), str(data["born"])), float(data["renewed"]))  # type: ignore[index]
        except (TypeError, KeyError, ValueError):
            raise StorageError(f"no lease of a trial: {str(data)[:80]}") from None


@cache
def _this_process(pid: int) -> Owner:
    return Owner(_place(), pid, _born(pid))


def this_process() -> Owner:
    """Return the running process as an owner."""
    return _this_process(os.getpid())


def _place() -> str:
    parts = [socket.gethostname()]
    try:
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text().strip())
        parts.append(os.readlink("/proc/self/ns/pid"))
    except OSError:
        return parts[0]
    return " ".join(parts)


def _born(pid: int) -> str:
    """Start of a process in ticks since the machine's, or "" where there is no such process or no way to know."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    after_name = stat.rsplit(")", 1)[1].split()
    return "" if after_name[0] in "ZX" else after_name[19]


class Renewer:
    """A thread that calls a function every few seconds while there is something to renew and somebody who holds it.

    Parameters
    ----------
    renew
        Called with the keys that are held; what it raises is dropped, for a lease that cannot be renewed turns stale by itself.
    every
        Seconds between two calls.
    """

    def __init__(self, renew: Callable[[set[int]], None], every: float) -> None:
        self._renew = renew
        self._every = every
        self._held: set[int] = set()
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    def hold(self, key: int) -> None:
        """Renew `key` from now on."""
        with self._lock:
            self._held.add(key)
            if self._thread is None:
                self._wake = threading.Event()
                arguments = (weakref.ref(self), self._wake, self._every)
                self._thread = threading.Thread(target=_renew_often, args=arguments, name="nasviz-lease", daemon=True)
                self._thread.start()

    def release(self, key: int) -> None:
        """Renew `key` no longer; the thread ends with the last key."""
        with self._lock:
            self._held.discard(key)
            if not self._held and self._thread is not None:
                self._wake.set()
                self._thread = None

    @property
    def held(self) -> set[int]:
        """The keys that are renewed."""
        with self._lock:
            return set(self._held)

    def renew(self) -> None:
        """Renew what is held."""
        with contextlib.suppress(Exception):
            self._renew(self.held)


def _renew_often(renewer: weakref.ref[Renewer], wake: threading.Event, every: float) -> None:
    while not wake.wait(every):
        alive = renewer()
        if alive is None:
            return
        alive.renew()
        del alive
