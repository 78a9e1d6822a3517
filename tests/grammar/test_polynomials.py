import random

import numpy as np
import pytest

from nasviz.grammar.polynomials import add, coefficient, multiply


@pytest.mark.parametrize("bits", [1, 40, 700])
@pytest.mark.parametrize("limit", [None, 5, 50])
def test_both_ways_to_multiply_agree_with_the_definition(bits, limit):
    rng = random.Random(bits)
    for n, m in [(1, 1), (3, 30), (20, 25), (13, 13)]:
        a, b = ([rng.getrandbits(bits) for _ in range(k)] for k in (n, m))
        expected = [sum(a[i] * b[k - i] for i in range(n) if 0 <= k - i < m) for k in range(n + m - 1)]
        assert multiply(a, b, limit) == expected[: len(expected) if limit is None else limit + 1]
        assert [coefficient(a, b, k) for k in range(n + m - 1)] == expected


def test_weights():
    assert multiply([0.5, 0.25], [0.0, 1.0], None) == pytest.approx([0.0, 0.5, 0.25])
    a, b = np.random.default_rng(0).random((2, 30)).tolist()
    assert multiply(a, b, 10) == pytest.approx(np.convolve(a, b)[:11])


def test_edges():
    assert multiply([], [1], None) == []
    assert add([], [1, 2]) == [1, 2]
    assert coefficient([1], [1], 5) == 0
