"""The heavy part of the page, once per kernel: Graphviz, CodeMirror and the selection bus; and plotly.js as a second one."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import anywidget
import traitlets

from nasviz.errors import NasvizError

STATIC = Path(__file__).parent / "static"


@cache
def bundle(stem: str) -> str:
    """Return the built page half of a view as text.

    Text and not a path: anywidget watches a path and so keeps every closed widget alive.

    Raises
    ------
    NasvizError
        If the front end was not built; the sentence says how to.
    """
    path = STATIC / f"{stem}.js"
    if not path.is_file():
        raise NasvizError(
            f"the front end of {stem!r} is not built. In a clone of nasviz type: pip install -e . (an installed wheel has it)"
        )
    return path.read_text(encoding="utf-8")


class Engine(anywidget.AnyWidget):
    """Graphviz as WebAssembly, CodeMirror and the selection bus of one page; made by :func:`engine`."""

    stem = "engine"
    _esm = traitlets.Unicode().tag(sync=True)

    @traitlets.default("_esm")
    def _default_esm(self) -> str:
        return bundle(self.stem)


class PlotEngine(Engine):
    """plotly.js of one page; made by :func:`plot_engine`."""

    stem = "plot_engine"


_ENGINES: dict[type[Engine], Engine] = {}


def _single(kind: type[Engine]) -> Engine:
    found = _ENGINES.get(kind)
    if found is None or found.comm is None:
        found = _ENGINES[kind] = kind()
    return found


def engine() -> Engine:
    """Return the engine of this kernel; it is sent to the page once, with the first view."""
    return _single(Engine)


def plot_engine() -> Engine:
    """Return the engine that draws plotly figures, likewise once."""
    return _single(PlotEngine)
