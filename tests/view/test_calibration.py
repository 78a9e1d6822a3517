"""Calibration: bands of an honest surrogate, and what they say."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom, norm

from nasviz.records import Calibration
from nasviz.surrogate.calibration import calibrate
from nasviz.view.calibration import CalibrationInfo, binomial_band, calibration_figure, calibration_info

TRACES = ["an honest surrogate, 95 %", "honest", "observed", "honest bars", "values"]


def predicted(n: int, seed: int, spread: float = 1.0, shift: float = 0.0) -> Calibration:
    """Standard normal values, predicted with another deviation and mean."""
    z = np.random.default_rng(seed).normal(size=n)
    return calibrate(z, np.full(n, shift), np.full(n, spread))


@pytest.mark.parametrize("n", [1, 7, 100, 3000])
@pytest.mark.parametrize("p", [0.02, 0.5, 0.95])
@pytest.mark.parametrize("alpha", [0.05, 0.005])
def test_bands_are_binomial_quantiles(n: int, p: float, alpha: float) -> None:
    assert binomial_band(n, p, alpha) == (binom.ppf(alpha / 2, n, p), binom.ppf(1 - alpha / 2, n, p))


def test_an_honest_surrogate_is_called_otherwise_in_at_most_one_of_twenty() -> None:
    said = [calibration_info(predicted(60, seed)).verdict for seed in range(200)]
    assert sum(verdict != "as it should be" for verdict in said) <= 14
    assert calibration_info(predicted(60, 0)).sentence == "Uncertainty as it should be, as far as 60 values can tell"


@pytest.mark.parametrize(
    ("spread", "shift", "verdict"),
    [(0.4, 0.0, "overconfident"), (2.5, 0.0, "underconfident"), (1.0, 0.7, "biased")],
)
def test_what_is_not_honest_is_found(spread: float, shift: float, verdict: str) -> None:
    said = [calibration_info(predicted(80, seed, spread, shift)).verdict for seed in range(20)]
    assert said.count(verdict) >= 17
    assert verdict in calibration_info(predicted(80, 0, spread, shift)).summary


def test_the_sentence_names_the_intervals() -> None:
    found = Calibration("held out", 100, 0.5, 1.2, (0.2, 0.5, 0.9), (0.2, 0.2, 0.5), (0.45,) * 50 + (0.55,) * 50)
    sentence = calibration_info(found).sentence.replace("\u00a0", " ")
    assert sentence == "Overconfident: fewer values than promised lie in the intervals of 50 % to 90 %"
    found = Calibration("held out", 100, 0.5, 1.2, (0.2, 0.5), (0.2, 0.9), (0.45,) * 50 + (0.55,) * 50)
    sentence = calibration_info(found).sentence.replace("\u00a0", " ")
    assert sentence == "Underconfident: more values than promised lie in the interval of 50 %"


def test_a_bias_says_to_which_side() -> None:
    info = calibration_info(predicted(80, 0, 1.0, 0.7))
    assert info.sentence == f"Biased: {info.above} of 80 values are larger than predicted"
    assert info.above < 25


def test_too_wide_in_the_middle_and_too_narrow_at_the_ends() -> None:
    near, far = norm.cdf(np.linspace(-0.1, 0.1, 70)), np.tile([0.0005, 0.9995], 15)
    pit = np.concatenate([near, far])
    info = calibration_info(calibrate(norm.ppf(pit), np.zeros(100), np.ones(100)))
    assert info.verdict == "misshapen"
    assert "too wide for some shares, too narrow for others" in info.sentence


def test_the_counts_are_those_of_the_transform() -> None:
    found = Calibration("held out", 60, 0.5, 1.2, (0.5,), (0.5,), tuple((i + 0.5) / 60 for i in range(60)))
    info = calibration_info(found)
    assert info.counts == (6,) * 10
    assert info.fewest < 6 < info.most
    assert (info.low[0], info.high[0]) == tuple(k / 60 for k in binomial_band(60, 0.5, 0.025))
    assert info.summary == "60 values held out · Kendall τ 0.50 · NLL 1.20 nats (1.42 without any model) · as it should be"
    assert len(calibration_info(Calibration("held out", 20, 0.5, 1.2, (0.5,), (0.5,), (0.5,) * 20)).counts) == 5


def test_few_values_and_none() -> None:
    few = calibration_info(predicted(9, 0, 0.1))
    assert few.verdict == "too few"
    assert few.sentence == "10 values are needed to judge the uncertainty, there are 9"
    empty = calibration_info(calibrate(np.empty(0), np.empty(0), np.empty(0)))
    assert empty.summary == "no prediction yet"
    fig = calibration_figure(empty)
    assert fig.layout.annotations[0].text == "Calibration needs finished trials"


@pytest.mark.parametrize("info", [CalibrationInfo(), calibration_info(predicted(60, 1)), calibration_info(predicted(1, 0))])
@pytest.mark.parametrize("dark", [False, True])
def test_the_figure_has_always_the_same_traces(info: CalibrationInfo, dark: bool) -> None:
    fig = calibration_figure(info, dark=dark)
    assert [trace.name for trace in fig.data] == TRACES
    assert (fig.data[0].x is None or len(fig.data[0].x)) == (2 * (len(info.levels) + 2) if info.n else 0)
    assert tuple(fig.data[4].y) == info.counts
    assert "</html>" in fig.to_html(include_plotlyjs=False)


def test_labels_say_what_is_seen() -> None:
    info = calibration_info(predicted(60, 1))
    fig = calibration_figure(info)
    assert fig.layout.title.text.replace("<br>", " ") == info.sentence
    i = info.levels.index(0.5)
    words = fig.data[2].text[i].replace("\u00a0", " ")
    assert words.startswith("50 % of the values promised<br>")
    assert f"{round(info.coverage[i] * 60)} of 60" in words
    assert fig.data[4].text[0].replace("\u00a0", " ").startswith(f"{info.counts[0]} of 60 values at 0 % to 10 %")
