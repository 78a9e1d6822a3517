"""Function, arguments and result as bytes: cloudpickle by value, in memory only, never a file.

Bytes wrapped in `Packed` are not copied into the payload of each call: many jobs on one data set share them.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Sequence
from typing import Any

import cloudpickle

from nasviz.errors import JobError, said


class Packed:
    """A large object, pickled once for any number of calls.

    >>> Packed([1, 2]).unpack()
    [1, 2]
    """

    def __init__(self, value: object) -> None:
        self._bytes: bytes | memoryview = _dumps(value)

    def unpack(self) -> Any:
        """Return a new copy of the object."""
        return pickle.loads(self._bytes)

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return (_packed, (pickle.PickleBuffer(self._bytes),))


def _packed(data: Any) -> Packed:
    packed = Packed.__new__(Packed)
    packed._bytes = bytes(data)
    return packed


def pack(value: object) -> list[bytes | memoryview]:
    """Return `value` as bytes: the pickle, then the shared bytes it refers to.

    Raises
    ------
    JobError
        If something in `value` cannot be sent to another process.

    >>> unpack(pack(("a", 1)))
    ('a', 1)
    """
    shared: list[bytes | memoryview] = []

    def keep(buffer: pickle.PickleBuffer) -> bool:
        raw = buffer.raw()
        if not isinstance(raw.obj, bytes):
            return True
        shared.append(raw)
        return False

    return [_dumps(value, keep), *shared]


def unpack(blobs: Sequence[bytes | memoryview]) -> Any:
    """Undo `pack`; whatever unpickling raises is raised."""
    return pickle.loads(blobs[0], buffers=blobs[1:])


def _dumps(value: object, keep: Any = None) -> bytes:
    try:
        target = io.BytesIO()
        pickler: Any = cloudpickle.CloudPickler
        pickler(target, protocol=5, buffer_callback=keep).dump(value)
        return target.getvalue()
    except Exception as error:
        raise JobError(
            f"this cannot be sent to a worker process: {said(error)}. Expected are functions, "
            "architectures, arrays, tensors and data sets; open files, locks and database connections stay here."
        ) from error
