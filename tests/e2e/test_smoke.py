"""The harness itself: a notebook with a widget runs, fails, talks and is watched in a real JupyterLab."""

from __future__ import annotations

import urllib.request

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

WIDGETS = [
    "import ipywidgets\nslider = ipywidgets.IntSlider(value=3, description='depth')\nslider",
    """
import anywidget, traitlets
class Counter(anywidget.AnyWidget):
    _esm = '''
    export default { render({ model, el }) {
      const b = document.createElement("button");
      b.className = "e2e-counter";
      const draw = () => { b.textContent = "n = " + model.get("n"); };
      b.onclick = () => { model.set("n", model.get("n") + 1); model.save_changes(); };
      model.on("change:n", draw); draw(); el.append(b);
    } };
    '''
    n = traitlets.Int(0).tag(sync=True)
counter = Counter()
counter
""",
]


def test_widgets_talk_with_the_kernel(lab):
    lab.open(WIDGETS, "widgets.ipynb").run_all()
    button = lab.find("button.e2e-counter")
    button.click()
    lab.wait_for(lambda: lab.kernel("counter.n") == 1, what="the click in the kernel")
    lab.kernel(code="counter.n = 41; slider.value = 7")
    lab.wait_for(lambda: button.text_content() == "n = 41", what="the value in the page")
    lab.wait_for(lambda: lab.output(0).locator(".widget-readout").text_content() == "7", what="the slider")
    assert lab.shot("smoke").stat().st_size > 10_000
    assert lab.kernel("[counter.n, str(slider.description)]") == [41, "depth"]


def test_a_failed_cell_fails_with_its_traceback(lab):
    lab.open(["a = 1", "a / 0"], "fails.ipynb")
    with pytest.raises(AssertionError, match=r"(?s)a / 0.*ZeroDivisionError"):
        lab.run_all()
    with pytest.raises(AssertionError, match="NameError"):
        lab.kernel("nowhere")
    with pytest.raises(AssertionError, match=r"(?s)ValueError.*here"):
        lab.kernel(code="raise ValueError('here')")


def test_what_is_asked_behind_a_cell_that_fails_is_answered(lab):
    lab.open(["import time; time.sleep(1); 1 / 0"], "behind.ipynb")
    lab.begin("notebook:run-all-cells")
    lab.wait_for(lambda: lab.cells()[0]["busy"], what="the beginning of the cell")
    assert lab.kernel("seen + 1", code="seen = 1") == 2
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        lab.finish()


def test_a_cell_that_hangs_is_named(lab):
    lab.open(["import time; time.sleep(30)"], "hangs.ipynb")
    with pytest.raises(AssertionError, match=r"still running after 1 s.*sleep\(30\)"):
        lab.run_all(timeout=1)
    with pytest.raises(AssertionError, match="no answer within 1 s"):
        lab.kernel("1", timeout=1)


def test_a_request_to_another_machine_is_seen_and_does_not_leave(lab):
    script = "fetch('https://example.invalid/x.js').catch(() => { document.title = 'refused'; })"
    html = f"<script>{script}</script>"
    lab.open([f"import IPython.display\nIPython.display.HTML({html!r})"], "escapes.ipynb").run_all()
    lab.wait_for(lambda: lab.page.evaluate("() => document.title") == "refused", what="the refusal")
    assert lab.escaped == ["https://example.invalid/x.js"]
    lab.escaped.clear()


def test_kernels_and_their_children_are_the_servers(lab, lab_server):
    lab.open(["import subprocess; child = subprocess.Popen(['sleep', '300'])"], "children.ipynb").run_all()
    pid = lab.kernel("child.pid")
    assert pid in {p.pid for p in lab_server.descendants()}
    lab.kernel(code="child.kill(); child.wait()")
    with urllib.request.urlopen(f"{lab_server.url}/api/status?token={lab_server.token}", timeout=10) as answer:
        assert answer.status == 200
