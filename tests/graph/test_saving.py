"""Pictures as files."""

import graphviz
import pytest

from nasviz.errors import NasvizError
from nasviz.graph import build_graph
from nasviz.graph.saving import save_picture


def test_dot_is_written_as_it_is(tmp_path, term):
    dot = build_graph(term("Linear(conv, fc)")).to_dot()
    assert save_picture(dot, tmp_path / "a.dot").read_text(encoding="utf-8") == dot


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(NasvizError, match=r"saved as .dot, .svg, .png, .pdf, found '.jpg'"):
        save_picture("digraph {}", tmp_path / "a.jpg")


def test_without_graphviz_it_says_what_to_do(tmp_path, monkeypatch):
    def absent(self, format):
        raise graphviz.ExecutableNotFound(["dot"])

    monkeypatch.setattr(graphviz.Source, "pipe", absent)
    with pytest.raises(NasvizError, match=r"not installed here\. Save it by the button of the view, or save a \.dot"):
        save_picture("digraph {}", tmp_path / "a.svg")


def test_graphviz_draws_the_rest(tmp_path, monkeypatch):
    monkeypatch.setattr(graphviz.Source, "pipe", lambda self, format: f"{format}:{self.source}".encode())
    assert save_picture("digraph {}", tmp_path / "a.svg").read_bytes().startswith(b"svg:digraph {}")
