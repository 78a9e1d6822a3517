"""README's pictures: a test goes through what people must have seen, and takes the frames on the way.

NASVIZ_PICTURES=write writes them into notebooks/pictures; otherwise into the folder of screenshots.
"""

from __future__ import annotations

import io
import os
import re
from pathlib import Path

import pytest
from PIL import Image, ImageSequence
from playwright.sync_api import Locator, expect

pytestmark = [pytest.mark.browser, pytest.mark.alone, pytest.mark.timeout(300)]

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "notebooks" / "pictures"
LARGEST = 1_500_000
"""Bytes of the recording, at most."""
WINDOW = {"width": 1296, "height": 940}
SIZE = (1120, 700)
"""Part of the page that a frame shows, in px; the file has three quarters of it."""
SHOWN = (840, 525)

CELLS = [
    """
import nasviz as nv
space = nv.spaces.digits_cells()
bench = nv.Workbench(space.parse("Linear(Residual(conv3x3, id, conv1x1), down, Linear(dconv3x3, avg_pool))"))
bench
"""
]


class Film:
    """Frames of a page with the time that each is shown."""

    def __init__(self, lab):
        self.lab = lab
        self.frames: list[tuple[Image.Image, int]] = []

    def look(self, place: Locator) -> None:
        """Let the frames begin at the top of a place."""
        place.evaluate("e => e.scrollIntoView({ block: 'start', behavior: 'instant' })")

    def take(self, milliseconds: int, around: Locator) -> None:
        """One frame, of what the window shows from the top of `around`."""
        self.look(around)
        self.lab.page.mouse.move(3, 3)
        self.lab.page.wait_for_timeout(350)  # a movement takes 250 ms
        box = around.bounding_box()
        clip = {"x": box["x"] - 8, "y": max(box["y"] - 4, 0), "width": SIZE[0], "height": SIZE[1]}
        picture = Image.open(io.BytesIO(self.lab.page.screenshot(clip=clip))).convert("RGB")
        self.frames.append((picture.resize(SHOWN, Image.Resampling.LANCZOS), milliseconds))

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        first, *others = [frame for frame, _ in self.frames]
        times = [time for _, time in self.frames]
        first.save(path, save_all=True, append_images=others, duration=times, loop=0, quality=72, method=6)


def card(lab, bench, body):
    """Take the production with this text, and wait for the next place."""
    before = lab.kernel("bench.stepper._published['steps']")
    text = lab.page.locator(".nv-step-body", has_text=re.compile(f"^{re.escape(body)}$"))
    bench.locator(".nv-step-card").filter(has=text).click()
    lab.wait_for(lambda: lab.kernel("bench.stepper._published['steps']") > before, what=body)
    lab.wait_for(lambda: lab.kernel("bench.stepper._published['costs'] is not None"), 40, "what it costs")


def edit_the_grammar(lab, film, bench):
    """1. An edit of a production is seen in counts, samples and the open derivation."""
    grammar = bench.locator(".nasviz.nv-workbench")
    film.take(1800, grammar)
    bench.locator(".cm-line", has_text="OP   ::=").click()
    lab.page.keyboard.press("End")
    lab.page.keyboard.insert_text(" | maxpool")
    lab.wait_for(lambda: bench.locator(".cm-lintRange-error").count() > 0, what="the mistake")
    film.take(1700, grammar)
    bench.locator(".nv-findings li", has_text="maxpool").get_by_role("button").last.click()
    lab.wait_for(lambda: bench.locator(".nv-change").count() > 0, what="the change of the count")
    lab.wait_for(lambda: lab.kernel("'max_pool' in bench.stepper.whole.grammar.text"), what="the edit in the stepper")
    lab.page.wait_for_timeout(1000)  # new samples are drawn when the text has been still for a while
    lab.wait_for(lambda: bench.locator(".nv-old").count() == 0, what="all that follows")
    film.take(2600, grammar)


