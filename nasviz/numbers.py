"""How nasviz writes numbers, in one place for every view.

Counts are exact up to 10^15 and a power of ten beyond; parameters and FLOPs carry a prefix; a time that is a guess says
"about"; a measurement with a spread is cut to two significant figures of the spread. Groups of three digits are kept
together by a narrow no-break space, a number and its unit by a no-break space, so that a line never breaks inside.
"""

import math

THIN = "\u202f"
"""Narrow no-break space, between groups of three digits."""

GAP = "\u00a0"
"""No-break space, between a number and its unit."""

MINUS = "\u2212"
"""Minus sign of the same width as a plus."""

LARGEST_EXACT = 10**15
"""Counts up to this one are written digit by digit."""

CONVENTIONS: dict[str, str] = {
    "count": "Counts are exact; above 10^15 the power of ten is shown, and the exact integer can be copied.",
    "parameters": "Trainable numbers of the whole network, stem and head included.",
    "flops": "Floating-point operations for one input; a multiply-add counts as 2.",
    "time": "An estimate from a few measured batches on this device.",
    "spread": "Mean ± standard deviation, cut to two significant figures of the standard deviation.",
}
"""One sentence for each convention, shown on hover."""

_PREFIXES = ("", "k", "M", "G", "T", "P", "E")
_CHUNK = 4000


def grouped(n: int) -> str:
    """Digits of an integer in groups of three.

    Parameters
    ----------
    n
        Any integer, of any length.

    Returns
    -------
        Text with narrow no-break spaces between groups.

    >>> grouped(1234567).replace(THIN, " ")
    '1 234 567'
    """
    digits = exact(abs(n))
    head = len(digits) % 3
    groups = ([digits[:head]] if head else []) + [digits[i : i + 3] for i in range(head, len(digits), 3)]
    return (MINUS if n < 0 else "") + THIN.join(groups)


def exact(n: int) -> str:
    """All digits of an integer as plain text, to copy; also beyond the interpreter's limit of 4,300 digits.

    >>> len(exact(10**5000))
    5001
    """
    sign, n = ("-", -n) if n < 0 else ("", n)
    parts: list[str] = []
    base = 10**_CHUNK
    while n >= base:
        n, low = divmod(n, base)
        parts.append(str(low).rjust(_CHUNK, "0"))
    return sign + str(n) + "".join(reversed(parts))


def count(n: float) -> str:
    """A number of things: exact up to 10^15, then a power of ten; infinity where there is no end.

    Parameters
    ----------
    n
        A non-negative integer, or `math.inf`.

    >>> count(math.inf), count(7 * 10**375), count(2401).replace(THIN, " ")
    ('∞', '10^375.85', '2 401')
    """
    if n == math.inf:
        return "∞"
    if n <= LARGEST_EXACT:
        return grouped(int(n))
    return f"10^{math.log10(n):.2f}"


def prefixed(x: float) -> str:
    """A magnitude with a decimal prefix: 78 k, 1.2 M; below a thousand all digits.

    Parameters
    ----------
    x
        A finite number of parameters, operations or bytes.

    >>> [prefixed(x).replace(GAP, " ") for x in (512, 1234, 78_123, 999_600, 12_000_000)]
    ['512', '1.2 k', '78 k', '1.0 M', '12 M']
    """
    if x < 0:
        return MINUS + prefixed(-x)
    if x < 999.5:
        return f"{x:.0f}"
    power = 0
    while x >= 999.5 and power < len(_PREFIXES) - 1:
        x, power = x / 1000, power + 1
    return f"{x:.1f}{GAP}{_PREFIXES[power]}" if x < 9.95 else f"{x:.0f}{GAP}{_PREFIXES[power]}"


def parameters(n: int) -> str:
    """A number of parameters with its noun: "78 k parameters"."""
    return f"{prefixed(n)}{GAP}{'parameter' if n == 1 else 'parameters'}"


def flops(n: float) -> str:
    """Floating-point operations for one input, 2 per multiply-add: "12 M FLOPs"."""
    return f"{prefixed(n)}{GAP}{'FLOP' if n == 1 else 'FLOPs'}"


def about(seconds: float) -> str:
    """A duration that is an estimate: "about 40 s".

    Parameters
    ----------
    seconds
        Estimated duration in seconds, at least 0; NaN and infinity read "time unknown".

    >>> [about(s).replace(GAP, " ") for s in (0.3, 4.2, 41, 100, 5000)]
    ['under 1 s', 'about 4 s', 'about 40 s', 'about 2 min', 'about 1.4 h']
    """
    if not math.isfinite(seconds) or seconds < 0:
        return "time unknown"
    if seconds < 0.95:
        return f"under{GAP}1{GAP}s"
    if seconds < 9.5:
        return f"about{GAP}{seconds:.0f}{GAP}s"
    if seconds < 87.5:
        return f"about{GAP}{5 * round(seconds / 5)}{GAP}s"
    if seconds < 59.5 * 60:
        return f"about{GAP}{max(2, round(seconds / 60))}{GAP}min"
    hours = seconds / 3600
    return f"about{GAP}{hours:.1f}{GAP}h" if hours < 9.95 else f"about{GAP}{hours:.0f}{GAP}h"


