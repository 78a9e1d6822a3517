"""Views in Notebook 7: drawn, linked with each other, and in step with the kernel."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

CELLS = [
    """
import nasviz as nv
editor = nv.GrammarEditor('S ::= Linear(B, B)\\nB ::= conv3x3 | id', input_shape=(1, 8, 8))
editor
""",
    "view = nv.show(editor.space.parse('Linear(conv3x3, id)')); view",
    "gallery = nv.Gallery(editor.space.sample(6, seed=0)); gallery",
]
OWN = "reading 'schema'"
"""In an error that Notebook writes by itself when the settings of a plugin of JupyterLab are there that it lacks."""


def test_three_views_work_and_tell_the_kernel(notebook):
    notebook.open(CELLS, "seven.ipynb").run_all()
    editor, view, gallery = (notebook.output(k) for k in range(3))
    notebook.wait_for(lambda: editor.locator(".nv-count").text_content() == "4", what="the count")
    notebook.wait_for(lambda: view.locator(".nv-picture svg:not(.nv-map)").count() == 2, what="tree and graph")
    view.locator(".nv-pane-graph [data-node='p-1']").click()
    notebook.wait_for(
        lambda: notebook.kernel("view.selection and view.selection[1]") == (1,), what="the selection in the kernel"
    )
    marked = view.locator(".nv-pane-tree .nv-selected")
    notebook.wait_for(lambda: marked.count() == 1, what="the mark in the tree")
    assert "".join(view.locator(".nv-term .nv-in").all_text_contents()) == "id"
    notebook.kernel(code="view.selection = (view.arch, (0,))")
    notebook.wait_for(
        lambda: "".join(view.locator(".nv-term .nv-in").all_text_contents()) == "conv3x3", what="Python's selection"
    )

    editor.locator(".cm-content").click()
    notebook.page.keyboard.press("Control+End")
    notebook.page.keyboard.type(" | relu")
    notebook.wait_for(lambda: editor.locator(".nv-count").text_content() == "9", what="the new count")
    assert notebook.kernel("editor.space.count()") == 9
    gallery.locator(".nv-card input").nth(1).check()
    notebook.wait_for(lambda: notebook.kernel("gallery.ticked == gallery.architectures[1:2]"), what="the tick in the kernel")
    notebook.shot("notebook7")
    assert [line for line in notebook.console if OWN not in line] == []
