"""Two graphs as one picture: what stays plain, what goes dashed with −, what comes thick with +."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Set
from typing import Any

import numpy as np

from nasviz.algebra import Term, TreeEdit, position_text
from nasviz.graph.dot import SYMBOLS
from nasviz.graph.dot_text import haste, header, label, position_id, quote, statement
from nasviz.graph.fold import fold_at
from nasviz.graph.graph import Edge, Graph, Join
from nasviz.graph.palette import ACCENT, LINE, QUIET, hue
from nasviz.graph.topologies import Topology

READABLE = 80
"""Operations above which subterms that stay are drawn as one box each."""

LARGEST = 400
"""Operations above which also subterms that change are drawn as one box each, from the shallowest depth on that helps."""

SPELLED = 160_000
"""Child indices that the positions of the picture have together at most."""

_STYLE: dict[str, dict[str, Any]] = {
    "-": {"class": "nv-removed", "style": "rounded,filled,dashed", "color": ACCENT},
    "+": {"class": "nv-added", "penwidth": 2.4, "color": hue(2).strong},
    " ": {"class": "nv-same"},
    "±": {"class": "nv-changed", "peripheries": 2, "color": hue(0).strong},
}
_ARROW: dict[str, dict[str, Any]] = {
    "-": {"class": "nv-removed", "style": "dashed", "color": ACCENT},
    "+": {"class": "nv-added", "penwidth": 2.4, "color": hue(2).strong},
    " ": {},
}


def difference_to_dot(a: Term, b: Term, edit: TreeEdit, readable: int = READABLE, largest: int = LARGEST) -> str:
    """Return the graphs of two terms as one picture.

    An operation that stays or comes has the id of its position in `b` ("p-0-2"), one that goes "r-0-2" of its position in
    `a`; the classes are "nv-same", "nv-removed", "nv-added" and "nv-changed". What goes has a dashed outline and the sign −,
    what comes a thick one and +, a folded subterm with changes inside a double one and ±.

    Parameters
    ----------
    a, b
        The terms.
    edit
        Which nodes of them belong together.
    readable
        Operations up to which all are drawn; in larger graphs each subterm that stays whole is one box.
    largest
        Operations to draw at most, where folding helps: then deep subterms that change are one box, too.

    Raises
    ------
    BuildError
        If one of the terms has no graph.
    """
    cuts: tuple[Set[int], Set[int]] = (frozenset(), frozenset())
    if max(_operations(a), _operations(b)) > readable:
        stays = unchanged(a, b, edit)
        cuts = (stays.keys(), set(stays.values()))
        if not _fits(a, b, edit, cuts, largest):
            cuts = _folded(a, b, edit, cuts, largest)
    return "\n".join(_lines(fold_at(a, cuts[0]), fold_at(b, cuts[1]), dict(edit.pairs), cuts[0])) + "\n"


def _operations(term: Term) -> int:
    return sum(not isinstance(op, Topology) for op in term.operators)


def _drawn(term: Term, cut: Set[int]) -> list[int]:
    """The nodes that are operations of the graph folded at `cut`."""
    size: list[int] = term.size.tolist()
    found: list[int] = []
    i = 0
    while i < len(size):
        whole = i in cut or not isinstance(term.operators[i], Topology)
        if whole:
            found.append(i)
        i += size[i] if whole else 1
    return found


def _fits(a: Term, b: Term, edit: TreeEdit, cuts: tuple[Set[int], Set[int]], largest: int) -> bool:
    one, other = _drawn(a, cuts[0]), _drawn(b, cuts[1])
    partner, second = dict(edit.pairs), set(other)
    both = sum(partner.get(i) in second for i in one)
    spelled = int(a.depth[one].sum(dtype=np.int64) + b.depth[other].sum(dtype=np.int64))
    return len(one) + len(other) - both <= largest and spelled <= SPELLED


def _folded(a: Term, b: Term, edit: TreeEdit, stays: tuple[Set[int], Set[int]], largest: int) -> tuple[Set[int], Set[int]]:
    """The cuts at the deepest level of `a` and `b` that fits; at the root, where none does."""
    low, high = 0, max(a.height, b.height)
    while low < high:
        middle = (low + high + 1) // 2
        fits = _fits(a, b, edit, _at_level(a, b, edit, stays, middle), largest)
        low, high = (middle, high) if fits else (low, middle - 1)
    return _at_level(a, b, edit, stays, low)


def _at_level(a: Term, b: Term, edit: TreeEdit, stays: tuple[Set[int], Set[int]], level: int) -> tuple[Set[int], Set[int]]:
    """Cut below a level: pairs together, at the depth in `a`; what has no partner where nothing inside it has one."""
    if level == 0:
        return {0}, {0}
    partner, back = dict(edit.pairs), {j: i for i, j in edit.pairs}
    deep_a = np.flatnonzero(a.depth >= level).tolist()
    deep_b = np.flatnonzero(b.depth >= level).tolist()
    pairs = {i: partner[i] for i in deep_a if i in partner and _foldable(a, i) and _foldable(b, partner[i])}
    met_a, met_b = _counted(len(a), partner), _counted(len(b), back)
    cut_a = set(pairs) | set(stays[0]) | {i for i in deep_a if _foldable(a, i) and _is_alone(a, i, met_a)}
    cut_b = set(pairs.values()) | set(stays[1]) | {j for j in deep_b if _foldable(b, j) and _is_alone(b, j, met_b)}
    return cut_a, cut_b


def _counted(n: int, partner: Mapping[int, int]) -> list[int]:
    """For each of n nodes, and for the end, how many nodes before it have a partner."""
    has = np.zeros(n + 1, np.int64)
    has[[i + 1 for i in partner]] = 1
    return np.cumsum(has).tolist()


def _foldable(term: Term, i: int) -> bool:
    return isinstance(term.operators[i], Topology)


def _is_alone(term: Term, i: int, met: list[int]) -> bool:
    """Whether no node of a subterm has a partner."""
    return met[i] == met[i + int(term.size[i])]


def unchanged(a: Term, b: Term, edit: TreeEdit) -> dict[int, int]:
    """Return the largest subterms that stay as they are: node of `a` to node of `b`; single operations are left out."""
    size: list[int] = a.size.tolist()
    shift = np.full(len(a), np.iinfo(np.int32).min, np.int64)
    differs = np.ones(len(a), bool)
    for i, j in edit.pairs:
        shift[i] = j - i
        differs[i] = a.operators[i] != b.operators[j] or a.arity[i] != b.arity[j]
    moved = np.concatenate([[0], np.cumsum(np.diff(shift) != 0)])  # subterms stay whole where all nodes move alike
    bad = np.concatenate([[0], np.cumsum(differs)])
    found: dict[int, int] = {}
    i = 0
    while i < len(size):
        stop = i + size[i]
        whole = size[i] > 1 and bad[stop] == bad[i] and moved[stop - 1] == moved[i]
        if whole:
            found[i] = i + int(shift[i])
        i = stop if whole else i + 1
    return found


def _lines(one: Graph, other: Graph, partner: Mapping[int, int], cut: Set[int]) -> Iterator[str]:
    stays = _staying(one, other, partner)
    changed = _changed(one, other, partner, cut)
    old_joins, new_joins = _numbered(one), _numbered(other)
    same_joins = {
        key: (partner[key[0]], key[1])
        for key, (_, join) in old_joins.items()
        if key[0] in partner and _merge(new_joins, (partner[key[0]], key[1])) == join.merge
    }
    old_names = {
        node: _join_name(same_joins[key], " ") if key in same_joins else _join_name(key, "-")
        for key, (node, _) in old_joins.items()
    }
    new_names = {node: _join_name(key, "+") for key, (node, _) in new_joins.items()}

    def old_name(e: Edge) -> str:
        return stays.get(e.index) or "r" + position_id(e.position)[1:]

    def new_name(e: Edge) -> str:
        return position_id(e.position)

    arrows = list(_both(Counter(_arrows(one, old_name, old_names)), Counter(_arrows(other, new_name, new_names))))
    yield from header("difference", "LR")
    yield from haste(len(arrows), max(len(one), len(other)) + len(other.joins))
    for name in ("in", "out"):
        end = {"id": name, "class": "nv-io", "label": name, "shape": "plaintext", "style": "", "margin": "0.06,0.03"}
        yield "  " + statement(quote(name), end)
    kept, kept_joins = set(stays.values()), set(same_joins.values())
    yield from (_operation(e, old_name(e), "-") for e in one.edges if not e.wire and e.index not in stays)
    for e in other.edges:
        if not e.wire:
            name = new_name(e)
            yield _operation(e, name, "±" if name in changed else " " if name in kept else "+")
    yield from (_join(old_names[node], join, "-") for key, (node, join) in old_joins.items() if key not in same_joins)
    yield from (_join(new_names[node], join, " " if key in kept_joins else "+") for key, (node, join) in new_joins.items())
    yield from arrows
    yield "}"


def _both(before: Counter[tuple[str, str]], after: Counter[tuple[str, str]]) -> Iterator[str]:
    for arrow in dict.fromkeys([*before, *after]):
        both = min(before[arrow], after[arrow])
        for sign, n in ((" ", both), ("-", before[arrow] - both), ("+", after[arrow] - both)):
            for _ in range(n):
                yield "  " + statement(f"{quote(arrow[0])} -> {quote(arrow[1])}", _ARROW[sign])


def _staying(one: Graph, other: Graph, partner: Mapping[int, int]) -> dict[int, str]:
    """The operations that both graphs have, with their names in the second one."""
    new = {e.index: e for e in other.edges if not e.wire}
    found: dict[int, str] = {}
    for e in one.edges:
        mate = new.get(partner.get(e.index, -1))
        if not e.wire and mate is not None and mate.operator == e.operator and mate.label == e.label:
            found[e.index] = position_id(mate.position)
    return found


def _changed(one: Graph, other: Graph, partner: Mapping[int, int], cut: Set[int]) -> set[str]:
    """The folded subterms that stay in their place, with changes inside, by their names in the second graph."""
    a, b = one.term, other.term
    found: set[str] = set()
    for e in one.edges:
        j = partner.get(e.index)
        if j is not None and e.index in cut and a.subterm(e.index) != b.subterm(j):
            found.add(position_id(b.position(j)))
    return found


def _merge(joins: Mapping[tuple[int, int], tuple[int, Join]], key: tuple[int, int]) -> str:
    return joins[key][1].merge if key in joins else ""


def _numbered(graph: Graph) -> dict[tuple[int, int], tuple[int, Join]]:
    """The joins by node of the term, numbered where it has several."""
    seen: Counter[int] = Counter()
    found: dict[tuple[int, int], tuple[int, Join]] = {}
    for node, join in graph.joins.items():
        found[join.index, seen[join.index]] = (node, join)
        seen[join.index] += 1
    return found


def _join_name(key: tuple[int, int], sign: str) -> str:
    return f"{'k' if sign == '-' else 'j'}-{key[0]}-{key[1]}"


def _arrows(graph: Graph, name: Callable[[Edge], str], joins: Mapping[int, str]) -> Iterator[tuple[str, str]]:
    origin: dict[int, str] = {graph.source: "in", **joins}
    into_joins: list[tuple[str, str]] = []
    for e in graph.edges:
        end = origin[e.source] if e.wire else name(e)
        if not e.wire:
            yield origin[e.source], end
        if e.target in joins:
            into_joins.append((end, joins[e.target]))
        else:
            origin[e.target] = end
    yield from into_joins
    yield origin[graph.sink], "out"


def _operation(e: Edge, name: str, sign: str) -> str:
    words = {"-": " goes", "+": " comes", " ": "", "±": " changes inside"}[sign]
    shown = {"-": "− ", "+": "+ ", " ": "", "±": "± "}[sign]
    attributes = {
        "id": name,
        **_STYLE[sign],
        "label": shown + label(e.label),
        "tooltip": f"{e.label} at {position_text(e.position)}{words}",
    }
    attributes["class"] = f"nv-op {attributes['class']}"
    return "  " + statement(quote(name), attributes)


def _join(name: str, join: Join, sign: str) -> str:
    attributes: dict[str, Any] = {
        "id": f"{name}-{position_id(join.position)}",
        "color": LINE,
        **_STYLE[sign],
        "label": label(SYMBOLS.get(join.merge, join.merge)),
        "tooltip": f"{join.merge} at {position_text(join.position)}",
        "shape": "circle",
        "style": "filled,dashed" if sign == "-" else "filled",
        "fillcolor": QUIET,
        "margin": "0",
        "width": 0.24,
    }
    attributes["class"] = f"nv-join {attributes['class']}"
    return "  " + statement(quote(name), attributes)
