"""Polynomials as lists of coefficients: numbers of terms by size."""

from __future__ import annotations

from operator import mul

import numpy as np

Poly = list[int] | list[float]

_SHORT = 12


def multiply(a: Poly, b: Poly, limit: int | None) -> Poly:
    """Return the product of two polynomials, cut after the power `limit`; whole numbers stay exact.

    Long polynomials of whole numbers are multiplied as two numbers with the coefficients in slots (Kronecker 1882).

    >>> multiply([1, 2], [0, 1, 10**30], None)
    [0, 1, 1000000000000000000000000000002, 2000000000000000000000000000000]
    """
    if not a or not b:
        return []
    if limit is not None:
        a, b = a[: limit + 1], b[: limit + 1]
    if isinstance(a[-1], float) or isinstance(b[-1], float):
        product: Poly = np.convolve(a, b).tolist()
    elif min(len(a), len(b)) <= _SHORT:
        product = _schoolbook(a, b)
    else:
        product = _packed([int(x) for x in a], [int(x) for x in b])
    return product if limit is None else product[: limit + 1]


def _schoolbook(a: Poly, b: Poly) -> Poly:
    if len(a) > len(b):
        a, b = b, a
    product: list[int] = [0] * (len(a) + len(b) - 1)
    for i, x in enumerate(a):
        if x:
            for j, y in enumerate(b, start=i):
                product[j] += int(x * y)
    return product


def _packed(a: list[int], b: list[int]) -> Poly:
    bits = max(a).bit_length() + max(b).bit_length() + min(len(a), len(b)).bit_length()
    slot = bits // 8 + 1
    joined = int.from_bytes(b"".join(x.to_bytes(slot, "little") for x in a), "little")
    joined *= int.from_bytes(b"".join(x.to_bytes(slot, "little") for x in b), "little")
    n = len(a) + len(b) - 1
    raw = joined.to_bytes(n * slot, "little")
    return [int.from_bytes(raw[k : k + slot], "little") for k in range(0, n * slot, slot)]


def add(a: Poly, b: Poly) -> Poly:
    """Return the sum of two polynomials.

    >>> add([1, 2], [0, 0, 3])
    [1, 2, 3]
    """
    if len(a) < len(b):
        a, b = b, a
    return [x + b[i] if i < len(b) else x for i, x in enumerate(a)]


def coefficient(a: Poly, b: Poly, n: int) -> int | float:
    """Return coefficient `n` of a product.

    >>> coefficient([1, 2, 3], [4, 5, 6], 2)
    28
    """
    low = max(0, n - len(b) + 1)
    high = min(n, len(a) - 1)
    if high < low:
        return 0
    return sum(map(mul, a[low : high + 1], b[n - high : n - low + 1][::-1]))
