"""nasviz: algebraic architecture search in Jupyter.

Write a grammar, see every network it can make, search it, train the best, in one notebook:

    >>> import nasviz as nv
    >>> arch = nv.parse("Linear(Residual(conv, id, conv), Residual(conv, id, conv), fc)")
    >>> str(arch[0])
    'Residual2(conv, id, conv)'

The public names are loaded on first use, so that importing nasviz and counting a space loads no torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nasviz.extension import load as _load

__version__ = "0.1.0"

if TYPE_CHECKING:
    from nasviz import spaces as spaces
    from nasviz.algebra import Attribute as Attribute
    from nasviz.algebra import Total as Total
    from nasviz.errors import NasvizError as NasvizError
    from nasviz.errors import NasvizWarning as NasvizWarning
    from nasviz.evaluation import benchmarks as benchmarks
    from nasviz.evaluation import data as data
    from nasviz.evaluation import proxies as proxies
    from nasviz.evaluation.objective import TrainingObjective as TrainingObjective
    from nasviz.evaluation.tabulated import load_table as load_table
    from nasviz.exercises import check as check
    from nasviz.exercises import solution as solution
    from nasviz.grammar import Grammar as Grammar
    from nasviz.graph import merge as merge
    from nasviz.graph import topology as topology
    from nasviz.jobs import Job as Job
    from nasviz.jobs import LocalExecutor as LocalExecutor
    from nasviz.jobs import attach as attach
    from nasviz.jobs import compare as compare
    from nasviz.jobs import list_jobs as list_jobs
    from nasviz.jobs import plan as plan
    from nasviz.jobs import train as train
    from nasviz.nn import primitive as primitive
    from nasviz.search import AREA as AREA
    from nasviz.search import TPE as TPE
    from nasviz.search import BayesOpt as BayesOpt
    from nasviz.search import LocalSearch as LocalSearch
    from nasviz.search import ParetoBayesOpt as ParetoBayesOpt
    from nasviz.search import Pruning as Pruning
    from nasviz.search import RandomSearch as RandomSearch
    from nasviz.search import RegularisedEvolution as RegularisedEvolution
    from nasviz.search import StrategySampler as StrategySampler
    from nasviz.search import Study as Study
    from nasviz.search import load_study as load_study
    from nasviz.search import pareto_trials as pareto_trials
    from nasviz.search import suggest as suggest
    from nasviz.search.tabulate import tabulate as tabulate
    from nasviz.spaces import Architecture as Architecture
    from nasviz.spaces import SearchSpace as SearchSpace
    from nasviz.spaces import diff as diff
    from nasviz.spaces import known as known
    from nasviz.spaces import load as load
    from nasviz.spaces import nearest_known as nearest_known
    from nasviz.spaces import parse as parse
    from nasviz.spaces import same_function as same_function
    from nasviz.surrogate import GP as GP
    from nasviz.surrogate import UCB as UCB
    from nasviz.surrogate import FlatWL as FlatWL
    from nasviz.surrogate import HierarchicalWL as HierarchicalWL
    from nasviz.surrogate import LogEI as LogEI
    from nasviz.surrogate import Numeric as Numeric
    from nasviz.surrogate import ProductionCounts as ProductionCounts
    from nasviz.surrogate import Thompson as Thompson
    from nasviz.surrogate import explain as explain
    from nasviz.surrogate.bag import features as features
    from nasviz.view import plots as plots
    from nasviz.widgets import ArchitectureView as ArchitectureView
    from nasviz.widgets import Board as Board
    from nasviz.widgets import Gallery as Gallery
    from nasviz.widgets import GrammarEditor as GrammarEditor
    from nasviz.widgets import Stepper as Stepper
    from nasviz.widgets import Training as Training
    from nasviz.widgets import Workbench as Workbench
    from nasviz.widgets.edit import edit as edit
    from nasviz.widgets.export import export_html as export_html
    from nasviz.widgets.show import show as show
    from nasviz.widgets.stepper import derive as derive

_WHERE = {
    "AREA": "nasviz.search",
    "Architecture": "nasviz.spaces",
    "ArchitectureView": "nasviz.widgets",
    "Attribute": "nasviz.algebra",
    "BayesOpt": "nasviz.search",
    "Board": "nasviz.widgets",
    "FlatWL": "nasviz.surrogate",
    "GP": "nasviz.surrogate",
    "Gallery": "nasviz.widgets",
    "Grammar": "nasviz.grammar",
    "GrammarEditor": "nasviz.widgets",
    "HierarchicalWL": "nasviz.surrogate",
    "Job": "nasviz.jobs",
    "LocalExecutor": "nasviz.jobs",
    "LocalSearch": "nasviz.search",
    "LogEI": "nasviz.surrogate",
    "NasvizError": "nasviz.errors",
    "NasvizWarning": "nasviz.errors",
    "Numeric": "nasviz.surrogate",
    "ParetoBayesOpt": "nasviz.search",
    "ProductionCounts": "nasviz.surrogate",
    "Pruning": "nasviz.search",
    "RandomSearch": "nasviz.search",
    "RegularisedEvolution": "nasviz.search",
    "SearchSpace": "nasviz.spaces",
    "Stepper": "nasviz.widgets",
    "StrategySampler": "nasviz.search",
    "Study": "nasviz.search",
    "TPE": "nasviz.search",
    "Thompson": "nasviz.surrogate",
    "Total": "nasviz.algebra",
    "Training": "nasviz.widgets",
    "TrainingObjective": "nasviz.evaluation.objective",
    "UCB": "nasviz.surrogate",
    "Workbench": "nasviz.widgets",
    "attach": "nasviz.jobs",
    "benchmarks": "nasviz.evaluation",
    "check": "nasviz.exercises",
    "compare": "nasviz.jobs",
    "data": "nasviz.evaluation",
    "derive": "nasviz.widgets.stepper",
    "diff": "nasviz.spaces",
    "edit": "nasviz.widgets.edit",
    "explain": "nasviz.surrogate",
    "export_html": "nasviz.widgets.export",
    "features": "nasviz.surrogate.bag",
    "known": "nasviz.spaces",
    "list_jobs": "nasviz.jobs",
    "load": "nasviz.spaces",
    "load_study": "nasviz.search",
    "load_table": "nasviz.evaluation.tabulated",
    "merge": "nasviz.graph",
    "nearest_known": "nasviz.spaces",
    "pareto_trials": "nasviz.search",
    "parse": "nasviz.spaces",
    "plan": "nasviz.jobs",
    "plots": "nasviz.view",
    "primitive": "nasviz.nn",
    "proxies": "nasviz.evaluation",
    "same_function": "nasviz.spaces",
    "show": "nasviz.widgets.show",
    "solution": "nasviz.exercises",
    "spaces": "nasviz",
    "suggest": "nasviz.search",
    "tabulate": "nasviz.search.tabulate",
    "topology": "nasviz.graph",
    "train": "nasviz.jobs",
}
_MODULES = {
    "benchmarks": "nasviz.evaluation.benchmarks",
    "data": "nasviz.evaluation.data",
    "known": "nasviz.spaces.known",
    "plots": "nasviz.view.plots",
    "proxies": "nasviz.evaluation.proxies",
    "spaces": "nasviz.spaces",
}

__all__ = sorted(_WHERE)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return _load(_MODULES[name])
    if name in _WHERE:
        value = getattr(_load(_WHERE[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'nasviz' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_WHERE})
