import numpy as np
import pytest

from nasviz.spaces import Architecture
from nasviz.surrogate.notes import notes_on

NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.1, 0.2, 0.3], []),
        ([0.1, NAN, 0.3], ["1 of 3 values is not finite and was left out; scale and beliefs rest on the other 2."]),
        ([INF, NAN, 0.3, 0.4], ["2 of 4 values are not finite and were left out; scale and beliefs rest on the other 2."]),
        ([0.5], ["One value is known: 0.5 is predicted everywhere, and its sd is guessed from its size."]),
        ([0.5, 0.5], ["All 2 values are 0.5: that is predicted everywhere, and its sd follows from their number."]),
        (
            [0.5, NAN, 0.5],
            [
                "1 of 3 values is not finite and was left out; scale and beliefs rest on the other 2.",
                "All 2 values are 0.5: that is predicted everywhere, and its sd follows from their number.",
            ],
        ),
        (
            [3.0, 3.0 + 1e-14],
            ["All 2 values are 3 but for rounding: that is predicted everywhere, and its sd follows from their number."],
        ),
        ([0.0, 0.5], ["1 of 2 values is 0, so no logarithm was taken."]),
        ([-1.0, 0.5], []),
    ],
)
def test_what_was_done_is_said(archs: list[Architecture], values: list[float], expected: list[str]) -> None:
    assert list(notes_on(archs[: len(values)], np.array(values), None)) == expected


def test_repeated_architectures_are_counted(archs: list[Architecture]) -> None:
    one, two, three = archs[:3]
    assert notes_on([one] * 10, np.arange(1.0, 11), None) == (
        "10 values belong to one architecture evaluated more than once: their difference counts as noise.",
    )
    assert notes_on([one, two, one, two, three], np.arange(1.0, 6), None) == (
        "4 values belong to 2 architectures evaluated more than once: their difference counts as noise.",
    )


def test_who_asks_for_no_logarithm_hears_nothing_of_it(archs: list[Architecture]) -> None:
    assert notes_on(archs[:2], np.array([0.0, 1.0]), False) == ()
