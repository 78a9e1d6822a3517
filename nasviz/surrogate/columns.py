"""Columns of features: 64-bit hashes numbered in the order in which they are met."""

from __future__ import annotations

import numpy as np

from nasviz.surrogate.wl import Hashes, Ints

_LOAD = 4
"""Slots for each column, at least; so nearly every hash is found at the first look."""


class Columns:
    """A table from hashes to columns that only grows, for whole arrays at a time.

    A hash is looked for at the slot that its leading bits name, then at the next ones until it is found or a slot is free.

    Examples
    --------
    >>> columns = Columns()
    >>> columns.add(np.array([7, 9], np.uint64), np.array([0, 1]))
    array([0, 1])
    >>> columns.find(np.array([9, 8], np.uint64))
    array([ 1, -1])
    """

    def __init__(self) -> None:
        self._size = 0
        self._hashes = np.empty(8, dtype=np.uint64)
        self._iterations = np.empty(8, dtype=np.int64)
        self._slots = np.full(8 * _LOAD, -1, dtype=np.int32)

    def __len__(self) -> int:
        return self._size

    @property
    def hashes(self) -> Hashes:
        """Hash of each column, uint64 ``(n,)``."""
        return self._hashes[: self._size]

    @property
    def iterations(self) -> Ints:
        """Iteration of each column, int64 ``(n,)``."""
        return self._iterations[: self._size]

    def copy(self) -> Columns:
        """Return a table that grows on its own."""
        other = Columns()
        other._size = self._size
        other._hashes, other._iterations = self._hashes.copy(), self._iterations.copy()
        other._slots = self._slots.copy()
        return other

    def find(self, hashes: Hashes) -> Ints:
        """Return the column of each hash, -1 where it was never met."""
        slot = self._slot(hashes)
        found = self._slots[slot].astype(np.int64)
        active = np.flatnonzero((found >= 0) & (self._hashes[found] != hashes))
        while len(active):
            slot[active] = (slot[active] + 1) % len(self._slots)
            found[active] = self._slots[slot[active]]
            there = found[active]
            active = active[(there >= 0) & (self._hashes[there] != hashes[active])]
        return found

    def add(self, hashes: Hashes, iterations: Ints) -> Ints:
        """Number distinct hashes that were never met on, and return their columns."""
        start, stop = self._size, self._size + len(hashes)
        if stop > len(self._hashes):
            self._grow(2 * stop)
        self._hashes[start:stop], self._iterations[start:stop] = hashes, iterations
        self._size = stop
        self._place(np.arange(start, stop))
        return np.arange(start, stop)

    def _grow(self, room: int) -> None:
        hashes, iterations = np.zeros(room, dtype=np.uint64), np.zeros(room, dtype=np.int64)
        hashes[: self._size], iterations[: self._size] = self.hashes, self.iterations
        self._hashes, self._iterations = hashes, iterations
        self._slots = np.full(_LOAD << (room // 2).bit_length(), -1, dtype=np.int32)
        self._place(np.arange(self._size))

    def _place(self, columns: Ints) -> None:
        """Put columns on free slots; of several that want the same one, the others look further."""
        slot = self._slot(self._hashes[columns])
        while len(columns):
            free = self._slots[slot] < 0
            self._slots[slot[free]] = columns[free]
            left = self._slots[slot] != columns
            columns, slot = columns[left], (slot[left] + 1) % len(self._slots)

    def _slot(self, hashes: Hashes) -> Ints:
        """The first slot of each hash: its leading bits, as many as number the slots."""
        return (hashes >> np.uint64(65 - len(self._slots).bit_length())).astype(np.int64)
