import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

CELLS = [
    """
from nasviz.search import RandomSearch, Study
from nasviz.spaces import digits_cells
from nasviz.widgets.board import Board

def objective(arch):
    return 1 / len(str(arch))

random = Study(digits_cells(), objective, strategy=RandomSearch(), seed=1)
random.run(total=8, executor="inline")
study = Study(digits_cells(), objective, strategy=RandomSearch())
study.run(total=8, executor="inline")
board = Board(study, random, total=8)
board
"""
]


def test_a_click_on_a_point_selects_its_trial_and_the_table_says_the_same(lab):
    lab.open(CELLS, "board.ipynb").run_all()
    points = lab.find(".nv-progress-pane .scatterlayer .trace .points path")
    lab.wait_for(lambda: points.count() == 8, what="eight points")
    box = points.nth(3).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    lab.page.mouse.move(x, y)
    lab.page.mouse.click(x, y)
    lab.wait_for(lambda: lab.kernel("board.trial is not None"), what="the chosen trial in the kernel")
    assert lab.kernel("board.selection == (study.trials[board.trial].arch, ())") is True
    term = lab.kernel("study.trials[board.trial].term")
    written = lab.find(".nv-trial .nv-term")
    lab.wait_for(lambda: "".join(written.text_content().split()) == "".join(term.split()), what="the term")
    lab.find(".nv-progress-pane summary").click()
    assert lab.find(".nv-progress-pane .nv-table tbody tr").count() == 8 + 8 + 8
    lab.wait_for(lambda: "±" in lab.find(".nv-shown").inner_text(), what="mean ± sd of the chosen architecture")
    assert lab.console == []
