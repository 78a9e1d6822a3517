import gzip
import re

import plotly
import pytest

from nasviz.errors import NasvizError
from nasviz.widgets import engine as module
from nasviz.widgets.base import View
from nasviz.widgets.workspace import WORKSPACE


def test_one_engine_for_each_kernel():
    assert module.engine() is module.engine()
    assert module.plot_engine() is module.plot_engine()
    assert module.engine() is not module.plot_engine()


def test_a_closed_engine_is_replaced():
    old = module.engine()
    old.close()
    assert module.engine() is not old
    assert module.engine()._esm == old._esm


class Bar(View):
    stem = "divider"


def test_a_page_half_can_find_its_own_model():
    views = [module.engine(), module.plot_engine(), Bar(), Bar()]
    assert [view.get_state()["_address"] for view in views] == [view.model_id for view in views]
    assert len({view.model_id for view in views}) == 4


def test_the_code_is_text_and_small_enough():
    code = module.engine()._esm
    assert type(code) is str
    assert len(code.encode()) <= 1_500_000


@pytest.mark.parametrize("stem", ["engine", "grammar", "architecture", "standalone"])
def test_no_bundle_knows_another_machine(stem):
    hosts = set(re.findall(r"(?:https?|wss?)://([\w.-]+)", module.bundle(stem)))
    assert hosts <= {"www.w3.org"}  # names of XML namespaces


def test_a_missing_bundle_says_what_to_type():
    with pytest.raises(NasvizError, match=r"the front end of 'nothing' is not built.*pip install -e \."):
        module.bundle("nothing")


def asked(content):
    """What the engine of plots sends for a message of the page."""
    engine, sent = module.PlotEngine(), []
    engine.send = lambda content, buffers=None: sent.append((content, buffers))
    engine._handle_custom_msg(content, [])
    WORKSPACE.flush()
    engine.close()
    return sent


def test_plotly_with_all_its_traces_comes_from_the_python_package_when_asked_for():
    ((content, buffers),) = asked({"kind": "plotly"})
    assert content == {"kind": "plotly"}
    code = gzip.decompress(buffers[0]).decode()
    assert "Plotly, Inc." in code[:200]
    assert "parcoords" in code
    assert len(buffers[0]) < 2_000_000


@pytest.mark.parametrize("content", [{"kind": "else"}, {}, None, [1], "plotly"])
def test_other_messages_to_the_engine_are_left_alone(content):
    assert asked(content) == []


def test_a_plotly_without_its_library_says_what_to_type(monkeypatch, tmp_path):
    monkeypatch.setattr(plotly, "__file__", str(tmp_path / "__init__.py"))
    ((content, buffers),) = asked({"kind": "plotly"})
    assert content["error"].endswith("carries no plotly.js. Type: pip install --force-reinstall plotly")
    assert buffers is None
