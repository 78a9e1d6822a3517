"""The contract of a space holds for good spaces and fails for bad ones."""

import pytest

from nasviz.algebra import Operator
from nasviz.errors import StorageError
from nasviz.spaces import SearchSpace
from nasviz.testing import check_space

MINE = Operator("mine", doc="An operator of my own.")


def test_a_space_with_an_operator_of_ones_own():
    space = SearchSpace("S ::= Linear(S, B) [0.4] | B\nB ::= mine | id | zero", [MINE], input_shape=(1, 8, 8))
    check_space(space, [MINE])
    with pytest.raises(StorageError, match="missing operators: mine"):
        check_space(space)


def test_a_space_with_a_single_architecture():
    check_space(SearchSpace("S ::= Linear(conv, fc)"))


class Forgetful(SearchSpace):
    def contains(self, arch):
        return False


class Stubborn(SearchSpace):
    def mutate(self, arch, rng=None):
        return arch


class Restless(SearchSpace):
    def sample(self, n=None, seed=None, law="productions"):
        return super().sample(n, None, law)


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        (Forgetful, "a draw is not in the space"),
        (Stubborn, "a mutant is its parent"),
        (Restless, "two draws with one seed differ"),
    ],
)
def test_a_broken_space_is_found_out(kind, sentence):
    space = kind("S ::= Linear(B, B, B, B, B, B)\nB ::= conv | id | fc")
    with pytest.raises(AssertionError, match=sentence):
        check_space(space)


def test_another_object_is_told_what_is_wanted():
    with pytest.raises(AssertionError, match=r"takes what nv\.SearchSpace makes, found str"):
        check_space("nb201")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"operators": "x"}, r"^operators=\[\.\.\.\] holds operators, found 'x'; write @nv\.primitive above a function$"),
        ({"operators": 3}, r"^operators are a list, e\.g\. operators=\[swish3\], found int$"),
        ({"n": "x"}, r"^n is 'x'; it must be a whole number, 0 or more$"),
        ({"seed": None}, r"^seed is None; it must be a whole number, 0 or more$"),
    ],
)
def test_arguments_that_make_no_sense_are_told(arguments, message):
    with pytest.raises(AssertionError, match=message):
        check_space(SearchSpace("S ::= conv3x3 | id"), **arguments)
