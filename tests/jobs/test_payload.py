"""Values become bytes by value, and large ones are shared."""

import threading

import numpy as np
import pytest

from nasviz.errors import JobError
from nasviz.jobs.payload import Packed, pack, unpack


def test_functions_travel_by_value() -> None:
    factor = 3

    def times(x: int) -> int:
        return factor * x

    assert unpack(pack(times))(4) == 12


def test_packed_bytes_are_shared_and_not_copied() -> None:
    data = np.arange(100_000)
    packed = Packed(data)
    first, second = pack(("a", packed)), pack(("b", packed))
    assert len(first[0]) < 1000
    assert isinstance(first[1], memoryview)
    assert isinstance(second[1], memoryview)
    assert first[1].obj is second[1].obj
    name, again = unpack([bytes(blob) for blob in first])
    assert name == "a"
    assert (again.unpack() == data).all()
    assert (unpack(pack(again)).unpack() == data).all()


def test_arrays_are_copied_when_packed() -> None:
    data = np.zeros(10)
    blobs = pack(data)
    data[:] = 1
    assert unpack(blobs).sum() == 0


def test_what_cannot_travel_is_named() -> None:
    with pytest.raises(JobError, match=r"cannot be sent to a worker process: TypeError: .*lock.*open files, locks"):
        pack(threading.Lock())
