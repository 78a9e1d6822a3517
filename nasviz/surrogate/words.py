"""How texts of terms are written in sentences."""

from __future__ import annotations


def clipped(text: str, most: int = 60) -> str:
    """Return `text`, its middle left out where it is longer than `most` characters.

    >>> clipped("abcdefghij", 5)
    'ab…ij'
    """
    if len(text) <= most:
        return text
    half = (most - 1) // 2
    return f"{text[:half]}…{text[len(text) - half :]}"
