import pytest

from nasviz.search import RandomSearch, Study
from nasviz.widgets.board import Board
from nasviz.widgets.workspace import WORKSPACE


def length(arch):
    return 1.0 / len(str(arch))


@pytest.fixture
def done(space):
    study = Study(space, length, strategy=RandomSearch())
    study.run(total=6, executor="inline")
    return study


@pytest.fixture
def shown(done, page):
    return page(Board(done))


def unseen(space, study):
    return next(
        arch for seed in range(100) if (arch := space.sample(seed=seed)) and str(arch) not in {t.term for t in study.trials}
    )


@pytest.mark.slow
def test_steps_through_the_trials_and_stops_at_the_ends(shown, done):
    board = shown.view
    for by, expected in ((1, 0), (1, 1), (1, 2), (-1, 1), (-1, 0), (-1, 0)):
        shown.command("step", by=by)
        assert board.trial == expected
    board.trial = 5
    shown.command("step", by=1)
    assert (board.trial, board.arch) == (5, done.trials[5].arch)


def test_the_best_is_one_command_away(shown, done):
    shown.command("best")
    assert shown.view.trial == done.best_trial.number


def test_nothing_is_selected_again(shown):
    shown.command("choose", trial=3)
    shown.command("choose", trial=None)
    board = shown.view
    assert (board.trial, board.arch, board.selection) == (None, None, None)
    assert (shown.state["chosen"], shown.state["detail"]) == (None, None)


def test_a_candidate_is_shown_and_can_be_evaluated_next(shown, done, space):
    board, arch = shown.view, unseen(space, done)
    board.trial = 2
    shown.command("look", term=str(arch))
    assert (board.arch, board.trial) == (arch, None)
    assert shown.state["chosen"] is None
    assert shown.state["detail"]["in_space"]
    shown.command("enqueue")
    assert (done.trials[-1].term, done.trials[-1].state) == (str(arch), "waiting")
    assert shown.state["chosen"]["state"] == "waiting"
    assert shown.state["chosen"]["proposed_by"] == "enqueued on the board"
    shown.wait_for(lambda: shown.state["waiting"] == 1)


def test_a_term_that_is_a_trial_selects_it(shown, done):
    shown.command("look", term=done.trials[4].term)
    assert shown.view.trial == 4


def test_what_if_moves_the_belief_with_the_text(shown, done, space):
    board, arch = shown.view, unseen(space, done)
    board.trial = 0
    shown.wait_for(lambda: (shown.state["detail"] or {}).get("numbers") is not None, 60)
    before = shown.state["detail"]["numbers"]
    shown.command("check", text=str(arch)[:-1])
    assert board.arch == done.trials[0].arch
    shown.command("check", text=str(arch))
    assert board.arch == arch
    shown.wait_for(lambda: shown.state["detail"]["body"]["key"] == arch.key)
    assert shown.state["detail"]["numbers"] != before
    faults = [m["body"]["fault"] for _, m in shown.sent if "fault" in m["body"]]
    assert faults[0]["message"]
    assert faults[1] is None


@pytest.mark.slow
def test_subterms_are_folded_and_opened(shown, space):
    board = shown.view
    board.arch = space.parse("Linear(conv1x1, avg_pool)")
    WORKSPACE.flush()
    for command, body, folded in (
        ("fold", {"position": [1]}, [0]),
        ("fold", {"position": []}, []),
        ("fold_name", {"nonterminal": board.arch.derivation.labels[0][0]}, [0]),
        ("unfold", {}, []),
    ):
        shown.command(command, **body)
        shown.wait_for(lambda folded=folded: shown.state["detail"]["body"]["folded"] == folded)
    shown.command("unroll", position=[0])
    assert shown.errors == []


@pytest.mark.parametrize(
    ("command", "body", "words"),
    [
        ("step", {"by": 2}, "one steps by 1 or by -1, found '2'"),
        ("step", {"by": True}, "one steps by 1 or by -1, found 'True'"),
        ("step", {}, "one steps by 1 or by -1, found 'None'"),
        ("look", {"term": 3}, "a term is typed as text"),
        ("look", {"term": "Linear("}, "line 1, column 7"),
        ("enqueue", {}, "no architecture is shown that could be evaluated"),
        ("choose", {"trial": 2.5}, "a trial is chosen by its number, found '2.5'"),
    ],
)
def test_what_the_page_may_not_send(shown, command, body, words):
    shown.command(command, **body)
    assert words in shown.errors[0]


def test_without_an_architecture_there_is_nothing_to_fold(shown):
    for command in ("fold", "fold_name", "unroll", "unfold"):
        shown.command(command, position=[0])
    assert shown.errors == []


def test_no_trial_has_a_value(space, page):
    shown = page(Board(Study(space, length, strategy=RandomSearch())))
    shown.command("step", by=1)
    assert shown.view.trial is None
    shown.command("best")
    assert "has a value yet" in shown.errors[0]
