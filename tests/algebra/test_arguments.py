import numpy as np
import pytest

from nasviz.algebra.arguments import flag, shown, whole
from nasviz.errors import NasvizError


def test_whole_numbers_of_any_type_pass() -> None:
    assert [whole(value, "total", 0) for value in (0, 7, np.int64(3), 2**70)] == [0, 7, 3, 2**70]


@pytest.mark.parametrize("value", [-1, 1.0, float("nan"), "3", None, [1]])
def test_others_are_named(value: object) -> None:
    with pytest.raises(NasvizError, match=r"^total is .*; it must be a whole number, 0 or more$"):
        whole(value, "total", 0)


@pytest.mark.parametrize("value", [True, False, np.True_, np.False_])
def test_switches_pass(value: object) -> None:
    assert flag(value, "connected") is bool(value)


@pytest.mark.parametrize("value", ["x", "", "False", 0, 1, None, []])
def test_what_only_counts_as_true_or_false_is_named(value: object) -> None:
    with pytest.raises(NasvizError, match=r"^connected is .*; it must be True or False$"):
        flag(value, "connected")


class Silent:
    def __repr__(self) -> str:
        raise ZeroDivisionError


def test_what_was_given_is_quoted_in_one_short_line() -> None:
    assert [shown(value) for value in ("a b", -3, Silent(), True, [1])] == ["'a b'", "-3", "Silent", "True", "[1]"]
    assert shown(np.zeros((2, 2))) == "array([[0., 0.], [0., 0.]])"
    assert shown(-(10**5000)) == "-1" + "0" * 57 + "…"
