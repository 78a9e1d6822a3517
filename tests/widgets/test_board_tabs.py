import pytest

from nasviz.search import ParetoBayesOpt, RandomSearch, Study
from nasviz.surrogate.basis import basis_of
from nasviz.widgets.board_tabs import PROGRESS, SURROGATE, Asked, Seen, left_out, objectives_of, progress_of


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


def test_what_compares_objectives_leads(space, study):
    assert objectives_of(study) == ()
    assert progress_of(study)[0] == "history"
    several = Study(space, length, strategy=ParetoBayesOpt(("error", "parameters")))
    assert objectives_of(several) == ("error", "parameters")
    assert progress_of(several)[0] == "pareto"
    assert sorted(progress_of(several)) == sorted(PROGRESS)


def test_a_study_of_two_objectives_is_drawn_by_both(space):
    study = Study(
        space, lambda arch: {"error": length(arch), "size": float(len(str(arch)))}, strategy=ParetoBayesOpt(("error", "size"))
    )
    study.run(total=5, executor="inline")
    figure, _ = PROGRESS["pareto"].draw(Seen(study, study.trials, [], "value", 5))
    assert figure.layout.xaxis.title.text.startswith("error")
    assert figure.layout.yaxis.title.text.startswith("size")


def test_the_version_changes_with_what_is_drawn(study, seen):
    same = Seen(study, study.trials, [], "validation error", 10)
    assert same.version == seen.version
    assert Seen(study, study.trials[:5], [], "validation error", 10).version != seen.version
    assert Seen(study, study.trials, [study.trials], "validation error", 10).version != seen.version
    assert Seen(study, study.trials, [], "validation error", 11).version != seen.version
