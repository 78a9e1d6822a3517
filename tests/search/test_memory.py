import numpy as np
import pytest

from nasviz.errors import NasvizError
from nasviz.graph import topology
from nasviz.records import Trial
from nasviz.search import RandomSearch
from nasviz.search.memory import Memory
from nasviz.spaces import SearchSpace, is_connected, nb201

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


def test_an_equal_space_is_asked_anew_for_its_code_may_have_changed() -> None:
    first, second = (
        SearchSpace("S ::= Turned(O, O, O)\nO ::= relu | zero", [topology("Turned", made, maps=3)])
        for made in (lambda n: "1>2 2>3 1>3", lambda n: "1>2 1>3 2>3")
    )
    assert first == second
    memory, text = Memory(), "Turned(zero, relu, zero)"
    (before,) = memory.archs(first, [trial(0, text, first)])
    (after,) = memory.archs(second, [trial(0, text, second)])
    assert (before == after, before.space is first, after.space is second) == (True, True, True)
    assert (is_connected(before.term), is_connected(after.term)) == (False, True)
    limited = memory.limited(second, {"parameters": 1000})
    assert memory.archs(limited, [trial(0, text, second)])[0] is after, "limits change nothing that is remembered"


def test_a_restricted_space_knows_the_trials_of_the_whole() -> None:
    space = nb201()
    outside = space.sample(seed=1)
    part = space.restrict(space.reopen(space.sample(seed=0), (0, 0, 0, 2)))
    assert not part.contains(outside)
    assert Memory().archs(part, [trial(0, str(outside), space)])[0] == outside
    proposed = RandomSearch().propose(part, [trial(0, str(outside), space)], np.random.default_rng(0))
    assert part.contains(part.parse(proposed.term))
