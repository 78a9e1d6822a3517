"""What Jupyter shows with and without the packages of the views."""

from nasviz.errors import NasvizError
from nasviz.spaces import mimebundle, parse


def test_jupyter_shows_the_view_or_the_text(monkeypatch):
    arch = parse("Linear(conv, fc)")
    monkeypatch.setattr(mimebundle, "lower", lambda name: lambda shown: {"text/html": str(shown)})
    assert arch._repr_mimebundle_() == {"text/html": str(arch)}
    assert arch.space._repr_mimebundle_()["text/html"].startswith("SearchSpace(free")

    def absent(name):
        raise NasvizError("no widgets here")

    monkeypatch.setattr(mimebundle, "lower", absent)
    assert arch._repr_mimebundle_(include=None, exclude=None) == {"text/plain": str(arch)}
    assert arch.space._repr_mimebundle_() == {"text/plain": repr(arch.space)}
