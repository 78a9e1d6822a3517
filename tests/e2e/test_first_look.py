"""What a newcomer does with the first notebook, in its order: run it, edit a grammar, click, train, search, stop, run again."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "00_first_look.ipynb"
DONE = "[t.state for t in study.trials].count('finished')"


@pytest.fixture(scope="module")
def book(shared_lab):
    """The notebook, opened once; the tests of this file go through it from top to bottom."""
    return shared_lab.open(NOTEBOOK, NOTEBOOK.name)


def output(book, line):
    """The output of the first code cell that contains `line`."""
    return book.output(next(i for i, cell in enumerate(book.cells()) if line in cell["source"]))


def press(part, name):
    """Press the button of that name."""
    part.get_by_role("button", name=name, exact=True).first.click()


def state_of(book, part, state, timeout=60):
    """Wait until the view says that it is in that state."""
    place = part.locator(".nv-state").first
    book.wait_for(lambda: place.text_content() == state, timeout, f"the state {state!r}")


def number_in(part):
    """The exact number of architectures beside the editor; -1 where it is none."""
    digits = re.sub(r"\D", "", part.locator(".nv-count").text_content() or "")
    return int(digits or -1)


def last_line(book, editor, text):
    """Type at the end of the last line of the grammar that is not empty."""
    editor.locator(".cm-line").filter(has_text=re.compile(r"\S")).last.click()
    book.page.keyboard.press("End")
    book.page.keyboard.type(text)


def test_run_all_and_stop_the_search_on_the_way(book):
    book.begin("notebook:run-all-cells")
    board = book.find(".nv-board").first
    book.wait_for(lambda: book.check() or board.count(), 120, "the board")
    book.wait_for(lambda: re.match(r"[3-9]/20", board.locator(".nv-trials").text_content() or ""), 90, "three trials")
    book.shot("5-search-running", of=board)
    press(board, "Stop")
    state_of(book, board, "stopped")
    book.finish(timeout=200)
    assert 3 <= book.kernel(DONE) < 20
    assert book.kernel("study.running") is False
    book.shot("5-search-stopped", of=board)


def test_an_architecture_is_drawn_by_the_last_line(book):
    first = output(book, 'arch = nv.parse("Linear(Residual')
    graph = first.locator(".nv-pane-graph [data-position]")
    book.wait_for(lambda: graph.count() >= 7, 20, "the graph")
    assert "Linear(Residual2(conv, id, conv), Residual2(conv, id, conv), fc)" in first.locator(".nv-term").text_content()
    book.shot("1-term", of=first)
    sizes = output(book, "nv.plots.sizes")
    assert "376 digits" in sizes.text_content()
    assert sizes.locator(".js-plotly-plot, .nv-plot").count() == 1
    book.shot("1-sizes", of=sizes)


def test_editing_a_production_changes_the_count_and_marks_a_mistake(book):
    editor = output(book, "editor = nv.GrammarEditor")
    assert number_in(editor) == book.kernel("editor.space.count()") == 4**3 + 4**2
    last_line(book, editor, " | dconv3x3")
    book.wait_for(lambda: number_in(editor) == 5**3 + 5**2, 10, "the new count")
    assert book.kernel("editor.space.count()") == 5**3 + 5**2
    book.shot("2-count", of=editor)
    last_line(book, editor, " | conv3x4")
    mark = editor.locator(".cm-lintRange-error")
    book.wait_for(lambda: mark.all_text_contents() == ["conv3x4"], 10, "the mistake to be marked")
    assert "conv3x3" in editor.locator(".nv-findings").text_content()
    assert number_in(editor) == book.kernel("editor.space.count()") == 150
    book.shot("2-mistake", of=editor)


def test_a_recursive_production_makes_the_space_endless(book):
    editor = output(book, "editor = nv.GrammarEditor")
    for _ in " | conv3x4":
        book.page.keyboard.press("Backspace")
    book.wait_for(lambda: editor.locator(".cm-lintRange-error").count() == 0, 10, "no mistake")
    editor.locator(".cm-line").first.click()
    book.page.keyboard.press("End")
    book.page.keyboard.type(" | Linear(S, B)")
    book.wait_for(lambda: "∞" in editor.locator(".nv-count").text_content(), 10, "endless")
    assert book.kernel("editor.space.count()") == "inf"
    press(editor, "Copy as Python")
    code = editor.locator("textarea").input_value()
    assert "| Linear(S, B)" in code
    book.shot("2-endless", of=editor)
    book.kernel(code=code.replace("space =", "copied ="))
    assert book.kernel("copied.fingerprint == editor.space.fingerprint") is True


def test_a_node_clicked_in_the_graph_is_selected_everywhere(book):
    view = output(book, "view = nv.show(digits.sample(seed=3))")
    assert book.kernel("view.selection is None") is True
    nodes = view.locator(".nv-pane-graph .nv-op")
    book.wait_for(lambda: nodes.count() > 0, 20, "the graph")
    node = nodes.last
    position = [int(k) for k in node.get_attribute("data-position").split("-")[1:]]
    node.click()
    book.wait_for(lambda: view.locator(".nv-pane-tree .nv-selected").count() == 1, 5, "the mark in the tree")
    assert view.locator(".nv-pane-graph .nv-selected").count() >= 1
    assert book.wait_for(lambda: book.kernel("view.selection and list(view.selection[1])"), 10) == position
    marked = "".join(view.locator(".nv-term .nv-in").all_text_contents())
    assert marked == book.kernel("str(view.selection[0][view.selection[1]])")
    book.shot("3-selection", of=view)
    book.kernel(code="view.selection = (view.arch, (0,))")
    inside = view.locator(".nv-term .nv-in")
    book.wait_for(lambda: "".join(inside.all_text_contents()) == book.kernel("str(view.arch[0])"), 10, "Python's selection")


def test_the_train_button_trains(book):
    training = output(book, "training = nv.Training(view")
    assert re.search(r"CPU|GPU|cuda", training.locator(".nv-facts").text_content())
    assert "parameters" in training.locator(".nv-facts").text_content()
    press(training, "Train")
    state_of(book, training, "running")
    book.shot("4-training", of=training)
    state_of(book, training, "done")
    assert book.kernel("[training.job.state, len(training.job.history), type(training.job.model).__name__]")[0] == "done"
    assert book.kernel("training.job.model(val[0][0][None]).shape[-1]") == 10
    book.shot("4-trained", of=training)


def test_the_stop_button_ends_a_training_and_keeps_the_weights(book):
    training = output(book, "training = nv.Training(view")
    book.kernel(code="training._settings['epochs'] = 500")
    press(training, "Train again")
    state_of(book, training, "running")
    press(training, "Stop")
    state_of(book, training, "stopped", 20)
    assert book.kernel("training.job.state") == "stopped"
    book.kernel(code="training._settings['epochs'] = 8")


def test_every_ticked_architecture_is_trained(book):
    gallery = output(book, "gallery = nv.Gallery")
    boxes = gallery.locator("input[type=checkbox]")
    for k in range(2):
        boxes.nth(k).check()
    book.wait_for(lambda: "2 architectures" in (gallery.locator(".nv-facts").text_content() or ""), 20, "the plan")
    book.shot("4-gallery", of=gallery)
    press(gallery, "Train")
    state_of(book, gallery, "done")
    assert gallery.locator(".nv-job").count() == 2


def test_run_again_and_the_search_goes_on_to_its_end(book):
    before = book.kernel("[(t.number, t.term) for t in study.trials if t.state == 'finished']")
    book.run_all(timeout=240)
    board = book.find(".nv-board").first
    state_of(book, board, "done")
    assert book.kernel(DONE) == 20
    assert book.kernel("[(t.number, t.term) for t in study.trials]")[: len(before)] == before
    book.shot("5-search-done", of=board)
    book.shot("6-result", of=output(book, "study.confirm_async"))
    assert "±" in output(book, "study.confirm_async").text_content()


def test_saved_it_stays_small_and_holds_no_widget_state(book):
    book.command("docmanager:save")
    saved = book.server.folder / NOTEBOOK.name
    book.wait_for(lambda: "trials" in saved.read_text() and saved.stat().st_size > NOTEBOOK.stat().st_size, 10, "the file")
    assert saved.stat().st_size < 300_000
    assert "widgets" not in json.loads(saved.read_text())["metadata"]


def test_the_views_together_make_the_picture_of_the_readme(book):
    book.kernel(code="view.selection = (view.arch, (0,))")
    book.run_code("ipywidgets.VBox([nv.GrammarEditor(digits), view, board])")
    together = book.find(".jp-OutputArea-output").last
    for name in ("nv-grammar .nv-count", "nv-architecture .nv-pane-graph .nv-selected", "nv-board .js-plotly-plot"):
        book.wait_for(together.locator(f".{name}").count, 20, name)
    book.page.mouse.move(0, 0)
    book.page.wait_for_timeout(500)
    assert book.shot("readme", of=together).stat().st_size > 50_000


def test_the_page_complained_of_nothing(book):
    assert [line for line in book.console if "favicon" not in line] == []
