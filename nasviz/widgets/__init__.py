"""Widgets: live views of grammars, architectures, trainings and searches in a notebook.

A view has two halves. The Python half is an ``ipywidgets.DOMWidget``: it composes with ``HBox``, ``VBox`` and ``Tab``, and its
traits can be observed and linked. The page's half is one file of ``static/``, built from ``frontend/src/<the same stem>``.
The halves exchange records: the whole state as JSON, later only its changes, at most ten times a second; and commands that
the person gives. A handler never runs inside a cell: one writer thread takes all commands in order (`workspace`).
What is heavy, Graphviz, the editor and plotly, lives in one engine widget per kernel that all views share (`engine`).
Views of one page share their selection without the kernel; Python sees it as ``widget.selection``.

>>> import nasviz as nv                                                                     # doctest: +SKIP
>>> nv.show(nv.parse("Linear(Residual(conv, id, conv), fc)"))                               # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nasviz.extension import load as _load

if TYPE_CHECKING:
    from nasviz.widgets.architecture import ArchitectureView, CodeView, CostView, GraphView, TermView, TreeView
    from nasviz.widgets.base import View
    from nasviz.widgets.board import Board
    from nasviz.widgets.comparison import ComparisonView
    from nasviz.widgets.difference import DifferenceView
    from nasviz.widgets.features import FeaturesView
    from nasviz.widgets.gallery import Gallery
    from nasviz.widgets.grammar import GrammarEditor
    from nasviz.widgets.stepper import Stepper
    from nasviz.widgets.training import Training
    from nasviz.widgets.workbench import Workbench

__all__ = [
    "ArchitectureView",
    "Board",
    "CodeView",
    "ComparisonView",
    "CostView",
    "DifferenceView",
    "FeaturesView",
    "Gallery",
    "GrammarEditor",
    "GraphView",
    "Stepper",
    "TermView",
    "Training",
    "TreeView",
    "View",
    "Workbench",
]

_HOME = {
    "ArchitectureView": "architecture",
    "Board": "board",
    "CodeView": "architecture",
    "ComparisonView": "comparison",
    "CostView": "architecture",
    "DifferenceView": "difference",
    "FeaturesView": "features",
    "Gallery": "gallery",
    "GrammarEditor": "grammar",
    "GraphView": "architecture",
    "Stepper": "stepper",
    "TermView": "architecture",
    "Training": "training",
    "TreeView": "architecture",
    "View": "base",
    "Workbench": "workbench",
}


def __getattr__(name: str) -> Any:
    """Load a public name on first use: an editor of grammars needs neither torch nor optuna."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(_load(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
