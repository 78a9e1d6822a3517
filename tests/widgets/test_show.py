from importlib import import_module

import ipywidgets
import pytest

from nasviz.errors import NasvizError
from nasviz.spaces import digits_cells, parse
from nasviz.widgets import show as module
from nasviz.widgets.architecture import ArchitectureView
from nasviz.widgets.base import View
from nasviz.widgets.grammar import GrammarEditor

PAPER = "Linear(Residual(conv, id, conv), fc)"


@pytest.mark.parametrize(
    ("shown", "view"),
    [(parse(PAPER), ArchitectureView), (digits_cells(), GrammarEditor)],
)
def test_show_picks_the_view(page, shown, view):
    assert type(page(module.show(shown)).view).__mro__[1] is view


@pytest.mark.parametrize(("name", "module_name", "view"), module._VIEWS)
def test_every_class_and_view_exists(name, module_name, view):
    where, cls = name.split(":")
    assert isinstance(getattr(import_module(where), cls), type)
    assert issubclass(getattr(import_module(module_name), view), (View, ipywidgets.VBox))


def test_options_go_to_the_view(page):
    assert page(module.show(parse(PAPER), parts=("term",))).state["parts"] == ["term"]


def test_a_list_of_architectures_is_a_gallery(page):
    assert page(module.show([parse("conv"), parse("id")])).view.stem == "gallery"


@pytest.mark.parametrize("thing", [3, "conv", [], [1]])
def test_what_has_no_view_is_refused(thing):
    with pytest.raises(NasvizError, match=r"nothing shows an? .*; show takes an architecture, a list of them"):
        module.show(thing)


def test_what_has_no_view_stays_text(monkeypatch):
    monkeypatch.setattr(module, "_in_kernel", lambda: True)
    free = parse("conv").space
    assert free._repr_mimebundle_() == {"text/plain": repr(free)}


def test_a_view_that_fails_leaves_the_text_and_a_line_in_the_log(monkeypatch, caplog):
    monkeypatch.setattr(module, "_in_kernel", lambda: True)
    monkeypatch.setattr(module, "show", lambda shown: 1 / 0)
    assert parse(PAPER)._repr_mimebundle_() == {"text/plain": str(parse(PAPER))}
    assert "the view of an Architecture failed" in caplog.text


def test_without_a_kernel_the_last_line_is_text():
    arch = parse(PAPER)
    assert arch._repr_mimebundle_() == {"text/plain": str(arch)}


def test_in_a_kernel_the_last_line_is_the_view_with_its_text(monkeypatch):
    monkeypatch.setattr(module, "_in_kernel", lambda: True)
    arch = parse(PAPER)
    data, _ = module.view_mimebundle(arch)
    assert data["text/plain"] == str(arch)
    assert "application/vnd.jupyter.widget-view+json" in data
