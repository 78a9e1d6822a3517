"""Hypothesis strategies for terms; needs the package hypothesis."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from nasviz.algebra import Operator, Sort, Term
from nasviz.graph import ID, MERGES, STANDARD_TOPOLOGIES, Topology

PLAIN: tuple[Operator, ...] = (Operator("f"), Operator("g"), ID)
"""Leaves of the terms drawn by default: two operators without meaning and the identity."""


def terms(
    leaves: Sequence[Operator] = PLAIN,
    topologies: Sequence[Topology] = STANDARD_TOPOLOGIES,
    merges: Sequence[Operator] = MERGES[:1],
    max_leaves: int = 20,
) -> st.SearchStrategy[Term]:
    """Return a strategy for closed terms of sort map.

    Parameters
    ----------
    leaves
        Operators of sort map without operands.
    topologies
        Operators that combine them; operands of sort merge are drawn from `merges`.
    merges
        Operators of sort merge.
    max_leaves
        About how many leaves a term has at most.

    Examples
    --------
    >>> from nasviz.testing.strategies import terms
    >>> strategy = terms(max_leaves=5)
    """
    return st.recursive(
        st.sampled_from(list(leaves)).map(Term.build),
        lambda inner: st.sampled_from(list(topologies)).flatmap(lambda t: _applied(t, inner, merges)),
        max_leaves=max_leaves,
    )


def _applied(topology: Topology, inner: st.SearchStrategy[Term], merges: Sequence[Operator]) -> st.SearchStrategy[Term]:
    merge = st.sampled_from(list(merges)).map(Term.build)
    fixed = [inner if sort is Sort.MAP else merge for sort in topology.operands]
    if topology.variadic:
        return st.lists(inner, min_size=topology.arity, max_size=4).map(lambda operands: Term.build(topology, *operands))
    return st.tuples(*fixed).map(lambda operands: Term.build(topology, *operands))
