"""The notebook on search in a real JupyterLab, as far as its table: figures follow their sliders, exercises are solved."""

from __future__ import annotations

import json
import math
import re
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest

from nasviz.evaluation import TrainingObjective, data
from nasviz.exercises.notebook_04 import TWINS
from nasviz.search.evaluate import Outcome
from nasviz.search.tabulate import tabulate
from nasviz.spaces import three_node_cells

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "04_search.ipynb"
TABLE = "three_node_cells.csv"


class Formula(Executor):
    """Evaluates nothing: an error is a function of the parameters, so that the table of the notebook is there at once."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(Outcome(0.9 * math.exp(-args[1].cost().parameters / 2000), seconds=0.1))
        return done


def output(book, line):
    """The output of the code cell whose source contains this."""
    return book.output(next(k for k, cell in enumerate(book.cells()) if line in cell["source"]))


def title(out):
    """The title of a figure, "" while there is none."""
    found = out.locator(".gtitle")
    return (found.first.text_content() or "") if found.count() else ""


def cells():
    """The code of the notebook up to its last part, in which networks are trained."""
    sources = ["".join(c["source"]) for c in json.loads(NOTEBOOK.read_text("utf-8"))["cells"] if c["cell_type"] == "code"]
    return sources[: next(k for k, source in enumerate(sources) if "load_digits" in source)]


@pytest.fixture(scope="module")
def book(shared_lab):
    train, val, _ = data.digits()
    objective = TrainingObjective(data=(train, val), epochs=4)
    tabulate(three_node_cells(), objective, shared_lab.server.folder / TABLE, executor=Formula()).wait()
    shared_lab.open(cells(), NOTEBOOK.name).run_all()
    return shared_lab


def test_all_cells_run_and_no_view_complains(book):
    assert book.find(".nv-feedback.nv-open").count() == 6
    assert book.find(".nasviz .nv-failed").count() == 0
    assert "116 terms have a value, they are 59 different networks" in output(book, "await table.done()").text_content()
    for cell in ("prior = figure", "nv.plots.leave_one_out", "nv.plots.calibration", "nv.plots.regret"):
        figure = output(book, cell).locator(".js-plotly-plot")
        book.wait_for(lambda figure=figure: figure.locator(".main-svg").count(), what=f"the figure of {cell}")
    needed = output(book, "def until_best").text_content()
    assert "Bayesian optimisation" in needed
    assert book.kernel("max(needed['Bayesian optimisation']) <= 25 and len(needed['random'])") == 5


def test_the_posterior_follows_the_number_of_observations_and_the_kernel(book):
    out = output(book, "def posterior")
    before = book.wait_for(lambda: title(out), what="the posterior")
    assert re.fullmatch(r"Of those not observed: Kendall τ -?0\.\d\d, \d+% within one sd", before)
    out.get_by_role("slider").first.focus()
    book.page.keyboard.press("End")
    book.wait_for(lambda: book.kernel("slider.value") == 40, what="the slider")
    book.wait_for(lambda: title(out) not in ("", before), what="another posterior")
    many = title(out)
    out.locator("select").select_option("production counts")
    book.wait_for(lambda: title(out) not in ("", many), what="the posterior of another kernel")


def test_ucb_and_thompson_propose_by_their_sliders(book):
    out = output(book, "def proposals")
    plot = out.locator(".js-plotly-plot")

    def proposed(name):
        return plot.last.evaluate("(el, name) => el.data.find((trace) => trace.name === name).x[0]", name)

    book.wait_for(plot.count, what="the candidates")
    first = {name: proposed(name) for name in ("UCB", "Thompson")}
    least = book.kernel("float(mean.min())")
    out.get_by_role("slider").first.focus()
    book.page.keyboard.press("Home")
    book.wait_for(lambda: book.kernel("beta.value") == 0, what="the slider")
    book.wait_for(lambda: plot.count() and proposed("UCB") == pytest.approx(least), what="the network of the best mean")
    book.kernel(code="beta.value = 36")
    book.wait_for(lambda: plot.count() and proposed("UCB") > least + 0.01, what="a network of which less is known")
    assert proposed("Thompson") == first["Thompson"]


def test_exercises_are_solved_in_the_page(book):
    book.run_code("from nasviz.exercises.notebook_04 import ask_and_tell\nnv.check('04.5', ask_and_tell)")
    right = book.find(".jp-OutputArea-output .nv-feedback").last
    assert "04.5 A loop of your own: right" in right.text_content()
    book.run_code(f'nv.check("04.2", {TWINS!r})')
    assert "right" in book.find(".jp-OutputArea-output .nv-feedback").last.text_content()


def test_the_page_complained_of_nothing(book):
    assert [line for line in book.console if "favicon" not in line] == []
