import math

import numpy as np
import pytest

from nasviz.errors import NasvizError
from nasviz.records import Trial
from nasviz.search import TPE
from nasviz.search.tpe import check_length, decode, encode, longest
from nasviz.spaces import SearchSpace, hierarchical_nb201, nb201

SHARED = SearchSpace("S ::= Residual(A, A, B) | Linear(B, A)\nshared A ::= Linear(B, B) | relu\nB ::= conv3x3 | id | avg_pool")


@pytest.mark.parametrize("space", [SHARED, nb201()], ids=["shared", "nb201"])
def test_choices_derive_the_architecture_they_were_read_from(space: SearchSpace) -> None:
    grammar = space.known_grammar("derive")
    for arch in space.sample(10, seed=0):
        choices = encode(arch)
        assert all(0 <= k < n for k, n in choices.values())
        assert decode(space, grammar, lambda name, n, choices=choices: choices[name][0]) == arch


def test_a_shared_draw_is_chosen_once() -> None:
    arch = SHARED.parse("Residual(Linear(id, conv3x3), Linear(id, conv3x3), avg_pool)")
    assert encode(arch) == {
        "S at the root": (0, 2),
        "A at the root in A": (0, 2),
        "B at (0,) in A": (1, 3),
        "B at (1,) in A": (0, 3),
        "B at (2,)": (2, 3),
    }


def test_the_longest_derivation() -> None:
    assert longest(SHARED.known_grammar("derive")) == 5
    assert longest(SearchSpace("S ::= Linear(S, relu) | relu").known_grammar("derive")) == math.inf
    assert max(len(encode(arch)) for arch in SHARED.sample(50, seed=0)) == 5


def test_spaces_of_too_many_productions_are_refused() -> None:
    with pytest.raises(NasvizError, match=r"of which it can use 64; this grammar has up to 1321 a term\. Type: strategy="):
        TPE().propose(hierarchical_nb201(), [], np.random.default_rng(0))
    with pytest.raises(NasvizError, match="this grammar has endlessly many a term"):
        check_length(SearchSpace("S ::= Linear(S, relu) | relu").known_grammar("derive"))


def test_learns_what_is_good() -> None:
    space = SearchSpace("S ::= Linear(A, A, A, A, A)\nA ::= conv3x3 | relu | mish | avg_pool", input_shape=(1, 8, 8))
    archs = list(dict.fromkeys(space.sample(60, seed=0)))[:40]
    trials = [Trial(i, str(a), space.fingerprint, "finished", 1.0 - 0.1 * str(a).count("conv3x3")) for i, a in enumerate(archs)]
    proposed = [TPE().propose(space, trials, np.random.default_rng(s)) for s in range(6)]
    assert proposed[0].reason == "TPE over 40 trials"
    found = np.mean([p.term.count("conv3x3") for p in proposed])
    assert found > np.mean([str(a).count("conv3x3") for a in archs]) + 0.5


def test_constraints_hold() -> None:
    space = SearchSpace("require connected\nS ::= Linear(A, A)\nA ::= conv3x3 | zero | relu", input_shape=(1, 8, 8))
    trials: list[Trial] = []
    for n in range(4):
        term = TPE(n_init=1).propose(space, trials, np.random.default_rng(n)).term
        assert space.contains(space.parse(term))
        trials.append(Trial(n, term, space.fingerprint, "finished", 0.1 * n))
