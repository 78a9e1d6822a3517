import numpy as np
from scipy.stats import chisquare

from nasviz.search.seeds import evaluation_seed, proposal_generator


def test_states_of_trials_and_streams_differ() -> None:
    states = {evaluation_seed(seed, n, stream) for seed in range(5) for n in range(100) for stream in range(1, 4)}
    assert len(states) == 1500


def test_proposal_and_evaluation_are_independent_streams() -> None:
    first = proposal_generator(3, 7).integers(2**32)
    assert first == proposal_generator(3, 7).integers(2**32)
    assert first != proposal_generator(3, 8).integers(2**32)
    assert first != proposal_generator(4, 7).integers(2**32)


def test_states_are_uniform() -> None:
    states = np.array([evaluation_seed(0, n) for n in range(4000)])
    assert states.min() >= 0
    assert chisquare(np.bincount(states >> 27, minlength=16)).pvalue > 1e-4
