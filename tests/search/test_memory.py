import numpy as np
import pytest

from nasviz.errors import NasvizError
from nasviz.records import Trial
from nasviz.search import RandomSearch
from nasviz.search.memory import Memory
from nasviz.spaces import SearchSpace, nb201

TINY = SearchSpace("S ::= Linear(O, O)\nO ::= relu | conv3x3 | id | zero", input_shape=(1, 8, 8))


def trial(number: int, term: str, space: SearchSpace = TINY) -> Trial:
    return Trial(number, term, space.fingerprint, "finished", 0.5)


def test_all_terms_of_a_form_are_seen_when_one_was_tried() -> None:
    seen = Memory().seen(TINY, [trial(0, "Linear(relu, id)"), trial(1, "Linear(zero, id)")])
    assert TINY.parse("Linear(id, relu)") in seen
    assert TINY.parse("Linear(conv3x3, zero)") in seen
    assert TINY.parse("Linear(conv3x3, relu)") not in seen


def test_a_term_of_another_grammar_is_named_or_ignored() -> None:
    memory = Memory()
    assert TINY.parse("Linear(id, relu)") not in memory.seen(TINY, [trial(0, "Linear(mish, id)")])
    with pytest.raises(NasvizError, match="trial 3 does not belong to the space"):
        memory.archs(TINY, [trial(3, "Linear(mish, id)")])


def test_one_memory_serves_spaces_in_turn() -> None:
    memory, small = Memory(), SearchSpace("S ::= relu | conv3x3", input_shape=(1, 8, 8))
    other = SearchSpace("S ::= relu | conv3x3", input_shape=(3, 16, 16))
    assert memory.archs(small, [trial(0, "relu")])[0].space is small
    assert memory.archs(other, [trial(0, "relu")])[0].space is other


def test_a_restricted_space_knows_the_trials_of_the_whole() -> None:
    space = nb201()
    outside = space.sample(seed=1)
    part = space.restrict(space.reopen(space.sample(seed=0), (0, 0, 0, 2)))
    assert not part.contains(outside)
    assert Memory().archs(part, [trial(0, str(outside), space)])[0] == outside
    proposed = RandomSearch().propose(part, [trial(0, str(outside), space)], np.random.default_rng(0))
    assert part.contains(part.parse(proposed.term))
