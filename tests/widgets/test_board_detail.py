import pytest

from nasviz.records import Belief, Trial
from nasviz.view.folding import Folding
from nasviz.widgets.architecture_body import Costs
from nasviz.widgets.board_detail import arch_of, believed, chosen, picture, stepped, written


def trial(number, state="finished", **more):
    return Trial(number, "conv", "free", state, **more)


def test_chosen():
    told = trial(
        4,
        value=0.12345,
        belief=Belief(0.2, 0.05),
        proposed_by="random",
        seconds=90.0,
        device="cpu",
        metrics={"latency_ms": 3.25, "error": 0.5},
    )
    body = chosen([trial(3), told], 4)
    assert (body["trial"], body["value"], body["believed"]) == (4, "0.123", "0.200 ± 0.050")
    assert body["metrics"] == [["latency_ms", "3.25"], ["error", "0.500"]]
    assert (body["device"], body["term"]) == ("cpu", "conv")
    assert chosen([told], 3) is None
    assert chosen([told], None) is None


@pytest.mark.parametrize("value", [None, float("nan")])
def test_a_trial_without_a_value(value):
    body = chosen([trial(0, "failed", value=value, reason="out of memory")], 0)
    assert (body["value"], body["state"], body["reason"], body["seconds"]) == ("", "failed", "out of memory", "")


@pytest.mark.parametrize(
    ("number", "by", "expected"), [(None, 1, 1), (None, -1, 7), (1, 1, 4), (7, 1, 7), (4, -1, 1), (1, -1, 1), (99, 1, 1)]
)
def test_stepped(number, by, expected):
    trials = [trial(4), trial(1, "failed"), trial(7, "running"), trial(8, "waiting")]
    assert stepped(trials, number, by) == expected


def test_written():
    assert written(None) is None
    assert written(Belief(0.2, 0.05)) == {"mean_sd": "0.200 ± 0.050", "gain": ""}
    assert written(Belief(0.2, 0.05, -4.5)) == {"mean_sd": "0.200 ± 0.050", "gain": "−4.50"}


def test_beliefs_of_several_objectives():
    belief = Belief(0.2, 0.05, objectives={"error": (0.2, 0.05), "size": (30.0, 2.0)})
    assert believed(belief) == "error 0.200 ± 0.050, size 30.0 ± 2.0"
    body = chosen([trial(0, value=0.2, objectives={"error": 0.2, "size": 31.0}, belief=belief)], 0)
    assert body["metrics"] == [["error", "0.200"], ["size", "31.0"]]
    assert body["believed"].startswith("error")


def test_arch_of(archs):
    class Blind:
        @property
        def arch(self):
            from nasviz.errors import NasvizError

            raise NasvizError("opened without its operators")

    class Seeing:
        arch = archs[0]

    assert arch_of(Seeing()) == (archs[0], "")
    assert arch_of(Blind()) == (None, "opened without its operators")


def test_picture_has_term_and_graph_but_no_tree(archs):
    body = picture(archs[0], Folding(), Costs())
    assert body["term"]["text"] == str(archs[0])
    assert body["graph"]["dot"].startswith("digraph")
    assert (body["tree"], body["parts"]) == (None, ["term", "graph"])
