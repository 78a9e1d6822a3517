"""From a term to the wiring of its graph: one pass with an explicit stack."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass, field

from nasviz.algebra import Literal, Operator, Sort, Term, position_text
from nasviz.errors import BuildError, NasvizError, TextError
from nasviz.graph.edge_list import EdgeList
from nasviz.graph.merges import ASSOCIATIVE
from nasviz.graph.topologies import Topology

Row = tuple[int, int, int, bool]
"""One edge: source, target, node of the term, whether it is a wire."""


@dataclass
class Wiring:
    """Edges in topological order, with nodes as they were made; 0 is the input.

    Attributes
    ----------
    rows
        The edges.
    merges
        Merge of each node, None where none is asked for.
    sink
        The output node.
    size
        Sizes of the subterms of the term, as plain integers.
    """

    rows: list[Row]
    merges: list[str | None]
    sink: int = 1
    size: list[int] = field(default_factory=list)


def expand(term: Term, level: int | Set[int] | None = None) -> Wiring:
    """Return the wiring of the graph of a term, with ``zero`` and dead parts still inside.

    Parameters
    ----------
    term
        The term; open nonterminals are operations.
    level
        Subterms at this depth (root 0), or at these nodes, are one operation each; None expands all.

    Raises
    ------
    BuildError
        If an operator with map operands is no topology, or a topology has no wiring for its operands.
    """
    ops = term.operators
    arity: list[int] = term.arity.tolist()
    size: list[int] = term.size.tolist()
    cut = _cut(term, level)
    merges: list[str | None] = [None, None]
    rows: list[Row] = []
    wirings: dict[tuple[int, int], EdgeList] = {}
    stack: list[tuple[int, int, int]] = [(0, 0, 1)]
    while stack:
        i, u, v = stack.pop()
        if i < 0:
            rows.append((u, v, ~i, True))
            continue
        op = ops[i]
        if not isinstance(op, Topology) or cut(i):
            if arity[i]:
                _check_leaf(term, i, op)
            rows.append((u, v, i, False))
            continue
        key = (id(op), arity[i])
        edge_list = wirings.get(key)
        if edge_list is None:
            children, values = operands_of(term, i, op)
            edge_list = _wiring(term, i, op, values, len(children))
            if not values:
                wirings[key] = edge_list
        else:
            children = []
            child = i + 1
            for _ in range(arity[i]):
                children.append(child)
                child += size[child]
        sink = v
        if edge_list.joins:
            sink = _sink_for(edge_list, v, merges)
            if sink != v:
                stack.append((~i, sink, v))
        base = len(merges) - 1
        merges.extend(edge_list.merge if k in edge_list.joins else None for k in range(1, edge_list.n_nodes - 1))
        end = edge_list.n_nodes - 1
        for k in reversed(edge_list.order):
            a, b = edge_list.edges[k]
            what = children[k] if k < len(children) else ~i
            stack.append((what, base + a if a else u, sink if b == end else base + b))
    return Wiring(rows, merges, 1, size)


def _wiring(term: Term, i: int, op: Topology, values: list[int | float | str], n_maps: int) -> EdgeList:
    try:
        return op.edges(values, n_maps)
    except NasvizError as error:
        reason = error.message if isinstance(error, TextError) else str(error)
        raise BuildError(f"{op.name} at {position_text(term.position(i))} has no wiring: {reason}", term.position(i)) from error


def _cut(term: Term, level: int | Set[int] | None) -> Callable[[int], bool]:
    if level is None:
        return lambda _: False
    if not isinstance(level, int):
        return level.__contains__
    depth: list[int] = term.depth.tolist()
    return lambda i: depth[i] >= level


def _sink_for(edge_list: EdgeList, v: int, merges: list[str | None]) -> int:
    """The node at which a topology ends: `v`, or a node of its own where the merges of the two must not become one."""
    if edge_list.n_nodes - 1 not in edge_list.joins:
        return v
    merge = edge_list.merge_at(edge_list.n_nodes - 1)
    if merges[v] is None:
        merges[v] = merge
        return v
    if merges[v] == merge and merge in ASSOCIATIVE:
        return v
    merges.append(merge)
    return len(merges) - 1


def operands_of(term: Term, i: int, op: Topology) -> tuple[list[int], list[int | float | str]]:
    """Return the nodes of the map operands of node `i`, and the values of its other operands."""
    children: list[int] = []
    values: list[int | float | str] = []
    for k, child in enumerate(term.children(i)):
        if op.sort_of(k) is Sort.MAP:
            children.append(child)
        else:
            leaf = term.operators[child]
            values.append(leaf.value if isinstance(leaf, Literal) else leaf.name)
    return children, values


def _check_leaf(term: Term, i: int, op: Operator) -> None:
    if not isinstance(op, Topology) and Sort.MAP in op.operands:
        where = position_text(term.position(i))
        raise BuildError(f"{op.name} at {where} has map operands but is no topology, so it has no graph", term.position(i))
