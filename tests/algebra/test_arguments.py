import numpy as np
import pytest

from nasviz.algebra.arguments import whole
from nasviz.errors import NasvizError


def test_whole_numbers_of_any_type_pass() -> None:
    assert [whole(value, "total", 0) for value in (0, 7, np.int64(3), 2**70)] == [0, 7, 3, 2**70]


@pytest.mark.parametrize("value", [-1, 1.0, float("nan"), "3", None, [1]])
def test_others_are_named(value: object) -> None:
    with pytest.raises(NasvizError, match=r"^total is .*; it must be a whole number, 0 or more$"):
        whole(value, "total", 0)
