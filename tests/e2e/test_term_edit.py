"""Editing a term in a real JupyterLab: replace, typed text, mutations, crossover, pin, difference, undo, and hostile names."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

AXE = Path(__file__).parents[2] / "nasviz" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = """async () => {
  const found = await axe.run({ include: [['.jp-NotebookPanel .nv-stage']] }, { resultTypes: ['violations'] });
  return found.violations.filter((v) => ['serious', 'critical'].includes(v.impact)).flatMap((v) =>
    v.nodes.map((n) => `${v.impact} ${v.id}: ${n.html.slice(0, 200)} (${n.any.concat(n.all, n.none)[0]?.message})`));
}"""

CELLS = [
    """
import nasviz as nv
from nasviz.widgets.architecture import ArchitectureView
space = nv.spaces.digits_cells()
first = space.parse('Linear(Residual2(conv1x1, id, dconv3x3), down, dconv3x3)')
other = space.parse('Linear(conv1x1, down, Linear(conv1x1, conv3x3))')
view = ArchitectureView(first, partners=[other])
view
""",
    """
free = ArchitectureView(nv.parse('Linear(conv, id, conv)'), parts=('term',))
free
""",
    """
big_space = nv.spaces.hierarchical_nb201(connected=True)
big = ArchitectureView(big_space.sample(seed=3), parts=('term',), partners=big_space.sample(2, seed=4))
big
""",
]


@pytest.fixture
def views(lab):
    lab.open(CELLS, "term_edit.ipynb").run_all()
    lab.wait_for(lambda: lab.output(0).locator(".nv-picture svg:not(.nv-map)").count() == 2, what="tree and graph")
    lab.wait_for(lambda: "parameters" in lab.output(0).locator(".nv-bar").text_content(), timeout=60, what="the cost")
    lab.wait_for(
        lambda: "parameters" in lab.output(2).locator(".nv-bar").text_content(), timeout=60, what="the cost of the large one"
    )
    return lab


def choose(views, out, text, nth=0):
    """Select a subterm by the name of its operator in the term text."""
    out.locator(".nv-term .nv-name", has_text=text).nth(nth).click()
    views.wait_for(lambda: out.locator(".nv-term .nv-in").count() > 0, what=f"{text} selected")


def arch(views, name="view"):
    return views.kernel(f"str({name}.arch)")


def keys(views, out):
    """Where keys are pressed: the view, with the focus."""
    out.locator(".nv-stage").focus()
    return views.page.keyboard


def pressed(views, out, key, panel):
    keys(views, out).press(key)
    views.wait_for(lambda: out.locator(panel).count() == 1, what=f"{panel} by {key}")


def test_a_subterm_is_replaced_from_the_list(views):
    out, before = views.output(0), arch(views)
    choose(views, out, "Residual2")
    pressed(views, out, "r", ".nv-replace")
    rows = out.locator(".nv-offer")
    views.wait_for(lambda: rows.count() == 40, what="the replacements")
    title = out.locator(".nv-panel-title")
    views.wait_for(lambda: title.locator("[role=status]").text_content() == "40 of 54 replacements", timeout=40, what="costs")
    assert "from" in title.text_content()
    assert "::= Linear(OP, OP) | Residual2(OP, id, OP) | OP" in title.text_content().replace("CELL", "")
    preview = out.locator(".nv-preview")
    assert preview.locator("ins").first.text_content() == "Linear"
    assert rows.nth(1).text_content().replace("\xa0", " ") == "conv1x1exchange−144 parameters · −18 k FLOPs"
    views.page.keyboard.press("ArrowDown")
    views.wait_for(lambda: preview.locator("ins").text_content() == "conv1x1", what="the next one in the term")
    assert preview.locator("del").text_content() == "Residual2(conv1x1, id, dconv3x3)"
    views.shot("term-replace", of=out)
    rows.nth(3).hover()
    views.wait_for(lambda: "nv-active" in rows.nth(3).get_attribute("class"), what="the one under the pointer")
    assert arch(views) == before
    views.page.keyboard.press("Escape")
    views.wait_for(lambda: out.locator(".nv-replace, .nv-preview").count() == 0, what="left by Esc")
    assert arch(views) == before

    pressed(views, out, "r", ".nv-replace")
    views.page.keyboard.type("conv3x3, conv")
    views.wait_for(lambda: rows.count() == 4, what="what contains the text")
    views.page.keyboard.press("Enter")
    views.page.wait_for_timeout(50)
    assert arch(views) == before
    out.get_by_role("combobox", name="Search the replacements").fill("")
    views.wait_for(lambda: rows.count() == 40, what="all again")
    views.page.keyboard.press("ArrowDown")
    views.page.keyboard.press("Enter")
    views.wait_for(lambda: arch(views) == "Linear(conv1x1, down, dconv3x3)", what="the replaced architecture")
    views.wait_for(lambda: out.locator(".nv-replace").count() == 0, what="the list is gone")
    said = out.locator(".nv-unseen[role=status]")
    views.wait_for(
        lambda: said.text_content().startswith("replaced Residual2(conv1x1, id, dconv3x3) at (0,) by conv1x1: "), what="said"
    )
    assert views.kernel("view.selection[1]") == (0,)
    assert "space.parse('Linear(conv1x1, down, dconv3x3)')" in views.kernel("view.whole_snapshot()['body']['python']")


def test_a_typed_subterm_is_legal_or_explained(views):
    out = views.output(0)
    choose(views, out, "Residual2")
    pressed(views, out, "r", ".nv-replace")
    line, fault = out.get_by_role("combobox", name="Search the replacements"), out.locator(".nv-replace .nv-edit-fault")
    line.fill("Linear(conv3x3, relu)")
    views.wait_for(lambda: fault.count() == 1, what="why not")
    words = fault.text_content()
    assert "CELL is expected at (0,); no rule derives relu at (1,) of it" in words
    assert "It can be: CELL ::= Linear(OP, OP) | Residual2(OP, id, OP) | OP" in words
    assert "nearest: Linear(conv3x3" in words
    assert line.get_attribute("aria-invalid") == "true"
    views.shot("term-typed", of=out)
    line.fill("Linear(conv3x3, conv3x)")
    views.wait_for(lambda: "did you mean conv3x3?" in (fault.text_content() if fault.count() else ""), what="the nearest name")
    line.fill("Linear(conv3x3, conv3x3)")
    views.wait_for(lambda: out.locator(".nv-offer-how").first.text_content() == "typed", what="the typed one")
    views.page.keyboard.press("Enter")
    views.wait_for(lambda: arch(views) == "Linear(Linear(conv3x3, conv3x3), down, dconv3x3)", what="the typed architecture")

    choose(views, out, "down")
    pressed(views, out, "r", ".nv-replace")
    views.wait_for(lambda: out.locator(".nv-reason").count() == 1, what="no nonterminal there")
    assert "down is part of the body of NET at the root" in out.locator(".nv-reason").text_content()
    out.get_by_role("button", name="Go to the root").click()
    views.wait_for(lambda: "of 6" in out.locator(".nv-panel-title [role=status]").text_content(), what="the nearest place")


def test_mutations_are_looked_at_before_one_is_taken(views):
    out, before = views.output(0), arch(views)
    choose(views, out, "Residual2")
    pressed(views, out, "M", ".nv-mutations")
    rows, preview = out.locator(".nv-offer"), out.locator(".nv-preview")
    views.wait_for(lambda: rows.count() == 8, what="eight draws")
    assert "8 draws at (0,)" in out.locator(".nv-mutations").text_content()
    texts = rows.locator(".nv-offer-text").all_text_contents()
    assert len(set(texts)) == 8
    views.page.keyboard.press("M")
    views.wait_for(lambda: rows.locator(".nv-offer-text").all_text_contents() not in ([], texts), what="other draws")
    views.wait_for(lambda: preview.locator("ins, del").count() > 0, what="what changes")
    views.shot("term-mutations", of=out)
    assert arch(views) == before
    out.get_by_role("button", name="Anywhere").click()
    views.wait_for(lambda: "draws anywhere" in out.locator(".nv-mutations").text_content(), what="draws anywhere")
    out.locator(".nv-mutations").focus()
    views.page.keyboard.press("ArrowDown")
    views.page.keyboard.press("Enter")
    views.wait_for(lambda: arch(views) != before, what="the mutated architecture")
    keys(views, out).press("m")
    views.wait_for(lambda: views.kernel("len(view._past)") == 2, what="mutated at once")


def test_crossover_shows_both_children(views):
    out = views.output(0)
    pressed(views, out, "x", ".nv-cross")
    rows, preview, there = out.locator(".nv-offer"), out.locator(".nv-preview"), out.locator(".nv-other")
    views.wait_for(lambda: rows.count() > 3, what="exchanges")
    assert "NET 1 × 1CELL 2 × 2OP 3 × 3" in out.locator(".nv-meetings").text_content()
    assert there.locator("u").count() > 2
    views.wait_for(lambda: preview.locator("ins").count() > 0, what="the child here")
    views.wait_for(lambda: there.locator("ins").count() > 0, what="the child there")
    views.shot("term-crossover", of=out)
    box = out.get_by_label("Term of another architecture")
    box.fill("Linear(conv1x1, dow")
    views.wait_for(lambda: out.locator(".nv-cross .nv-edit-fault").count() == 1, what="why the text is no partner")
    box.fill(views.kernel("str(first)"))
    views.wait_for(lambda: out.locator(".nv-edit-fault").count() == 0 and rows.count() > 0, what="with itself")
    box.fill("Linear(dconv3x3, down, dconv3x3)")
    views.wait_for(lambda: there.text_content().startswith("Linear(") and rows.count() > 0, what="pasted partner")
    box.fill("")
    views.wait_for(lambda: "conv3x3" in there.text_content(), what="the given one")
    out.locator(".nv-cross").focus()
    views.page.keyboard.press("ArrowDown")
    views.page.keyboard.press("Enter")
    views.wait_for(lambda: views.kernel("len(view._past)") == 1, what="the child")
    assert views.kernel("view.arch in space")
    assert views.kernel("view.edit_state()['said']").startswith("crossed over at ")


def test_pin_difference_undo_and_keys(views):
    out, first = views.output(0), arch(views)
    keys(views, out).press("p")
    views.wait_for(lambda: views.kernel("view.pinned == first"), what="pinned")
    views.wait_for(lambda: out.locator(".nv-chip").count() == 1, what="the chip")
    assert out.locator(".nv-chip").text_content() == "pinned: this one"
    views.kernel(code="view.replace((0,), 'conv3x3'); view.replace((2,), 'id')")
    views.wait_for(lambda: "Linear(Residual2" in out.locator(".nv-chip").text_content(), what="the pinned term")
    pressed(views, out, "d", ".nv-changes")
    views.wait_for(lambda: out.locator(".nv-changes svg").count() >= 1, what="one graph")
    words = out.locator(".nv-changes").text_content()
    assert "edits" in words
    assert out.locator(".nv-changes .nv-other ins").all_text_contents() == ["conv3x3", "id"]
    views.shot("term-difference", of=out)
    keys(views, out).press("Backspace")
    views.wait_for(lambda: arch(views) == "Linear(conv3x3, down, dconv3x3)", what="undone by Backspace")
    views.wait_for(
        lambda: out.locator(".nv-changes .nv-other ins").all_text_contents() == ["conv3x3"], what="the difference follows"
    )
    keys(views, out).press("Shift+Backspace")
    views.wait_for(lambda: arch(views) == "Linear(conv3x3, down, id)", what="done again")
    out.get_by_role("button", name="History").click()
    steps = out.locator(".nv-step")
    views.wait_for(lambda: steps.count() == 3, what="three steps")
    steps.first.click()
    views.wait_for(lambda: arch(views) == first, what="back at the first")
    out.get_by_role("button", name="Redo").click()
    views.wait_for(lambda: arch(views) == "Linear(conv3x3, down, dconv3x3)", what="redone")
    keys(views, out).press("?")
    listed = out.locator(".nv-keys kbd").all_text_contents()
    assert {"r", "m", "M", "x", "p", "d", "s", "f", "Backspace", "Enter", "Esc"} <= set(listed)
    out.get_by_role("button", name="Unpin").click()
    views.wait_for(lambda: views.kernel("view.pinned is None"), what="unpinned")


def test_the_free_space_and_a_huge_one(views):
    out = views.output(1)
    choose(views, out, "id")
    pressed(views, out, "r", ".nv-replace")
    views.wait_for(lambda: out.locator(".nv-offer").count() > 20, what="operators of the same sort")
    assert "The free space has no grammar: any map may stand here." in out.locator(".nv-reason").text_content()
    views.page.keyboard.type("relu")
    views.wait_for(lambda: out.locator(".nv-offer").first.text_content().startswith("relu"), what="relu")
    views.wait_for(lambda: out.locator(".nv-offer-how").first.text_content() == "typed", what="typed")
    views.page.keyboard.press("Enter")
    views.wait_for(lambda: arch(views, "free") == "Linear(conv, relu, conv)", what="the free edit")

    out = views.output(2)
    choose(views, out, "Linear")
    pressed(views, out, "r", ".nv-replace")
    status = out.locator(".nv-panel-title [role=status]")
    views.wait_for(lambda: "of 10^375.84 replacements" in status.text_content(), what="how many there are")
    views.wait_for(lambda: out.locator(".nv-preview :is(ins, del)").count() > 0, what="a draw, marked")
    views.wait_for(lambda: "measured" not in status.text_content(), timeout=60, what="all measured")
    views.shot("term-huge", of=out)
    assert not views.console


def test_axe_finds_nothing_serious_in_the_lists(views):
    out = views.output(0)
    views.kernel(code="view.pinned = other; view.replace((0,), 'conv3x3')")
    views.wait_for(lambda: out.locator(".nv-term").text_content().startswith("Linear(conv3x3"), what="the new term")
    choose(views, out, "conv3x3")
    views.page.evaluate(AXE.read_text())
    panels = {"r": ".nv-replace .nv-offer", "M": ".nv-mutations .nv-offer", "x": ".nv-cross .nv-offer", "d": ".nv-changes svg"}
    for theme in ("JupyterLab Dark", "JupyterLab Light", "JupyterLab Dark High Contrast"):
        views.theme(theme)
        for key, inside in panels.items():
            keys(views, out).press(key)
            views.wait_for(lambda inside=inside: out.locator(inside).count() > 0, what=f"{inside} by {key}")
            assert views.page.evaluate(SERIOUS) == [], (theme, key)
            if theme == "JupyterLab Dark":
                views.shot(f"term-dark-{key}", of=out)
            out.locator(".nv-panel").get_by_role("button", name="Close").click()
            views.wait_for(lambda: out.locator(".nv-panel").count() == 0, what="closed")


HOSTILE = [
    """
