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
