"""The figure of the evidence: a line a strategy and panel, quartiles as bands, τ where there is some."""

import numpy as np

from nasviz.testing.evidence.figure import SHOWN, TITLES, evidence_figure
from nasviz.testing.evidence.ranking import Score
from nasviz.testing.evidence.table_search import Run


def runs():
    return [
        Run("flat WL", 0, (0.3, 0.1), (0.4, 0.2), 2, 1.0),
        Run("flat WL", 1, (0.3, 0.2, 0.3, 0.3), (0.5, 0.3, 0.1, 0.1), 4, 1.0),
        Run("random, by terms", 0, (0.3,), (0.4,), 1, 1.0),
    ]


def test_lines():
    fig = evidence_figure(runs(), 0.1, 0.2, total=4)
    share, band, median = fig.data
    assert (share.name, share.y.tolist(), share.line.shape) == ("flat WL", [0, 0.5, 0.5, 0.5], "hv")
    assert np.allclose(median.y, [25, 5, 5, 5])
    assert np.allclose(band.y, [27.5, 7.5, 7.5, 7.5, 2.5, 2.5, 2.5, 22.5])
    assert [a.text for a in fig.layout.annotations] == list(TITLES[:2])


def test_the_third_panel_shows_kernels_in_the_colours_of_their_strategies():
    scores = [Score(r, n, "flat WL", 0.1 * r + n / 1000, 0.0) for r in range(3) for n in (50, 100)]
    fig = evidence_figure(runs(), 0.1, 0.2, scores, total=4)
    tau = fig.data[-1]
    assert list(tau.x) == [50, 100]
    assert np.allclose(tau.y, [0.15, 0.2])
    assert np.allclose(tau.error_y.array, 0.1)
    assert tau.line.color == fig.data[0].line.color
    assert len(fig.layout.annotations) == 3
    assert not tau.showlegend


def test_a_kernel_that_is_no_strategy_has_a_line_of_its_own():
    fig = evidence_figure(runs(), 0.1, 0.2, [Score(0, 50, "flat WL, iterations learned", 0.1, 0.0)], total=4)
    tau = fig.data[-1]
    assert (tau.line.color, tau.line.dash, tau.showlegend) == (fig.data[0].line.color, "dot", True)


def test_every_line_looks_different():
    fig = evidence_figure([Run(name, 0, (0.1,), (0.1,), 1, 1.0) for name in SHOWN], 0.1, 0.1, total=2)
    looks = {(t.line.color, t.line.dash) for t in fig.data if t.line.shape == "hv"}
    assert len(looks) == len(SHOWN)
