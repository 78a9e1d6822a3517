"""How a change on the surrogate's scale is written for people."""

from __future__ import annotations

import math

from nasviz import numbers
from nasviz.numbers import GAP, MINUS

_MOST = 7.0


def signed(value: float, log: bool) -> str:
    """Return a change with its sign: in per cent of the value under a logarithm, else in the objective's units.

    >>> signed(-0.105, True).replace(GAP, " "), signed(0.02, False)
    ('−10.0 %', '+0.0200')
    """
    if not math.isfinite(value):
        return "not known"
    if log:
        if value > _MOST:
            return f"×{GAP}{math.exp(min(value, 700)):.0e}"
        percent = 100 * math.expm1(value)
        text = f"{abs(percent):.1f}{GAP}%"
        return text if percent == 0 else (MINUS if percent < 0 else "+") + text
    text = numbers.measure(abs(value))
    return text if value == 0 else (MINUS if value < 0 else "+") + text


def signed_spread(value: float, sd: float, log: bool) -> str:
    """Return a change with its sign and its standard deviation.

    >>> signed_spread(-0.105, 0.02, True).replace(GAP, " ")
    '−10.0 % ± 1.8 %'
    """
    if log:
        deviation = 100 * math.exp(min(value, _MOST)) * sd
        return f"{signed(value, True)} ± {deviation:.1f}{GAP}%"
    return f"{signed(value, False)} ± {numbers.measure(sd, 2)}"


def clipped(text: str, most: int = 60) -> str:
    """Return `text`, its middle left out where it is longer than `most` characters.

    >>> clipped("abcdefghij", 5)
    'ab…ij'
    """
    if len(text) <= most:
        return text
    half = (most - 1) // 2
    return f"{text[:half]}…{text[len(text) - half :]}"
