import math
import re
from xml.etree import ElementTree

import pytest

from nasviz.view.chart import Series, chart, ticks


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-3.2, 7.9), (1e-9, 2e-9), (1e6, 3e6), (0.0, 13.0)])
def test_ticks_are_round_and_inside(low: float, high: float) -> None:
    found = ticks(low, high)
    assert 2 <= len(found) <= 7
    assert all(low - 1e-9 * abs(high) <= t <= high + 1e-9 * abs(high) for t in found)
    step = found[1] - found[0]
    assert step / 10 ** math.floor(math.log10(step) + 1e-9) == pytest.approx(
        round(step / 10 ** math.floor(math.log10(step) + 1e-9))
    )


def test_one_value_has_one_tick() -> None:
    assert ticks(3.0, 3.0) == [3.0]


def picture(*series: Series) -> ElementTree.Element:
    return ElementTree.fromstring(chart(series, "a < b", "y & z", 'shows "all"'))


def test_marks_stand_where_their_values_are() -> None:
    root = picture(Series((0.0, 1.0, 2.0), (1.0, 3.0, 2.0), "points", "trial", "#123456"))
    dots = [(float(c.get("cx", "")), float(c.get("cy", ""))) for c in root.iter() if c.tag.endswith("circle")]
    (x0, y0), (x1, y1), (x2, y2) = dots[:3]
    assert x1 - x0 == pytest.approx(x2 - x1, abs=0.2)
    assert y0 > y2 > y1, "more is higher up"
    assert y0 - y2 == pytest.approx(y2 - y1, abs=0.2)


def test_a_picture_says_what_it_shows_and_text_is_text() -> None:
    root = picture(Series((0.0,), (1.0,), "crosses", "<b>", "red"), Series((0.0,), (2.0,), "rule", "net", "red"))
    texts = [t.text for t in root.iter() if t.tag.endswith(("text", "title"))]
    assert 'shows "all"' in texts
    assert {"a < b", "y & z", "<b>", "net"} <= set(texts)
    assert root.get("role") == "img"


def test_nothing_and_constants_are_drawn() -> None:
    assert "nothing to show yet" in chart([], "x", "y", "t")
    assert "nothing to show yet" in chart([Series((), (), "points", "", "red")], "x", "y", "t")
    same = chart([Series((1.0, 1.0), (0.0, 0.0), "line", "", "red")], "x", "y", "t", whole=True)
    assert not re.search("nan|inf", same)
