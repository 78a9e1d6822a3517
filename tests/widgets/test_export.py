import json
import re

import ipywidgets
import pytest

import nasviz
from nasviz.errors import NasvizError
from nasviz.spaces import digits_cells, parse
from nasviz.widgets.architecture import ArchitectureView
from nasviz.widgets.export import export_html
from nasviz.widgets.grammar import GrammarEditor
from nasviz.widgets.workbench import Workbench
from nasviz.widgets.workspace import WORKSPACE


def saved(page):
    return json.loads(re.search(r'id="nasviz-saved">(.*?)</script>', page, re.DOTALL).group(1))


def test_a_page_holds_code_once_and_the_newest_state(tmp_path):
    views = [ArchitectureView(parse("Linear(conv, fc)")), ArchitectureView(parse("conv")), GrammarEditor(digits_cells())]
    WORKSPACE.flush()
    text = export_html(views, tmp_path / "views.html", title="a < b")
    assert (tmp_path / "views.html").read_text() == text
    data = saved(text)
    assert sorted(data["code"]) == ["architecture", "engine", "grammar"]
    assert [view["stem"] for view in data["views"]] == ["architecture", "architecture", "grammar"]
    first = data["views"][0]["state"]
    assert first["engine"] == "engine"
    assert first["snapshot"]["body"]["summary"]
    assert data["views"][2]["state"]["value"].startswith("# A small")
    assert "<title>a &lt; b</title>" in text


def test_a_workbench_and_a_box_give_the_views_in_them():
    bench = Workbench(digits_cells(), panes=("grammar", "architecture"))
    WORKSPACE.flush(60)
    data = saved(export_html(bench))
    assert [view["stem"] for view in data["views"]] == ["grammar", "architecture"]
    assert all(view["state"]["frozen"] for view in data["views"])
    slider = ipywidgets.IntSlider()
    data = saved(export_html(ipywidgets.VBox([slider, ipywidgets.HBox([bench.view])])))
    assert [view["stem"] for view in data["views"]] == ["architecture"]
    bench.close()
    slider.close()


def test_a_page_says_what_is_frozen():
    text = export_html(ArchitectureView(parse("conv")))
    said = re.search(r'<p class="frozen">(.*?)</p>', text).group(1)
    assert said.startswith(f"Saved by nasviz {nasviz.__version__} on 20")
    assert "need Python and are frozen as they were" in said


def test_what_is_written_in_a_grammar_runs_nothing():
    evil = "S ::= conv  # </script><script>alert(1)</script>"
    text = export_html(GrammarEditor(evil))
    assert "<script>alert" not in text
    assert saved(text)["views"][0]["state"]["value"] == evil


def test_only_views_can_be_exported():
    with pytest.raises(NasvizError, match=r"export_html takes views, e\.g\. nv\.show\(arch\), found int"):
        export_html([3])
    with pytest.raises(NasvizError, match="found Architecture"):
        export_html(parse("conv"))


def test_a_folder_that_is_missing_is_said(tmp_path):
    with pytest.raises(NasvizError, match=r"the page '.*page\.html' cannot be written: No such file or directory"):
        export_html([], tmp_path / "missing" / "page.html")
