"""Views as one HTML file that opens from disk, without a kernel and without a network."""

from __future__ import annotations

import datetime
import html
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ipywidgets

from nasviz import __version__
from nasviz.errors import NasvizError
from nasviz.widgets.base import View, plain
from nasviz.widgets.engine import Engine, bundle
from nasviz.widgets.workbench_parts import Divider, PaneBar

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval' blob:;
 worker-src blob:; style-src 'unsafe-inline'; img-src data: blob:; font-src data:">
<title>{title}</title>
<style>
body {{ margin: 16px auto; max-width: 1400px; padding: 0 16px; background: Canvas; }}
section {{ margin-bottom: 16px; }}
.frozen {{ margin: 0 0 16px; color: color-mix(in srgb, CanvasText 72%, Canvas); font: 13px/1.5 system-ui, sans-serif; }}
</style>
</head>
<body class="nv-page">
<p class="frozen">{frozen}</p>
<noscript><pre>{text}</pre></noscript>
<script type="application/json" id="nasviz-saved">{saved}</script>
<script type="module">{code}</script>
</body>
</html>
"""


FROZEN = (
    "Saved by nasviz {version} on {day}. Selection, zoom, search, sorting, tables and saving pictures work here. Drawing, "
    "editing, deriving, counting and training need Python and are frozen as they were: open the notebook to go on."
)
"""What stands at the top of a page."""


def export_html(views: Any, path: str | Path | None = None, title: str = "nasviz") -> str:
    """Return views as a self-contained HTML page: selection, zoom and tables work, what needs a kernel is frozen and says so.

    Parameters
    ----------
    views
        A view, a workbench (of which what is open is kept), a box of views (other controls in it are left out), or a list of
        these for one below the other.
    path
        Where to write the page, or None.
    title
        Title of the page.

    Raises
    ------
    NasvizError
        If `views` holds anything but nasviz's views, or the page cannot be written.
    """
    shown = list(_views(views))
    code: dict[str, str] = {}
    for view in shown:
        for stem in (view.stem, "engine", *(["plot_engine"] if view.plots else [])):
            code[stem] = bundle(stem)
    saved = {"code": code, "views": [{"stem": view.stem, "state": _state(view)} for view in shown]}
    page = _PAGE.format(
        title=html.escape(title),
        frozen=html.escape(FROZEN.format(version=__version__, day=datetime.date.today().isoformat())),
        text=html.escape("\n\n".join(view.fallback() for view in shown)),
        saved=json.dumps(saved, allow_nan=False).replace("<", "\\u003c"),
        code=bundle("standalone").replace("</script", "<\\/script"),
    )
    if path is not None:
        try:
            Path(path).write_text(page, encoding="utf-8")
        except OSError as error:
            raise NasvizError(f"the page {str(path)!r} cannot be written: {error.strerror}") from error
    return page


def _views(shown: Any) -> Iterator[View]:
    """The views in a view, a box or a list; bars and lines of a workbench have nothing to do in a page."""
    if isinstance(shown, (PaneBar, Divider)):
        return
    if isinstance(shown, View):
        yield shown
    elif isinstance(shown, (list, tuple)):
        for part in shown:
            yield from _views(part)
    elif isinstance(shown, ipywidgets.Box):
        yield from _views([part for part in shown.children if isinstance(part, (View, ipywidgets.Box))])
    else:
        raise NasvizError(f"export_html takes views, e.g. nv.show(arch), found {type(shown).__name__}")


def _state(view: View) -> dict[str, Any]:
    """The state that the page half reads; other widgets by the name of their code."""
    kept: dict[str, Any] = {}
    for name in view.keys:
        value = getattr(view, name)
        if isinstance(value, Engine):
            kept[name] = value.stem
        elif not name.startswith("_") and name not in ("layout", "tooltip", "tabbable", "snapshot"):
            kept[name] = plain(value)
    return {**kept, "frozen": True, "snapshot": view.whole_snapshot()}
