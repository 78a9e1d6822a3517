from typing import Any

import numpy as np
import pytest

from nasviz.errors import NasvizError
from nasviz.records import Trial
from nasviz.spaces import SearchSpace, hierarchical_shared_cell, parse
from nasviz.surrogate import GP, FlatWL
from nasviz.surrogate.ablation import ablate, differing, places
from nasviz.surrogate.basis import Basis

SPACE = SearchSpace("S ::= Linear(B, B, B)\nB ::= conv3x3 | avg_pool | id")


@pytest.fixture(scope="module")
def basis() -> Basis:
    archs = list(SPACE.enumerate())
    y = [0.3 * 0.9 ** str(a).count("conv3x3") * 1.1 ** str(a).count("avg_pool") for a in archs]
    trials = tuple(Trial(k, str(a), a.fingerprint, "finished", v) for k, (a, v) in enumerate(zip(archs, y, strict=True)))
    return Basis(GP(FlatWL(1)).fit(archs, y), "minimize", trials)


def test_each_step_is_one_edit_within_the_space(basis: Basis) -> None:
    first, last = SPACE.parse("Linear(avg_pool, id, avg_pool)"), SPACE.parse("Linear(conv3x3, id, id)")
    found = ablate(basis, first, last)
    assert [str(step.arch) for step in found.steps] == [str(first), "Linear(conv3x3, id, avg_pool)", str(last)]
    assert [step.edit for step in found.steps[1:]] == ["replace avg_pool at (0,) by conv3x3", "replace avg_pool at (2,) by id"]
    for before, after in zip(found.steps, found.steps[1:], strict=False):
        assert SPACE.contains(after.arch)
        assert len(differing(before.arch.term, after.arch.term)) == 1
        assert after.change == pytest.approx(float(np.diff(basis.means([before.arch, after.arch]))[0]), abs=1e-12)
        assert after.value == basis.gp.y[after.trial or 0]
        assert basis.gp.archs[after.trial or 0] == after.arch


def test_changes_sum_to_the_whole(basis: Basis) -> None:
    first, last = SPACE.parse("Linear(avg_pool, avg_pool, avg_pool)"), SPACE.parse("Linear(conv3x3, conv3x3, conv3x3)")
    table = ablate(basis, first, last).table
    assert table.change.sum() == pytest.approx(float(np.diff(basis.means([first, last]))[0]), abs=1e-9)
    assert table.columns.tolist() == ["edit", "change", "mean", "sd", "trial", "value", "term"]


def test_it_says_the_way_in_words(basis: Basis) -> None:
    text = repr(ablate(basis, SPACE.parse("Linear(id, id, id)"), SPACE.parse("Linear(id, conv3x3, id)")))
    assert text.startswith("From Linear(id, id, id) (observed 0.3 in trial ")
    assert "  1. replace id at (1,) by conv3x3: −" in text


def test_what_a_pruned_trial_teaches_was_not_observed(basis: Basis) -> None:
    arch = SPACE.parse("Linear(id, conv3x3, id)")
    k = basis.gp.archs.index(arch)
    pruned = Trial(k, str(arch), arch.fingerprint, "pruned", rank=0.5)
    trials = (*basis.trials[:k], pruned, *basis.trials[k + 1 :])
    step = ablate(Basis(basis.gp, "minimize", trials), SPACE.parse("Linear(id, id, id)"), arch).steps[-1]
    assert (step.trial, step.value) == (k, None)
    assert ablate(Basis(basis.gp), arch, arch).steps[0].value == basis.gp.y[k], "without trials all was observed"


def test_no_way_is_needed(basis: Basis) -> None:
    arch = SPACE.sample(seed=0)
    assert len(ablate(basis, arch, arch).steps) == 1


def test_a_shared_draw_changes_everywhere_at_once() -> None:
    space = hierarchical_shared_cell()
    first, last = space.sample(2, seed=0)
    found = ablate(Basis(GP(FlatWL(1)).fit([first, last], [0.2, 0.1])), first, last)
    assert found.steps[-1].arch == last
    assert all(space.contains(step.arch) for step in found.steps)


def test_where_two_terms_differ() -> None:
    a, b = parse("Linear(Residual(conv, id, relu), relu)").term, parse("Linear(Residual(conv, relu, relu), id)").term
    assert [a.position(i) for i, _ in differing(a, b)] == [(0, 1), (1,)]
    assert differing(a, a) == []
    assert places(a, a) == []
    assert places(a, b, most=1) == [()]
    c = parse("Linear(conv, conv, conv)").term
    assert differing(a, c) == [(0, 0)]


@pytest.mark.parametrize("pair", [("relu", None), (SPACE.unrank(0), 3)])
def test_only_architectures_have_a_way(basis: Basis, pair: tuple[Any, Any]) -> None:
    with pytest.raises(NasvizError, match="an architecture is expected"):
        ablate(basis, *pair)


def test_other_spaces_are_refused(basis: Basis) -> None:
    with pytest.raises(NasvizError, match="these two are of different grammars"):
        ablate(basis, SPACE.sample(seed=0), parse("conv"))