def elapsed(seconds: float) -> str:
    """A measured duration as a clock: 0:07, 12:05, 1:00:03.

    >>> elapsed(725.4)
    '12:05'
    """
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, secs = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{secs:02d}" if hours else f"{minutes}:{secs:02d}"


def measure(x: float, digits: int = 3) -> str:
    """A measured value to a number of significant figures, without an exponent where it is readable.

    Parameters
    ----------
    x
        The value; NaN and infinities are named.
    digits
        Significant figures, at least 1.

    >>> measure(0.08251), measure(12.0), measure(float("nan"))
    ('0.0825', '12.0', 'not a number')
    """
    if math.isnan(x):
        return "not a number"
    if math.isinf(x):
        return "∞" if x > 0 else f"{MINUS}∞"
    if x == 0:
        return "0"
    places = digits - 1 - _exponent(x, digits)
    if -_exponent(x, digits) > 4 or _exponent(x, digits) > 6:
        mantissa, _, power = f"{x:.{digits - 1}e}".partition("e")
        return f"{mantissa}·10^{int(power)}".replace("-", MINUS)
    return _fixed(x, places)


def spread(mean: float, sd: float) -> str:
    """Mean ± standard deviation, to two significant figures of the standard deviation.

    Parameters
    ----------
    mean
        The mean.
    sd
        The standard deviation, in the unit of the mean; NaN when it is not known (one value), then the mean alone.

    >>> spread(0.08251, 0.00312), spread(91.234, 12.3), spread(0.5, 0.0)
    ('0.0825 ± 0.0031', '91 ± 12', '0.500 ± 0')
    """
    if not math.isfinite(mean) or not math.isfinite(sd):
        return measure(mean)
    if sd <= 0:
        return f"{measure(mean)} ± 0"
    places = 1 - _exponent(sd, 2)
    if places > 9 or places < -6:
        return f"{measure(mean)} ± {measure(sd, 2)}"
    return f"{_fixed(mean, places)} ± {_fixed(sd, places)}"


def signed(value: float, log: bool = False) -> str:
    """A change with its sign; with `log`, a change of a natural logarithm as what it does to the value, in per cent.

    >>> signed(-0.105, True).replace(GAP, " "), signed(0.02)
    ('−10.0 %', '+0.0200')
    """
    if not math.isfinite(value):
        return "not known"
    if log and value > math.log(100):
        return f"×{GAP}{measure(math.exp(min(value, 700)), 2)}"
    change = 100 * math.expm1(value) if log else value
    text = f"{abs(change):.1f}{GAP}%" if log else measure(abs(change))
    return text if change == 0 or text == f"0.0{GAP}%" else (MINUS if change < 0 else "+") + text


def signed_spread(value: float, sd: float, log: bool = False) -> str:
    """A change with its sign ± its standard deviation, to two figures of the latter; of per cents to one place at most.

    With `log` both are scaled alike, so that their ratio stays.

    >>> signed_spread(-0.105, 0.02, True).replace(GAP, " "), signed_spread(-3.148, 3.9), signed_spread(0.5, 0.0)
    ('−10.0 % ± 1.9 %', '−3.1 ± 3.9', '+0.500 ± 0')
    """
    if not math.isfinite(value) or not math.isfinite(sd):
        return signed(value, log)
    if log and value > math.log(100):
        return signed(value, True)
    unit, change, around = "", value, sd
    if log:
        unit, change = f"{GAP}%", 100 * math.expm1(value)
        around = 100 * sd * (math.expm1(value) / value if value else 1.0)
    places = 1 - _exponent(around, 2)
    if around <= 0 or (not log and not -6 <= places <= 9):
        return f"{signed(value, log)} ± {measure(around, 2)}{unit}"
    places = min(places, 1) if log else places
    text = _fixed(abs(change), places)
    sign = "" if not text.strip("0.") else MINUS if change < 0 else "+"
    least = f"<{GAP}0.1" if log and around < 0.05 else _fixed(around, places)
    return f"{sign}{text}{unit} ± {least}{unit}"


def share(fraction: float) -> str:
    """A fraction as a percentage: "12 %", "0.4 %"; what is above zero never reads as zero.

    >>> share(0.1234).replace(GAP, " "), share(0.0001).replace(GAP, " ")
    ('12 %', '< 0.1 %')
    """
    percent = 100 * fraction
    if 0 < percent < 0.1:
        return f"<{GAP}0.1{GAP}%"
    return f"{percent:.1f}{GAP}%" if 0 < percent < 9.95 else f"{percent:.0f}{GAP}%"


def shape(sizes: tuple[int, ...]) -> str:
    """Sizes of a tensor without the batch: "16×32×32".

    >>> shape((16, 32, 32))
    '16×32×32'
    """
    return "×".join(str(n) for n in sizes)


def _exponent(x: float, digits: int) -> int:
    """Decimal exponent of x after rounding to a number of significant figures."""
    return int(f"{abs(x):.{digits - 1}e}".partition("e")[2])


def _fixed(x: float, places: int) -> str:
    """x with so many decimal places (rounded to tens, hundreds … when negative), a true minus, digits grouped."""
    if places <= 0:
        return grouped(round(round(x, places)))
    return f"{x:.{places}f}".replace("-", MINUS)
