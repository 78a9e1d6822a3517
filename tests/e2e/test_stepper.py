"""A derivation by hand in a real JupyterLab: keys, clicks, play, undo, pin, films, hostile names, a restart of the kernel."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from nasviz.spaces import SearchSpace, digits_cells
from nasviz.widgets.export import export_html
from nasviz.widgets.stepper import Stepper
from nasviz.widgets.workspace import WORKSPACE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

AXE = Path(__file__).parents[2] / "nasviz" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
FIND = """async () => {
  const found = await axe.run({ include: '.nv-stepper' }, { resultTypes: ['violations'] });
  return found.violations.filter((v) => ['serious', 'critical'].includes(v.impact)).flatMap((v) =>
    v.nodes.map((n) => `${v.impact} ${v.id}: ${n.html.slice(0, 200)} (${n.any.concat(n.all, n.none)[0]?.message})`));
}"""
THEMES = ("JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast")
ROUND = """() => new Promise((done) => {
  const number = document.getElementById("number"), seen = [];
  new MutationObserver(() => {
    if (seen.length || number.textContent.startsWith("0 ")) seen.push(number.textContent);
    if (seen.length === 8) done(seen);
  }).observe(number, { childList: true });
})"""
"""What a film's counter shows from one beginning to the next; each is there for so short that only the page itself sees all."""
CELLS = ["import nasviz as nv\nspace = nv.spaces.digits_cells()\nstepper = nv.derive(space, seed=0)\nstepper"]


def text(lab):
    return "".join(lab.find(".nv-partial > *").all_text_contents())


def opened(lab, cells=CELLS):
    lab.open(cells, "stepper.ipynb").run_all()
    lab.wait_for(lambda: lab.find(".nv-stepper .nv-picture svg:not(.nv-map)").count() == 1, what="the tree")
    lab.wait_for(lambda: "parameters" in lab.find(".nv-step-card").first.inner_text(), 40, what="parameters on the cards")
    return lab


def test_deriving_with_keys_and_clicks(lab):
    opened(lab)
    assert lab.find(".nv-remaining").inner_text().replace("\u202f", "") == "6135 architectures remain"
    first = lab.find(".nv-step-card").first.inner_text().replace("\u00a0", " ").replace("\u202f", "")
    assert re.search(r"3025.*49 %.*50 %", first, re.S)
    lab.find(".nv-choices").focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "Enter"):
        lab.page.keyboard.press(key)
    lab.wait_for(lambda: text(lab) == "Linear(CELL, down)", what="the third production")
    lab.page.keyboard.press("Backspace")
    lab.wait_for(lambda: text(lab) == "NET", what="undo")
    lab.page.keyboard.press("Shift+Backspace")
    lab.wait_for(lambda: text(lab) == "Linear(CELL, down)", what="redo")
    lab.page.keyboard.press("Backspace")
    lab.wait_for(lambda: text(lab) == "NET", what="undo again")
    lab.page.keyboard.press("Enter")
    lab.wait_for(lambda: text(lab) == "Linear(CELL, CELL)", what="the first production")
    lab.page.keyboard.press("ArrowRight")
    lab.wait_for(lambda: lab.kernel("stepper.place") == (1,), what="the next open place")
    lab.find(".nv-step-card").nth(2).click()
    lab.wait_for(lambda: text(lab) == "Linear(CELL, OP)", what="a click on a card")
    lab.find(".nv-picture [data-node='p-0']").click()
    lab.wait_for(lambda: lab.kernel("stepper.place") == (0,), what="a place chosen in the tree")
    lab.find(".nv-open-place").nth(1).click()
    lab.wait_for(lambda: lab.kernel("stepper.place") == (1,), what="a place chosen in the text")
    expect(lab.find(".nv-picture .nv-open")).to_have_count(2)
    expect(lab.find(".nv-stepper [role=status].nv-unseen")).to_have_text(re.compile("275 architectures remain; 2 open places"))
    lab.page.keyboard.press("?")
    expect(lab.find(".nv-keys")).to_contain_text("Backspace")
    lab.find(".nv-stage").get_by_role("button", name="As table").click()
    expect(lab.find(".nv-way-table tbody tr")).to_have_count(2)
    lab.shot("stepper")
    assert lab.kernel("str(stepper.partial)") == "Linear(CELL, OP)"


