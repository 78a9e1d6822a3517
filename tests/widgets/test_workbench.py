import gc
import weakref

import pytest

from nasviz.errors import NasvizError
from nasviz.spaces import digits_cells, hierarchical_nb201, parse
from nasviz.widgets.training import Training
from nasviz.widgets.workbench import Workbench
from nasviz.widgets.workspace import WORKSPACE


def test_a_space_has_a_grammar_an_architecture_and_training():
    bench = Workbench(digits_cells())
    assert bench.panes == ("grammar", "architecture")
    assert list(bench.children[1:]) == [bench.editor, bench.view]
    assert bench.arch in digits_cells()
    assert bench.training is None
    bench.panes = ("train", "architecture")
    assert isinstance(bench.training, Training)
    assert list(bench.children[1:]) == [bench.view, bench.training]
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


def test_the_buttons_open_and_close():
    bench = Workbench(digits_cells())
    bench._buttons["grammar"].value = False
    assert bench.panes == ("architecture",)
    assert bench.editor not in bench.children
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
    with pytest.raises(NasvizError, match="has the panes grammar, architecture, train, found 'graph'"):
        bench.panes = ("graph",)
    bench.close()


def test_closed_workbenches_are_gone():
    kept = []
    for _ in range(5):
        bench = Workbench(digits_cells())
        kept += [weakref.ref(bench), weakref.ref(bench.view), weakref.ref(bench.editor)]
        bench.close()
        del bench
    WORKSPACE.flush()
    gc.collect()
    assert [ref() for ref in kept] == [None] * len(kept)
