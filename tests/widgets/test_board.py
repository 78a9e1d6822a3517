import gc
import itertools
import threading
import time
import weakref

import ipywidgets
import pytest
import traitlets

from nasviz.errors import NasvizError
from nasviz.numbers import GAP
from nasviz.search import RandomSearch, Study
from nasviz.widgets.board import Board
from nasviz.widgets.workspace import WORKSPACE


def length(arch):
    return 1.0 / len(str(arch))


class Held:
    """An objective that waits until the test lets it go on."""

    def __init__(self):
        self.go = threading.Event()

    def __call__(self, arch):
        assert self.go.wait(30)
        return length(arch)


class Broken(RandomSearch):
    def propose(self, space, trials, rng):
        raise RuntimeError("this strategy is broken")


def study_of(space, objective=length, strategy=None, **options):
    return Study(space, objective, strategy=strategy or RandomSearch(), **options)


@pytest.fixture
def done(space):
    study = study_of(space)
    study.run(total=6, executor="inline")
    return study


def test_before_the_first_trial(space, page):
    shown = page(Board(study_of(space), total=12))
    state = shown.state
    assert (state["phase"], state["done"], state["total"], state["best_trial"]) == ("empty", 0, 12, None)
    assert state["figures"]["history"]["figure"]["layout"]["annotations"][0]["text"] == "No finished trial yet"
    assert state["figures"]["leave_one_out"]["trouble"] == "The surrogate needs two trials with a value."
    assert state["figures"]["map"]["trouble"] == "The surrogate needs two trials with a value."
    assert (state["chosen"], state["detail"], state["blind"]) == (None, None, "")


def test_after_the_search(done, page):
    board = Board(done, total=6)
    shown = page(board)
    shown.wait_for(lambda: {"leave_one_out", "map"} <= set(shown.state["figures"]), 60)
    assert (shown.state["phase"], shown.state["done"], shown.state["rest"]) == ("done", 6, "–")
    assert shown.state["best_trial"] == done.best_trial.number
    left_out = shown.state["figures"]["leave_one_out"]
    assert left_out["note"].startswith("Kendall τ")
    assert len(left_out["figure"]["data"][1]["x"]) == 6
    assert "architectures drawn at random" in shown.state["figures"]["map"]["note"]
    assert board.fallback().startswith("Search digits cells: 6/6 trials, done\nbest value")


def test_the_button_starts_the_study_and_the_board_follows_it(space, page):
    study = study_of(space)
    study.start = lambda total: Study.start(study, total, executor="inline")
    board = Board(study, total=5)
    shown = page(board)
    shown.command("start", total=4)
    shown.wait_for(lambda: shown.state["phase"] == "done")
    assert shown.state["figures"]["history"]["figure"]["data"][2]["x"] == [1, 2, 3, 4]
    assert (board.finished, board.total) == (4, 4)
    shown.command("start", total=6)
    shown.wait_for(lambda: shown.state["done"] == 6)
    assert len(study.trials) == 6


@pytest.mark.slow
def test_pause_resume_and_stop(space, page):
    objective = Held()
    study = study_of(space, objective)
    board = Board(study)
    shown = page(board)
    study.start(total=9, executor="inline")
    shown.wait_for(lambda: shown.state["phase"] == "running")
    assert shown.state["total"] == 9
    shown.command("pause")
    shown.wait_for(lambda: shown.state["phase"] == "paused")
    assert not shown.state["ticking"]
    shown.command("resume")
    shown.wait_for(lambda: shown.state["phase"] == "running")
    shown.command("stop")
    assert shown.state["phase"] in ("stopping", "running", "empty", "stopped")
    objective.go.set()
    shown.wait_for(lambda: shown.state["phase"] in ("empty", "stopped"))


def test_a_study_that_failed_says_why(space, page):
    study = study_of(space, strategy=Broken())
    shown = page(Board(study))
    study.start(total=3, executor="inline")
    shown.wait_for(lambda: shown.state["phase"] == "failed")
    assert shown.state["reason"] == "RuntimeError: this strategy is broken"
    assert "Traceback" in shown.state["traceback"]


def test_failed_trials_are_counted_and_keep_their_reason(space, page):
    def objective(arch):
        raise ValueError("the loss is NaN at epoch 2")

    study = study_of(space, objective)
    study.run(total=3, executor="inline")
    board = Board(study, total=3)
    shown = page(board)
    assert (shown.state["failed"], shown.state["best_trial"]) == (3, None)
    shown.command("choose", trial=1)
    shown.wait_for(lambda: shown.state["chosen"] is not None)
    assert "the loss is NaN at epoch 2" in shown.state["chosen"]["reason"]
    assert shown.state["chosen"]["value"] == ""


