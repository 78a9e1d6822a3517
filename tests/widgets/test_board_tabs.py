import pytest

from nasviz.search import ParetoBayesOpt, RandomSearch, Study
from nasviz.surrogate.basis import basis_of
from nasviz.widgets.board_tabs import (
    PROGRESS,
    SURROGATE,
    Asked,
    Seen,
    compared,
    left_out,
    objectives_of,
    progress_of,
    several,
    sought,
)


def length(arch):
    return 1.0 / len(str(arch))


@pytest.fixture(scope="module")
def study(space):
    found = Study(space, length, strategy=RandomSearch())
    found.run(total=6, executor="inline")
    return found


@pytest.fixture
def seen(study):
    return Seen(study, study.trials, [], "validation error", 10)


@pytest.mark.parametrize("name", PROGRESS)
def test_every_figure_of_the_progress(seen, name):
    figure, note = PROGRESS[name].draw(seen)
    assert len(figure.data) >= 2
    assert name == "history" or note


@pytest.mark.parametrize("name", PROGRESS)
def test_before_the_first_trial(space, name):
    study = Study(space, length, strategy=RandomSearch())
    figure, _ = PROGRESS[name].draw(Seen(study, [], [], "value", 10))
    assert figure.layout.annotations, "an empty figure says what will be there"


@pytest.mark.parametrize("name", SURROGATE)
def test_every_figure_of_the_surrogate(seen, study, name):
    figure, note = SURROGATE[name].draw(Asked(basis_of(study), seen, study.trials[2].arch))
    assert len(figure.data) >= 1
    assert note


def test_left_out_numbers_trials(study):
    info = left_out(basis_of(study), "validation error")
    assert info.trials == (0, 1, 2, 3, 4, 5)
    assert info.terms == tuple(t.term for t in study.trials)
    assert info.value_name == "validation error"


def test_the_architecture_shown_is_in_the_leave_one_out_figure(study, seen):
    basis = basis_of(study)
    arch = study.trials[2].arch
    figure, _ = SURROGATE["leave_one_out"].draw(Asked(basis, seen, arch))
    assert list(figure.data[2].y) == [basis.beliefs([arch])[0].mean] * 2
    figure, _ = SURROGATE["leave_one_out"].draw(Asked(basis, seen, None))
    assert figure.data[2].y in (None, ())


def test_of_one_objective_value_and_parameters_are_compared(study):
    assert (several(study), objectives_of(study, study.trials), progress_of(study)[0]) == (False, (), "history")
    assert compared(study, study.trials) == (("parameters", False), ("value", False))
    assert sought(study, study.trials, "validation error") == "looks for the smallest validation error"


def test_objectives_that_the_strategy_names_lead(space):
    study = Study(space, length, strategy=ParetoBayesOpt(("error", "parameters")))
    assert several(study)
    assert progress_of(study)[0] == "pareto"
    assert sorted(progress_of(study)) == sorted(PROGRESS)
    assert compared(study, []) == (("error", False), ("parameters", False))
    assert sought(study, [], "value") == "minimises error and minimises parameters"


def test_the_line_above_the_history_speaks_of_a_baseline_only_where_there_is_one(study):
    alone, compared_with = Seen(study, study.trials, [], "value", 5), Seen(study, study.trials, [study.trials], "value", 5)
    assert PROGRESS["history"].draw(alone)[1] == "The value of each trial, and the best so far as a line."
    assert PROGRESS["history"].draw(compared_with)[1] == ""
    assert "a baseline in grey" in PROGRESS["history"].tip


def test_a_study_of_two_directions_is_drawn_by_both(space):
    def both(arch):
        return {"error": length(arch), "size": float(len(str(arch)))}

    study = Study(space, both, direction=("minimize", "maximize"), strategy=RandomSearch())
    assert sought(study, study.trials, "value") == "looks for what no other beats in 2 objectives"
    assert PROGRESS["pareto"].draw(Seen(study, [], [], "value", 5))[0].layout.annotations
    study.run(total=5, executor="inline")
    assert sought(study, study.trials, "value") == "minimises error and maximises size"
    figure, note = PROGRESS["pareto"].draw(Seen(study, study.trials, [], "value", 5))
    assert figure.layout.xaxis.title.text.startswith("error")
    assert figure.layout.yaxis.title.text.startswith("size")
    assert note.startswith(f"{len(study.best_trials)} of 5")


def test_a_study_called_baseline_keeps_its_line_beside_the_baseline(space, study):
    mine = Study(space, length, strategy=RandomSearch(), name="baseline")
    mine.run(total=4, executor="inline")
    figure, _ = PROGRESS["regret"].draw(Seen(mine, mine.trials, [study.trials], "value", 6))
    assert [len(trace.x) for trace in figure.data if "lines+markers" in trace.mode] == [4, 6]


def test_known_networks_are_named_among_those_left_out(space):
    search = Study(space, length, strategy=RandomSearch())
    search.enqueue(space.sample(seed=9), baseline="ResNet")
    search.run(total=5, executor="inline")
    info = left_out(basis_of(search))
    named = {number: name for number, name in zip(info.trials, info.known, strict=True) if name}
    assert named == {trial.number: "ResNet" for trial in search.trials if trial.baseline}
    assert named


def test_the_version_changes_with_what_is_drawn(study, seen):
    same = Seen(study, study.trials, [], "validation error", 10)
    assert same.version == seen.version
    assert Seen(study, study.trials[:5], [], "validation error", 10).version != seen.version
    assert Seen(study, study.trials, [study.trials], "validation error", 10).version != seen.version
    assert Seen(study, study.trials, [], "validation error", 11).version != seen.version
