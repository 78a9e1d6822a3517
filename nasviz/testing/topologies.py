"""The contracts of topologies and merges, to run on your own."""

from __future__ import annotations

import json
import pickle
from collections.abc import Sequence
from typing import Any

import cloudpickle
import torch

from nasviz.algebra import Operator, Sort, Term, literal, parse_term
from nasviz.algebra.arguments import whole
from nasviz.errors import BuildError, NasvizError, a_or_an
from nasviz.graph import ADD, ZERO, Merge, Topology, build_graph, is_connected, walk
from nasviz.spaces import signature
from nasviz.testing.contract import asked, check, check_kind, given_seed, given_shapes, given_values

Shape = tuple[int, ...]

_CUTS = 32


def check_topology(topology: Topology, values: Sequence[int | float] = (), n_maps: int | None = None) -> None:
    """Check what every topology must keep; put it in a test of your own.

    Its numbers always give the same wiring, also in a worker; every operand lies on a way from the input to the output, has a
    position of its own and is drawn; its terms print and parse; and where ``zero`` stands for an operand, what is said to be
    connected has a graph.

    Parameters
    ----------
    topology
        As ``nv.topology`` makes it.
    values
        Its numbers, where it has operands that are numbers.
    n_maps
        Number of map operands, for a topology that takes any number.

    Raises
    ------
    AssertionError
        If something does not hold; the sentence says what.

    Examples
    --------
    >>> import nasviz as nv
    >>> check_topology(nv.topology("Diamond", "1>2 1>3 2>4 3>4"))
    """
    check_kind(topology, Topology, "topology")
    values = given_values(values)
    n = sum(sort is Sort.MAP for sort in topology.operands) if n_maps is None else asked(whole, n_maps, "n_maps", 1)
    name = f"{topology.name}({', '.join(map(str, values))})" if values else topology.name
    operand = Operator("operand")
    fits = topology.accepts(n + len(values) + _merges(topology))
    check(fits, f"{name} takes {topology.arity_text}, numbers and maps, found {len(values)} and {n}")
    try:
        term = _applied(topology, values, [operand] * n)
        graph = build_graph(term)
    except NasvizError as error:
        raise AssertionError(f"{name} with {n} maps: {error}") from error
    try:
        copy: Topology = pickle.loads(cloudpickle.dumps(topology))
        again = build_graph(_applied(copy, values, [operand] * n))
    except NasvizError as error:
        raise AssertionError(f"{name} with {n} maps: {error}") from error
    except Exception as error:
        raise AssertionError(f"{name}: it cannot be sent to a worker: {error}") from error
    check(copy == topology, f"{name}: its copy in a worker is another topology")
    check(_wires(graph) == _wires(again), f"{name}: its copy in a worker has another wiring; let its numbers alone decide it")
    json.dumps(topology.declaration())
    positions = [e.position for e in graph.edges if not e.wire]
    check(len(positions) == len(set(positions)) == n, f"{name}: {len(positions)} of {n} operands are operations of its graph")
    through = walk(graph, 1, lambda e, x: x, lambda _, join, xs: sum(xs))
    check(through > 0, f"{name}: no way leads through it")
    check(graph.to_dot().count('class="nv-op') == n, f"{name}: its picture does not show every operand")
    read = parse_term(str(term), signature([topology, operand]))
    check(read == term, f"{name}: text and back is another term: {term}")
    _check_zeros(topology, values, n, operand, name)


def _merges(topology: Topology) -> int:
    return sum(sort is Sort.MERGE for sort in topology.operands)


def _applied(topology: Topology, values: Sequence[int | float], maps: Sequence[Operator]) -> Term:
    fixed = iter(values)
    given = iter(maps)
    operands: list[Term] = []
    for k in range(len(values) + len(maps) + _merges(topology)):
        sort = topology.sort_of(k)
        if sort is Sort.MERGE:
            operands.append(Term.build(ADD))
        else:
            operands.append(Term.build(next(given) if sort is Sort.MAP else literal(next(fixed))))
    return Term.build(topology, *operands)


def _wires(graph: Any) -> list[tuple[int, int, int]]:
    return [(e.source, e.target, e.index) for e in graph.edges]


def _check_zeros(topology: Topology, values: Sequence[int | float], n: int, operand: Operator, name: str) -> None:
    for k in range(min(n, _CUTS)):
        term = _applied(topology, values, [ZERO if j == k else operand for j in range(n)])
        try:
            build_graph(term)
            found = True
        except BuildError:
            found = False
        said = is_connected(term)
        check(found == said, f"{name}: with zero as operand {k + 1} it is {'' if said else 'not '}said to be connected")


def check_merge(merge: Merge, shapes: Sequence[Shape] = ((16, 8, 8), (16, 8), (16,)), *, seed: int = 0) -> None:
    """Check what every merge of your own must keep; put it in a test of your own.

    For each shape it makes one tensor of that shape of two, with finite numbers and gradients, leaves its inputs as they are,
    and treats the examples of a batch one by one; it travels to a worker by value.

    Parameters
    ----------
    merge
        As ``nv.merge`` makes it.
    shapes
        Shapes of one example.
    seed
        Seed of the inputs.

    Raises
    ------
    AssertionError
        If something does not hold; the sentence says what, and for which shape.

    Examples
    --------
    >>> import nasviz as nv
    >>> check_merge(nv.merge(lambda a, b: a * b.sigmoid(), name="gate"))
    """
    check_kind(merge, Merge, "merge")
    try:
        copy: Merge = pickle.loads(cloudpickle.dumps(merge))
    except Exception as error:
        raise AssertionError(f"{merge.name}: it cannot be sent to a worker: {error}") from error
    check(copy == merge, f"{merge.name}: its copy in a worker is another merge")
    random = torch.Generator().manual_seed(given_seed(seed))
    for shape in given_shapes(shapes):
        where = f"{merge.name} at {shape}"
        a, b = (torch.randn((3, *shape), generator=random, requires_grad=True) for _ in range(2))
        before = a.detach().clone(), b.detach().clone()
        _check_merged(merge, copy, a, b, where)
        same = torch.equal(a, before[0]) and torch.equal(b, before[1])
        check(same, f"{where}: it changes its inputs, which other paths read, too")


def _check_merged(merge: Merge, copy: Merge, a: torch.Tensor, b: torch.Tensor, where: str) -> None:
    function, other = merge.function, copy.function
    assert function is not None
    assert other is not None
    try:
        y = function(a, b)
        with torch.no_grad():
            parts = torch.cat([function(a[k : k + 1], b[k : k + 1]) for k in range(len(a))])
    except Exception as error:
        raise AssertionError(f"{where}: {error}") from error
    check(isinstance(y, torch.Tensor), f"{where}: it returned {a_or_an(type(y).__name__)}, expected one tensor")
    check(y.shape == a.shape, f"{where}: it makes {tuple(y.shape[1:])} of two inputs of one shape; a merge keeps the shape")
    check(bool(torch.isfinite(y).all()), f"{where}: it gives numbers that are not finite for normal inputs")
    check(torch.allclose(y, parts, atol=1e-6), f"{where}: an example's output depends on the others of its batch")
    check(torch.equal(y, other(a, b)), f"{where}: its copy in a worker gives other numbers")
    check(y.requires_grad, f"{where}: no gradient leads through it")
    y.square().mean().backward()
    for x in (a, b):
        check(x.grad is None or bool(torch.isfinite(x.grad).all()), f"{where}: a gradient is not finite")