def test_a_click_on_a_point_selects_the_trial(done, page):
    board = Board(done)
    shown = page(board)
    shown.command("choose", trial=2)
    arch = done.trials[2].arch
    assert board.selection == (arch, ())
    assert board.arch == arch
    assert shown.state["chosen"]["term"] == str(arch)
    assert shown.state["chosen"]["proposed_by"] == done.trials[2].proposed_by
    shown.wait_for(lambda: (shown.state["detail"] or {}).get("numbers") is not None, 60)
    assert "±" in shown.state["detail"]["numbers"]["mean_sd"]
    assert board.find_architecture(arch.key) == arch


@pytest.mark.parametrize(
    ("command", "body", "words"),
    [
        ("choose", {"trial": 99}, "has no trial 99"),
        ("choose", {"trial": "1"}, "a trial is chosen by its number, found '1'"),
        ("choose", {}, "a trial is chosen by its number, found 'None'"),
        ("start", {"total": 0}, "a budget is a whole number of trials from 1 to 1,000,000, found '0'"),
        ("start", {"total": True}, "a budget is a whole number of trials"),
        ("start", {"total": 10**9}, "a budget is a whole number of trials"),
    ],
)
def test_what_the_page_may_not_send(done, page, command, body, words):
    shown = page(Board(done))
    shown.command(command, **body)
    assert words in shown.errors[0]
    assert not done.running


def test_the_architecture_of_another_view_is_believed(done, space, page, archs):
    class Viewer(traitlets.HasTraits):
        arch = traitlets.Any(default_value=None, allow_none=True)

    viewer = Viewer(arch=archs[0])
    board = Board(done, source=viewer)
    shown = page(board)
    shown.wait_for(lambda: (shown.state["detail"] or {}).get("numbers") is not None, 60)
    before = shown.state["detail"]["numbers"]
    viewer.arch = archs[1]
    assert board.arch == archs[1]
    shown.wait_for(lambda: shown.state["detail"]["body"]["key"] == archs[1].key)
    assert shown.state["detail"]["numbers"] != before


@pytest.mark.parametrize("kind", ["study", "trials", "studies", "lists"])
def test_a_baseline_is_drawn_in_grey(done, space, page, kind):
    other = study_of(space, seed=1)
    other.run(total=5, executor="inline")
    baseline = {"study": other, "trials": other.trials, "studies": [other, done], "lists": [other.trials, done.trials]}
    line = page(Board(done, baseline[kind])).state["figures"]["history"]["figure"]["data"][1]
    assert line["x"] == [1, 2, 3, 4, 5]
    assert line["name"] == ("random" if kind in ("study", "trials") else f"random, median of {2}")


def test_a_baseline_that_is_none(done):
    with pytest.raises(NasvizError, match="a baseline is a study, a list of studies, or a list of trials"):
        Board(done, [["no trial"]])
    for wrong in (3, [3]):
        with pytest.raises(NasvizError, match="a baseline is a study"):
            Board(done, wrong)
    with pytest.raises(NasvizError, match="a study is expected here, found a NoneType"):
        Board(None)


def test_a_baseline_may_run_as_well(done, space, page):
    other = study_of(space, seed=1)
    shown = page(Board(done, other))
    other.run(total=3, executor="inline")
    shown.wait_for(lambda: shown.state["figures"]["history"]["figure"]["data"][1]["x"] == [1, 2, 3])


def test_what_is_measured_is_named(space, page):
    class Objective:
        metric = "error"

        def __call__(self, arch):
            return 0.0

    assert page(Board(study_of(space, Objective()))).state["value_name"] == "validation error"
    assert page(Board(study_of(space, None))).state["value_name"] == "value"
    assert page(Board(study_of(space), value_name="latency in ms")).state["value_name"] == "latency in ms"


@pytest.mark.slow
def test_at_most_ten_updates_a_second_and_only_new_points(done, page):
    shown = page(Board(done))
    shown.wait_for(lambda: "leave_one_out" in shown.state["figures"], 60)
    WORKSPACE.flush()
    shown.sent.clear()
    done.start(total=3000, executor="inline")
    shown.wait_for(lambda: sum("changes" in m["body"] for _, m in shown.sent) >= 4)
    done.stop(wait=True)
    found = [(at, m) for at, m in list(shown.sent) if "changes" in m["body"]]
    updates = [m for _, m in found]
    assert min(b[0] - a[0] for a, b in itertools.pairwise(found)) >= 0.09
    points = ["figures", "history", "figure", "data", 2]
    assert all(how == "extend" for m in updates for path, how, _ in m["body"]["changes"] if path[:5] == points)


