import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

CELLS = [
    """
import time
import nasviz as nv

cells = nv.SearchSpace("S ::= Linear(B, B)\\nB ::= conv3x3 | id", input_shape=(1, 8, 8), name="cells")
mixed = nv.SearchSpace("S ::= Residual(B, B, B)\\nB ::= conv1x1 | down", input_shape=(1, 8, 8), name="<b>mixed</b>")

def slow(arch):
    time.sleep(1)
    return 0.1 * len(arch.term)

comparison = nv.compare(cells, mixed, n=40, objective=slow)
comparison
"""
]


def test_two_spaces_are_drawn_and_the_button_stops_it(lab):
    lab.open(CELLS, "comparison.ipynb").run_all()
    lab.wait_for(
        lambda: "networks evaluated" in lab.find(".nv-comparison .nv-bar").inner_text(), what="evaluations", timeout=60
    )
    lab.wait_for(lambda: lab.find(".nv-comparison .scatterlayer .trace").count() >= 6, what="distributions", timeout=60)
    assert "<b>mixed</b>" in lab.find(".nv-pair").inner_text()
    assert lab.find(".nv-comparison [role=progressbar]").count() == 1
    lab.find(".nv-comparison").get_by_role("button", name="Stop").click()
    lab.wait_for(lambda: lab.kernel("comparison.state") == "stopped", what="the stop in the kernel", timeout=60)
    lab.wait_for(lambda: lab.find(".nv-state").inner_text() == "stopped", what="the state in the page")
    lab.find(".nv-refusals summary").click()
    assert "meet in Residual2" in lab.find(".nv-refusals").inner_text()
    lab.find(".nv-as-table summary").first.click()
    lab.wait_for(lambda: lab.find(".nv-as-table tbody tr").count() > 10, what="rows of the table")
    lab.shot("comparison")
    assert lab.console == []
