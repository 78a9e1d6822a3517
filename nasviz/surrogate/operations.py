"""From a computational graph, with operations on edges, to the graph the kernel sees, with operations on nodes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nasviz.graph import Graph

INPUT, OUTPUT = "<input>", "<output>"


class OperationGraph:
    """Operations as labelled nodes and how often each feeds another.

    ``id`` is left out and joins its neighbours; a node of the computational graph that sums is not a node here: what enters it
    feeds what leaves it, as often as there are paths (x + x feeds twice). A join that is no sum is a node of its own. Input
    and output are nodes.

    Attributes
    ----------
    labels : list of str, length n
        Label of each node.
    links : dict (source, target) -> int
        Multiplicity of each link.
    indices : list of int, length n
        Node of the term (preorder) where each operation stands; 0, the root, for input and output.
    """

    __slots__ = ("indices", "labels", "links")

    def __init__(self, labels: list[str], links: dict[tuple[int, int], int], indices: list[int]) -> None:
        self.labels = labels
        self.links = links
        self.indices = indices

    def add(self, label: str, index: int, before: Mapping[int, int]) -> int:
        """Add an operation that is fed by `before`, so many times by each, and return its number."""
        node = len(self.labels)
        self.labels.append(label)
        self.indices.append(index)
        for source, times in before.items():
            self.links[source, node] = times
        return node


def operation_graph(graph: Graph) -> OperationGraph:
    """Return the operations of a pruned graph and what feeds what."""
    found = OperationGraph([INPUT], {}, [0])
    arriving: dict[int, list[Counter[int]]] = {}
    feeding: dict[int, Counter[int]] = {graph.source: Counter({0: 1})}

    def feeders(node: int) -> Counter[int]:
        if node not in feeding:
            feeding[node] = _joined(graph, node, arriving.get(node, []), found)
        return feeding[node]

    for edge in graph.edges:
        before = feeders(edge.source)
        if edge.operator.name == "id":
            arriving.setdefault(edge.target, []).append(before)
            continue
        node = found.add(edge.label, edge.index, before)
        arriving.setdefault(edge.target, []).append(Counter({node: 1}))
    found.add(OUTPUT, 0, feeders(graph.sink))
    return found


def _joined(graph: Graph, node: int, inputs: list[Counter[int]], found: OperationGraph) -> Counter[int]:
    if len(inputs) == 1:
        return inputs[0]
    total: Counter[int] = Counter()
    for one in inputs:
        total.update(one)
    join = graph.joins.get(node)
    if join is None or join.merge == "sum":
        return total
    return Counter({found.add(f"<{join.merge}>", join.index, total): 1})
