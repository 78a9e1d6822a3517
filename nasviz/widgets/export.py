"""Views as one HTML file that opens from disk, without a kernel and without a network."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nasviz.errors import NasvizError
from nasviz.widgets.base import View, plain
from nasviz.widgets.engine import Engine, bundle

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
</style>
</head>
<body class="nv-page">
<noscript><pre>{text}</pre></noscript>
<script type="application/json" id="nasviz-saved">{saved}</script>
<script type="module">{code}</script>
</body>
</html>
"""


def export_html(views: View | Sequence[View], path: str | Path | None = None, title: str = "nasviz") -> str:
    """Return views as a self-contained HTML page: selection, zoom and tables work, what needs a kernel says so.

    Parameters
    ----------
    views
        One view, or several for one below the other.
    path
        Where to write the page, or None.
    title
        Title of the page.

    Raises
    ------
    NasvizError
        If `views` holds anything but nasviz's views, or the page cannot be written.
    """
    shown = list(views) if isinstance(views, Sequence) else [views]
    for view in shown:
        if not isinstance(view, View):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise NasvizError(f"export_html takes views, e.g. nv.show(arch), found {type(view).__name__}")
    code: dict[str, str] = {}
    for view in shown:
        for stem in (view.stem, "engine", *(["plot_engine"] if view.plots else [])):
            code[stem] = bundle(stem)
    saved = {"code": code, "views": [{"stem": view.stem, "state": _state(view)} for view in shown]}
    page = _PAGE.format(
        title=html.escape(title),
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


def _state(view: View) -> dict[str, Any]:
    """The state that the page half reads; other widgets by the name of their code."""
    kept: dict[str, Any] = {}
    for name in view.keys:
        value = getattr(view, name)
        if isinstance(value, Engine):
            kept[name] = value.stem
        elif not name.startswith("_") and name not in ("layout", "tooltip", "tabbable", "snapshot"):
            kept[name] = plain(value)
    return {**kept, "snapshot": view.whole_snapshot()}
