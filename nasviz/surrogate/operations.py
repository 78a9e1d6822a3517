"""From a computational graph, with operations on edges, to the graph the kernel sees, with operations on nodes."""

from __future__ import annotations

from collections import Counter
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
    """

    __slots__ = ("labels", "links")

    def __init__(self, labels: list[str], links: dict[tuple[int, int], int]) -> None:
        self.labels = labels
        self.links = links


def operation_graph(graph: Graph) -> OperationGraph:
    """Return the operations of a pruned graph and what feeds what."""
    labels = [INPUT]
    links: dict[tuple[int, int], int] = {}
    arriving: dict[int, list[Counter[int]]] = {}
    feeding: dict[int, Counter[int]] = {graph.source: Counter({0: 1})}

    def feeders(node: int) -> Counter[int]:
        if node not in feeding:
            feeding[node] = _joined(graph, node, arriving.get(node, []), labels, links)
        return feeding[node]

    for edge in graph.edges:
        before = feeders(edge.source)
        if edge.operator.name == "id":
            arriving.setdefault(edge.target, []).append(before)
            continue
        _add(labels, links, edge.label, before)
        arriving.setdefault(edge.target, []).append(Counter({len(labels) - 1: 1}))
    _add(labels, links, OUTPUT, feeders(graph.sink))
    return OperationGraph(labels, links)


def _joined(
    graph: Graph, node: int, inputs: list[Counter[int]], labels: list[str], links: dict[tuple[int, int], int]
) -> Counter[int]:
    if len(inputs) == 1:
        return inputs[0]
    total: Counter[int] = Counter()
    for one in inputs:
        total.update(one)
    join = graph.joins.get(node)
    if join is None or join.merge == "sum":
        return total
    _add(labels, links, f"<{join.merge}>", total)
    return Counter({len(labels) - 1: 1})


def _add(labels: list[str], links: dict[tuple[int, int], int], label: str, before: Counter[int]) -> None:
    labels.append(label)
    for source, times in before.items():
        links[source, len(labels) - 1] = times