import nasviz as nv
from nasviz.algebra import Operator
from nasviz.widgets.architecture import ArchitectureView
bad = [Operator('constructor'), Operator('__proto__'), Operator('x' * 200)]
space = nv.SearchSpace('S ::= Linear(toString, toString)\\ntoString ::= constructor | __proto__ | ' + 'x' * 200, operators=bad)
view = ArchitectureView(space.parse('Linear(constructor, __proto__)'), parts=('term',))
view
""",
]


def test_hostile_names_and_texts_are_data(lab):
    lab.open(HOSTILE, "hostile.ipynb").run_all()
    out = lab.output(0)
    lab.wait_for(lambda: out.locator(".nv-term").count() == 1, what="the term")
    choose(lab, out, "constructor")
    pressed(lab, out, "r", ".nv-replace")
    lab.wait_for(lambda: out.locator(".nv-offer").count() == 2, what="both others")
    out.get_by_role("combobox", name="Search the replacements").fill("<img src=x onerror=\"document.title='gone'\">(")
    lab.wait_for(lambda: out.locator(".nv-edit-fault").count() == 1, what="the fault")
    assert out.locator("img").count() == 0
    out.get_by_role("combobox", name="Search the replacements").fill("y" * 200_000)
    lab.wait_for(lambda: "at most 100,000 are read here" in out.text_content(), what="too long, in words")
    assert lab.page.title() != "gone"
    assert not lab.console
