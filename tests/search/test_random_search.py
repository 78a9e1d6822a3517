from collections import Counter

import numpy as np
import pytest
from scipy.stats import chisquare

from nasviz.records import Trial
from nasviz.search import ExhaustedError, RandomSearch
from nasviz.search.strategy import Strategy
from nasviz.spaces import SearchSpace

TINY = SearchSpace("S ::= relu [0.5] | conv3x3 [0.3] | id [0.2]", input_shape=(1, 8, 8))


def trial(number: int, term: str) -> Trial:
    return Trial(number, term, TINY.fingerprint, "finished", 0.5)


def test_is_a_strategy() -> None:
    assert isinstance(RandomSearch(), Strategy)


def test_follows_the_law_of_the_space() -> None:
    rng = np.random.default_rng(0)
    counts = Counter(RandomSearch().propose(TINY, [], rng).term for _ in range(3000))
    found = [counts[term] for term in ("relu", "conv3x3", "id")]
    assert chisquare(found, [1500, 900, 600]).pvalue > 1e-3


def test_never_proposes_what_was_tried_whatever_came_of_it() -> None:
    rng = np.random.default_rng(0)
    failed = Trial(1, "conv3x3", TINY.fingerprint, "failed")
    assert {RandomSearch().propose(TINY, [trial(0, "relu"), failed], rng).term for _ in range(20)} == {"id"}


def test_says_when_nothing_is_left() -> None:
    tried = [trial(i, term) for i, term in enumerate(("relu", "conv3x3", "id"))]
    with pytest.raises(ExhaustedError, match=r"no architecture that was not evaluated \(3 were, the space holds 3; of those"):
        RandomSearch().propose(TINY, tried, np.random.default_rng(0))
