"""Topologies: operators that wire their operands to a graph, written as edges "1>2 1>3 2>4 3>4" or as a function of numbers."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, cast

from nasviz.algebra import Operator, Sort
from nasviz.algebra.arguments import whole
from nasviz.errors import NasvizError, said
from nasviz.graph.edge_list import WORD, EdgeList, read_edges, read_nodes
from nasviz.graph.merges import Function, named_merge, read_merge

if TYPE_CHECKING:
    import networkx as nx

Place = Literal["edges", "nodes"]
Value = int | float | str


@dataclass(frozen=True)
class Topology(Operator):
    """An operator that wires its map operands to a graph with one source and one sink.

    Operand i stands on edge i, in this order; a node with several inputs merges them. An operand of sort merge names the
    merge (``Binary(mul, f, g)``). Make one with :func:`topology`.

    Attributes
    ----------
    notation
        The edges, e.g. "1>2 1>3 2>3".
    merge
        "sum", "mul", "concat", "max", "min" or the name of `merge_operator`.
    on
        What the operands stand on: "edges", or "nodes" (see :func:`nasviz.graph.edge_list.read_nodes`).
    merge_operator
        The merge as an operator, where it is a function of one's own; None for a known one.
    """

    notation: str = ""
    merge: str = "sum"
    on: Place = "edges"
    merge_operator: Operator | None = field(repr=False, compare=False, default=None)
    _wiring: EdgeList | None = field(init=False, repr=False, compare=False, default=None)

    def __post_init__(self) -> None:
        super().__post_init__()
        wiring = self._read()
        if wiring is not None and wiring.n_maps != sum(s is Sort.MAP for s in self.operands):
            raise NasvizError(f"{self.name} has {wiring.n_maps} {self.on}, so it needs as many operands of sort map")
        object.__setattr__(self, "_wiring", wiring)

    def _read(self) -> EdgeList | None:
        return _wiring_of(self.notation, self.merge, self.on)

    def edges(self, values: Sequence[Value] = (), n_maps: int | None = None) -> EdgeList:
        """Return the wiring.

        Parameters
        ----------
        values
            The operands that are not maps, in order: numbers, and names of merges.
        n_maps
            Number of map operands; needed for variadic topologies.

        Raises
        ------
        NasvizError
            If `n_maps` is not the number of edges.

        Examples
        --------
        >>> RESIDUAL2.edges().edges
        ((0, 1), (0, 2), (1, 2))
        """
        wiring = self._wiring
        assert wiring is not None
        if n_maps is not None and n_maps != wiring.n_maps:
            raise NasvizError(f"{self.name} has {wiring.n_maps} {self.on}, found {n_maps} operands")
        return _merged(wiring, values)

    def declaration(self) -> dict[str, Any]:
        """Return what identifies the topology, as JSON data."""
        declared = {**super().declaration(), "edges": self.notation, "merge": self.merge}
        return declared if self.on == "edges" else {**declared, "on": self.on}


def _merged(wiring: EdgeList, values: Sequence[Value]) -> EdgeList:
    named = [v for v in values if isinstance(v, str)]
    if not named:
        return wiring
    return replace(wiring, merge=named_merge(named[0]))


@lru_cache(maxsize=1024)
def _wiring_of(notation: str, merge: str, on: Place) -> EdgeList:
    return read_nodes(notation, merge) if on == "nodes" else read_edges(notation, merge)


@dataclass(frozen=True)
class Chain(Topology):
    """The composition of any number of maps: operand i feeds operand i + 1."""

    notation: str = "1>2 2>3 ..."

    def _read(self) -> EdgeList | None:
        return None

    def edges(self, values: Sequence[Value] = (), n_maps: int | None = None) -> EdgeList:
        """Return the wiring of a chain of `n_maps` operands (at least 1; 1 when not given).

        >>> LINEAR.edges(n_maps=3).edges
        ((0, 1), (1, 2), (2, 3))
        """
        return _chain(1 if n_maps is None else n_maps)


@lru_cache(maxsize=256)
def _chain(n: int) -> EdgeList:
    if n < 1:
        raise NasvizError("a chain needs at least one operand")
    return EdgeList(n + 1, tuple((i, i + 1) for i in range(n)), tuple(range(n)), "sum", frozenset())


@dataclass(frozen=True)
class Generator(Topology):
    """A topology whose wiring is a function of its numbers: ``WS(4, 0.75, 1, f, g, h, k, l)``. Made by :func:`topology`.

    Equality and hash compare the declaration, never the code.

    Attributes
    ----------
    function
        Gives the edges from the numbers.
    takes
        Names of the function's parameters; ``n`` is the number of map operands, the others are operands in this order.
    """

    function: Callable[..., Any] = field(compare=False, repr=False, default=str)
    takes: tuple[str, ...] = field(compare=False, repr=False, default=())

    def _read(self) -> EdgeList | None:
        return None

    def edges(self, values: Sequence[Value] = (), n_maps: int | None = None) -> EdgeList:
        """Return the wiring for these numbers; the same numbers always give the same one.

        Raises
        ------
        NasvizError
            If the function refuses the numbers, or the number of map operands is not the number of edges.

        Examples
        --------
        >>> fan = topology("Fan", lambda n: " ".join(["1>2"] * n))
        >>> fan.edges(n_maps=3).joins
        frozenset({1})
        """
        n = sum(s is Sort.MAP for s in self.operands) if n_maps is None else n_maps
        wiring = _generated(self.function, self.takes, tuple(values), n, self.merge, self.on, self.name)
        if wiring.n_maps != n:
            shown = f"{self.name}({', '.join(map(str, values))})"
            raise NasvizError(f"{shown} has {wiring.n_maps} {self.on}, so it needs as many operands of sort map, found {n}")
        return _merged(wiring, values)

    def declaration(self) -> dict[str, Any]:
        """Return what identifies the generator, as JSON data: its name, sorts and parameters, not its code."""
        return {**super().declaration(), "on": self.on, "takes": list(self.takes)}


@lru_cache(maxsize=4096)
def _generated(
    function: Callable[..., Any], takes: tuple[str, ...], values: tuple[Value, ...], n: int, merge: str, on: Place, name: str
) -> EdgeList:
    rest = iter(values)
    arguments = {k: n if k == "n" else next(rest) for k in takes}
    try:
        made = function(**arguments)
        notation = made if isinstance(made, str) else _notation(made, on)
    except NasvizError:
        raise
    except Exception as error:  # whatever a user's function or networkx raises
        shown = ", ".join(f"{k}={v}" for k, v in arguments.items())
        raise NasvizError(f"{name} has no graph for {shown}: {said(error)}") from error
    return _wiring_of(notation, merge, on)


def topology(
    name: str,
    edges: str | nx.DiGraph[Any] | Callable[..., Any],
    merge: str | Operator | Function = "sum",
    *,
    on: Place = "edges",
    maps: int | None = None,
    doc: str = "",
    source: str = "",
) -> Topology:
    """Return a topology from edge notation, from a directed acyclic graph of networkx, or from a function of numbers.

    Parameters
    ----------
    name
        Name in terms and grammars.
    edges
        Edges separated by spaces, e.g. "1>2 1>3 2>4 3>4": operands replace the edges in this order. Node names are whole
        numbers; exactly one node has no incoming edge, exactly one no outgoing edge. Or a networkx ``DiGraph`` or
        ``MultiDiGraph``: operands replace its edges in the order in which it lists them. Or a function that gives either, or
        pairs of numbers: its parameters, annotated ``int`` or ``float``, are the first operands of the term, and one called
        ``n`` is the number of map operands that follow.
    merge
        How a node with several inputs combines them: "sum", "product", "concat" (along the channels), "max", "min", or a
        function of two inputs, made by :func:`nasviz.graph.merge`.
    on
        What the operands stand on: "edges", or "nodes". On nodes there may be several sources and sinks, see
        :func:`nasviz.graph.edge_list.read_nodes`; an undirected graph is directed from the earlier to the later node.
    maps
        For a function: how many map operands it takes; None: any number.
    doc, source
        One sentence, and where the topology is from.

    Raises
    ------
    TextError
        With a caret at the edge that is misspelt, closes a cycle, or makes a second source or sink.
    NasvizError
        If the merge is unknown, a function's parameter is neither ``int`` nor ``float``, or `maps` is below 1.

    Examples
    --------
    >>> diamond = topology("Diamond", "1>2 1>3 2>4 3>4")
    >>> diamond.arity
    4
    >>> def ladder(n, step: int):
    ...     return [(i, i + 1) for i in range(1, n)] + [(i, i + step) for i in range(1, n + 1 - step)]
    >>> topology("Ladder", ladder, on="nodes").edges((2,), 4).n_maps
    4
    """
    called, operator = read_merge(merge)
    if on not in ("edges", "nodes"):
        raise NasvizError(f'operands stand on="edges" or on="nodes", found {on!r}')
    if callable(edges) and not hasattr(edges, "nodes"):
        made = _generator(name, edges, maps, called, on)
    else:
        notation = edges if isinstance(edges, str) else _notation(edges, on)
        notation = " ".join(notation.split()) if WORD.search(notation) else notation
        made = Topology(name, (Sort.MAP,) * _wiring_of(notation, called, on).n_maps, notation=notation, merge=called, on=on)
    return replace(made, doc=doc or made.doc, source=source, merge_operator=operator)


def _generator(name: str, function: Callable[..., Any], maps: int | None, merge: str, on: Place) -> Generator:
    sorts, takes = _parameters(name, function)
    operands = (*sorts, *(Sort.MAP,) * (1 if maps is None else whole(maps, "maps", 1)))
    first = (inspect.getdoc(function) or "").strip().split("\n")[0] if inspect.isfunction(function) else ""
    return Generator(name, operands, variadic=maps is None, doc=first, merge=merge, on=on, function=function, takes=takes)


_SORTS = {int: Sort.INT, "int": Sort.INT, float: Sort.FLOAT, "float": Sort.FLOAT}


def _parameters(name: str, function: Callable[..., Any]) -> tuple[tuple[Sort, ...], tuple[str, ...]]:
    """Return the sorts of the numbers that a function takes, and the names of all its parameters."""
    sorts: list[Sort] = []
    takes: list[str] = []
    try:
        signature = inspect.signature(function)
    except ValueError:
        raise NasvizError(
            f"{name}: the parameters of {function!r:.60} are not known; call it in a function of your own"
        ) from None
    for parameter in signature.parameters.values():
        takes.append(parameter.name)
        if parameter.name == "n":
            continue
        sort = _SORTS.get(parameter.annotation)
        if sort is None:
            raise NasvizError(
                f"{name}: the parameter {parameter.name} needs a sort; write {parameter.name}: int or {parameter.name}: float "
                "(n, without one, is the number of map operands)"
            )
        sorts.append(sort)
    return tuple(sorts), tuple(takes)


def _notation(graph: Any, on: Place) -> str:
    """Return a networkx graph, or pairs of nodes, as edge notation; nodes are numbered in the order in which they come."""
    if not hasattr(graph, "nodes"):
        if not isinstance(graph, Iterable):
            raise NasvizError(f"edges are text such as '1>2 1>3 2>3', a networkx graph or a function, found {graph!r:.60}")
        found = list(cast("Iterable[Any]", graph))
        try:
            return " ".join(f"{u}>{v}" for u, v in found)
        except (TypeError, ValueError):
            raise NasvizError(f"edges are pairs of nodes such as [(1, 2), (1, 3), (2, 3)], found {found!r:.60}") from None
    names = {node: k for k, node in enumerate(graph.nodes, start=1)}
    pairs = [(names[u], names[v]) for u, v in graph.edges()]
    if not graph.is_directed():
        if on == "edges":
            raise NasvizError('the graph has no directions; give a networkx DiGraph, or put the operands on="nodes"')
        pairs = sorted((min(pair), max(pair)) for pair in pairs)
    touched = {v for pair in pairs for v in pair}
    alone = [str(v) for v in names.values() if v not in touched] if on == "nodes" else []
    return " ".join([*alone, *(f"{u}>{v}" for u, v in pairs)])


_SCHRODI = "Schrodi et al. 2023"

ID = Operator("id", doc="The identity: gives its input unchanged.")
"""The identity map; adds no parameters, but x + x = 2x: it counts."""

ZERO = Operator("zero", doc="Gives zeros; its edge is removed from the graph.", source="Dong & Yang 2020")
"""The zero map."""

LINEAR = Chain("Linear", (Sort.MAP,), variadic=True, doc="Composition: the first operand first.", source=_SCHRODI)
RESIDUAL2 = topology("Residual2", "1>2 1>3 2>3", doc="c(a(x)) + b(x): the second operand is the shortcut.", source=_SCHRODI)
RESIDUAL3 = topology(
    "Residual3", "1>2 2>3 1>4 3>4", doc="d(b(a(x))) + c(x): the third operand is the shortcut.", source=_SCHRODI
)
DIAMOND2 = topology("Diamond2", "1>2 1>3 2>4 3>4", doc="c(a(x)) + d(b(x)).", source=_SCHRODI)
DIAMOND3 = topology("Diamond3", "1>2 1>3 2>4 3>5 4>6 5>6", doc="e(c(a(x))) + f(d(b(x))).", source=_SCHRODI)
DIAMONDMID = topology("DiamondMid", "1>2 1>3 2>3 2>4 3>4", doc="d(a(x)) + e(b(x) + c(a(x))).", source=_SCHRODI)
CELL = topology(
    "Cell",
    "1>2 1>3 2>3 1>4 2>4 3>4",
    doc="The complete DAG on four nodes, in the order of |a~0|+|b~0|c~1|+|d~0|e~1|f~2|.",
    source="Dong & Yang 2020",
)
BINARY = Topology(
    "Binary",
    (Sort.MERGE, Sort.MAP, Sort.MAP),
    doc="Merges f(x) and g(x), e.g. Binary(mul, f, g).",
    source="Ramachandran et al. 2017",
    notation="1>2 1>2",
)
STANDARD_TOPOLOGIES: tuple[Topology, ...] = (
    LINEAR,
    RESIDUAL2,
    RESIDUAL3,
    DIAMOND2,
    DIAMOND3,
    DIAMONDMID,
    CELL,
    BINARY,
)
"""The topologies that every space knows."""

ALIASES: dict[str, tuple[str, ...]] = {
    "Sequential": ("Linear",),
    "Residual": ("Residual2", "Residual3"),
    "Diamond": ("Diamond2", "Diamond3"),
}
"""Other names, resolved by the number of operands."""
