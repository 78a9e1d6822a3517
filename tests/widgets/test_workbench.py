import gc
import threading
import weakref

import pytest

from nasviz.errors import NasvizError
from nasviz.spaces import digits_cells, hierarchical_nb201, parse
from nasviz.widgets.training import Training
from nasviz.widgets.workbench import Workbench
from nasviz.widgets.workspace import WORKSPACE


def test_a_space_has_a_grammar_an_architecture_and_training():
    bench = Workbench(digits_cells())
    assert bench.panes == ("grammar", "derive", "architecture")
    assert bench.views() == (bench.editor, bench.stepper, bench.view)
    assert [type(child).__name__ for child in bench.children[::2]] == ["PaneBar", "Divider", "Divider", "Divider"]
    assert bench.arch in digits_cells()
    assert bench.training is None
    bench.panes = ("train", "architecture")
    assert isinstance(bench.training, Training)
    assert list(bench.children[1::2]) == [bench.view, bench.training]
    assert bench.training.architectures == (bench.arch,)
    bench.close()


def test_one_selection_and_one_architecture():
    bench = Workbench(parse("Linear(Residual(conv, id, conv), fc)"))
    assert bench.editor is None
    bench.selection = (bench.arch, (0, 2))
    assert bench.view.selection == (bench.arch, (0, 2))
    bench.arch = parse("Linear(conv, fc)")
    assert bench.view.arch == bench.arch
    assert bench.selection is None
    assert bench.fallback() == "Linear(conv, fc)"
    bench.close()


def test_the_page_opens_and_closes_panes(page):
    bench = Workbench(digits_cells(), panes=["architecture", "grammar"])
    assert bench.panes == ("grammar", "architecture")
    assert bench.stepper is None
    bar = page(bench.children[0])
    assert [pane["name"] for pane in bar.state["panes"]] == ["grammar", "derive", "architecture", "train"]
    assert (bar.state["open"], bar.state["asked"]) == (["grammar", "architecture"], True)
    bar.command("arrange", panes=["architecture", "derive"])
    assert bench.panes == ("derive", "architecture")
    assert bench.editor not in bench.children
    for wrong in ("derive", ["graph"], [3], None):
        bar.command("arrange", panes=wrong)
    assert len(bar.errors) == 4
    assert "panes are a list of names, found str" in bar.errors[0]
    assert bench.panes == ("derive", "architecture")
    bench.panes = ()
    bar.wait_for(lambda: bar.state["open"] == [])
    assert len(bench.children) == 1
    bench.close()


def test_the_page_saves_what_is_open(page):
    bench = Workbench(digits_cells(), panes=("grammar", "architecture"))
    bar = page(bench.children[0])
    WORKSPACE.flush(60)
    bar.command("page")
    answer = bar.sent[-1][1]["body"]
    assert answer["name"] == "workbench.html"
    assert "<title>digits cells</title>" in answer["text"]
    bench.close()


def test_an_edited_grammar_reaches_stepper_and_a_derivation_is_shown():
    bench = Workbench(digits_cells(), panes=("grammar", "derive", "architecture"))
    bench.editor.value = "S ::= Linear(B, B)\nB ::= conv3x3 | id"
    WORKSPACE.flush(60)
    assert str(bench.stepper.partial) == "S"
    assert bench.space == bench.view.space == bench.stepper.whole == bench.editor.good
    for number in (0, 0, 1):
        bench.stepper.expand(bench.stepper.partial.frontier[0], number)
    assert str(bench.arch) == "Linear(conv3x3, id)"
    assert bench.view.arch == bench.arch
    bench.stepper.selection = (bench.stepper.arch, (1,))
    assert bench.selection == bench.view.selection == (bench.arch, (1,))
    bench.selection = (bench.arch, (0,))
    assert bench.stepper.selection == (bench.arch, (0,))
    bench.selection = None
    assert bench.stepper.selection is None
    bench.arch = bench.space.parse("Linear(id, id)")
    bench.selection = (bench.arch, (1,))
    assert bench.stepper.selection is None
    bench.editor.value = "S ::= Linear(B, S"
    WORKSPACE.flush(60)
    assert bench.space.count() == 4
    bench.close()


def test_a_drawn_sample_that_is_chosen_is_shown():
    bench = Workbench(digits_cells(), panes=("grammar", "architecture"))
    chosen = bench.space.parse("Linear(conv3x3, down)")
    bench.editor.selection = (chosen, ())
    assert bench.arch == chosen
    bench.close()


def test_a_stepper_that_is_opened_later_knows_the_edited_grammar():
    bench = Workbench(digits_cells(), panes=("grammar",))
    bench.editor.value = "S ::= conv3x3 | id"
    WORKSPACE.flush(60)
    bench.panes = ("derive",)
    assert bench.stepper.whole.count() == 2
    bench.close()
    bench.close()


def test_samples_come_from_the_edited_grammar():
    bench = Workbench(digits_cells())
    bench.editor.value = "S ::= Linear(B, B)\nB ::= conv3x3"
    WORKSPACE.flush()
    bench.view.do_sample({})
    assert str(bench.arch) == "Linear(conv3x3, conv3x3)"
    bench.close()


def test_without_data_there_is_no_training():
    bench = Workbench(hierarchical_nb201(), panes=("architecture", "train"))
    assert bench.panes == ("architecture",)
    bench.close()


def test_mistakes_are_explained():
    with pytest.raises(NasvizError, match="takes a search space or an architecture, found str"):
        Workbench("conv")
    bench = Workbench(digits_cells())
    with pytest.raises(NasvizError, match="has the panes grammar, derive, architecture, train, found 'graph'"):
        bench.panes = ("graph",)
    bench.close()


@pytest.mark.slow
def test_closed_workbenches_are_gone():
    kept = []
    for _ in range(5):
        bench = Workbench(digits_cells())
        kept += [weakref.ref(part) for part in (bench, *bench.views(), *bench.children)]
        bench.close()
        del bench
    WORKSPACE.flush(60)
    for thread in threading.enumerate():
        if thread.name == "nasviz-reach":
            thread.join()
    gc.collect()
    assert [ref() for ref in kept] == [None] * len(kept)
