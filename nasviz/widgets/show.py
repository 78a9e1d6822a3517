"""show: the live view that fits an object; and what the last line of a cell shows."""

from __future__ import annotations

import logging
from typing import Any

from nasviz.errors import NasvizError, a_or_an
from nasviz.extension import load

_log = logging.getLogger("nasviz.widgets")
_VIEWS: tuple[tuple[str, str, str], ...] = (
    ("nasviz.spaces.architecture:Architecture", "nasviz.widgets.architecture", "ArchitectureView"),
    ("nasviz.spaces.space:SearchSpace", "nasviz.widgets.grammar", "GrammarEditor"),
    ("nasviz.spaces.difference:Difference", "nasviz.widgets.difference", "DifferenceView"),
    ("nasviz.grammar.stepping:Partial", "nasviz.widgets.stepper", "Stepper"),
    ("nasviz.search.study:Study", "nasviz.widgets.board", "Board"),
    ("nasviz.search.tabulate:Tabulation", "nasviz.widgets.table", "TableView"),
    ("nasviz.surrogate.why:Explanation", "nasviz.widgets.credit", "CreditView"),
    ("nasviz.surrogate.bag:Bag", "nasviz.widgets.features", "FeaturesView"),
    ("nasviz.jobs.job:Job", "nasviz.widgets.training", "Training"),
    ("nasviz.jobs.comparison:Comparison", "nasviz.widgets.comparison", "ComparisonView"),
)


def show(shown: Any, **options: Any) -> Any:
    """Return the live view of an architecture, a list of architectures, a space, a study, a job or a comparison.

    Parameters
    ----------
    shown
        What to look at.
    **options
        Further arguments of the view's class.

    Returns
    -------
    View
        An ipywidgets widget: the last line of a cell draws it; it composes with ``HBox`` and ``VBox``.

    Raises
    ------
    NasvizError
        If there is no view of such an object; names what can be shown.
    """
    view = _view_class(shown)
    if view is None:
        raise NasvizError(
            f"nothing shows {a_or_an(type(shown).__name__)}; "
            "show takes an architecture, a list of them, a search space, a study, a job or a comparison"
        )
    return view(shown, **options)


def view_mimebundle(shown: Any, **_: Any) -> Any:
    """Return the MIME bundle of the live view of `shown`, with its text for places without widgets.

    Outside a running kernel, for what has no view, or where the view fails (which is logged), the text alone.
    """
    text = {"text/plain": _text(shown)}
    if not _in_kernel():
        return text
    try:
        found = show(shown)._repr_mimebundle_()
        data, metadata = found if isinstance(found, tuple) else (found, {})
    except NasvizError:
        return text
    except Exception:
        _log.exception("the view of %s failed", a_or_an(type(shown).__name__))
        return text
    return {**data, **text}, metadata


def _text(shown: Any) -> str:
    term = getattr(shown, "term", None)
    return str(shown) if term is not None else repr(shown)


def _in_kernel() -> bool:
    try:
        from IPython.core.getipython import get_ipython
    except ImportError:
        return False
    return getattr(get_ipython(), "kernel", None) is not None


def _view_class(shown: Any) -> Any:
    ancestry = {f"{cls.__module__}:{cls.__name__}" for cls in type(shown).__mro__}
    for name, module, view in _VIEWS:
        if name in ancestry:
            return getattr(load(module), view)
    if isinstance(shown, (list, tuple)) and shown:
        first = _view_class(shown[0])
        if first is not None and first.stem == "architecture":
            return load("nasviz.widgets.gallery").Gallery
    return None
