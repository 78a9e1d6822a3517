"""What passes a topology: which of its edges are alive when some are cut, and which shape a node has when edges meet."""

from __future__ import annotations

from functools import lru_cache

from nasviz.errors import BuildError, ShapeError
from nasviz.graph import Join
from nasviz.graph.topologies import EdgeList
from nasviz.nn.meeting import place_of, with_channels
from nasviz.nn.merging import check_merge
from nasviz.nn.primitive import Shape, channels

__all__ = ["Outcome", "alive_edges", "longer", "meet"]

Outcome = tuple[int, Shape | None]
"""What constraints see of a subterm, and its output shape; None where nothing passes."""


def meet(before: Shape | None, shape: Shape, join: Join) -> Shape | None:
    """Return the shape of a node when one more edge enters; None where they do not fit, by the rules of `join_shape`."""
    if before is None:
        return shape
    if join.merge == "concat":
        fits = place_of(before) == place_of(shape)
        return with_channels(before, channels(before) + channels(shape)) if fits else None
    try:
        check_merge(join, shape)
    except (BuildError, ShapeError):
        return None
    return shape if before == shape else None


def longer(wiring: EdgeList, before: tuple[Outcome, ...], kind: Outcome) -> tuple[Outcome, ...]:
    """Return the outcomes of the operands so far; a chain that is cut once is cut, whatever follows."""
    now = (*before, kind)
    return ((0, None),) * len(now) if _is_chain(wiring) and any(out is None for _, out in now) else now


@lru_cache(maxsize=256)
def _is_chain(wiring: EdgeList) -> bool:
    return all((k, k + 1) == edge for k, edge in enumerate(wiring.edges))


@lru_cache(maxsize=8192)
def alive_edges(wiring: EdgeList, through: tuple[bool, ...]) -> tuple[int, ...]:
    """Return the edges on a way from source to sink when only some let anything through; none where there is no way.

    Parameters
    ----------
    wiring
        A topology.
    through
        For each edge whether it lets anything through.

    Examples
    --------
    >>> from nasviz.graph import RESIDUAL2
    >>> alive_edges(RESIDUAL2.edges(), (True, True, False)), alive_edges(RESIDUAL2.edges(), (True, False, False))
    ((1,), ())
    """
    entering = [0] * wiring.n_nodes
    arriving = [0] * wiring.n_nodes
    order = sorted(range(len(wiring.edges)), key=lambda k: wiring.edges[k])

    def reached(node: int) -> bool:
        product = wiring.merge == "mul" and node in wiring.joins
        return node == 0 or (arriving[node] == entering[node] if product else arriving[node] > 0)

    for k in order:
        u, v = wiring.edges[k]
        entering[v] += 1
        arriving[v] += reached(u) and through[k]
    useful = {wiring.n_nodes - 1}
    alive: list[int] = []
    if not reached(wiring.n_nodes - 1):
        return ()
    for k in reversed(order):
        u, v = wiring.edges[k]
        if v in useful and through[k] and reached(u):
            useful.add(u)
            alive.append(k)
    return tuple(sorted(alive))
