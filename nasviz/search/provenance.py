"""Where a result comes from: versions of what computed it, and a digest of the data that it was computed on."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import json
import platform
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

PACKAGES = ("nasviz", "numpy", "scipy", "torch", "gpytorch", "botorch", "optuna")
"""Whose versions are stored with a study."""

MOST_BYTES = 256 * 2**20
"""Data beyond this size is sampled."""

_ITEMS = 1000
_FEW = 16


def versions() -> dict[str, str]:
    """Return the processor and the versions of Python, the system and the packages that decide a result; imports none of them.

    >>> sorted(versions())[:2]
    ['botorch', 'gpytorch']
    """
    found = {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processor": processor(),
    }
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def processor() -> str:
    """Return the model of the processor, since latencies are of one; "unknown" where the system does not tell.

    >>> isinstance(processor(), str)
    True
    """
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, model = line.partition(":")
            if name.strip() == "model name" and model.strip():
                return model.strip()
    return platform.processor() or "unknown"


def data_digest(objective: Any) -> str:
    """Return what data an objective was given, as sizes and the first 16 digits of a sha256; "" where it has none.

    Arrays and data sets of tensors of at most 256 MiB are digested whole, of others 1,000 examples spread evenly. Where an
    example is another one at each look, as with random crops, there is no digest.

    Parameters
    ----------
    objective
        Its attribute ``data`` holds parts: arrays, pairs of arrays, or data sets.

    Examples
    --------
    >>> class Objective:
    ...     data = ((np.zeros((6, 2)), np.zeros(6)), (np.zeros((3, 2)), np.zeros(3)))
    >>> data_digest(Objective())
    '6 + 3 examples, sha256 ef2701860eb5d311'
    """
    parts = getattr(objective, "data", None)
    return "" if parts is None else digest_of(parts)


def digest_of(parts: Any) -> str:
    """Return the sizes of parts of data and the digest of them all, see :func:`data_digest`."""
    try:
        digest, sizes, whole, steady = hashlib.sha256(), [], True, True
        for part in parts:
            arrays = _arrays(part)
            sizes.append(str(len(part) if arrays is None else len(arrays[0])))
            if arrays is not None and sum(a.nbytes for a in arrays) <= MOST_BYTES:
                pieces: Iterator[Any] = iter(arrays)
            else:
                whole, steady = whole and len(part) <= _ITEMS, steady and _steady(part)
                pieces = _examples(part)
            for piece in pieces:
                _feed(digest, piece)
    except Exception:
        return "of a kind that has no digest"
    if not steady:
        return f"{' + '.join(sizes)} examples, drawn anew at each look"
    of = "" if whole else f" of {_ITEMS} examples each"
    return f"{' + '.join(sizes)} examples, sha256{of} {digest.hexdigest()[:16]}"


def settings_of(objective: Any) -> dict[str, Any]:
    """Return how an objective makes its values, as JSON data; empty where it does not say so.

    Parameters
    ----------
    objective
        Its method ``protocol`` gives the settings by name.

    Examples
    --------
    >>> class Objective:
    ...     def protocol(self):
    ...         return {"epochs": 4}
    >>> settings_of(Objective()), settings_of(len)
    ({'epochs': 4}, {})
    """
    described = getattr(objective, "protocol", None)
    if not callable(described):
        return {}
    try:
        found = json.loads(json.dumps(described()))
    except Exception:
        return {}
    return dict(found) if isinstance(found, dict) else {}


def _arrays(part: Any) -> list[np.ndarray] | None:
    held = getattr(part, "tensors", part if isinstance(part, tuple | list) else None)
    if held is None:
        return None
    return [np.asarray(array) for array in held]


def _examples(part: Any, most: int = _ITEMS) -> Iterator[Any]:
    for k in range(min(most, len(part))):
        example = part[k * len(part) // min(most, len(part))]
        yield from example if isinstance(example, tuple | list) else (example,)


def _steady(part: Any) -> bool:
    """Whether a few examples are the same when they are looked at again."""
    looks = [hashlib.sha256() for _ in range(2)]
    for look in looks:
        for piece in _examples(part, _FEW):
            _feed(look, piece)
    return looks[0].digest() == looks[1].digest()


def _feed(digest: Any, piece: Any) -> None:
    array = np.ascontiguousarray(piece)
    digest.update(f"{array.dtype.str}{array.shape}".encode())
    digest.update(array.tobytes())
