import pytest

from nasviz.errors import NasvizError
from nasviz.records import StudyRecord, Trial
from nasviz.search import BayesOpt, RandomSearch, Study, load_study
from nasviz.search.warm_start import Left, Lessons
from nasviz.spaces import Architecture, SearchSpace

NARROW = "NET ::= Linear(OP, OP) | OP\nOP ::= conv3x3 | conv1x1 | dconv3x3 | avg_pool | id"


def length(arch: Architecture) -> float:
    return float(len(str(arch)))


def narrow(space: SearchSpace) -> SearchSpace:
    return space.with_grammar(NARROW)


@pytest.fixture(scope="module")
def first(space: SearchSpace) -> Study:
    study = Study(space, length, strategy=RandomSearch(), name="first")
    study.enqueue("Linear(avg_pool, avg_pool)")
    study.enqueue("id")
    study.run(10, "inline")
    study.tell(study.ask(), error="no")
    return study


def test_what_derives_is_known_and_does_not_count(space: SearchSpace, first: Study) -> None:
    study = Study(narrow(space), length, strategy=RandomSearch(), name="second", warm_start=first)
    (lessons,) = study.lessons
    kept = [t.term for t in lessons.trials]
    assert {"Linear(avg_pool, avg_pool)", "id"} <= set(kept)
    assert len(kept) + len(lessons.left) == 10
    assert all(space.contains(space.parse(t.term)) and t.term not in kept for t in lessons.left)
    assert [t.number for t in study.known] == [-1 - k for k in range(len(kept))]
    assert [(t.term, t.value) for t in study.known] == [(t, float(len(t))) for t in kept]
    assert (study.finished, study.trials) == (0, [])
    text = str(lessons)
    assert text.startswith(f"{len(kept)} trials of the study 'first' are known here and do not count; {len(lessons.left)} do")
    assert f"trial {lessons.left[0].number} {lessons.left[0].term:.60}" in text
    assert text.endswith("1 had no value")


def test_one_trial_is_told_in_the_singular() -> None:
    one = Lessons("first", (Trial(0, "id", "", "finished", 1.0),), (Left(3, "relu", "no"),))
    assert (
        str(one)
        == "1 trial of the study 'first' is known here and does not count; 1 does not derive from this grammar: trial 3 relu"
    )


def test_of_many_that_do_not_derive_five_are_named() -> None:
    left = tuple(Left(k, f"op{k}", "no") for k in range(7))
    assert str(Lessons("first", (), left[:5])).endswith(": trial 0 op0, trial 1 op1, trial 2 op2, trial 3 op3, trial 4 op4")
    assert str(Lessons("first", (), left)).endswith(", trial 4 op4 and 2 more")


def test_what_is_known_is_not_proposed_and_teaches(space: SearchSpace, first: Study) -> None:
    study = Study(space, length, strategy=BayesOpt(n_init=10, candidates=20), warm_start=first)
    study.run(2, "inline")
    assert not {t.term for t in study.trials} & {t.term for t in study.known}
    assert all(t.belief is not None for t in study.trials), "no random start: ten are known"
    assert study.surrogate().y.shape == (12,)
    assert study.best_trial.number >= 0
    assert study.replay(1).term == study.trials[1].term


def test_learning_twice_adds_what_is_new(space: SearchSpace) -> None:
    source = Study(space, length, strategy=RandomSearch(), name="a")
    study = Study(space, length, strategy=RandomSearch(), seed=9)
    source.run(2, "inline")
    assert len(study.learn_from(source).trials) == 2
    source.run(3, "inline")
    assert len(study.learn_from(source).trials) == 1
    assert not study.learn_from(source).trials
    assert [t.number for t in study.known] == [-1, -2, -3]
    third = Study(space, length, strategy=RandomSearch(), warm_start=study)
    assert [t.term for t in third.known] == [t.term for t in study.known], "what it knew is handed on"


def test_a_record_teaches_too(space: SearchSpace, first: Study) -> None:
    record = StudyRecord.from_json(first.to_json())
    study = Study(space, length, strategy=RandomSearch(), warm_start=record)
    assert len(study.known) == 10


def test_the_opposite_direction_is_refused(space: SearchSpace, first: Study) -> None:
    with pytest.raises(NasvizError, match="'first' looks for what is to minimize, this one maximizes: their values mean"):
        Study(space, length, strategy=RandomSearch(), direction="maximize", warm_start=first)
    with pytest.raises(NasvizError, match=r"warm_start is 3, expected a study: nv.load_study"):
        Study(space, length, strategy=RandomSearch(), warm_start=3)  # type: ignore[arg-type]


def test_another_task_is_remarked(space: SearchSpace, first: Study) -> None:
    other = SearchSpace.from_json({**space.to_json(), "num_classes": 7})
    lessons = Study(other, length, strategy=RandomSearch()).learn_from(first)
    assert str(lessons).endswith("that study had input [1, 8, 8] and 10 classes, this one [1, 8, 8] and 7")


@pytest.mark.slow
def test_a_changed_grammar_goes_on_under_the_next_name(space: SearchSpace, url: str) -> None:
    Study(space, length, strategy=RandomSearch(), storage=url, name="first").run(8, "inline")
    words = r"changed since the study 'first' began. It is kept as it was; the search goes on as 'first-2': \d trials"
    with pytest.warns(UserWarning, match=words):
        study = Study(narrow(space), length, strategy=RandomSearch(), storage=url, name="first")
    assert study.name == "first-2"
    assert len(study.known) + len(study.lessons[0].left) == 8
    study.run(2, "inline")
    with pytest.warns(UserWarning, match="goes on as 'first-2'"):
        again = Study(narrow(space), length, strategy=RandomSearch(), storage=url, name="first")
    assert (again.finished, len(again.known)) == (2, len(study.known))
    third = space.with_grammar("NET ::= Linear(OP, OP)\nOP ::= conv3x3 | id")
    with pytest.warns(UserWarning, match="since the study 'first-2' began.*goes on as 'first-3'"):
        Study(third, length, strategy=RandomSearch(), storage=url, name="first")
    assert len(load_study(url, "first").trials) == 8
    assert Study(space, length, strategy=RandomSearch(), storage=url, name="first").finished == 8
