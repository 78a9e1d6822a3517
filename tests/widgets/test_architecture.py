import gc
import weakref

import pytest

from nasviz.errors import NasvizError
from nasviz.spaces import digits_cells, hierarchical_nb201, parse
from nasviz.widgets.architecture import ArchitectureView, CodeView, CostView, GraphView, TermView, TreeView
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
    assert shown.state["problem"]["ways"] == ["Solid way: 32×16×16 by (0, 0), (0, 2)", "Dashed way: 16×32×32 by (0, 1)"]
    assert 'nv-fault"' in shown.state["graph"]["dot"]


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


ALONE = [(TermView, "term"), (TreeView, "tree"), (GraphView, "graph"), (CostView, "cost"), (CodeView, "code")]


@pytest.mark.parametrize(("view", "part"), ALONE)
def test_each_part_alone(page, view, part):
    shown = page(view(parse(PAPER)))
    assert shown.state["parts"] == [part]
    assert (shown.state["tree"] is None, shown.state["graph"] is None) == (part != "tree", part != "graph")


def test_unknown_parts_are_refused():
    with pytest.raises(NasvizError, match=r"shown as term, tree, graph, cost and code, found \['map'\]"):
        ArchitectureView(parse(PAPER), parts=("map",))


def test_a_saved_notebook_holds_the_term(page):
    shown = page(ArchitectureView(hierarchical_nb201().sample(seed=0)))
    text = shown.view._repr_mimebundle_()[0]["text/plain"]
    assert text == str(shown.view.arch)


@pytest.mark.slow
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


def test_a_subterm_is_folded_and_opened_in_tree_and_graph(shown):
    whole = shown.state["graph"]["dot"]
    shown.command("fold", position=[0, 2])
    assert shown.view.folded == {(0,)}
    assert shown.state["folded"] == [1]
    for picture in ("tree", "graph"):
        assert "nv-sub" in shown.state[picture]["dot"]
        assert '"p-0-2"' not in shown.state[picture]["dot"]
    assert shown.state["graph"]["note"] == "1 subterm is folded"
    shown.command("fold", position=[0])
    assert shown.state["graph"]["dot"] == whole
    shown.view.fold((0,), (1,))
    shown.command("unfold")
    assert shown.state["graph"]["dot"] == whole
    shown.command("fold", position=[0, 9])
    assert "(0, 9)" in shown.errors[0]
    shown.command("fold", position="0")
    assert shown.errors[-1] == "a position is a list of child indices"


def test_a_chain_of_equal_operations_is_unrolled(page):
    shown = page(GraphView(parse("Linear(conv, conv, conv, fc)")))
    assert "conv ×3" in shown.state["graph"]["dot"]
    shown.command("unroll", position=[0])
    assert "×3" not in shown.state["graph"]["dot"]


def test_all_expansions_of_a_nonterminal_are_folded(page):
    space = digits_cells().with_grammar("S ::= Linear(B, B)\nB ::= Linear(conv3x3, relu)")
    shown = page(ArchitectureView(space.sample(seed=0)))
    shown.command("fold_name", nonterminal="B")
    assert shown.view.folded == {(0,), (1,)}
    shown.command("fold_name", nonterminal="B", on=False)
    assert shown.view.folded == frozenset()


def test_the_term_is_edited_and_a_mistake_is_explained(shown):
    first = shown.view.arch
    assert shown.view.do_check({"text": "Linear(conv,\n  con, fc)"}) == {
        "fault": {
            "message": "unknown operator 'con'",
            "excerpt": "      con, fc)\n      ^^^",
            "hint": "did you mean conv?",
            "at": 15,
        }
    }
    assert shown.view.do_edit({"text": "Linear(conv, fc"})["fault"]["message"]
    assert shown.view.arch == first
    assert shown.view.do_edit({"text": "Linear(conv,\n  fc)"}) == {"fault": None}
    assert str(shown.view.arch) == "Linear(conv, fc)"
    shown.command("back")
    assert shown.view.arch == first


def test_an_edit_stays_in_the_language(page):
    shown = page(ArchitectureView(digits_cells().sample(seed=0)))
    assert shown.view.do_check({"text": "Linear(fc, fc)"})["fault"]["message"]


def test_the_code_says_where_each_line_belongs(page):
    shown = page(CodeView(parse(PAPER)))
    WORKSPACE.flush()
    assert ["    _0__1_own = self._0._1.own(stem)", [0, 1]] in shown.state["code"]


def test_a_picture_is_saved(shown, tmp_path):
    assert shown.view.save(tmp_path / "a.dot").read_text() == shown.state["graph"]["dot"]
    assert shown.view.save(tmp_path / "t.dot", part="tree").read_text() == shown.state["tree"]["dot"]
    with pytest.raises(NasvizError, match="this view draws no 'cost'; it draws tree, graph"):
        shown.view.save(tmp_path / "a.dot", part="cost")


def test_what_has_no_architecture_is_refused():
    with pytest.raises(
        NasvizError, match=r"an architecture, e\.g\. space\.parse\(text\), or a space is expected here, found a str"
    ):
        ArchitectureView("conv")
