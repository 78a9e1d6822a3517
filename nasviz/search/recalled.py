"""A strategy read back from the text stored of it, so that a study opened for looking is judged by its own surrogate."""

from __future__ import annotations

import ast
from typing import Any, cast

from nasviz.errors import NasvizError
from nasviz.search.strategy import Strategy


def default_strategy(objectives: int = 1) -> Strategy:
    """Return Bayesian optimisation of so many objectives; imported late, for it needs torch."""
    from nasviz.search.bayes import BayesOpt
    from nasviz.search.several import ParetoBayesOpt

    return BayesOpt() if objectives == 1 else ParetoBayesOpt()


def recalled(text: str) -> Strategy | None:
    """Return the strategy whose ``repr`` is `text`, or None where it is none of ours or holds something of a user's.

    Only names of this package's strategies, kernels and acquisition functions with literal arguments are read; nothing else
    is looked up, and no code is run.

    >>> recalled("RandomSearch(law='size')")
    RandomSearch(law='size')
    >>> recalled("Mine(7)") is None
    True
    """
    try:
        found = _value(ast.parse(text, mode="eval").body, _known())
    except (SyntaxError, TypeError, ValueError, KeyError, NasvizError, RecursionError, MemoryError):
        return None
    return cast(Strategy, found) if repr(found) == text and callable(getattr(found, "propose", None)) else None


def _known() -> dict[str, Any]:
    from nasviz import search, surrogate

    names = {
        search: ("AREA", "BayesOpt", "LocalSearch", "ParetoBayesOpt", "RandomSearch", "RegularisedEvolution", "TPE"),
        surrogate: (
            *("FlatWL", "HierarchicalWL", "Numeric", "Product", "ProductionCounts", "Sum"),
            *("LogEI", "Thompson", "UCB"),
        ),
    }
    return {name: getattr(module, name) for module, own in names.items() for name in own}


def _value(node: ast.expr, known: dict[str, Any]) -> Any:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        given = {str(keyword.arg): _value(keyword.value, known) for keyword in node.keywords}
        return known[node.func.id](*(_value(argument, known) for argument in node.args), **given)
    if isinstance(node, ast.Tuple):
        return tuple(_value(item, known) for item in node.elts)
    return ast.literal_eval(node)
