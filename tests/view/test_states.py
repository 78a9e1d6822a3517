import itertools
import typing

import pytest

from nasviz.records import TrialState
from nasviz.view.states import LOOKS


def test_every_state_has_a_look():
    assert set(LOOKS) == set(typing.get_args(TrialState))


@pytest.mark.parametrize("pair", list(itertools.combinations(LOOKS, 2)), ids="-".join)
def test_states_differ_by_more_than_their_hue(pair):
    a, b = (LOOKS[state] for state in pair)
    assert a.symbol != b.symbol
    assert "waiting" in pair or a.pattern != b.pattern  # what waits has no bar
