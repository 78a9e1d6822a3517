"""The canonical form of a graph: two graphs that are equal by the laws of the algebra have one form and one digest.

The laws: composition and sums associate, ``id`` adds nothing but counts (x + x = 2x), sums and products commute, ``zero`` and
dead parts are gone, ``max`` and ``min`` forget repetitions. Every operation with parameters has weights of its own, so two of
them differ even where operator and input are equal; operations without parameters on equal inputs are one. Equality by these
laws means equal functions; the converse is not claimed (a mean of a sum is a sum of means, for instance).

The form is a graph of values. Its digest is by colour refinement from both ends: what a value is made of, then what is made of
it, until no class splits any more (Weisfeiler & Leman 1968). Where digests meet, equality is confirmed by an isomorphism.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from nasviz.algebra import Operator, Term
from nasviz.graph.graph import Edge, Graph, build_graph
from nasviz.graph.prune import NoPathError
from nasviz.graph.topologies import ID, ZERO
from nasviz.graph.walk import walk

Stateless = Collection[Operator] | Callable[[Operator], bool]
Link = tuple[int, int]
"""A value and how often it enters, or for ordered inputs the number of its place."""

_COUNTED = frozenset({"sum", "mul"})
_SETS = frozenset({"max", "min"})
_MASK = (1 << 64) - 1
_END = 0x9E3779B97F4A7C15


@dataclass(frozen=True, eq=False)
class Canonical:
    """The values that a graph computes, each once, in topological order; made by :func:`canonical`.

    Two forms are equal when an isomorphism maps one to the other; equal forms have equal digests and hashes.

    Attributes
    ----------
    labels
        What each value is: a 64-bit number of the operator or merge.
    inputs
        What each value is made of.
    output
        The value that leaves the graph.
    """

    labels: tuple[int, ...]
    inputs: tuple[tuple[Link, ...], ...]
    output: int

    @cached_property
    def colours(self) -> tuple[int, ...]:
        """A 64-bit number for each value; values that some isomorphism exchanges have equal ones."""
        users: list[list[Link]] = [[] for _ in self.labels]
        for v, links in enumerate(self.inputs):
            for u, times in links:
                users[u].append((v, times))
        colours = list(self.labels)
        classes = 0
        while True:
            for v, links in enumerate(self.inputs):
                colours[v] = _mixed(colours[v] + sum([_mixed(colours[u] ^ times * _END & _MASK) for u, times in links]))
            colours[self.output] ^= _END
            for v in range(len(users) - 1, -1, -1):
                colours[v] = _mixed(colours[v] - sum([_mixed(colours[w] ^ times * _END & _MASK) for w, times in users[v]]))
            found = len(set(colours))
            if found in (classes, len(colours)):
                return tuple(colours)
            classes = found

    @cached_property
    def digest(self) -> str:
        """16 hex digits that are equal for equal forms, in every process."""
        total = sum(map(_mixed, self.colours)) + _mixed(self.colours[self.output]) * 3
        return f"{_mixed(total + len(self.labels)):016x}"

    def __len__(self) -> int:
        return len(self.labels)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Canonical):
            return NotImplemented
        return self is other or (self.digest == other.digest and _isomorphic(self, other))

    def __hash__(self) -> int:
        return int(self.digest, 16)

    def __repr__(self) -> str:
        return f"Canonical({self.digest}, {len(self)} values)"

    def to_networkx(self) -> Any:
        """Return the form as a networkx ``DiGraph``: nodes carry ``colour``, edges ``times``."""
        import networkx as nx

        graph: nx.DiGraph[int] = nx.DiGraph()
        for v, colour in enumerate(self.colours):
            graph.add_node(v, colour=colour)
        for v, links in enumerate(self.inputs):
            graph.add_edges_from((u, v, {"times": times}) for u, times in links)
        return graph


def canonical(graph: Graph, stateless: Stateless = ()) -> Canonical:
    """Return the canonical form of a pruned graph.

    Parameters
    ----------
    graph
        As :func:`build_graph` gives it.
    stateless
        The operators that have no parameters, or a function that tells; ``id`` and ``zero`` are known. An operator that is
        not named is taken to have weights of its own at every place.

    Examples
    --------
    >>> from nasviz.algebra import Operator, Term
    >>> from nasviz.graph import LINEAR, RESIDUAL2
    >>> f, skip = Term.build(Operator("f")), Term.build(ID)
    >>> canonical(build_graph(Term.build(RESIDUAL2, f, skip, f))) == canonical(
    ...     build_graph(Term.build(RESIDUAL2, skip, skip, Term.build(LINEAR, f, f)))
    ... )
    True
    """
    values = _Values(stateless)
    return values.form(walk(graph, 0, values.edge, lambda _, join, entering: values.merge(join.merge, entering)))


def canonical_form(term: Term, stateless: Stateless = ()) -> Canonical:
    """Return the canonical form of the graph of a term; all terms without a path from input to output have one, that of zero.

    Raises
    ------
    BuildError
        If the term has no graph for another reason; see :func:`build_graph`.

    Examples
    --------
    >>> canonical_form(Term.build(ZERO)) == NOTHING
    True
    """
    try:
        graph = build_graph(term)
    except NoPathError:
        return NOTHING
    return canonical(graph, stateless)


class _Values:
    """Values are numbered as they are made, so inputs come first; 0 is the input."""

    def __init__(self, stateless: Stateless) -> None:
        self.stateless = stateless if callable(stateless) else frozenset(stateless).__contains__
        self.known: dict[Hashable, int] = {}
        self.labels: list[int] = [_label_of("input")]
        self.inputs: list[tuple[Link, ...]] = [()]
        self.kinds: list[str] = [""]
        self.kept: dict[Operator, tuple[int, bool]] = {}

    def edge(self, e: Edge, value: int) -> int:
        """The value behind an operation."""
        op = e.operator
        if e.wire or op == ID:
            return value
        label, shared = self._read(op)
        if op.operands:
            label = _mixed(label ^ _label_of(e.label))
        return self._value("", label, ((value, 1),), (label, value) if shared else None)

    def _read(self, op: Operator) -> tuple[int, bool]:
        found = self.kept.get(op)
        if found is None:
            found = self.kept[op] = (_label_of(json.dumps(op.declaration(), sort_keys=True)), op == ZERO or self.stateless(op))
        return found

    def merge(self, name: str, entering: list[int]) -> int:
        """The value behind a join; sums directly inside sums are one sum, and so on."""
        if name in _COUNTED or name in _SETS:
            times: Counter[int] = Counter()
            for value in entering:
                inside = self.inputs[value] if self.kinds[value] == name else ((value, 1),)
                for u, n in inside:
                    times[u] += n
            links = tuple(sorted((u, n if name in _COUNTED else 1) for u, n in times.items()))
            if len(links) == 1 and links[0][1] == 1:
                return links[0][0]
        else:
            flat: list[int] = []
            for value in entering:
                nested = name == "concat" and self.kinds[value] == name
                flat += [u for u, _ in self.inputs[value]] if nested else [value]
            links = tuple((u, k) for k, u in enumerate(flat, start=1))
        return self._value(name, _label_of(f"merge {name}"), links, (name, links))

    def _value(self, kind: str, label: int, links: tuple[Link, ...], key: Hashable | None) -> int:
        found = self.known.get(key) if key is not None else None
        if found is None:
            found = len(self.labels)
            self.labels.append(label)
            self.inputs.append(links)
            self.kinds.append(kind)
            if key is not None:
                self.known[key] = found
        return found

    def form(self, output: int) -> Canonical:
        """Return what the output is made of; sums that went into others are not among it."""
        used = [False] * len(self.labels)
        used[output] = True
        for v in range(output, -1, -1):
            if used[v]:
                for u, _ in self.inputs[v]:
                    used[u] = True
        number = {v: k for k, v in enumerate(v for v, is_used in enumerate(used) if is_used)}
        inputs = (tuple((number[u], n) for u, n in self.inputs[v]) for v in number)
        return Canonical(tuple(self.labels[v] for v in number), tuple(inputs), number[output])


@lru_cache(maxsize=4096)
def _label_of(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def _mixed(x: int) -> int:
    """A bijection of 64-bit numbers that spreads their bits (Steele et al. 2014, splitmix64)."""
    x &= _MASK
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 & _MASK
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB & _MASK
    return x ^ (x >> 31)


def _isomorphic(one: Canonical, other: Canonical) -> bool:
    """Whether an isomorphism exists, for forms of equal digest."""
    if len(one) != len(other) or sorted(one.colours) != sorted(other.colours):
        return False
    if len(set(one.colours)) == len(one):
        return _links_by_colour(one) == _links_by_colour(other)
    import networkx as nx

    return nx.vf2pp_is_isomorphic(_drawn(one), _drawn(other), node_label="label")


def _links_by_colour(form: Canonical) -> set[tuple[int, int, frozenset[Link]]]:
    colours = form.colours
    found = ((colours[v], form.labels[v], _coloured(form, links)) for v, links in enumerate(form.inputs))
    return {*found, (colours[form.output], -1, frozenset())}


def _coloured(form: Canonical, links: Iterable[Link]) -> frozenset[Link]:
    return frozenset((form.colours[u], n) for u, n in links)


def _drawn(form: Canonical) -> Any:
    """The form as a graph without multiple edges, whose nodes alone carry labels: a link of more than one is a node."""
    import networkx as nx

    graph: nx.DiGraph[Any] = nx.DiGraph()
    for v, links in enumerate(form.inputs):
        graph.add_node(v, label=(form.colours[v], form.labels[v], v == form.output))
        for u, times in links:
            graph.add_node((u, v, times), label=(times,))
            graph.add_edge(u, (u, v, times))
            graph.add_edge((u, v, times), v)
    return graph


NOTHING = Canonical((_label_of("nothing"),), ((),), 0)
"""The form of a term through which nothing passes."""
