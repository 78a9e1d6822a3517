"""Function, arguments and result as bytes: cloudpickle by value, in memory only, never a file.

Bytes wrapped in `Packed` are not copied into the payload of each call: many jobs on one data set share them. What is wrapped in
`Shared` is besides sent to a worker once and unpickled there once.
"""

from __future__ import annotations

import io
import pickle
import uuid
from collections.abc import MutableSequence, Sequence
from typing import Any

import cloudpickle

from nasviz.errors import JobError, said

HELD = 3
"""How many shared objects a worker holds."""

_held: dict[str, Any] = {}


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


class Once(bytes):
    """The bytes of a shared object, and the key by which a worker knows it."""

    key: str = ""


class Shared:
    """A large object for many calls, pickled once; a call receives the object itself, the same one in each call of a worker.

    >>> shared = Shared([1, 2])
    >>> unpack(pack((shared, shared)))
    ([1, 2], [1, 2])
    """

    def __init__(self, value: object) -> None:
        self._bytes = Once(_dumps(value))
        self._bytes.key = uuid.uuid4().hex

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return (_shared, (self._bytes.key, pickle.PickleBuffer(self._bytes)))


def _shared(key: str, data: Any) -> Any:
    if len(data):
        _held.pop(key, None)
        _held[key] = pickle.loads(data)
        while len(_held) > HELD:
            del _held[next(iter(_held))]
    if key not in _held:
        raise JobError("this worker does not hold the object that the call shares with earlier ones")
    return _held[key]


def unsent(blobs: Sequence[bytes | memoryview], sent: MutableSequence[str]) -> list[bytes | memoryview]:
    """Return the blobs of a call with those emptied that hold what a worker was sent before.

    Parameters
    ----------
    blobs
        What `pack` gave.
    sent
        Keys of what the worker holds, oldest first; this call's are added.
    """
    found: list[bytes | memoryview] = []
    for blob in blobs:
        whole = blob.obj if isinstance(blob, memoryview) else blob
        known = isinstance(whole, Once) and whole.key in sent
        found.append(b"" if known else blob)
        if isinstance(whole, Once) and not known:
            sent.append(whole.key)
    return found


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
