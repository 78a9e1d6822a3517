"""The graphs of many architectures, refined together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from nasviz.algebra import Term
from nasviz.errors import BuildError
from nasviz.surrogate.alphabet import Alphabet, Kind
from nasviz.surrogate.derived import Derived, called
from nasviz.surrogate.forest import Forest, depths
from nasviz.surrogate.operations import INPUT, OUTPUT, OperationGraph, operation_graph
from nasviz.surrogate.passing import passing
from nasviz.surrogate.quantities import production_counts
from nasviz.surrogate.wiring import wire
from nasviz.surrogate.wl import Hashes, Ints, Links, label_hash, refine

if TYPE_CHECKING:
    from nasviz.spaces import Architecture

_MODULUS = 2**64
_hash = lru_cache(maxsize=4096)(label_hash)

DEEPEST = 500
"""Greatest depth of a term that is wired with others."""

Refined = tuple[Ints, Ints, list[Hashes]]
"""Of each operation: its graph, the node of the term (preorder) where it stands, and its labels by iteration."""


class Batch:
    """Architectures whose graphs are wired and refined together.

    Parameters
    ----------
    archs
        The architectures.
    alphabet
        Numbers of operators; it learns those that it has not met.
    """

    def __init__(self, archs: Sequence[Architecture], alphabet: Alphabet) -> None:
        self.archs = list(archs)
        summing: dict[str, list[int]] = {}
        self._others: list[int] = []
        numbers = [alphabet.numbers(arch.term) for arch in self.archs]
        together = are_summing([arch.term for arch in self.archs], numbers, alphabet)
        for i, (arch, summing_too) in enumerate(zip(self.archs, together.tolist(), strict=True)):
            if summing_too:
                summing.setdefault(arch.fingerprint, []).append(i)
            else:
                self._others.append(i)
        self._parts = [
            _Summing([self.archs[i] for i in group], group, alphabet, [numbers[i] for i in group]) for group in summing.values()
        ]

    def refined(self, level: int | None, h: int) -> Refined:
        """Return the operations of all graphs at a fold level (None: whole) and their labels of iterations 0…h.

        Of an architecture that lets nothing through there are the input and the output, with nothing between.
        """
        parts = [part.refined(level, h) for part in self._parts]
        if self._others:
            owner, index, history = listed([operations(self.archs[i], level) for i in self._others], h)
            parts.append((np.array(self._others, dtype=np.int64)[owner], index, history))
        if len(parts) == 1:
            return parts[0]
        owners = np.concatenate([np.empty(0, np.int64), *(owner for owner, _, _ in parts)])
        nodes = np.concatenate([np.empty(0, np.int64), *(index for _, index, _ in parts)])
        history = [np.concatenate([np.empty(0, np.uint64), *(p[2][k] for p in parts)]) for k in range(h + 1)]
        return owners, nodes, history

    def productions(self) -> list[Counter[str]]:
        """Return how often each architecture uses each production; see :func:`production_counts`."""
        found = [Counter[str]() for _ in self.archs]
        for part in self._parts:
            for row, counts in part.productions():
                found[row] = counts
        for i in self._others:
            found[i] = production_counts(self.archs[i])
        return found


def are_summing(terms: Sequence[Term], numbers: Sequence[Ints], alphabet: Alphabet) -> np.ndarray:
    """Return which terms can be wired together, bool ``(m,)``: topologies sum, operators with numbers have numbers alone.

    Deep terms are left out, too: what is done depth by depth would be done for few nodes at a time.

    Parameters
    ----------
    terms
        The terms.
    numbers
        The operators of each in preorder, as numbers of `alphabet`.
    alphabet
        Numbers of operators.
    """
    if not terms:
        return np.empty(0, dtype=bool)
    kind = alphabet.tables.kind[np.concatenate(numbers)]
    arity = np.concatenate([term.arity for term in terms])
    size = np.concatenate([term.size for term in terms])
    general = (kind == Kind.OTHER) | ((kind == Kind.OPERATION) & (arity > 0) & (size != arity + 1))
    general |= depths(size) > DEEPEST
    starts = np.cumsum([0, *(len(term) for term in terms[:-1])])
    return ~np.logical_or.reduceat(general, starts)


class _Summing:
    """Architectures of one grammar whose topologies sum."""

    def __init__(self, archs: Sequence[Architecture], rows: Sequence[int], alphabet: Alphabet, numbers: Sequence[Ints]) -> None:
        self._archs = archs
        self._rows = np.array(rows, dtype=np.int64)
        self._forest = Forest([arch.term for arch in archs], alphabet, numbers)

    def refined(self, level: int | None, h: int) -> Refined:
        forest, m = self._forest, len(self._archs)
        wired = wire(forest, level)
        labels = self._plain[wired.node]
        if level is not None and level < forest.height:
            at = forest.at(level)
            folded = np.flatnonzero((wired.node >= at.start) & (forest.kind[wired.node] >= Kind.CHAIN))
            labels[folded] = self._folded(level)[wired.node[folded] - at.start]
        graphs = passing(wired, m, labels, (_hash(INPUT), _hash(OUTPUT)))
        owner = np.concatenate([np.arange(m), np.arange(m), forest.owner[wired.node]])
        index = np.concatenate([np.zeros(2 * m, dtype=np.int64), forest.index[wired.node]])
        return self._rows[owner], index, refine(graphs, h)

    def productions(self) -> Iterator[tuple[int, Counter[str]]]:
        """Yield the row of each architecture and how often it uses each production."""
        together = self._derived.productions() if self._derived is not None else [Counter[str]() for _ in self._archs]
        for row, arch, counts in zip(self._rows.tolist(), self._archs, together, strict=True):
            yield row, counts or production_counts(arch)

    @cached_property
    def _plain(self) -> Hashes:
        """Hash of the label of each node that is no folded subterm: the operator with its numbers."""
        forest = self._forest
        labels = forest.alphabet.tables.label[forest.operator]
        ops = forest.alphabet.operators
        for i in np.flatnonzero((forest.kind == Kind.OPERATION) & (forest.arity > 0)).tolist():
            first = int(forest.first[i])
            values = forest.operator[first : first + int(forest.arity[i])].tolist()
            labels[i] = _hash(f"{ops[int(forest.operator[i])].name}({', '.join(ops[v].name for v in values)})")
        return labels

    @cached_property
    def _derived(self) -> Derived | None:
        grammar = self._archs[0].space.grammar
        return Derived(self._forest, grammar) if grammar is not None and not grammar.shared else None

    def _folded(self, level: int) -> Hashes:
        if self._derived is not None:
            return self._derived.labels(level)
        forest = self._forest
        at = forest.at(level)
        labels = np.zeros(at.stop - at.start, dtype=np.uint64)
        for k in np.flatnonzero(forest.kind[at] >= Kind.CHAIN).tolist():
            i = at.start + k
            arch = self._archs[int(forest.owner[i])]
            name = forest.alphabet.operators[int(forest.operator[i])].name
            labels[k] = _hash(called(arch.derivation.labels[int(forest.index[i])], name))
        return labels


def operations(arch: Architecture, level: int | None) -> OperationGraph:
    """Return the operations of one architecture at a fold level, by way of its graph; input and output where it has none."""
    try:
        return operation_graph(arch.graph(fold=level))
    except BuildError:
        return OperationGraph([INPUT, OUTPUT], {}, [0, 0])


def listed(graphs: Sequence[OperationGraph], h: int) -> Refined:
    """Return the operations of graphs whose links are listed, and their labels of iterations 0…h."""
    links = batch(graphs)
    index = np.fromiter((i for graph in graphs for i in graph.indices), np.int64, len(links.labels))
    return links.owner, index, refine(links, h)


def batch(graphs: Sequence[OperationGraph]) -> Links:
    """Number the nodes of `graphs` through, for refinement in one go."""
    sizes = [len(graph.labels) for graph in graphs]
    offsets = np.cumsum([0, *sizes[:-1]])
    n_links = sum(len(graph.links) for graph in graphs)
    ends = np.fromiter((end for g in graphs for link in g.links for end in link), np.int64, 2 * n_links).reshape(-1, 2)
    shift = np.repeat(offsets, [len(graph.links) for graph in graphs])
    times = np.fromiter((n % _MODULUS for g in graphs for n in g.links.values()), np.uint64, n_links)
    labels = np.fromiter((_hash(label) for g in graphs for label in g.labels), np.uint64, sum(sizes))
    owner = np.repeat(np.arange(len(graphs)), sizes)
    return Links(labels, owner, ends[:, 0] + shift, ends[:, 1] + shift, times, len(graphs))
