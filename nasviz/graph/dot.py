"""Computational graphs as DOT: operations are boxes, joins small circles, data flows from left to right."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nasviz.algebra import Nonterminal, Position, Term, position_text
from nasviz.graph.dot_text import check_room, haste, header, label, position_id, quote, statement
from nasviz.graph.fault import Fault
from nasviz.graph.graph import Edge, Graph
from nasviz.graph.palette import ACCENT, QUIET, frame, ground
from nasviz.graph.palette import classes as hue_classes
from nasviz.graph.topologies import Topology

SYMBOLS = {"sum": "⊕", "mul": "⊙", "concat": "‖"}
"""How merges are drawn; others by their name."""

SHORTEST_RUN = 3
"""Chains of equal operations are drawn as one from this length on; two fit beside each other."""


@dataclass(frozen=True)
class Cluster:
    """A box around the operations of a subterm.

    Attributes
    ----------
    label
        Text of the box, e.g. the nonterminal.
    hue
        Number of the colour, e.g. the order of the nonterminal in the grammar; from 8 on the hues come again with a pattern.
    """

    label: str
    hue: int


def clusters_of(
    term: Term, labels: Sequence[Sequence[str]], nonterminals: Sequence[str], max_depth: int = 2
) -> dict[Position, Cluster]:
    """Return a box for each subterm with operands that derives from a nonterminal, down to a depth.

    Parameters
    ----------
    term
        The term, n nodes.
    labels
        For each node the nonterminals whose expansion starts there, outermost first (length n).
    nonterminals
        The nonterminals of the grammar in order; it decides their colours.
    max_depth
        Deepest boxes, the root having depth 0.
    """
    order = {name: k for k, name in enumerate(nonterminals)}
    shallow: list[int] = np.flatnonzero(term.depth <= max_depth).tolist()
    return {
        term.position(i): Cluster(" › ".join(labels[i]), order.get(labels[i][0], 0))
        for i in shallow
        if labels[i] and isinstance(term.operators[i], Topology)
    }


def graph_to_dot(
    graph: Graph,
    *,
    folded: bool = False,
    selected: Position | None = None,
    clusters: Mapping[Position, Cluster] | None = None,
    shapes: Mapping[Position, str] | None = None,
    unrolled: Collection[Position] = (),
    fault: Fault | None = None,
) -> str:
    """Return the picture of a graph as DOT text.

    An operation has the id "p-0-2" of its position ("p" for the root) and the class "nv-op"; a join the id "j-<node>-p-0" and
    the classes "nv-join" and "p-0"; input and output the ids "in" and "out".

    Parameters
    ----------
    graph
        The graph.
    folded
        Draw three or more equal neighbours in a chain once, with their number: "conv3x3 ×5". The box has the id of
        the first; its classes name all positions.
    selected
        Outline what belongs to the subterm at this position (class "nv-selected").
    clusters
        Boxes by position, e.g. from :func:`clusters_of` (ids "c-0-2"); an operation at such a position is coloured instead.
    shapes
        Text for the arrows that leave an operation, by its position.
    unrolled
        Chains that begin at these positions are drawn one by one all the same.
    fault
        Where the graph cannot be built: drawn with a cross and the class "nv-fault"; the first way that meets there is drawn
        thick ("nv-way-0"), the others thick and dashed ("nv-way-1").

    Raises
    ------
    NasvizError
        If the term is too deep to be drawn whole.

    Examples
    --------
    >>> from nasviz.algebra import Operator, Term
    >>> from nasviz.graph import build_graph
    >>> print("\\n".join(graph_to_dot(build_graph(Term.build(Operator("relu")))).splitlines()[4:]))
      "in" [id="in", class="nv-io", label="in", shape="plaintext", style="", margin="0.06,0.03"];
      "out" [id="out", class="nv-io", label="out", shape="plaintext", style="", margin="0.06,0.03"];
      "p" [id="p", class="nv-op", label="relu", tooltip="relu at the root"];
      "in" -> "p";
      "p" -> "out";
    }
    """
    check_room(int(graph.term.depth[[e.index for e in graph.edges]].sum(dtype=np.int64)))
    picture = _Picture(graph, folded, selected, clusters or {}, shapes or {}, unrolled, fault)
    return "\n".join(picture.lines()) + "\n"


class _Picture:
    def __init__(
        self,
        graph: Graph,
        folded: bool,
        selected: Position | None,
        clusters: Mapping[Position, Cluster],
        shapes: Mapping[Position, str],
        unrolled: Collection[Position],
        fault: Fault | None,
    ) -> None:
        self.graph = graph
        self.selected = selected
        self.shapes = shapes
        self.unrolled = frozenset(unrolled)
        self.fault = fault
        self.way = {p: k for k, way in enumerate(fault.ways if fault else ()) for p in way.positions}
        self.positions = [e.position for e in graph.edges]
        self.filled = {p: clusters[p] for p in self.positions if p in clusters}
        self.clusters = {p: box for p, box in clusters.items() if p not in self.filled}
        self.deepest = max(map(len, self.clusters), default=0)
        self.runs = self._runs(folded)

    def lines(self) -> Iterator[str]:
        """The lines of the picture."""
        arrows = list(self._arrows())
        yield from header("architecture", "LR")
        yield from haste(len(arrows), len(self.runs) + len(self.graph.joins) + 2)
        for name in ("in", "out"):
            end = {"id": name, "class": "nv-io", "label": name, "shape": "plaintext", "style": "", "margin": "0.06,0.03"}
            yield "  " + _node(name, end)
        yield from self._boxes()
        yield from arrows
        yield "}"

    def _runs(self, folded: bool) -> list[list[int]]:
        """Operations drawn as one box, each a list of edge numbers; wires are not drawn."""
        leaving = [0] * self.graph.n_nodes
        for e in self.graph.edges:
            leaving[e.source] += 1
        runs: list[list[int]] = []
        ending: dict[int, list[int]] = {}
        for k, e in enumerate(self.graph.edges):
            if e.wire:
                continue
            run = ending.get(e.source) if folded else None
            single = leaving[e.source] == 1 and e.source not in self.graph.joins
            if run and single and self._alike(run[-1], k):
                run.append(k)
            else:
                run = [k]
                runs.append(run)
            ending[e.target] = run
        return [part for run in runs for part in ([run] if self._is_one(run) else [[k] for k in run])]

    def _is_one(self, run: list[int]) -> bool:
        marked = self.fault is not None and any(self.positions[k] == self.fault.position for k in run)
        return len(run) >= SHORTEST_RUN and self.positions[run[0]] not in self.unrolled and not marked

    def _alike(self, a: int, b: int) -> bool:
        one, other = self.graph.edges[a], self.graph.edges[b]
        same = one.label == other.label and one.operator == other.operator and self._inside(one) == self._inside(other)
        return same and self._cluster(self.positions[a]) == self._cluster(self.positions[b])

    def _inside(self, e: Edge) -> Term | None:
        """What a folded subterm holds; None for an operation."""
        return self.graph.term.subterm(e.index) if isinstance(e.operator, Topology) else None

    def _cluster(self, position: Position) -> Position | None:
        if not self.clusters:
            return None
        inside = (position[:n] for n in range(min(len(position), self.deepest), -1, -1))
        return next((p for p in inside if p in self.clusters), None)

    def _is_selected(self, position: Position) -> bool:
        return self.selected is not None and position[: len(self.selected)] == self.selected

    def _boxes(self) -> Iterator[str]:
        members: dict[Position | None, list[str]] = {}
        for run in self.runs:
            members.setdefault(self._cluster(self.positions[run[0]]), []).append(self._operation(run))
        for node, join in self.graph.joins.items():
            position = join.position
            members.setdefault(self._cluster(position), []).append(self._join(node, join.merge, position))
        yield from ("  " + line for line in members.get(None, ()))
        opened: list[Position] = []
        for position in sorted(self.clusters):
            while opened and position[: len(opened[-1])] != opened[-1]:
                yield "  " * len(opened) + "}"
                opened.pop()
            opened.append(position)
            indent = "  " * (len(opened) + 1)
            yield f"{indent[2:]}subgraph {quote('cluster_' + position_id(position))} {{"
            yield indent + statement("graph", self._frame(position))
            yield from (indent + line for line in members.get(position, ()))
        while opened:
            yield "  " * len(opened) + "}"
            opened.pop()

    def _frame(self, position: Position) -> dict[str, Any]:
        cluster = self.clusters[position]
        return {
            "id": "c" + position_id(position)[1:],
            "class": f"nv-cluster {hue_classes(cluster.hue)} {position_id(position)}",
            "label": label(cluster.label),
            "tooltip": f"{cluster.label} at {position_text(position)}",
            "labeljust": "l",
            **frame(cluster.hue),
        }

    def _operation(self, run: list[int]) -> str:
        first = self.graph.edges[run[0]]
        position = self.positions[run[0]]
        classes = ["nv-op", *_kind(first)]
        text, tooltip = first.label, f"{first.label} at {position_text(position)}"
        if len(run) > 1:
            last = position_text(self.positions[run[-1]])
            text, tooltip = (
                f"{label(text)} ×{len(run)}",
                f"{len(run)} × {text} from {position_text(position)} to {last}",
            )
            classes += ["nv-fold", *(position_id(self.positions[k]) for k in run)]
        attributes: dict[str, Any] = {"label": label(text) if len(run) == 1 else text, "tooltip": tooltip}
        if isinstance(first.operator, Topology):
            inside = int(self.graph.term.size[first.index]) - 1
            attributes |= {"peripheries": 2, "tooltip": f"{tooltip}: {inside} subterms are folded"}
        if self.fault is not None and self.fault.position[: len(position)] == position:
            classes.append("nv-fault")
            attributes |= {"label": f"✕ {label(text)}", "color": ACCENT, "penwidth": 2, "peripheries": 2}
        box = self.filled.get(position)
        if box is not None:
            classes += ["nv-nt", hue_classes(box.hue)]
            attributes |= ground(box.hue, attributes["label"])
        if "nv-open" in classes or "nv-zero" in classes:
            attributes["style"] = f"{attributes.get('style', 'rounded')},dashed"
        if any(self._is_selected(self.positions[k]) for k in run):
            classes.append("nv-selected")
            attributes |= {"color": ACCENT, "penwidth": 2}
        name = position_id(position)
        return _node(name, {"id": name, "class": " ".join(classes), **attributes})

    def _join(self, node: int, merge: str, position: Position) -> str:
        selected = self._is_selected(position)
        attributes: dict[str, Any] = {
            "id": _join_id(node, position),
            "class": f"nv-join {position_id(position)}" + (" nv-selected" if selected else ""),
            "label": label(SYMBOLS.get(merge, merge)),
            "tooltip": f"{merge} at {position_text(position)}",
            "shape": "circle",
            "style": "filled",
            "fillcolor": QUIET,
            "margin": "0",
            "width": 0.24,
        }
        if merge in SYMBOLS:
            attributes["fixedsize"] = "true"
        else:
            attributes |= {"shape": "ellipse", "height": 0.24, "margin": "0.02,0.01"}
        if selected:
            attributes |= {"color": ACCENT, "penwidth": 2}
        if self._is_fault(node):
            attributes["class"] += " nv-fault"
            attributes |= {"label": f"✕ {merge}", "shape": "octagon", "fixedsize": "false", "margin": "0.05,0.03"}
            attributes |= {"color": ACCENT, "penwidth": 2}
        return _node(_join_id(node, position), attributes)

    def _is_fault(self, node: int) -> bool:
        """Whether a join is the place where ways of different shapes meet."""
        if self.fault is None or not self.fault.ways:
            return False
        last = {way.positions[-1] for way in self.fault.ways if way.positions}
        arriving = {self.positions[k] for k, e in enumerate(self.graph.edges) if e.target == node}
        return self.graph.joins[node].position == self.fault.position and bool(arriving & last)

    def _arrows(self) -> Iterator[str]:
        head = {k: run[0] for run in self.runs for k in run}
        origin: dict[int, tuple[str, int | None]] = {self.graph.source: ("in", None)}
        arriving: dict[int, list[tuple[str, int | None]]] = {}

        def at(node: int) -> tuple[str, int | None]:
            if node not in origin:
                join = self.graph.joins.get(node)
                origin[node] = (_join_id(node, join.position), None) if join else arriving[node][0]
            return origin[node]

        for k, e in enumerate(self.graph.edges):
            if e.wire:
                arriving.setdefault(e.target, []).append(at(e.source))
                continue
            name = position_id(self.positions[head[k]])
            if head[k] == k:
                yield self._arrow(at(e.source), name, self.way.get(self.positions[k]))
            arriving.setdefault(e.target, []).append((name, k))
        for node, join in self.graph.joins.items():
            fault = self._is_fault(node)
            for name, k in arriving[node]:
                way = None if k is None else self.way.get(self.positions[k])
                yield self._arrow((name, k), _join_id(node, join.position), way, fault)
        yield self._arrow(at(self.graph.sink), "out")

    def _arrow(self, start: tuple[str, int | None], end: str, way: int | None = None, fault: bool = False) -> str:
        name, k = start
        shape = "" if k is None else self.shapes.get(self.positions[k], "")
        attributes: dict[str, Any] = {}
        if way is not None:
            attributes |= {"class": f"nv-way-{min(way, 1)}", "penwidth": 2, "style": "dashed" if way else "solid"}
            shape = self.fault.ways[way].shape if fault and self.fault else shape
        return "  " + statement(f"{quote(name)} -> {quote(end)}", ({"label": label(shape)} if shape else {}) | attributes)


def _node(name: str, attributes: Mapping[str, Any]) -> str:
    return statement(quote(name), attributes)


def _join_id(node: int, position: Position) -> str:
    return f"j-{node}-{position_id(position)}"


def _kind(e: Edge) -> list[str]:
    """Further classes of an operation: what a page may want to draw in another way."""
    if isinstance(e.operator, Nonterminal):
        return ["nv-open"]
    if isinstance(e.operator, Topology):
        return ["nv-sub"]
    return [f"nv-{e.operator.name}"] if e.operator.name in ("id", "zero") else []