def test_play_pin_save_and_python(lab, tmp_path):
    opened(lab)
    lab.find(".nv-controls select").first.select_option("4")
    lab.find(".nv-controls").get_by_role("button", name="Play").click()
    lab.wait_for(lambda: lab.find(".nv-complete").count() == 1, 40, what="the end of playing")
    assert lab.kernel("stepper.arch is not None and stepper.arch in space") is True
    lab.find(".nv-controls").get_by_role("button", name="Start over").click()
    lab.wait_for(lambda: text(lab) == "NET", what="the beginning")
    lab.kernel(code="stepper.expand((), 2)")
    lab.wait_for(lambda: text(lab) == "Linear(CELL, down)", what="a step from Python")
    lab.find(".nv-bar").get_by_role("button", name="Pin").click()
    expect(lab.find(".nv-pin")).to_contain_text("study = nv.Study(stepper.space, objective)")
    assert lab.kernel("nv.Study(stepper.space, lambda arch: 0.0).ask().arch.term.text.endswith('down)')") is True
    lab.find(".nv-controls").get_by_role("button", name="Complete").click()
    lab.wait_for(lambda: lab.find(".nv-complete").count() == 1, what="the completion")
    lab.find(".nv-bar").get_by_role("button", name="Save animation").click()
    for kind in ("SVG", "HTML"):
        with lab.page.expect_download() as download:
            lab.find(".nv-bar").get_by_role("button", name=kind, exact=True).click()
        assert download.value.suggested_filename == f"derivation.{kind.lower()}"
        download.value.save_as(tmp_path / f"d.{kind.lower()}")
    assert "@keyframes" in (tmp_path / "d.svg").read_text(encoding="utf-8")
    lab.kernel(code="stepper.space = nv.spaces.nb201()")
    lab.wait_for(lambda: text(lab) == "D2", what="another space")


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_the_film_opens_from_disk(chromium, tmp_path, motion):
    stepper = Stepper(digits_cells(), seed=2, cost="operators")
    stepper.expand((), 3)
    stepper.complete()
    page = chromium.new_page()
    page.emulate_media(reduced_motion=motion)
    asked: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(stepper.save(tmp_path / "d.html", seconds=0.05).as_uri())
    if motion == "reduce":
        expect(page.locator("#play")).to_have_text("Play")
        expect(page.locator("svg [data-off] .o").first).to_be_hidden()
        assert page.locator("#at").input_value() == page.locator("#at").get_attribute("max")
    else:
        expect(page.locator("#play")).to_have_text("Pause")
        assert page.evaluate(ROUND) == [f"{k} of 6" for k in (0, 1, 2, 3, 4, 5, 6, 0)]
    page.locator("#first").click()
    expect(page.locator("#now")).to_contain_text("Begin: NET")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#now")).to_contain_text("NET → Linear(CELL, down, CELL) at the root")
    assert page.locator("svg g.n:visible").count() == 4
    page.goto(stepper.save(tmp_path / "d.svg").as_uri())
    moving = page.evaluate("document.getAnimations().length")
    assert (moving == 0) is (motion == "reduce")
    assert all(url.startswith("file:") for url in asked)
    assert faults == []
    page.close()


def test_hostile_names_and_impossible_productions(lab):
    lab.open(
        [
            "import nasviz as nv\nlong = 'A' * 200\n"
            "text = 'S ::= Linear(' + long + ', ' + long + ') | ' + long + '\\n' + long + ' ::= down | id # <script>\\n'\n"
            "odd = nv.SearchSpace(text + 'require halvings == 2', name='<img src=x onerror=window.bad=1>')\n"
            "stepper = nv.Stepper(odd)\nstepper"
        ],
        "hostile.ipynb",
    ).run_all()
    lab.wait_for(lambda: lab.find(".nv-step-card").count() == 2, what="the cards")
    expect(lab.find(".nv-step-card[aria-disabled=true]")).to_contain_text("no architecture remains")
    lab.find(".nv-step-card").nth(1).click(force=True)
    lab.find(".nv-choices").focus()
    lab.page.keyboard.press("Enter")
    lab.wait_for(lambda: lab.kernel("len(stepper.partial.term)") == 3, what="the production that is possible")
    assert lab.page.evaluate("window.bad") is None
    assert lab.find(".nv-stepper img").count() == 0


def test_axe_finds_nothing_serious_and_a_restart_is_told(lab):
    opened(lab)
    lab.find(".nv-bar").get_by_role("button", name="Pin").click()
    lab.find(".nv-choices").focus()
    lab.page.keyboard.press("Enter")
    lab.wait_for(lambda: text(lab) == "Linear(CELL, CELL)", what="a step")
    lab.page.keyboard.press("?")
    lab.find(".nv-stage").get_by_role("button", name="As table").click()
    lab.page.evaluate(AXE.read_text())
    for theme in THEMES:
        lab.theme(theme)
        lab.page.mouse.move(0, 0)
        lab.page.wait_for_timeout(300)
        assert lab.page.evaluate(FIND) == []
    lab.theme(THEMES[0])
    lab.server.shut_kernels()
    lab.find(".nv-controls").get_by_role("button", name="Undo").click()
    expect(lab.find(".nv-stepper .nv-note").first).to_be_visible(timeout=30_000)
    assert text(lab) == "Linear(CELL, CELL)"


def test_an_exported_page_shows_the_derivation(chromium, tmp_path):
    stepper = Stepper(SearchSpace("S ::= Linear(A, A)\nA ::= conv3x3 | id", input_shape=(1, 8, 8)), seed=0)
    WORKSPACE.flush(60)
    export_html(stepper, tmp_path / "page.html")
    page = chromium.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    page.locator(".nv-picture svg:not(.nv-map)").wait_for(timeout=20_000)
    page.locator(".nv-step-card").first.click()
    expect(page.locator(".nv-failed")).to_contain_text("This is a saved page without a kernel")
    page.close()
