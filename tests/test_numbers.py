import math

import pytest

from nasviz import numbers


def plain(text: str) -> str:
    return text.replace(numbers.THIN, " ").replace(numbers.GAP, " ").replace(numbers.MINUS, "-")


@pytest.mark.parametrize(
    ("n", "text"),
    [
        (0, "0"),
        (1, "1"),
        (999, "999"),
        (1000, "1 000"),
        (123456789, "123 456 789"),
        (10**15, "1 000 000 000 000 000"),
        (10**15 + 1, "10^15.00"),
        (7 * 10**375, "10^375.85"),
        (10**20000, "10^20000.00"),
        (math.inf, "∞"),
    ],
    ids=lambda value: value if isinstance(value, str) else "n",
)
def test_count(n, text):
    assert plain(numbers.count(n)) == text


def test_a_group_is_separated_by_a_space_that_never_breaks():
    assert numbers.count(1000) == "1\u202f000"
    assert numbers.parameters(78_000) == "78\u00a0k\u00a0parameters"


@pytest.mark.parametrize(
    "n",
    [0, 7, -12, 10**3999, 10**4000, 10**4000 - 1, 10**4000 + 5, 3**20000, -(10**9000)],
    ids=lambda n: f"{n.bit_length()} bits",
)
def test_exact_reads_back(n):
    text = numbers.exact(n)
    sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
    value = 0
    for i in range(0, len(digits), 1000):
        piece = digits[i : i + 1000]
        value = value * 10 ** len(piece) + int(piece)
    assert sign * value == n
    assert digits == "0" or not digits.startswith("0")


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (0, "0"),
        (7, "7"),
        (999, "999"),
        (999.6, "1.0 k"),
        (1000, "1.0 k"),
        (9949, "9.9 k"),
        (9951, "10 k"),
        (78_123, "78 k"),
        (999_499, "999 k"),
        (999_501, "1.0 M"),
        (12_000_000, "12 M"),
        (3_400_000_000, "3.4 G"),
        (-1500, "-1.5 k"),
    ],
)
def test_prefixed(x, text):
    assert plain(numbers.prefixed(x)) == text


@pytest.mark.parametrize(
    ("function", "value", "text"),
    [
        (numbers.parameters, 78_000, "78 k parameters"),
        (numbers.parameters, 1, "1 parameter"),
        (numbers.parameters, 0, "0 parameters"),
        (numbers.flops, 12_000_000, "12 M FLOPs"),
        (numbers.flops, 1, "1 FLOP"),
        (numbers.elapsed, -1, "0:00"),
        (numbers.elapsed, 7.9, "0:07"),
        (numbers.elapsed, 3603, "1:00:03"),
        (numbers.share, 0, "0 %"),
        (numbers.share, 0.004, "0.4 %"),
        (numbers.share, 1e-9, "< 0.1 %"),
        (numbers.share, 0.1234, "12 %"),
        (numbers.share, 1, "100 %"),
        (numbers.shape, (16, 8, 8), "16×8×8"),
        (numbers.shape, (10,), "10"),
    ],
)
def test_with_unit(function, value, text):
    assert plain(function(value)) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "under 1 s"),
        (0.96, "about 1 s"),
        (9.4, "about 9 s"),
        (9.6, "about 10 s"),
        (41, "about 40 s"),
        (87, "about 85 s"),
        (88, "about 2 min"),
        (600, "about 10 min"),
        (3599, "about 1.0 h"),
        (5000, "about 1.4 h"),
        (50 * 3600, "about 50 h"),
        (math.nan, "time unknown"),
        (math.inf, "time unknown"),
        (-1, "time unknown"),
    ],
)
def test_about(seconds, text):
    assert plain(numbers.about(seconds)) == text


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (0.0, "0"),
        (0.08251, "0.0825"),
        (0.9996, "1.00"),
        (12.0, "12.0"),
        (1234.0, "1 230"),
        (-0.5, "-0.500"),
        (1.5e-7, "1.50·10^-7"),
        (2.25e9, "2.25·10^9"),
        (math.nan, "not a number"),
        (math.inf, "∞"),
        (-math.inf, "-∞"),
    ],
)
def test_measure(x, text):
    assert plain(numbers.measure(x)) == text


@pytest.mark.parametrize(
    ("mean", "sd", "text"),
    [
        (0.08251, 0.00312, "0.0825 ± 0.0031"),
        (0.08251, 0.0312, "0.083 ± 0.031"),
        (0.08251, 0.0996, "0.08 ± 0.10"),
        (91.234, 12.3, "91 ± 12"),
        (91.234, 1.23, "91.2 ± 1.2"),
        (91234.0, 1234.0, "91 200 ± 1 200"),
        (-1.5, 0.25, "-1.50 ± 0.25"),
        (0.5, 0.0, "0.500 ± 0"),
        (0.5, math.nan, "0.500"),
        (math.nan, 0.1, "not a number"),
        (1.0, 1e-12, "1.00 ± 1.0·10^-12"),
    ],
)
def test_spread(mean, sd, text):
    assert plain(numbers.spread(mean, sd)) == text


def test_every_convention_is_one_sentence():
    assert all(text.endswith(".") and len(text) < 140 for text in numbers.CONVENTIONS.values())


@pytest.mark.parametrize(
    ("value", "sd", "log", "text"),
    [
        (-3.148, 3.9, False, "-3.1 ± 3.9"),
        (0.535, 0.27, False, "+0.54 ± 0.27"),
        (1.444, 0.54, False, "+1.44 ± 0.54"),
        (0.001, 0.54, False, "0.00 ± 0.54"),
        (3.0, 440.0, False, "0 ± 440"),
        (-0.5, 0.0, False, "-0.500 ± 0"),
        (0.5, math.nan, False, "+0.500"),
        (math.log(0.658), 0.27, True, "-34 % ± 22 %"),
        (math.log(0.8), 0.05, True, "-20.0 % ± 4.5 %"),
        (math.log(0.3), 0.002, True, "-70.0 % ± 0.1 %"),
        (math.log(0.3), 0.0002, True, "-70.0 % ± < 0.1 %"),
        (0.0, 0.1, True, "0 % ± 10 %"),
        (5.0, 1.0, True, "× 150"),
    ],
)
def test_a_change_and_its_spread_end_at_the_same_place(value, sd, log, text):
    assert plain(numbers.signed_spread(value, sd, log)) == text
