"""Which device trains: the best one present, or the one that was asked for, with a name people recognise."""

from __future__ import annotations

import torch

from nasviz.errors import NasvizError

__all__ = ["available_devices", "describe", "pick_device"]


def available_devices() -> list[str]:
    """Names of the devices that this process can train on, best first.

    Examples
    --------
    >>> available_devices()[-1]
    'cpu'
    """
    names = [f"cuda:{i}" for i in range(torch.cuda.device_count())] if torch.cuda.is_available() else []
    if torch.backends.mps.is_available():
        names.append("mps")
    return [*names, "cpu"]


def pick_device(device: str | torch.device = "auto") -> torch.device:
    """The torch device of a name; ``"auto"`` is the first of :func:`available_devices`.

    Parameters
    ----------
    device : str or torch.device
        ``"auto"``, ``"cpu"``, ``"cuda"``, ``"cuda:1"``, ``"mps"`` …

    Raises
    ------
    NasvizError
        When the name means nothing to torch or the device is not present.

    Examples
    --------
    >>> pick_device("cpu")
    device(type='cpu')
    """
    present = available_devices()
    if device == "auto":
        return torch.device(present[0])
    try:
        chosen = torch.device(device)
    except (RuntimeError, TypeError, ValueError) as error:
        raise NasvizError(f"{device!r} is not a device; this machine has: {', '.join(present)}, or 'auto'") from error
    name = str(chosen)
    if name not in present and f"{name}:0" not in present:
        raise NasvizError(f"the device {name!r} is not present; this machine has: {', '.join(present)}, or 'auto'")
    return chosen


def describe(device: str | torch.device = "auto") -> str:
    """A device in words, for people who are about to start a training on it.

    Examples
    --------
    >>> describe("cpu").startswith("CPU (")
    True
    """
    chosen = pick_device(device)
    if chosen.type == "cuda":
        return f"GPU ({torch.cuda.get_device_name(chosen)})"
    if chosen.type == "mps":
        return "GPU (Apple)"
    threads = torch.get_num_threads()
    return f"CPU ({threads} thread{'s' if threads != 1 else ''})"
