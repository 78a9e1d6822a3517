import pytest

from nasviz.errors import NasvizError
from nasviz.search import RandomSearch, Study
from nasviz.spaces import digits_cells
from nasviz.surrogate import GP, FlatWL
from nasviz.surrogate.numeric import Numeric
from nasviz.surrogate.why import explain
from nasviz.widgets.architecture import ArchitectureView
from nasviz.widgets.credit import CreditView
from nasviz.widgets.show import show
from nasviz.widgets.workbench import Workbench
from nasviz.widgets.workspace import WORKSPACE

SPACE = digits_cells()
ARCH = SPACE.parse("Linear(Residual2(conv3x3, id, avg_pool), conv1x1)")


def error(arch):
    return 0.3 * 0.9 ** str(arch).count("conv3x3") * 1.1 ** str(arch).count("avg_pool")


@pytest.fixture(scope="module")
def gp():
    archs = list(dict.fromkeys(SPACE.sample(30, seed=0)))
    return GP(FlatWL(1)).fit(archs, [error(arch) for arch in archs])


@pytest.fixture
def study():
    study = Study(SPACE, error, strategy=RandomSearch())
    study.run(total=6, executor="inline")
    return study


def ready(shown):
    shown.wait_for(lambda: (shown.state["credit"] or {}).get("nearest"))
    return shown.state["credit"]


def test_without_a_surrogate_there_is_no_credit(page):
    assert page(ArchitectureView(ARCH)).state["credit"] is None


def test_a_fitted_gp_is_shown_at_once_and_reasons_follow(page, gp):
    shown = page(ArchitectureView(ARCH, study=gp))
    credit = ready(shown)
    assert credit["learned"] == len(gp.y)
    assert credit["trouble"] == ""
    assert credit["waiting"] is False
    assert len(credit["credits"]["value"]) == len(ARCH.term)
    at = {str(ARCH[ARCH.term.position(i)]): i for i in range(len(ARCH.term))}
    assert credit["credits"]["verdict"][at["conv3x3"]] == "helps"
    assert credit["credits"]["value"][at["id"]] is None
    assert credit["sentences"][0].startswith("Predicted ")
    assert len(credit["nearest"]) == 3


def test_an_edit_moves_the_belief(page, gp):
    shown = page(ArchitectureView(ARCH, study=gp))
    before = ready(shown)["belief"]
    shown.command("edit", text="Linear(Residual2(conv3x3, id, conv3x3), conv1x1)")
    shown.wait_for(lambda: shown.state["credit"].get("moved"))
    assert shown.state["credit"]["moved"] == f"before {before}"
    assert shown.state["credit"]["belief"] != before
    assert shown.state["credit"]["gain"] != shown.state["credit"]["gain_before"]


def test_a_study_is_learned_from_in_the_background_and_again_when_it_has_more_trials(page, study):
    shown = page(ArchitectureView(ARCH, study=study))
    assert ready(shown)["learned"] == 6
    study.run(total=9, executor="inline")
    shown.view.arch = SPACE.parse("Linear(conv3x3, conv1x1)")
    shown.wait_for(lambda: shown.state["credit"].get("learned") == 9)
    assert "trial " in ready(shown)["nearest"][0]["name"]


def test_a_study_without_values_says_so(page):
    shown = page(ArchitectureView(ARCH, study=Study(SPACE, error, strategy=RandomSearch())))
    shown.wait_for(lambda: shown.state["credit"]["trouble"])
    assert "has a value yet" in shown.state["credit"]["trouble"]


def test_a_kernel_without_counts_has_a_belief_and_no_credits(page):
    archs = list(dict.fromkeys(SPACE.sample(8, seed=0)))
    gp = GP(Numeric("depth")).fit(archs, [error(arch) for arch in archs])
    credit = ready(page(ArchitectureView(ARCH, study=gp)))
    assert credit["credits"] is None
    assert "counts nothing" in credit["note"]
    assert credit["belief"]


def test_an_explanation_is_drawn(page, gp):
    found = explain(gp, ARCH)
    shown = page(show(found))
    assert isinstance(shown.view, CreditView)
    assert ready(shown)["sentences"] == list(found.sentences)
    assert shown.view.fallback() == repr(found)


def test_what_is_no_source():
    with pytest.raises(NasvizError, match="credits are those of a study or a fitted GP, found an int"):
        ArchitectureView(ARCH, study=3)
    with pytest.raises(NasvizError, match=r"an explanation, nv.explain\(study, arch\), is expected here, found a str"):
        CreditView("conv")


def test_other_selections_and_folds_keep_the_credits(page, gp):
    shown = page(ArchitectureView(ARCH, study=gp))
    ready(shown)
    shown.command("fold", position=[0])
    WORKSPACE.flush()
    assert shown.state["credit"]["credits"]["value"]


def test_a_workbench_shows_the_beliefs_of_a_study(page, gp):
    bench = Workbench(ARCH, study=gp)
    try:
        assert bench.view.snapshot["body"]["credit"]["learned"] == len(gp.y)
    finally:
        bench.close()
