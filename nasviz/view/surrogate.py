"""What the surrogate believes, against what was measured.

Each finished trial is predicted from all the others (leave-one-out). Points on the diagonal are predicted exactly; the
bar is ± one standard deviation, so about 68 % of the bars of an honest surrogate touch the diagonal. Kendall τ says how
well the order is predicted: 1 all pairs in order, 0 by chance, −1 all reversed.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from nasviz import numbers
from nasviz.view import theme

LEFT_OUT = "trial, left out, ± sd"
"""What the trials are called."""


@dataclass(frozen=True)
class SurrogateInfo:
    """Leave-one-out predictions beside observations, as plain data.

    Attributes
    ----------
    trials
        Numbers of the trials, (n,); None for what another study found.
    terms
        Their terms, (n,).
    observed
        Measured values, (n,).
    mean
        Leave-one-out means, (n,), in the unit of the values.
    sd
        Leave-one-out standard deviations, (n,), at least 0.
    tau
        Kendall τ-b between observed and mean, −1 … 1; NaN for fewer than two distinct values.
    coverage
        Fraction of observations within ± one sd, 0 … 1; NaN without observations.
    current
        (mean, sd) believed of the architecture shown, or None.
    current_term
        Its term.
    value_name
        What is measured.
    known
        Names of known networks that the search is compared with, "" for every other trial, (n,).
    equal
        The sentence that all values are equal, or "".
    """

    trials: tuple[int | None, ...] = ()
    terms: tuple[str, ...] = ()
    observed: tuple[float, ...] = ()
    mean: tuple[float, ...] = ()
    sd: tuple[float, ...] = ()
    tau: float = math.nan
    coverage: float = math.nan
    current: tuple[float, float] | None = None
    current_term: str = ""
    value_name: str = "value"
    known: tuple[str, ...] = ()
    equal: str = ""

    @property
    def summary(self) -> str:
        """One line: number of trials, Kendall τ and coverage."""
        if len(self.observed) < 2:
            return "no prediction yet"
        tau = "undefined" if math.isnan(self.tau) else f"{self.tau:.2f}".replace("-", numbers.MINUS)
        inside = round(self.coverage * len(self.observed))
        return f"Kendall τ {tau} · {inside} of {len(self.observed)} within ± 1 sd"


def kendall_tau(x: Sequence[float] | np.ndarray, y: Sequence[float] | np.ndarray) -> float:
    """Kendall's τ-b, the rank correlation corrected for ties (Kendall 1945).

    Parameters
    ----------
    x
        Values, (n,).
    y
        Values, (n,).

    Returns
    -------
        −1 … 1; NaN when all values of x or of y are equal, or n < 2.

    Raises
    ------
    ValueError
        Lengths differ.

    >>> round(kendall_tau([1, 2, 3, 4], [1, 3, 2, 4]), 4)
    0.6667
    """
    a, b = np.asarray(x, float), np.asarray(y, float)
    if a.shape != b.shape or a.ndim != 1:
        raise ValueError(f"kendall_tau needs two sequences of one length, got shapes {a.shape} and {b.shape}")
    upper = np.triu_indices(len(a), 1)
    da = np.sign(a[:, None] - a[None, :])[upper]
    db = np.sign(b[:, None] - b[None, :])[upper]
    pairs = math.sqrt(float(np.count_nonzero(da)) * float(np.count_nonzero(db)))
    return float(da @ db) / pairs if pairs else math.nan


def surrogate_info(
    observed: Sequence[float] | np.ndarray,
    mean: Sequence[float] | np.ndarray,
    sd: Sequence[float] | np.ndarray,
    *,
    trials: Sequence[int | None] = (),
    terms: Sequence[str] = (),
    current: tuple[float, float] | None = None,
    current_term: str = "",
    value_name: str = "value",
    known: Sequence[str] = (),
    equal: str = "",
) -> SurrogateInfo:
    """Collect what the surrogate figure shows.

    Parameters
    ----------
    observed
        Measured values, (n,).
    mean
        Leave-one-out means, (n,).
    sd
        Leave-one-out standard deviations, (n,).
    trials
        Trial numbers, (n,), None for what is no trial here; 0 … n−1 when left out.
    terms
        Terms, (n,).
    current
        (mean, sd) of the architecture shown.
    current_term
        Its term.
    value_name
        What is measured, e.g. "validation error".
    known
        Names of known networks that the search is compared with, "" for every other trial, (n,).
    equal
        The sentence that all values are equal, where they are.

    Raises
    ------
    ValueError
        Lengths differ.
    """
    lengths = {len(observed), len(mean), len(sd)} | {len(s) for s in (trials, terms, known) if len(s)}
    if len(lengths) > 1:
        raise ValueError(f"observed, mean, sd, trials, terms and known must have one length, got {sorted(lengths)}")
    y, m, s = (np.asarray(v, float) for v in (observed, mean, sd))
    keep: list[int] = np.flatnonzero(np.isfinite(y) & np.isfinite(m) & np.isfinite(s)).tolist()
    y, m, s = y[keep], m[keep], s[keep]
    return SurrogateInfo(
        trials=tuple(trials[i] for i in keep) if len(trials) else tuple(keep),
        terms=tuple(terms[i] for i in keep) if len(terms) else ("",) * len(keep),
        observed=tuple(y.tolist()),
        mean=tuple(m.tolist()),
        sd=tuple(s.tolist()),
        tau=kendall_tau(y, m),
        coverage=float(np.mean(np.abs(y - m) <= s)) if len(y) else math.nan,
        current=current,
        current_term=current_term,
        value_name=value_name,
        known=tuple(known[i] for i in keep) if len(known) else ("",) * len(keep),
        equal=equal,
    )


def surrogate_figure(info: SurrogateInfo, *, dark: bool = False) -> go.Figure:
    """Predicted against observed with ± sd, the diagonal, and the architecture shown as a band.

    Parameters
    ----------
    info
        From `surrogate_info`.
    dark
        See `nasviz.view.theme.template`.

    Returns
    -------
        Traces "exact" (diagonal), "trial, left out, ± sd" (points with bars) and "this architecture"; always these three,
        so that a live figure can be updated in place.
    """
    low, high = _range(info)
    enough = len(info.observed) > 1
    ends = [low, high] if enough else []
    diagonal = go.Scatter(
        x=ends,
        y=ends,
        mode="lines",
        name="exact",
        meta=theme.GUIDE,
        line={"color": theme.BASELINE, "dash": "dash", "width": 1},
        hoverinfo="skip",
    )
    points = _left_out(info) if enough else go.Scatter(x=[], y=[], name=LEFT_OUT)
    fig = theme.figure(
        diagonal,
        points,
        _current(info, low, high),
        x=f"observed {theme.clipped(info.value_name, 40, 1)}",
        y=f"predicted {theme.clipped(info.value_name, 40, 1)}",
        dark=dark,
    )
    if not enough:
        theme.note(fig, "The surrogate needs two trials with a value")
    elif info.equal:
        theme.headline(fig, info.equal)
    return fig


def _left_out(info: SurrogateInfo) -> go.Scatter:
    """The trials with their bars; known networks come last, since a legend shows the mark of the first."""
    order = sorted(range(len(info.observed)), key=lambda i: bool(info.known[i]))
    known = [bool(info.known[i]) for i in order]
    return go.Scatter(
        x=[info.observed[i] for i in order],
        y=[info.mean[i] for i in order],
        mode="markers",
        name=LEFT_OUT,
        marker={
            "color": [theme.KNOWN if name else theme.OBSERVED for name in known],
            "size": [13 if name else 8 for name in known],
            "symbol": [theme.KNOWN_SYMBOL if name else "circle" for name in known],
        },
        error_y={
            "type": "data",
            "array": [info.sd[i] for i in order],
            "color": theme.faded(theme.OBSERVED, 0.55),
            "thickness": 1.5,
        },
        customdata=[info.trials[i] for i in order],
        text=[_hover(info, i) for i in order],
        hovertemplate="%{text}<extra></extra>",
    )


def _current(info: SurrogateInfo, low: float, high: float) -> go.Scatter:
    """The belief about the architecture shown: a level line at its mean with its sd at the right end."""
    xs, ys, sds, text = [], [], [], ""
    if info.current is not None:
        mean, sd = info.current
        xs, ys, sds = [low, high], [mean, mean], [0.0, sd]
        text = f"{numbers.spread(mean, sd)} believed<br>{theme.clipped(info.current_term)}"
    return go.Scatter(
        x=xs,
        y=ys,
        mode="lines+markers",
        name="this architecture",
        line={"color": theme.INCUMBENT, "width": 1.5, "dash": "dot"},
        marker={"color": theme.INCUMBENT, "symbol": ["line-ns", "diamond"][: len(xs)], "size": 10},
        error_y={"type": "data", "array": sds, "color": theme.INCUMBENT, "thickness": 2},
        text=[text] * len(xs),
        hovertemplate="%{text}<extra></extra>",
    )


def _range(info: SurrogateInfo) -> tuple[float, float]:
    """Ends of the diagonal: all observed and predicted values with a margin of 5 %."""
    values = [*info.observed, *info.mean] or [0.0, 1.0]
    low, high = min(values), max(values)
    margin = 0.05 * (high - low) or 0.05 * abs(high) or 0.5
    return low - margin, high + margin


def _hover(info: SurrogateInfo, i: int) -> str:
    number = info.trials[i]
    name = "known from another study" if number is None else f"trial {number}"
    name = f"{theme.clipped(info.known[i], 40, 1)} ({name})" if info.known[i] else name
    return (
        f"{name}<br>observed {numbers.measure(info.observed[i])}"
        f"<br>predicted {numbers.spread(info.mean[i], info.sd[i])}<br>{theme.clipped(info.terms[i])}"
    )