def test_traits_can_be_linked_and_views_composed(done):
    board = Board(done)
    slider = ipywidgets.IntSlider(max=5)
    traitlets.dlink((slider, "value"), (board, "trial"))
    slider.value = 3
    assert board.selection == (done.trials[3].arch, ())
    ipywidgets.jslink((board, "trial"), (slider, "value"))
    assert len(ipywidgets.HBox([board, slider]).children) == 2


@pytest.mark.slow
def test_nothing_stays_alive_after_close(done):
    board = Board(done)
    gone = weakref.ref(board)
    board.close()
    WORKSPACE.flush()
    del board
    gc.collect()
    assert gone() is None
    done.changed()


def test_rest_is_estimated_while_it_runs(space, page):
    def slow(arch):
        time.sleep(0.05)
        return length(arch)

    study = study_of(space, slow)
    shown = page(Board(study))
    study.start(total=100, executor="inline")
    shown.wait_for(lambda: shown.state["done"] >= 4 and GAP in shown.state["rest"])
    study.stop(wait=True)
    assert any(word in shown.state["rest"] for word in ("about", "under", "–"))


@pytest.mark.slow
@pytest.mark.parametrize(("total", "needs"), [(1, True), (2, False)])
def test_one_and_two_trials(space, page, total, needs):
    study = study_of(space)
    study.run(total=total, executor="inline")
    board = Board(study)
    shown = page(board)
    board.trial = 0
    shown.wait_for(lambda: shown.state["chosen"] is not None)
    wanted = {"history", "leave_one_out", "map"}
    shown.wait_for(lambda: wanted <= set(shown.state["figures"]), 60)
    troubles = {name: shown.state["figures"][name]["trouble"] for name in wanted}
    said = "The surrogate needs two trials with a value." if needs else ""
    assert troubles == {"history": "", "leave_one_out": said, "map": said}
    shown.wait_for(lambda: shown.state["detail"]["body"]["credit"]["waiting"] is False, 60)
    assert shown.state["detail"]["body"]["credit"]["trouble"] == said
    assert (shown.state["detail"]["numbers"] is None) == needs


@pytest.mark.slow
def test_a_figure_that_takes_long_does_not_hold_up_pause_and_stop(done, page, monkeypatch):
    begun, go = threading.Event(), threading.Event()

    def slow(name):
        begun.set()
        go.wait(20)
        return {}

    monkeypatch.setattr(done, "quantity", slow)
    board = Board(done)
    shown = page(board)
    board.progress = "pareto"
    assert begun.wait(20)
    began = time.monotonic()
    for command, body in (("pause", {}), ("resume", {}), ("stop", {}), ("choose", {"trial": 1})):
        shown.command(command, **body)
    assert board.trial == 1
    assert time.monotonic() - began < 5
    assert "pareto" not in shown.state["figures"]
    go.set()
    shown.wait_for(lambda: "pareto" in shown.state["figures"])


def test_tabs_are_traits_that_are_checked(done, page):
    board = Board(done)
    shown = page(board)
    board.surrogate = "gram"
    board.colour = "sd"
    shown.wait_for(lambda: {"history", "gram", "map"} == set(shown.state["figures"]), 60)
    assert shown.state["open"] == {"progress": "history", "surrogate": "gram", "colour": "sd"}
    with pytest.raises(traitlets.TraitError):
        board.progress = "gram"
    board.set_state({"progress": "nothing"})
    assert board.progress == "history"
    assert shown.errors


def test_a_study_whose_space_cannot_be_read_shows_what_was_stored(done, page):
    done._space = None
    board = Board(done)
    shown = page(board)
    assert shown.state["blind"].startswith(
        "Only what was stored is shown: the study 'digits cells' was opened without the operators"
    )
    assert "opened without the operators" in shown.state["cannot"]
    shown.command("choose", trial=2)
    shown.wait_for(lambda: shown.state["chosen"] is not None)
    assert (shown.state["chosen"]["trial"], shown.state["detail"]) == (2, None)
    shown.wait_for(lambda: "leave_one_out" in shown.state["figures"], 60)
    assert "without its operators" in shown.state["figures"]["leave_one_out"]["trouble"]
    shown.command("look", term="conv3x3")
    assert "operators=[…]" in shown.errors[-1]


def test_a_known_network_of_another_space_is_shown_with_its_name(space, page):
    from nasviz.spaces import known

    study = study_of(space)
    study.enqueue(known.resnet20((1, 8, 8), 10))
    study.run(total=3, executor="inline")
    board = Board(study)
    shown = page(board)
    board.trial = 0
    shown.wait_for(lambda: shown.state["detail"] is not None, 60)
    assert (shown.state["chosen"]["baseline"], shown.state["best_trial"] != 0) == ("ResNet-20", True)
    assert shown.state["detail"]["in_space"] is False