def derive_by_hand(lab, film, bench):
    """2. A derivation by a few choices, each with what remains after it."""
    stepper = bench.locator(".nasviz.nv-stepper")
    lab.wait_for(lambda: "parameters" in bench.locator(".nv-step-card").first.inner_text(), 40, "parameters on the cards")
    film.take(1400, stepper)
    for body in ("Linear(CELL, CELL)", "Residual2(OP, id, OP)", "conv3x3", "max_pool", "OP", "avg_pool"):
        card(lab, bench, body)
        film.take(1000, stepper)
    lab.wait_for(lambda: bench.locator(".nv-complete").count() == 1, what="the complete derivation")
    film.take(600, stepper)


def select_everywhere(lab, film, bench):
    """3. One operation in term, tree, graph, cost and code."""
    view = bench.locator(".nasviz.nv-architecture")
    lab.wait_for(lambda: lab.kernel("bench.arch == bench.stepper.arch"), what="the derived architecture")
    lab.wait_for(lambda: bench.locator(".nv-pane-graph [data-node='p-0-0']").count() == 1, what="its graph")
    lab.wait_for(lambda: bench.locator(".nv-cost tbody tr").count() > 3, 40, "its costs")
    film.take(1300, view)
    bench.locator(".nv-pane-graph [data-node='p-0-0']").click()
    expect(bench.locator(".nv-cost tr.nv-selected")).to_contain_text("conv3x3")
    expect(bench.locator(".nv-architecture .nv-term .nv-in")).to_have_text(["conv3x3"])
    film.take(2400, view)


def replace_it(lab, film, bench):
    """4. Another operation in its place, and what that costs."""
    view = bench.locator(".nasviz.nv-architecture")
    bench.get_by_role("button", name="Replace", exact=True).click()
    offer = bench.locator(".nv-offer").filter(has_text="dconv3x3")
    lab.wait_for(offer.count, what="what may stand there")
    lab.wait_for(lambda: "parameters" in offer.first.inner_text(), 40, "what it costs")
    film.take(1900, view)
    offer.first.click()
    lab.wait_for(lambda: "dconv3x3" in lab.kernel("str(bench.arch[0, 0])"), what="the replaced operation")
    lab.wait_for(lambda: "dconv3x3" in bench.locator(".nv-cost tr.nv-selected").inner_text(), 40, "its row")
    film.take(2600, view)


def test_what_people_must_have_seen_is_recorded(lab):
    lab.page.set_viewport_size(WINDOW)
    lab.open(CELLS, "recording.ipynb").run_all()
    lab.theme("JupyterLab Light")
    bench, film = lab.output(0), Film(lab)
    lab.wait_for(lambda: bench.locator(".nv-architecture .nv-picture svg:not(.nv-map)").count() == 2, what="tree and graph")
    for scene in (edit_the_grammar, derive_by_hand, select_everywhere, replace_it):
        scene(lab, film, bench)
    folder = PICTURES if os.environ.get("NASVIZ_PICTURES") == "write" else lab.shots
    film.save(folder / "workbench.webp")
    assert (folder / "workbench.webp").stat().st_size < LARGEST
    assert len(film.frames) >= 12
    assert lab.console == []


def test_the_readme_shows_a_recording_that_moves_and_is_small():
    shown = re.findall(r"!\[(.+?)\]\((notebooks/pictures/[^)]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert {Path(path).name for _, path in shown} == {path.name for path in PICTURES.iterdir()}
    assert all(len(words) > 30 for words, _ in shown)
    path = PICTURES / "workbench.webp"
    assert path.stat().st_size < LARGEST
    times: list[int] = []
    with Image.open(path) as film:
        assert film.size == SHOWN
        for frame in ImageSequence.Iterator(film):
            frame.load()
            times.append(frame.info["duration"])
    assert len(times) >= 12
    assert 10_000 < sum(times) < 40_000
