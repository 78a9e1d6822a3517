"""Removal of ``zero``, and of what leads nowhere."""

from __future__ import annotations

from nasviz.algebra import Position, Term, interpret, position_text
from nasviz.errors import BuildError
from nasviz.graph.choices import ChosenInputs
from nasviz.graph.expand import Row, Wiring, operands_of
from nasviz.graph.topologies import ZERO, Topology


class NoPathError(BuildError):
    """No path leads from the input to the output: the term gives nothing but zeros."""


def pruned_rows(term: Term, wiring: Wiring) -> Wiring:
    """Return the wiring without ``zero`` and dead parts, and without wires that lead from or to a single edge.

    Raises
    ------
    NoPathError
        If no path from the input to the output is left.
    BuildError
        If a merge that is neither a sum nor a product loses an input.
    """
    if any(op.name == "zero" or type(op) is ChosenInputs for op in term.operators):
        alive = _alive(term, wiring)
        wiring = _useful(term, wiring, alive)
    if any(row[3] for row in wiring.rows):
        wiring = _without_idle_wires(wiring)
    return wiring


def _is_zero(term: Term, row: Row) -> bool:
    op = term.operators[row[2]]
    return op.name == "zero" and not row[3] and op == ZERO


def _alive(term: Term, wiring: Wiring) -> list[bool]:
    """Whether anything but zero arrives at each node."""
    n = len(wiring.merges)
    entering = [0] * n
    arriving = [0] * n
    alive: list[bool | None] = [None] * n
    alive[0] = True

    def settle(node: int) -> bool:
        known = alive[node]
        if known is None:
            product = wiring.merges[node] == "mul" and entering[node] > 1
            known = alive[node] = arriving[node] == entering[node] if product else arriving[node] > 0
        return known

    for row in wiring.rows:
        entering[row[1]] += 1
        if settle(row[0]) and not _is_zero(term, row):
            arriving[row[1]] += 1
    return [settle(node) for node in range(n)]


def _useful(term: Term, wiring: Wiring, alive: list[bool]) -> Wiring:
    """Keep what is alive and on a way to the output."""
    entering = [0] * len(alive)
    for row in wiring.rows:
        entering[row[1]] += 1
    useful = [False] * len(alive)
    useful[wiring.sink] = alive[wiring.sink]
    if not alive[wiring.sink]:
        raise _disconnected(term)
    kept: list[Row] = []
    for row in reversed(wiring.rows):
        u, v = row[0], row[1]
        if not useful[v]:
            continue
        strict = entering[v] > 1 and wiring.merges[v] not in (None, "sum", "mul")
        if alive[u] and (strict or not _is_zero(term, row)):
            useful[u] = True
            kept.append(row)
        elif strict:
            raise _lost_operand(term, row, wiring.merges[v] or "")
    kept.reverse()
    return Wiring(kept, wiring.merges, wiring.sink, wiring.size)


def _without_idle_wires(wiring: Wiring) -> Wiring:
    """Join the two ends of a wire where nothing else enters the second, or the first is left by it alone, after one edge."""
    entering: dict[int, int] = {}
    leaving: dict[int, int] = {}
    for row in wiring.rows:
        entering[row[1]] = entering.get(row[1], 0) + 1
        leaving[row[0]] = leaving.get(row[0], 0) + 1
    same: dict[int, int] = {}
    kept: list[Row] = []

    def final(node: int) -> int:
        while node in same:
            node = same[node]
        return node

    for row in wiring.rows:
        u, v = final(row[0]), final(row[1])
        if row[3] and entering[v] == 1:
            same[v] = u
            leaving[u] += leaving.get(v, 0) - 1
        elif row[3] and entering.get(u) == 1 and leaving[u] == 1:
            same[u] = v
        else:
            kept.append(row)
    rows = [(final(u), final(v), i, wire) for u, v, i, wire in kept]
    return Wiring(rows, wiring.merges, final(wiring.sink), wiring.size)


def _disconnected(term: Term) -> NoPathError:
    position, name = disconnecting(term)
    where = position_text(position)
    return NoPathError(f"no path leads from the input to the output: {name} at {where} lets nothing through", position)


def _lost_operand(term: Term, row: Row, merge: str) -> BuildError:
    position = term.position(row[2])
    return BuildError(
        f"zero leaves {term.operators[row[2]].name} at {position_text(position)} without input, "
        f"but {merge} needs every operand",
        position,
    )


def disconnecting(term: Term) -> tuple[Position, str]:
    """Return position and operator of the smallest subterm that alone cuts input from output.

    >>> from nasviz.algebra import Operator, Term
    >>> from nasviz.graph import LINEAR
    >>> conv = Term.build(Operator("conv"))
    >>> disconnecting(Term.build(LINEAR, conv, Term.build(LINEAR, Term.build(ZERO), conv)))
    ((1, 0), 'zero')
    """
    through: list[bool] = [True] * len(term)

    def algebra(op: object, args: list[bool], i: int) -> bool:
        through[i] = _connected(term, i, args)
        return through[i]

    interpret(term, algebra)
    i = 0
    while True:
        children = term.children(i)
        cuts = (
            child
            for k, child in enumerate(children)
            if not through[child] and not _connected(term, i, [j != k for j in range(len(children))])
        )
        below = next(cuts, None)
        if below is None:
            return term.position(i), term.operators[i].name
        i = below


def _connected(term: Term, i: int, through: list[bool]) -> bool:
    """Whether something passes node `i` when its operands pass as given."""
    op = term.operators[i]
    if not isinstance(op, Topology):
        return op != ZERO
    maps, values = operands_of(term, i, op)
    wiring = op.edges(values, len(maps))
    operand = dict(zip(term.children(i), through, strict=True))
    passing = [*(operand[child] for child in maps), *(True for _ in range(wiring.wires))]
    entering = [0] * wiring.n_nodes
    arriving = [0] * wiring.n_nodes
    reached = [True] + [False] * (wiring.n_nodes - 1)
    for k in sorted(wiring.order, key=lambda k: wiring.edges[k]):
        u, v = wiring.edges[k]
        entering[v] += 1
        arriving[v] += reached[u] and passing[k]
        product = wiring.merge_at(v) == "mul" and v in wiring.joins
        reached[v] = arriving[v] == entering[v] if product else arriving[v] > 0
    return reached[-1]
