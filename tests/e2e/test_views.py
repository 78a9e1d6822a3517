"""The grammar editor and the architecture view in a real JupyterLab."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

CELLS = [
    """
from nasviz.spaces import digits_cells, parse
from nasviz.widgets.architecture import ArchitectureView
from nasviz.widgets.grammar import GrammarEditor
view = ArchitectureView(parse('Linear(Residual(conv, id, conv), Residual(conv, id, conv), fc)'))
view
""",
    "other = ArchitectureView(view.arch, parts=('graph',)); other",
    "editor = GrammarEditor('S ::= Linear(B, B)\\nB ::= conv3x3 | id', input_shape=(1, 8, 8)); editor",
    "drawing = ArchitectureView(digits_cells()); drawing",
]


@pytest.fixture
def views(lab):
    lab.open(CELLS, "views.ipynb").run_all()
    lab.wait_for(lambda: lab.output(0).locator(".nv-picture svg:not(.nv-map)").count() == 2, what="tree and graph")
    lab.wait_for(lambda: lab.output(1).locator(".nv-picture svg:not(.nv-map)").count() == 1, what="the graph alone")
    return lab


def selected(output):
    return sorted(output.locator(".nv-selected").evaluate_all("nodes => nodes.map(n => n.dataset.node)"))


def test_one_selection_in_all_pictures_and_in_python(views):
    first, second = views.output(0), views.output(1)
    first.locator(".nv-pane-tree [data-node='p-0']").click()
    views.wait_for(lambda: selected(first) == ["j-2-p-0", "p-0"], 2, "the selection in tree and graph")
    views.wait_for(lambda: selected(second) == ["j-2-p-0"], 2, "the selection in the other view")
    assert "".join(first.locator(".nv-term .nv-in").all_text_contents()) == "Residual2(conv, id, conv)"
    views.wait_for(lambda: views.kernel("view.selection and view.selection[1]") == (0,), what="the selection in Python")
    assert views.kernel("other.selection == view.selection") is True
    assert views.kernel("len({w.engine.model_id for w in (view, other, editor, drawing)})") == 1
    first.locator(".nv-stage").focus()
    for key in ("ArrowRight", "ArrowDown"):
        views.page.keyboard.press(key)
    views.wait_for(lambda: views.kernel("view.selection and view.selection[1]") == (0, 1), what="the selection by keys")
    views.kernel(code="other.selection = (other.arch, (1,))")
    views.wait_for(lambda: "p-1" in selected(first), what="the selection from Python")
    views.page.keyboard.press("Escape")
    views.wait_for(lambda: views.kernel("view.selection") is None, what="no selection")

    index = views.page.evaluate("e2e.append", "import time; time.sleep(3)")
    views.page.evaluate("e2e.begin", ["notebook:run-cell", index])
    views.wait_for(lambda: any(c["busy"] for c in views.cells()), what="a running cell")
    first.locator(".nv-term .nv-name").nth(5).click()
    views.wait_for(lambda: selected(second) == ["j-4-p-1"], 2, "the selection while the kernel is busy")
    assert any(c["busy"] for c in views.cells())

    views.kernel(code="view.arch = parse('Linear(Residual(conv, id, down), conv)')")
    note = first.locator(".nv-failed")
    views.wait_for(lambda: note.count() == 1, what="the error of the shapes")
    assert "meet in Residual2 at (0,)" in note.text_content()
    note.get_by_role("button", name="Show the place").click()
    views.wait_for(lambda: views.kernel("view.selection and view.selection[1]") == (0,), what="its place")


def test_all_matches_are_marked_in_text_tree_and_graph(views):
    out = views.output(0)
    out.locator(".nv-stage").focus()
    views.page.keyboard.press("f")
    views.page.keyboard.type("conv")
    status = out.locator(".nv-find [role=status]")
    views.wait_for(lambda: status.text_content() == "1 of 4", what="the count of matches")
    assert out.locator(".nv-term .nv-match").all_text_contents() == ["conv"] * 4
    for pane in ("tree", "graph"):
        assert out.locator(f".nv-pane-{pane} .nv-match").count() == 4
    assert selected(out) == ["p-0-0", "p-0-0"]
    views.page.keyboard.press("Enter")
    views.wait_for(lambda: selected(out) == ["p-0-2", "p-0-2"], what="the next match")
    views.page.keyboard.press("Shift+Enter")
    views.page.keyboard.press("Shift+Enter")
    views.wait_for(lambda: status.text_content() == "4 of 4", what="the last one, around the start")
    dashes = "nodes => nodes.map(n => getComputedStyle(n.querySelector('path')).strokeDasharray)"
    marks = out.locator(".nv-pane-graph .nv-match").evaluate_all(dashes)
    assert marks.count("none") == 1  # the current one is solid, the others are dotted
    out.locator(".nv-term").focus()
    out.locator(".nv-stage").focus()
    views.page.keyboard.press("n")
    views.wait_for(lambda: status.text_content() == "1 of 4", what="the key n")
    views.page.keyboard.press("Shift+N")
    views.wait_for(lambda: status.text_content() == "4 of 4", what="the key N")
    out.get_by_role("button", name="Find", exact=True).click()
    views.wait_for(lambda: out.locator(".nv-match").count() == 0, what="no matches without a search")


def test_pictures_move_unless_motion_is_reduced(views):
    views.page.evaluate(
        """() => { window.moved = 0; const animate = Element.prototype.animate;
        Element.prototype.animate = function (...a) { window.moved += 1; return animate.apply(this, a); }; }"""
    )
    term = views.output(0).locator(".nv-pane-graph .node")
    views.page.emulate_media(reduced_motion="reduce")
    views.kernel(code="view.arch = parse('Linear(conv, relu)')")
    views.wait_for(lambda: term.count() == 4, what="a picture that changed at once")
    assert views.page.evaluate("window.moved") == 0
    views.page.emulate_media(reduced_motion="no-preference")
    views.kernel(code="view.arch = parse('Linear(conv, relu, conv)')")
    views.wait_for(lambda: term.count() == 5, what="a picture that moved")
    views.wait_for(lambda: views.page.evaluate("window.moved") > 0, what="motion")


def test_what_goes_is_selected_in_the_first_architecture(lab):
    cells = [
        "import nasviz as nv\nfrom nasviz.widgets import ArchitectureView, DifferenceView",
        "a = nv.parse('Linear(conv, Residual(conv, id, conv), fc)'); b = nv.parse('Linear(conv, relu, fc)')",
        "d = DifferenceView(a, b); d",
        "first = ArchitectureView(a, ('term', 'graph')); first",
    ]
    lab.open(cells, "gone.ipynb").run_all()
    out = lab.output(2)
    lab.wait_for(lambda: lab.output(3).locator(".nv-pane-graph .node").count() > 5, what="the first architecture")
    gone = out.locator(".node.nv-removed[data-gone='p-1-2']")
    lab.wait_for(lambda: gone.count() == 1, what="what goes")
    gone.click()
    lab.wait_for(lambda: lab.kernel("d.selection and d.selection[0] == a and d.selection[1]") == (1, 2), what="its place")
    lab.wait_for(lambda: selected(lab.output(3)) == ["p-1-2"], what="the place in the first architecture")
    assert gone.evaluate("node => node.classList.contains('nv-selected')")
    assert "conv at (1, 2) of the first goes" in out.locator(".nv-chosen").text_content()
    out.locator(".node.nv-added").first.click()
    lab.wait_for(
        lambda: lab.kernel("d.selection and d.selection[0] == b and d.selection[1]") == (1,),
        what="a place in the second architecture",
    )
    assert selected(lab.output(3)) == []


def test_an_edit_is_counted_and_a_mistake_is_marked_in_its_place(views):
    out = views.output(2)
    text, amount = out.locator(".cm-content"), out.locator(".nv-count")
    assert amount.text_content() == "4"
    text.click()
    views.page.keyboard.press("Control+End")
    views.page.keyboard.type(" | avg_pool ")
    views.wait_for(lambda: amount.text_content() == "9", what="the count of three operations")
    views.page.keyboard.type("| con3x3 ")
    mark = out.locator(".cm-lintRange-error")
    views.wait_for(lambda: mark.count() == 1, what="the mark of the mistake")
    assert mark.text_content() == "con3x3"
    assert "did you mean conv3x3?" in out.locator(".nv-findings").text_content()
    assert amount.text_content() == "9"
    assert views.kernel("editor.space.count()") == 9
    views.kernel(code="editor.value = 'S ::= Linear(B, S) | B\\nB ::= conv3x3 | id'")
    views.wait_for(lambda: amount.text_content() == "∞", what="the endless space")
    assert "126 up to height 6" in out.text_content()
    out.get_by_role("button", name="Copy as Python").click()
    code = out.get_by_label("Python code of this space")
    assert code.input_value() == views.kernel("editor.code()")

    evil = "S ::= conv3x3 # <img src=x onerror=alert(1)></script><script>window.evil = 1</script>"
    views.kernel(code=f"editor.value = {evil!r}")
    views.wait_for(lambda: "window.evil" in text.text_content(), what="the hostile text")
    views.kernel(code="editor.value = 'S ::= ' + 'x' * 100_000")
    views.wait_for(lambda: out.locator(".nv-finding").count() == 1, what="the finding about a long name")
    assert views.page.evaluate("() => window.evil === undefined")
    assert out.locator("script, [onerror], img:not(.cm-widgetBuffer)").count() == 0


def test_a_space_is_drawn_from_and_shown_as_a_table(views):
    out = views.output(3)
    out.get_by_role("button", name="Sample").click()
    views.wait_for(lambda: out.locator(".nv-picture svg:not(.nv-map)").count() == 2, what="a drawn architecture")
    term = views.kernel("str(drawing.arch)")
    assert out.locator(".nv-term").text_content() == term
    out.locator(".nv-stage").focus()
    views.page.keyboard.press("m")
    views.wait_for(lambda: out.locator(".nv-term").text_content() != term, what="a mutation")
    out.get_by_role("button", name="As table").click()
    rows = out.get_by_role("row")
    views.wait_for(lambda: rows.count() == 1 + views.kernel("len(drawing.arch.term)"), what="a row for each subterm")
    rows.nth(1).click()
    views.wait_for(
        lambda: views.kernel("drawing.selection and drawing.selection[1]") == (), what="the root selected by its row"
    )

    views.kernel(code="drawing.do_sample = lambda body: 1 / 0")
    out.get_by_role("button", name="Sample").click()
    note = out.locator(".nv-failed")
    views.wait_for(lambda: note.count() == 1, what="the error of the handler")
    assert "ZeroDivisionError: division by zero" in note.text_content()
    note.get_by_role("button", name="Show traceback").click()
    assert "Traceback (most recent call last)" in note.locator("pre").text_content()
