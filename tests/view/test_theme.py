import plotly.io as pio
import pytest

from nasviz.view import theme
from nasviz.view.states import LOOKS


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


MARKS = {*theme.CYCLE, theme.OBSERVED, theme.INCUMBENT, theme.BASELINE, theme.FAILED, theme.KNOWN}


@pytest.mark.parametrize("colour", sorted(MARKS | {look.colour for look in LOOKS.values()}))
@pytest.mark.parametrize("paper", ["#ffffff", "#111111"])
def test_marks_are_seen_in_both_themes(colour, paper):
    assert contrast(colour, paper) >= 3


@pytest.mark.parametrize("dark", [False, True])
def test_text_is_read_in_both_themes(dark):
    layout = theme.template(dark).layout
    assert contrast(layout.font.color, layout.paper_bgcolor) >= 4.5
    assert contrast(layout.xaxis.tickfont.color, layout.paper_bgcolor) >= 4.5


def test_the_template_is_passed_not_registered():
    theme.template()
    assert "nasviz" not in pio.templates
    assert pio.templates.default == "plotly"


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("", ""),
        ("a<b>&", "a&lt;b&gt;&amp;"),
        ("Linear(id, id)", "Linear(id,<br>id)"),
        ("x" * 25, "xxxxxxxxxxxx …"),
        ("aaaaaaaaaaaa bbbbbbbbbbbb cccccccccccc d", "aaaaaaaaaaaa<br>bbbbbbbbbbbb …"),
    ],
)
def test_clipped(term, text):
    assert theme.clipped(term, width=12, lines=2) == text


def test_a_very_long_term_is_clipped_in_no_time():
    assert len(theme.clipped("Linear(id, " * 10**5)) < 400
