import pytest

import nasviz as nv
from nasviz.errors import NasvizError
from nasviz.search import RandomSearch, Study, load_study
from nasviz.spaces import SearchSpace
from nasviz.widgets.board_parts import blind, failure_of, runnable, runs_of, value_name_of


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
