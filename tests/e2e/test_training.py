import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

CELLS = [
    """
import ipywidgets
from nasviz.evaluation import digits
from nasviz.spaces import digits_cells
from nasviz.widgets.gallery import Gallery

archs = digits_cells().sample(6, seed=0)
gallery = Gallery(archs)
training = gallery.train(digits(), epochs=400)
ipywidgets.VBox([gallery, training])
"""
]


def test_what_is_ticked_is_named_trained_and_stopped(lab):
    lab.open(CELLS, "training.ipynb").run_all()
    boxes = lab.find(".nv-card input")
    lab.wait_for(lambda: boxes.count() == lab.kernel("len(gallery.architectures)"), what="a card for each")
    lab.wait_for(lambda: lab.find(".nv-thumbnail svg").count() == boxes.count(), what="a picture in each card")
    button = lab.find(".nv-training button").first
    assert button.is_disabled()
    boxes.nth(0).check()
    boxes.nth(2).check()
    lab.wait_for(lambda: lab.kernel("gallery.ticked == tuple(archs[i] for i in (0, 2))"), what="the ticks in the kernel")
    facts = lab.find(".nv-facts")
    lab.wait_for(lambda: "about" in facts.inner_text(), what="the estimated time")
    assert "2 architectures" in facts.inner_text()
    assert "parameters" in facts.inner_text()
    button.click()
    lab.wait_for(lambda: lab.find(".nv-state").inner_text() == "running", what="a running training", timeout=60)
    lab.wait_for(lambda: lab.find(".nv-training .scatterlayer .trace").count() > 2, what="a curve", timeout=60)
    lab.find(".nv-training").get_by_role("button", name="Stop all").click()
    lab.wait_for(lambda: lab.kernel("[job.state for job in training.jobs]") == ["stopped"] * 2, what="the stop", timeout=60)
    lab.wait_for(lambda: lab.find(".nv-state").inner_text() == "stopped", what="the state in the page")
    lab.find(".nv-card-body").nth(1).click()
    lab.wait_for(lambda: lab.kernel("gallery.selection == (archs[1], ())"), what="the selection in the kernel")
    assert lab.console == []
