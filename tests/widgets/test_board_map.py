from dataclasses import replace

import numpy as np
import pytest

from nasviz import known
from nasviz.records import Trial
from nasviz.search import RandomSearch, Study
from nasviz.surrogate.basis import basis_of
from nasviz.widgets.board_map import COLOURS, draw_map, placed
from nasviz.widgets.board_tabs import Asked, Seen


@pytest.fixture(scope="module")
def asked(space):
    study = Study(space, lambda arch: 1.0 / len(str(arch)), strategy=RandomSearch())
    study.run(total=6, executor="inline")
    return Asked(basis_of(study), Seen(study, study.trials, [], "value", 6), None)


@pytest.fixture(scope="module")
def where(asked):
    return placed(asked, None)


def other(asked, where, colour="mean", arch=None):
    figure, note = draw_map(Asked(asked.basis, asked.seen, arch, colour), where)
    return {trace.name: trace for trace in figure.data}, figure, note


def test_trials_are_known_by_number_and_candidates_by_term(asked, where, space):
    traces, _, note = other(asked, where)
    assert list(traces["trial"].customdata) == [0, 1, 2, 3, 4, 5]
    assert all(space.parse(term) for term in list(traces["drawn at random"].customdata)[:5])
    assert "6 trials" in note


@pytest.mark.parametrize("colour", COLOURS)
def test_every_colour_has_its_own_numbers_and_no_menu_of_the_figure(asked, where, colour):
    _, figure, _ = other(asked, where, colour)
    assert figure.layout.updatemenus == ()
    assert figure.layout.coloraxis.colorbar.title.text


def test_an_architecture_that_was_not_evaluated_is_placed_by_the_kernel(asked, where, space):
    known = set(where.record.terms)
    arch = next(a for seed in range(1000) if str(a := space.sample(seed=seed)) not in known)
    traces, _, _ = other(asked, where, arch=arch)
    here = traces["this architecture"]
    assert (list(here.x), list(here.y)) == tuple([v] for v in where.place([arch])[0].tolist())
    assert list(here.customdata) == [str(arch)]


def test_what_the_map_has_already_is_not_drawn_twice(asked, where):
    traces, _, _ = other(asked, where, arch=asked.seen.trials[1].arch)
    assert not len(traces["this architecture"].x or ())


def test_known_networks_of_any_grammar_are_placed(asked, where):
    study = asked.seen.study
    foreign = Trial(9, "id", "other", "waiting", baseline="ResNet-20")
    assert not other(asked, where)[0]["known network"].x
    study.enqueue(known.resnet20(input_shape=study.space.input_shape, num_classes=study.space.num_classes))
    seen = replace(asked.seen, trials=[*study.trials, foreign])
    shown = other(replace(asked, seen=seen), where)[0]["known network"]
    assert list(shown.text) == ["ResNet-20"], "what has no architecture has no place"
    assert list(shown.customdata) == [study.trials[-1].number]
    assert np.isfinite([*shown.x, *shown.y]).all()


def test_a_later_map_keeps_its_candidates(asked, where):
    again = placed(asked, where)
    assert again.candidates == where.candidates
