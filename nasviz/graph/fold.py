"""The fold F_l: a term seen from afar."""

from __future__ import annotations

from collections.abc import Sequence, Set

import numpy as np

from nasviz.algebra import Term
from nasviz.errors import NasvizError
from nasviz.graph.graph import Graph, folded_graph
from nasviz.graph.topologies import Topology


def fold(term: Term, level: int, labels: Sequence[Sequence[str]] | None = None) -> Graph:
    """Return the graph of the term cut below a nesting level (Schrodi et al. 2023, F_l).

    Subterms at depth `level` that have operands on edges become one operation, labelled by the nonterminals that they derive
    from and their operator, e.g. "C: Residual2". The root has depth 0, so level 0 is a single operation; the paper numbers
    from 1.

    Parameters
    ----------
    term
        A term; open nonterminals are operations too.
    level
        Depth, 0 or more; from the depth of the term on, the whole graph.
    labels
        For each node of the term the nonterminals whose expansion starts there (length n), or None: operators only.

    Raises
    ------
    NasvizError
        If `level` is negative.
    BuildError
        If no path from the input to the output is left.

    Examples
    --------
    >>> from nasviz.algebra import Operator, Term
    >>> from nasviz.graph import LINEAR
    >>> f = Term.build(Operator("f"))
    >>> [e.label for e in fold(Term.build(LINEAR, f, Term.build(LINEAR, f, f)), 1).edges]
    ['f', 'Linear']
    """
    if not isinstance(level, int | np.integer) or level < 0:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise NasvizError(f"a fold has a level of 0 or more, found {level}")
    depth = term.depth.tolist()
    called: dict[int, str] = {}
    for i, op in enumerate(term.operators):
        if depth[i] == level and isinstance(op, Topology):
            called[i] = _called(term, i, labels)
    return folded_graph(term, level, called)


def fold_at(term: Term, nodes: Set[int], labels: Sequence[Sequence[str]] | None = None) -> Graph:
    """Return the graph in which the subterms at `nodes` are one operation each, called as in :func:`fold`.

    Parameters
    ----------
    term
        A term.
    nodes
        Nodes of the term (preorder) to be folded; those without operands on edges, and those inside others, change nothing.
    labels
        For each node the nonterminals whose expansion starts there (length n), or None: operators only.

    Raises
    ------
    BuildError
        If no path from the input to the output is left.

    Examples
    --------
    >>> from nasviz.algebra import Operator, Term
    >>> from nasviz.graph import LINEAR
    >>> f = Term.build(Operator("f"))
    >>> t = Term.build(LINEAR, Term.build(LINEAR, f, f), Term.build(LINEAR, f, f))
    >>> [e.label for e in fold_at(t, {4}).edges]
    ['f', 'f', 'Linear']
    """
    inner = {i for i in nodes if isinstance(term.operators[i], Topology)}
    return folded_graph(term, inner, {i: _called(term, i, labels) for i in inner})


def _called(term: Term, i: int, labels: Sequence[Sequence[str]] | None) -> str:
    names = "/".join(labels[i]) if labels else ""
    return f"{names}: {term.operators[i].name}" if names else term.operators[i].name
