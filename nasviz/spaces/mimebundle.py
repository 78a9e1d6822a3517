"""What Jupyter shows for the last line of a cell: the live view where its packages are, else the text."""

from __future__ import annotations

from typing import Any

from nasviz.errors import NasvizError
from nasviz.extension import lower


def mimebundle(shown: object, text: str) -> Any:
    """Return the MIME bundle of an object: its view, or `text` as ``text/plain`` where the packages of the views are absent."""
    try:
        view = lower("view_mimebundle")
    except NasvizError:
        return {"text/plain": text}
    return view(shown)
