"""The computational graph of a term: operations on edges, joins at nodes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from nasviz.algebra import Operator, Position, Sort, Term, position_text
from nasviz.algebra.arguments import expect_term
from nasviz.errors import BuildError, a_or_an
from nasviz.graph.expand import Wiring, expand
from nasviz.graph.merges import named_merge
from nasviz.graph.prune import pruned_rows
from nasviz.graph.topologies import ID, Topology

if TYPE_CHECKING:
    import graphviz
    import networkx as nx

    from nasviz.graph.canonical import Canonical
    from nasviz.graph.dot import Cluster


class Edge(NamedTuple):
    """One operation of a graph.

    Attributes
    ----------
    source, target
        Its nodes.
    operator
        What it computes.
    index
        Node of the term (preorder).
    label
        What pictures and kernels call it: the operator's name with its values; of a folded subterm the nonterminals and the
        operator.
    wire
        True for a plain connection without an operation of its own: it carries the result of a subterm whose merge differs
        from the merge that it enters. Its operator is ``id`` and its index that subterm's.
    term
        The term; `position` is read from it.
    """

    source: int
    target: int
    operator: Operator
    index: int  # pyright: ignore[reportIncompatibleMethodOverride]
    label: str
    wire: bool
    term: Term

    @property
    def position(self) -> Position:
        """Position of the operation in the term."""
        return self.term.position(self.index)

    def __repr__(self) -> str:
        return f"Edge({self.source}>{self.target} {self.label} at {position_text(self.position)})"


class Join(NamedTuple):
    """A node with more than one input.

    Attributes
    ----------
    merge
        "sum", "mul", "concat" or the name of a merge operator.
    index
        Node of the term: the deepest subterm that contains all edges which enter.
    term
        The term; `position` is read from it.
    """

    merge: str
    index: int  # pyright: ignore[reportIncompatibleMethodOverride]
    term: Term

    @property
    def position(self) -> Position:
        """Position of the deepest subterm that contains all edges which enter."""
        return self.term.position(self.index)

    @property
    def operator(self) -> Operator | None:
        """The operator of sort merge that the term or its topology names; None where it is known by name alone."""
        topology = self.term.operators[self.index]
        if not isinstance(topology, Topology):
            return None
        operands = (self.term.operators[child] for child in self.term.children(self.index))
        found = next((op for op in operands if op.result is Sort.MERGE), topology.merge_operator)
        return found if found is not None and named_merge(found.name) == self.merge else None

    def __repr__(self) -> str:
        return f"Join({self.merge} at {position_text(self.position)})"


@dataclass(frozen=True, repr=False)
class Graph:
    """The graph of a term; made by :func:`build_graph`.

    Attributes
    ----------
    term
        The term.
    n_nodes
        Nodes are 0 … n_nodes - 1 in topological order; 0 is the input, the last one the output.
    edges
        The operations in topological order, operands of one subterm in their order.
    joins
        The nodes with more than one input.
    """

    term: Term
    n_nodes: int
    edges: tuple[Edge, ...]
    joins: Mapping[int, Join]

    @property
    def source(self) -> int:
        """The input node: 0."""
        return 0

    @property
    def sink(self) -> int:
        """The output node."""
        return self.n_nodes - 1

    def __len__(self) -> int:
        return len(self.edges)

    def __repr__(self) -> str:
        return f"Graph({len(self.edges)} operations, {self.n_nodes} nodes, {len(self.joins)} joins)"

    def pruned(self) -> Graph:
        """Return the graph without ``zero`` and without what thereby lost its way from the input or to the output.

        A sum loses the summand, a product with a removed factor is removed whole; into any other merge ``zero`` stays.

        Raises
        ------
        BuildError
            If no path is left; says which subterm disconnects.
        """
        rows = [(e.source, e.target, e.index, e.wire) for e in self.edges]
        merges: list[str | None] = [None] * self.n_nodes
        for node, join in self.joins.items():
            merges[node] = join.merge
        labels = {e.index: e.label for e in self.edges}
        return _assemble(self.term, pruned_rows(self.term, Wiring(rows, merges, self.sink)), labels)

    def canonical(self, stateless: Collection[Operator] = ()) -> Canonical:
        """Return the form that graphs of equal meaning share; see :func:`nasviz.graph.canonical`."""
        from nasviz.graph.canonical import canonical

        return canonical(self, stateless)

    def to_dot(
        self,
        *,
        folded: bool = False,
        selected: Position | None = None,
        clusters: Mapping[Position, Cluster] | None = None,
        shapes: Mapping[Position, str] | None = None,
    ) -> str:
        """Return the picture as DOT text; see :func:`nasviz.graph.dot.graph_to_dot`."""
        from nasviz.graph.dot import graph_to_dot

        return graph_to_dot(self, folded=folded, selected=selected, clusters=clusters, shapes=shapes)

    def to_graphviz(self, *, folded: bool = True, clusters: Mapping[Position, Cluster] | None = None) -> graphviz.Source:
        """Return the picture as a ``graphviz.Source``, which Jupyter draws where Graphviz is installed."""
        from nasviz.graph.dot_text import source

        return source(self.to_dot(folded=folded, clusters=clusters))

    def to_networkx(self) -> nx.MultiDiGraph[int]:
        """Return the graph for networkx.

        Nodes carry ``merge`` (None where one input enters) and ``position`` of the join; edges carry ``operator``, ``label``
        and ``position``, and their key is the position; wires, which have none of their own, are numbered.
        """
        import networkx as nx

        graph: nx.MultiDiGraph[int] = nx.MultiDiGraph()
        for node in range(self.n_nodes):
            join = self.joins.get(node)
            graph.add_node(node, merge=join.merge if join else None, position=join.position if join else None)
        for e in self.edges:
            key = None if e.wire else e.position
            graph.add_edge(e.source, e.target, key=key, operator=e.operator, label=e.label, position=e.position, wire=e.wire)
        return graph


def build_graph(term: Term, *, prune: bool = True) -> Graph:
    """Return the computational graph of a term.

    Every topology puts its operands on its edges (hyperedge replacement); what is left on the edges are operations, each with
    exactly one position. A sum directly inside a sum is one sum.

    Parameters
    ----------
    term
        A closed term of sort map.
    prune
        Remove ``zero`` and dead parts; see :meth:`Graph.pruned`.

    Raises
    ------
    BuildError
        If the term is no map, a nonterminal is still open, an operator with map operands is no topology, or no path
        leads from the input to the output; with the position.

    Examples
    --------
    >>> from nasviz.algebra import Operator, Term
    >>> from nasviz.graph import ID, RESIDUAL2
    >>> conv, skip = Term.build(Operator("conv")), Term.build(ID)
    >>> graph = build_graph(Term.build(RESIDUAL2, conv, skip, conv))
    >>> graph.edges
    (Edge(0>1 conv at (0,)), Edge(0>2 id at (1,)), Edge(1>2 conv at (2,)))
    >>> graph.joins
    {2: Join(sum at the root)}
    """
    expect_term(term)
    for i in term.nonterminals():
        where = position_text(term.position(i))
        raise BuildError(f"the nonterminal {term.operators[i].name} at {where} is still open", term.position(i))
    root = term.operators[0]
    if root.result is not Sort.MAP:
        raise BuildError(f"{root.name} is {a_or_an(root.result)}, not a map: it has no graph", ())
    wiring = expand(term)
    return _assemble(term, pruned_rows(term, wiring) if prune else wiring, {})


def folded_graph(term: Term, level: int | Set[int], label: Mapping[int, str]) -> Graph:
    """Return the pruned graph in which subterms at a depth, or at these nodes, are one operation each, called by `label`."""
    return _assemble(term, pruned_rows(term, expand(term, level)), label)


def _assemble(term: Term, wiring: Wiring, labels: Mapping[int, str]) -> Graph:
    """Number the nodes in topological order and add the joins."""
    rows = wiring.rows
    last: dict[int, int] = {0: -1}
    for at, row in enumerate(rows):
        last[row[1]] = at
    number = {node: k for k, node in enumerate(sorted(last, key=last.__getitem__))}
    ops = term.operators
    inputs: dict[int, list[int]] = {}
    edges: list[Edge] = []
    for u, v, i, wire in rows:
        op = ID if wire else ops[i]
        label = labels.get(i) or (_label(term, i, op) if op.operands else op.name)
        edges.append(Edge(number[u], number[v], op, i, label, wire, term))
        inputs.setdefault(v, []).append(i)
    size = wiring.size or term.size.tolist()
    joins = {
        number[node]: Join(wiring.merges[node] or "sum", _common(term, size, inputs[node]), term)
        for node in number
        if len(inputs.get(node, ())) > 1
    }
    return Graph(term, len(number), tuple(edges), joins)


def _label(term: Term, i: int, op: Operator) -> str:
    if isinstance(op, Topology):
        return op.name
    return term.text[int(term.start[i]) : int(term.stop[i])]


def _common(term: Term, size: list[int], entering: list[int]) -> int:
    """The deepest node whose subterm contains all of `entering` (at least two, distinct)."""
    last = max(entering)
    i = min(entering)
    parent = term.parent
    while i + size[i] <= last:
        i = int(parent[i])
    return i
