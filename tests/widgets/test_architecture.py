import gc
import weakref

import pytest

from nasviz.errors import NasvizError
from nasviz.spaces import digits_cells, hierarchical_nb201, parse
from nasviz.widgets.architecture import ArchitectureView, GraphView, TermView, TreeView
from nasviz.widgets.workspace import WORKSPACE

PAPER = "Linear(Residual(conv, id, conv), Residual(conv, id, conv), fc)"


@pytest.fixture
def shown(page):
    shown = page(ArchitectureView(parse(PAPER)))
    WORKSPACE.flush()
    return shown


def test_it_shows_term_tree_graph_and_cost(shown):
    state = shown.state
    assert state["term"]["text"] == "Linear(Residual2(conv, id, conv), Residual2(conv, id, conv), fc)"
    assert state["tree"]["dot"].startswith("digraph")
    assert state["graph"]["dot"].startswith("digraph")
    assert state["summary"].replace("\xa0", " ") == "3×32×32 → 10 · 10 k parameters · 20 M FLOPs"
    assert state["rows"][0]["part"] == "stem"
    assert state["problem"] is None
    assert state["drawable"] is False


def test_the_arch_can_be_set_and_the_selection_of_the_old_one_is_cleared(shown):
    old = shown.view.arch
    shown.view.selection = (old, (0, 2))
    shown.view.arch = parse("Linear(conv, fc)")
    WORKSPACE.flush()
    assert shown.state["key"] == shown.view.arch.key != old.key
    assert shown.view.selection is None
    with pytest.raises(NasvizError, match="an ArchitectureView shows an Architecture, found str"):
        shown.view.arch = "conv"


def test_what_the_page_selects_python_sees(shown):
    seen = []
    shown.view.observe(lambda change: seen.append(change["new"]), "selection")
    shown.view.set_state({"selected": {"v": 1, "architecture": shown.view.arch.key, "position": [0, 2]}})
    shown.view.set_state({"selected": {"v": 1, "architecture": "another", "position": []}})
    assert seen == [(shown.view.arch, (0, 2))]
    assert shown.view.fallback() == "Linear(Residual2(conv, id, ⟦conv⟧), Residual2(conv, id, conv), fc)"


def test_shapes_that_do_not_fit_are_a_place_and_words(page):
    shown = page(ArchitectureView(parse("Linear(Residual(conv, id, down), conv)")))
    WORKSPACE.flush()
    assert shown.state["problem"]["position"] == [0]
    assert "(16, 32, 32)" in shown.state["problem"]["message"]
    assert shown.state["graph"] is not None


def test_a_term_without_a_path_has_a_tree_and_words(page):
    shown = page(ArchitectureView(parse("Linear(conv, zero)")))
    assert shown.state["graph"] is None
    assert shown.state["tree"] is not None
    assert shown.state["problem"]["message"]


def test_a_space_starts_empty_and_draws(page):
    shown = page(ArchitectureView(digits_cells()))
    assert (shown.state["term"], shown.state["drawable"], shown.state["past"]) == (None, True, False)
    shown.command("sample")
    first = shown.view.arch
    shown.command("mutate")
    assert shown.view.arch != first
    shown.command("back")
    WORKSPACE.flush()
    assert shown.view.arch == first
    assert shown.view.arch in shown.view.arch.space
    assert shown.state["key"] == first.key


def test_a_large_graph_is_folded(page):
    text = "conv"
    for _ in range(9):
        text = f"Linear({text}, {text})"
    shown = page(ArchitectureView(parse(text), parts=("tree", "graph")))
    assert shown.state["graph"]["dot"].count("nv-op") <= 400
    assert shown.state["tree"]["dot"].count("nv-") <= 400
    assert "folded" in shown.state["tree"]["note"]


def test_labels_are_data(page):
    space = digits_cells().with_grammar("S ::= Linear(B, B)\nB ::= conv3x3")
    shown = page(ArchitectureView(space.sample(seed=0)))
    assert shown.state["legend"] == [["S", 0], ["B", 1]]
    assert shown.state["term"]["labels"] == [[["S", 0]], [["B", 1]], [["B", 1]]]


@pytest.mark.parametrize(("view", "part"), [(TermView, "term"), (TreeView, "tree"), (GraphView, "graph")])
def test_each_part_alone(page, view, part):
    shown = page(view(parse(PAPER)))
    assert shown.state["parts"] == [part]
    assert (shown.state["tree"] is None, shown.state["graph"] is None) == (part != "tree", part != "graph")


def test_unknown_parts_are_refused():
    with pytest.raises(NasvizError, match=r"shown as term, tree and graph, found \['map'\]"):
        ArchitectureView(parse(PAPER), parts=("map",))


def test_a_saved_notebook_holds_the_term(page):
    shown = page(ArchitectureView(hierarchical_nb201().sample(seed=0)))
    text = shown.view._repr_mimebundle_()[0]["text/plain"]
    assert text == str(shown.view.arch)


def test_closed_views_are_gone():
    arch, kept = parse(PAPER), []
    for _ in range(20):
        view = ArchitectureView(arch)
        view.selection = (arch, (0,))
        view.close()
        kept.append(weakref.ref(view))
        del view
    WORKSPACE.flush()
    gc.collect()
    assert [ref() for ref in kept] == [None] * 20
