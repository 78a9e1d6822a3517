"""What the page draws of an architecture, as JSON data; see ``ArchitectureBody`` in the front end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nasviz import numbers
from nasviz.algebra import Position
from nasviz.errors import BuildError, NasvizError, ShapeError
from nasviz.extension import lower
from nasviz.records import CostRow
from nasviz.spaces import Architecture, SearchSpace
from nasviz.view.folding import Folding
from nasviz.view.graph import GraphInfo, fault_words, graph_info
from nasviz.view.term import term_info
from nasviz.view.tree import tree_info

_AXES = {1: "channels", 2: "tokens, channels", 3: "channels, height, width"}


@dataclass(frozen=True)
class Costs:
    """What is known of shapes and cost: the rows up to the error that ends building, or all."""

    rows: tuple[CostRow, ...] = ()
    error: ShapeError | BuildError | None = None

    @property
    def shapes(self) -> dict[Position, str]:
        """Text of the shape that leaves each operation, by position."""
        return {row.position: numbers.shape(row.shape_out) for row in self.rows if row.part == "body"}

    @property
    def parameters(self) -> int:
        """Parameters of the rows."""
        return sum(row.parameters for row in self.rows)

    @property
    def flops(self) -> int:
        """FLOPs of the rows, 2 for a multiply-add."""
        return sum(row.flops for row in self.rows)

    @property
    def changing(self) -> frozenset[Position]:
        """Operations that change the shape."""
        return frozenset(row.position for row in self.rows if row.part == "body" and row.shape_out != row.shape_in)


def measure(arch: Architecture) -> Costs:
    """Return shapes and cost of an architecture; nothing without torch."""
    try:
        table, error = lower("partial_cost")(arch)
    except NasvizError:
        return Costs()
    return Costs(table.rows, error)


def frame(space: SearchSpace, parts: Sequence[str]) -> dict[str, Any]:
    """Return the state of a view that has no architecture yet."""
    names = space.grammar.nonterminals if space.grammar is not None else ()
    return {
        "parts": list(parts),
        "key": None,
        "title": space.name if space.name not in ("", "free") else "Architecture",
        "term": None,
        "tree": None,
        "graph": None,
        "problem": None,
        "summary": "",
        "tip": "",
        "rows": [],
        "credit": None,
        "code": [],
        "folded": [],
        "legend": [[name, k] for k, name in enumerate(names)],
        "drawable": space.grammar is not None,
        "python": "",
    }


def described(arch: Architecture) -> dict[str, Any]:
    """Return key and term of an architecture."""
    labels, shown = arch.derivation.labels, arch.derivation.nonterminals
    return {
        "key": arch.key,
        "term": term_info(arch.term, labels, shown).to_json(),
        "python": f"arch = {'nv' if arch.space.grammar is None else 'space'}.parse({str(arch)!r})",
    }


def drawn(arch: Architecture, parts: Sequence[str], folding: Folding, costs: Costs) -> dict[str, Any]:
    """Return the pictures of an architecture, which subterms they fold, and the place at which it cannot be built."""
    labels, shown = arch.derivation.labels, arch.derivation.nonterminals
    body: dict[str, Any] = {"tree": None, "graph": None, "problem": None}
    folded: set[int] = set()
    if "tree" in parts:
        tree = tree_info(arch.term, labels, shown, folding=folding)
        body["tree"] = {"dot": tree.dot, "note": tree.note}
        folded |= tree.folded
    try:
        if "graph" in parts:
            graph = _graph(arch, folding, costs)
            body["graph"] = {"dot": graph.dot, "note": graph.note}
            folded |= graph.folded
            body["problem"] = _problem(costs.error, graph)
        else:
            arch.graph()
            body["problem"] = _problem(costs.error)
    except BuildError as error:
        body["problem"] = _problem(error)
    return {**body, "folded": sorted(folded)}


def _graph(arch: Architecture, folding: Folding, costs: Costs) -> GraphInfo:
    return graph_info(
        arch.term,
        arch.derivation.labels,
        arch.derivation.nonterminals,
        shapes=costs.shapes,
        changing=costs.changing,
        folding=folding,
        fault=None if costs.error is None else costs.error.position,
    )


def _problem(error: ShapeError | BuildError | None, graph: GraphInfo | None = None) -> dict[str, Any] | None:
    if error is None:
        return None
    fault = graph.fault if graph is not None else None
    return {
        "message": error.message,
        "position": list(error.position),
        "ways": fault_words(fault) if fault is not None else [],
    }


def priced(arch: Architecture, costs: Costs) -> dict[str, Any]:
    """Return the rows of the cost table and one line about the whole."""
    rows = [row.to_json() for row in costs.rows]
    if not rows or costs.error is not None:
        return {"rows": rows, "summary": "", "tip": ""}
    parameters, flops = costs.parameters, costs.flops
    shape_in, shape_out = numbers.shape(arch.space.input_shape), numbers.shape(costs.rows[-1].shape_out)
    summary = " · ".join([f"{shape_in} → {shape_out}", numbers.parameters(parameters), numbers.flops(flops)])
    tip = (
        f"Input {shape_in} ({_AXES[len(arch.space.input_shape)]}), output {shape_out}. "
        f"{numbers.CONVENTIONS['parameters']} {numbers.CONVENTIONS['flops']}\n"
        f"{numbers.grouped(parameters)} parameters, {numbers.grouped(flops)} FLOPs."
    )
    return {"summary": summary, "tip": tip, "rows": rows}


def coded(arch: Architecture, costs: Costs) -> list[list[Any]]:
    """Return the generated forward code, a line as [text, where]; where is a position, "stem", "head" or None."""
    if not costs.rows or costs.error is not None:
        return []
    return [[line.text, line.where] for line in lower("forward_code")(arch)]
