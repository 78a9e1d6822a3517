import pytest

import nasviz as nv
from nasviz.errors import NasvizError
from nasviz.search import RandomSearch, Study, load_study
from nasviz.spaces import SearchSpace
from nasviz.widgets.board_parts import blind, compared_with, failure_of, runnable, runs_of, shown_of, value_name_of


@pytest.fixture
def study(space):
    return Study(space, len, strategy=RandomSearch())


def test_runs_of(study):
    study.run(total=2, executor="inline")
    trials = study.trials
    assert runs_of(None) == []
    assert runs_of(study) == [study]
    assert runs_of([]) == []
    assert runs_of(trials) == [trials]
    assert runs_of([study, tuple(trials)]) == [study, trials]
    with pytest.raises(NasvizError, match="a baseline is a study, a list of studies, or a list of trials"):
        runs_of([trials, 3])


def test_what_is_measured_is_known_from_the_storage(space, tmp_path):
    class Objective:
        metric = "error"

        def __call__(self, arch):
            return 0.5

    url = f"sqlite:///{tmp_path / 'nas.db'}"
    study = Study(space, Objective(), strategy=RandomSearch(), storage=url)
    assert value_name_of(study) == value_name_of(load_study(url)) == "validation error"


def test_what_ended_a_run(study):
    assert failure_of(study) is None

    class Broken(RandomSearch):
        def propose(self, space, trials, rng):
            raise NasvizError("nothing is left to propose")

    broken = Study(study.space, len, strategy=Broken())
    with pytest.raises(NasvizError):
        broken.run(total=1, executor="inline")
    broken.start(total=1, executor="inline")
    with pytest.raises(NasvizError):
        broken.wait(10)
    words, trace = failure_of(broken)
    assert words == "nothing is left to propose"
    assert "Traceback" in trace


def test_a_study_opened_for_looking(tmp_path):
    @nv.primitive
    def mine(c_in, c_out):
        raise AssertionError("nothing is built")

    url = f"sqlite:///{tmp_path / 'nas.db'}"
    space = SearchSpace("S ::= Linear(mine, S) | mine", [mine], input_shape=(1, 8, 8))
    study = Study(space, lambda arch: 0.5, strategy=RandomSearch(), storage=url)
    assert (blind(study), runnable(study)) == ("", "")
    looked = load_study(url)
    assert blind(looked) == ""
    assert runnable(looked) == (
        "the study 'study' has no objective to evaluate. "
        "Type: nv.Study(space, objective, …), or tell its values: trial = study.ask(); study.tell(trial, value)"
    )


def test_what_is_compared_is_seen_by_the_same_objective(space):
    def both(arch):
        return {"energy": float(len(str(arch))), "accuracy": 0.5}

    study, other = (Study(space, both, direction=("minimize", "maximize"), strategy=RandomSearch(), seed=n) for n in (0, 1))
    assert shown_of(study, "accuracy") is study  # not called so yet
    for each in (study, other):
        each.run(total=2, executor="inline")
    one = Study(space, len, strategy=RandomSearch())
    first, second = shown_of(study, ""), shown_of(study, "accuracy")
    assert (first, second.value_name) == (study, "accuracy")
    assert shown_of(one, "") is one
    for run in (other, other.trials):
        assert [t.value for t in compared_with(run, second)] == [0.5, 0.5]
        assert [t.value for t in compared_with(run, first)] == [t.value for t in other.trials]
    assert compared_with(one, second) is None
    one.tell(one.ask(), 3.0)
    assert compared_with(one.trials, second) is None
    assert [t.value for t in compared_with(one.trials, shown_of(one, ""))] == [3.0]
