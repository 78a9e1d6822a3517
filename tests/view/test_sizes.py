"""Sizes of spaces: sorted, marked, labelled with what is counted."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from nasviz.errors import NasvizError
from nasviz.spaces import KNOWN_SIZES
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


def test_what_is_counted_fits_beside_the_bar_of_each_known_space() -> None:
    info = sizes_info(KNOWN_SIZES)
    wide, character = 620, 6.6  # pixels: of the axes in a narrow notebook, and of a character of a label
    reach = sizes_figure(info).layout.xaxis.range[1]
    for power, convention in zip(info.log10, info.conventions, strict=True):
        assert wide * power / reach + character * (len(convention) + 7) <= wide


def test_nothing_to_draw_says_what_to_pass() -> None:
    with pytest.raises(NasvizError, match=r"pass for example nv.spaces.KNOWN_SIZES"):
        sizes_info([])
