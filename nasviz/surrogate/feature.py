"""What a feature is: in words, and as the piece of graph that its label sees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nasviz.graph.dot_text import header, label, statement
from nasviz.graph.palette import ACCENT, QUIET
from nasviz.surrogate.operations import INPUT, OUTPUT, OperationGraph

if TYPE_CHECKING:
    from nasviz.graph.dot_text import Source

LONGEST = 240
"""Longest description of a neighbourhood, in characters; beyond it is told less far."""


@dataclass(frozen=True, repr=False)
class Feature:
    """A Weisfeiler-Lehman label: an operation and what lies within so many steps of it, what feeds and what is fed kept apart.

    Attributes
    ----------
    level
        Fold level of the graph, None for the full graph.
    iteration
        How many steps the label sees, 0 or more.
    words
        What it is, e.g. "relu, fed by conv3x3, feeding the output"; it follows from the label alone.
    labels : tuple of str, length n
        The operations that it sees where it was first met; operation 0 is the centre.
    links : tuple of (source, target, times)
        What feeds what among them, where the label sees it.
    """

    level: int | None
    iteration: int
    words: str
    labels: tuple[str, ...]
    links: tuple[tuple[int, int, int], ...]

    def __str__(self) -> str:
        return self.words

    def __repr__(self) -> str:
        where = "full graph" if self.level is None else f"level {self.level}"
        return f"Feature({self.words}; {where}, iteration {self.iteration})"

    def to_dot(self) -> str:
        """Return the picture of the piece of graph as DOT text, the centre outlined."""
        lines = header("feature", "TB")
        for k, text in enumerate(self.labels):
            drawn: dict[str, str | float] = {"label": label(spoken(text)), "tooltip": spoken(text)}
            if text in (INPUT, OUTPUT):
                drawn |= {"fillcolor": QUIET}
            if k == 0:
                drawn |= {"color": ACCENT, "penwidth": 2, "class": "nv-selected"}
            lines.append("  " + statement(f"n{k}", drawn))
        for source, target, times in self.links:
            drawn = {"label": f"{times}×"} if times > 1 else {}
            lines.append("  " + statement(f"n{source} -> n{target}", drawn))
        return "\n".join([*lines, "}"])

    def to_graphviz(self) -> Source:
        """Return the picture as a ``graphviz.Source``, which Jupyter draws where Graphviz is installed."""
        from nasviz.graph import source

        return source(self.to_dot())


def feature(graph: OperationGraph, centre: int, level: int | None, iteration: int) -> Feature:
    """Return the feature whose label an operation of a graph has after so many iterations."""
    near = _within(graph, centre, iteration)
    inner = {node for node, distance in near.items() if distance < iteration}
    number = {node: k for k, node in enumerate(near)}
    links = tuple((number[u], number[v], n) for (u, v), n in sorted(graph.links.items()) if u in inner or v in inner)
    return Feature(level, iteration, in_words(graph, centre, iteration), tuple(graph.labels[node] for node in near), links)


def _within(graph: OperationGraph, centre: int, radius: int) -> dict[int, int]:
    """Distance of each operation within `radius`, nearest first."""
    beside: dict[int, list[int]] = {}
    for u, v in graph.links:
        beside.setdefault(u, []).append(v)
        beside.setdefault(v, []).append(u)
    found = {centre: 0}
    ring = [centre]
    for distance in range(1, radius + 1):
        ring = sorted({other for node in ring for other in beside.get(node, ()) if other not in found})
        found.update(dict.fromkeys(ring, distance))
    return found


def in_words(graph: OperationGraph, centre: int, iteration: int) -> str:
    """Return a neighbourhood in words: what feeds the centre, what feeds that, and so on, and likewise what it feeds.

    Where this is longer than `LONGEST`, fewer steps are told and the number of all is added.
    """
    before: dict[int, Counter[int]] = {}
    after: dict[int, Counter[int]] = {}
    for (u, v), n in graph.links.items():
        before.setdefault(v, Counter())[u] = n
        after.setdefault(u, Counter())[v] = n
    for steps in range(iteration, 0, -1):
        sides = [_side(graph, centre, steps, table, verb) for table, verb in ((before, "fed by"), (after, "feeding"))]
        if all(side is not None for side in sides):
            told = ", ".join([spoken(graph.labels[centre]), *(side for side in sides if side)])
            if len(told) <= LONGEST:
                return told if steps == iteration else f"{told}; and what lies within {iteration} steps"
    alone = spoken(graph.labels[centre])
    return alone if iteration == 0 else f"{alone}, and what lies within {iteration} step{'s' * (iteration > 1)}"


def _side(graph: OperationGraph, centre: int, steps: int, beside: dict[int, Counter[int]], verb: str) -> str | None:
    """One side of a neighbourhood; "" where nothing is there, None where it is too long."""
    told = {node: spoken(text) for node, text in enumerate(graph.labels)}
    for _ in range(steps - 1):
        deeper: dict[int, str] = {}
        for node, text in enumerate(graph.labels):
            inputs = beside.get(node, Counter())
            if all(other in told for other in inputs):
                inside = _list((told[other], n) for other, n in inputs.items())
                deeper[node] = f"{spoken(text)} ({inside})" if inside else spoken(text)
        told = {node: text for node, text in deeper.items() if len(text) <= LONGEST}
    inputs = beside.get(centre, Counter())
    if any(other not in told for other in inputs):
        return None
    inside = _list((told[other], n) for other, n in inputs.items())
    return f"{verb} {inside}" if inside else ""


def _list(parts: Iterable[tuple[str, int]]) -> str:
    """Texts with how often they stand, in alphabetical order: "a, 2 × b and c"."""
    counted: Counter[str] = Counter()
    for text, n in parts:
        counted[text] += n
    texts = [f"{n} × {text}" if n > 1 else text for text, n in sorted(counted.items())]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}" if texts else ""


def spoken(text: str) -> str:
    """Return how people call the operation of a label.

    >>> spoken("<input>"), spoken("<mul>"), spoken("CELL: Cell")
    ('the input', 'mul', 'CELL: Cell')
    """
    return {INPUT: "the input", OUTPUT: "the output"}.get(text, text.strip("<>"))
