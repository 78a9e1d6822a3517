"""Whether a surrogate's uncertainty is honest: how many values lie where it says that they lie.

Left, the *reliability curve*: of the central intervals that should hold 10 %, 20 % … of the values, how many they do hold;
on the diagonal uncertainty is honest, below it the intervals are too narrow (overconfident), above too wide. Right, the
*probability integral transform*: the predicted quantile at which a value lies, which is uniform where predictions are
honest, a U where they are overconfident, a hill where they are underconfident, a slope where they are biased (Gneiting,
Balabdaoui & Raftery 2007). The grey bands hold the whole curve, and all the bars, of an honest surrogate with 95 %
probability; binomial, as if predictions were independent, with Bonferroni's correction.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import plotly.graph_objects as go

from nasviz import numbers
from nasviz.records import Calibration
from nasviz.view import theme

Verdict = Literal["as it should be", "overconfident", "underconfident", "misshapen", "biased", "too few"]
FEWEST = 10
"""Values below which nothing is said."""
CONFIDENCE = 0.95


@dataclass(frozen=True)
class CalibrationInfo:
    """Calibration with the bands of an honest surrogate, as plain data.

    Attributes
    ----------
    method
        How predictions were made: "leave-one-out" or "held out".
    n
        Number of values.
    levels, coverage
        Nominal and observed shares of values in central intervals, ``(m,)``, 0…1.
    low, high
        Between which an honest surrogate's coverage lies, ``(m,)``, at all levels together with 95 % probability.
    counts
        Values in each of b equal bins of the transform, ``(b,)``.
    fewest, most
        Between which all counts of an honest surrogate lie with 95 % probability.
    above
        How many values are larger than the median predicted.
    verdict
        What the bands say.
    tau, nll
        Kendall τ-b, and mean negative log density in nats and standardised units.
    value_name
        What was predicted, where there are several objectives; else "value".
    equal
        The sentence that all values learned from are equal, or "".
    """

    method: str = "leave-one-out"
    n: int = 0
    levels: tuple[float, ...] = ()
    coverage: tuple[float, ...] = ()
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()
    fewest: int = 0
    most: int = 0
    above: int = 0
    verdict: Verdict = "too few"
    tau: float = math.nan
    nll: float = math.nan
    value_name: str = "value"
    equal: str = ""

    @property
    def sentence(self) -> str:
        """The verdict in a sentence; of equal values, which cannot be judged, that they are."""
        if self.equal:
            return self.equal
        return _SENTENCES[self.verdict].format(n=self.n, above=self.above, fewest=FEWEST, levels=self._outside)

    @property
    def _outside(self) -> str:
        """Which intervals leave the band: "the intervals of 10 % to 60 %"."""
        rows = zip(self.levels, self.coverage, self.low, self.high, strict=True)
        out = [numbers.share(level) for level, c, low, high in rows if not low - 1e-9 <= c <= high + 1e-9]
        return f"the intervals of {out[0]} to {out[-1]}" if len(out) > 1 else f"the interval of {''.join(out)}"

    @property
    def summary(self) -> str:
        """One line: number of values, Kendall τ, negative log likelihood and the verdict."""
        if not self.n:
            return "no prediction yet"
        tau = "undefined" if math.isnan(self.tau) else f"{self.tau:.2f}".replace("-", numbers.MINUS)
        how = "left out in turn" if self.method == "leave-one-out" else self.method
        nll = f"NLL {numbers.measure(self.nll)} nats (1.42 without any model)"
        return f"{self.n} values {how} · Kendall τ {tau} · {nll} · {self.verdict.replace('too few', 'too few to judge')}"


_SENTENCES: dict[Verdict, str] = {
    "too few": "{fewest} values are needed to judge the uncertainty, there are {n}",
    "as it should be": "Uncertainty as it should be, as far as {n} values can tell",
    "overconfident": "Overconfident: fewer values than promised lie in {levels}",
    "underconfident": "Underconfident: more values than promised lie in {levels}",
    "misshapen": "Intervals of the wrong shape: too wide for some shares, too narrow for others",
    "biased": "Biased: {above} of {n} values are larger than predicted",
}


def calibration_info(found: Calibration, *, value_name: str = "value", equal: str = "") -> CalibrationInfo:
    """Collect what the calibration figure shows.

    Parameters
    ----------
    found
        From ``gp.calibration()``, leave-one-out or held out.
    value_name
        What was predicted.
    equal
        The sentence that all values learned from are equal, where they are.
    """
    n = found.n
    if not n:
        return CalibrationInfo(method=found.method)
    each = (1 - CONFIDENCE) / (len(found.levels) + 1)
    bounds = [binomial_band(n, level, each) for level in found.levels]
    bins = 10 if n >= 50 else 5
    counts = np.histogram(found.pit, bins=bins, range=(0, 1))[0]
    fewest, most = binomial_band(n, 1 / bins, (1 - CONFIDENCE) / bins)
    low, high = (tuple(bound[i] / n for bound in bounds) for i in (0, 1))
    above = sum(p > 0.5 for p in found.pit)
    middle = binomial_band(n, 0.5, each)
    return CalibrationInfo(
        method=found.method,
        n=n,
        levels=found.levels,
        coverage=found.coverage,
        low=low,
        high=high,
        counts=tuple(counts.tolist()),
        fewest=fewest,
        most=most,
        above=above,
        verdict=_verdict(n, found.coverage, low, high, not middle[0] <= above <= middle[1]),
        tau=found.tau,
        nll=found.nll,
        value_name=value_name,
        equal=equal,
    )


def binomial_band(n: int, p: float, alpha: float) -> tuple[int, int]:
    """Return between which numbers of successes of `n` trials of probability `p` lie, each side missed by at most alpha / 2.

    >>> binomial_band(100, 0.5, 0.05)
    (40, 60)
    """
    k = np.arange(n + 1)
    ways = np.array([math.lgamma(n + 1) - math.lgamma(i + 1) - math.lgamma(n - i + 1) for i in k.tolist()])
    below = np.cumsum(np.exp(ways + k * math.log(p) + (n - k) * math.log1p(-p)))
    low, high = np.searchsorted(below, [alpha / 2, 1 - alpha / 2])
    return min(int(low), n), min(int(high), n)


def _verdict(n: int, coverage: tuple[float, ...], low: tuple[float, ...], high: tuple[float, ...], biased: bool) -> Verdict:
    if n < FEWEST:
        return "too few"
    narrow = any(c < bound - 1e-9 for c, bound in zip(coverage, low, strict=True))
    wide = any(c > bound + 1e-9 for c, bound in zip(coverage, high, strict=True))
    if wide:
        return "misshapen" if narrow else "underconfident"
    if biased:  # what is shifted misses its intervals, too
        return "biased"
    return "overconfident" if narrow else "as it should be"


def calibration_figure(info: CalibrationInfo, *, dark: bool = False) -> go.Figure:
    """Reliability curve and histogram of the probability integral transform, each with the band of an honest surrogate.

    Parameters
    ----------
    info
        From `calibration_info`.
    dark
        See `nasviz.view.theme.template`.

    Returns
    -------
        Traces "an honest surrogate", "honest", "observed", "honest bars" and "values", always these five in this order.
    """
    fig = theme.figure(*_reliability(info), *_transform(info), x="promised share", y=_observed(info), dark=dark)
    percent = {"tickformat": ".0%", "tickvals": [0, 0.25, 0.5, 0.75, 1]}
    fig.update_layout(
        xaxis={"domain": [0, 0.46 if info.n else 1], "range": [-0.02, 1.02], **percent},
        yaxis={"range": [-0.02, 1.02], **percent},
        xaxis2={
            "domain": [0.58, 1],
            "visible": info.n > 0,
            "range": [-0.02, 1.02],
            "title": "predicted quantile",
            **percent,
        },
        yaxis2={"anchor": "x2", "visible": info.n > 0, "rangemode": "tozero", "title": "number of values"},
        shapes=[
            {
                "type": "rect",
                "layer": "below",
                "xref": "x2",
                "yref": "y2",
                "x0": 0,
                "x1": 1 if info.n else 0,
                "y0": info.fewest,
                "y1": info.most,
                "fillcolor": theme.faded(theme.BASELINE, 0.22),
                "line": {"width": 0},
            }
        ],
    )
    theme.headline(fig, info.sentence if info.n else "")
    if not info.n:
        theme.note(fig, "Calibration needs finished trials")
    return fig


def _observed(info: CalibrationInfo) -> str:
    return "observed share" if info.value_name == "value" else f"observed share of {theme.clipped(info.value_name, 24, 1)}"


def _reliability(info: CalibrationInfo) -> list[go.Scatter | go.Bar]:
    levels = [0.0, *info.levels, 1.0] if info.n else []
    low, high = ([0.0, *bound, 1.0] if info.n else [] for bound in (info.low, info.high))
    band = go.Scatter(
        x=[*levels, *reversed(levels)],
        y=[*high, *reversed(low)],
        mode="lines",
        fill="toself",
        name="an honest surrogate, 95 %",
        meta=theme.GUIDE,
        fillcolor=theme.faded(theme.BASELINE, 0.22),
        line={"width": 0, "color": theme.BASELINE},
        hoverinfo="skip",
    )
    diagonal = go.Scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        name="honest",
        meta=theme.GUIDE,
        line={"color": theme.BASELINE, "dash": "dash", "width": 1},
        hoverinfo="skip",
        showlegend=False,
    )
    observed = go.Scatter(
        x=info.levels,
        y=info.coverage,
        mode="lines+markers",
        name="observed",
        marker={"color": theme.OBSERVED, "size": 8, "symbol": "circle"},
        line={"color": theme.OBSERVED, "width": 2},
        text=[
            f"{numbers.share(level)} of the values promised<br>{numbers.share(c)} found, {round(c * info.n)} of {info.n}"
            f"<br>honest: {numbers.share(low)} to {numbers.share(high)}"
            for level, c, low, high in zip(info.levels, info.coverage, info.low, info.high, strict=True)
        ],
        hovertemplate="%{text}<extra></extra>",
    )
    return [band, diagonal, observed]


def _transform(info: CalibrationInfo) -> list[go.Scatter | go.Bar]:
    bins = len(info.counts)
    axes = {"xaxis": "x2", "yaxis": "y2"}
    even = go.Scatter(
        x=[0, 1] if bins else [],
        y=[info.n / bins] * 2 if bins else [],
        mode="lines",
        name="honest bars",
        meta=theme.GUIDE,
        line={"color": theme.BASELINE, "dash": "dash", "width": 1},
        hoverinfo="skip",
        showlegend=False,
        **axes,
    )
    bars = go.Bar(
        x=[(i + 0.5) / bins for i in range(bins)],
        y=info.counts,
        width=[0.92 / max(bins, 1)] * bins,
        name="values",
        marker={"color": theme.faded(theme.OBSERVED, 0.75), "line": {"color": theme.OBSERVED, "width": 1}},
        text=[
            f"{count} of {info.n} values at {numbers.share(i / bins)} to {numbers.share((i + 1) / bins)}"
            f"<br>honest: {info.fewest} to {info.most}"
            for i, count in enumerate(info.counts)
        ],
        textposition="none",
        hovertemplate="%{text}<extra></extra>",
        showlegend=False,
        **axes,
    )
    return [even, bars]
