"""Sizes of spaces: sorted, marked, labelled with what is counted."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from nasviz.errors import NasvizError
from nasviz.view.sizes import sizes_figure, sizes_info

ROWS = [
    SimpleNamespace(name="big", log10=446.0928, convention="derivations"),
    SimpleNamespace(name="cells", log10=4.194, convention="cells (15,625)"),
]


def test_rows_are_sorted_and_marked() -> None:
    info = sizes_info(ROWS, mark="big")
    assert info.names == ("cells", "big")
    assert info.marked == (False, True)


def test_labels_say_the_number_and_what_is_counted() -> None:
    fig = sizes_figure(sizes_info(ROWS))
    assert fig.data[0].text == ("10<sup>4.19</sup>  cells (15,625)", "10<sup>446.09</sup>  derivations")
    assert "10<sup>446.09</sup>" in fig.to_html(include_plotlyjs=False).encode().decode("unicode_escape")


def test_a_long_label_takes_two_lines() -> None:
    counted = "derivations of the released grammar, the published count"
    text = sizes_figure(sizes_info([SimpleNamespace(name="big", log10=446.09, convention=counted)])).data[0].text[0]
    assert text == "10<sup>446.09</sup>  derivations of the released grammar,<br>the published count"


def test_nothing_to_draw_says_what_to_pass() -> None:
    with pytest.raises(NasvizError, match=r"pass for example nv.spaces.KNOWN_SIZES"):
        sizes_info([])
