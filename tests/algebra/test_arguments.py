from pathlib import Path

import numpy as np
import pytest

from nasviz.algebra import Operator, Term
from nasviz.algebra.arguments import expect_term, file_path, flag, place, shown, whole
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


@pytest.mark.parametrize(("value", "position"), [((), ()), ([0, 2], (0, 2)), (1, (1,)), (np.int64(1), (1,)), ((-1,), (-1,))])
def test_positions_of_any_form(value: object, position: tuple[int, ...]) -> None:
    assert place(value) == position


@pytest.mark.parametrize("value", ["0", None, 1.0, ("x",), object()])
def test_other_things_are_no_position(value: object) -> None:
    with pytest.raises(NasvizError, match=r"^a position is made of numbers of operands, as in arch\[0, 2\]; found "):
        place(value)


def test_paths_and_terms() -> None:
    assert file_path("a/b.grammar") == file_path(Path("a/b.grammar"))
    with pytest.raises(NasvizError, match=r"^the name of a file is text or a path, e\.g\. 'mine\.grammar', found 3$"):
        file_path(3)
    expect_term(Term.build(Operator("x")))
    with pytest.raises(NasvizError, match=r"^a term is expected, e\.g\. arch\.term, found 'conv'$"):
        expect_term("conv")
