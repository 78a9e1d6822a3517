"""The heavy part of the page, once per kernel: Graphviz, CodeMirror and the selection bus; and plotly.js as a second one."""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import anywidget
import plotly
import traitlets

from nasviz.errors import NasvizError, said
from nasviz.widgets.workspace import WORKSPACE

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


class Addressed(anywidget.AnyWidget):
    """A widget whose page half can find its own model, e.g. to hear again where anywidget has given the model up."""

    _address = traitlets.Unicode().tag(sync=True)

    def __init__(self, **kwargs: Any) -> None:
        address = kwargs.setdefault("model_id", uuid4().hex)
        super().__init__(_address=address, **kwargs)


class Engine(Addressed):
    """Graphviz as WebAssembly, CodeMirror and the selection bus of one page; made by :func:`engine`."""

    stem = "engine"
    _esm = traitlets.Unicode().tag(sync=True)

    @traitlets.default("_esm")
    def _default_esm(self) -> str:
        return bundle(self.stem)


class PlotEngine(Engine):
    """plotly.js of one page; made by :func:`plot_engine`.

    Its bundle draws the traces that nasviz's own figures have. When a figure has another one, the page asks for plotly.js with
    all of them, which the Python package carries.
    """

    stem = "plot_engine"
    whole = traitlets.Bool(True).tag(sync=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.on_msg(PlotEngine._asked)

    @staticmethod
    def _asked(view: PlotEngine, content: Any, _buffers: Any) -> None:
        if isinstance(content, dict) and cast("dict[str, Any]", content).get("kind") == "plotly":
            WORKSPACE.submit(view, PlotEngine._send_whole, key="plotly")

    def _send_whole(self) -> None:
        try:
            packed = whole_plotly()
        except (OSError, NasvizError) as error:
            self.send({"kind": "plotly", "error": str(error)})
            return
        self.send({"kind": "plotly"}, buffers=[packed])

    def show_error(self, error: BaseException) -> None:
        """Tell the page why what it asked for does not come."""
        self.send({"kind": "plotly", "error": said(error)})


def whole_plotly() -> bytes:
    """Return plotly.js with all its traces, packed by gzip, as the Python package of plotly has it.

    Raises
    ------
    NasvizError
        If that package carries no plotly.js.
    """
    path = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    if not path.is_file():
        raise NasvizError(f"plotly {plotly.__version__} carries no plotly.js. Type: pip install --force-reinstall plotly")
    return gzip.compress(path.read_bytes(), compresslevel=6, mtime=0)


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
