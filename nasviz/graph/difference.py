"""Two graphs as one picture: what stays plain, what goes dashed with −, what comes thick with +."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Set
from typing import Any

from nasviz.algebra import Term, TreeEdit, position_text
from nasviz.graph.dot import SYMBOLS
from nasviz.graph.dot_text import header, label, position_id, quote, statement
from nasviz.graph.fold import fold_at
from nasviz.graph.graph import Edge, Graph, Join
from nasviz.graph.palette import ACCENT, LINE, QUIET, hue

READABLE = 80
"""Operations above which subterms that stay are drawn as one box each."""

_STYLE: dict[str, dict[str, Any]] = {
    "-": {"class": "nv-removed", "style": "rounded,filled,dashed", "color": ACCENT},
    "+": {"class": "nv-added", "penwidth": 2.4, "color": hue(2).strong},
    " ": {"class": "nv-same"},
}
_ARROW: dict[str, dict[str, Any]] = {
    "-": {"class": "nv-removed", "style": "dashed", "color": ACCENT},
    "+": {"class": "nv-added", "penwidth": 2.4, "color": hue(2).strong},
    " ": {},
}


def difference_to_dot(a: Term, b: Term, edit: TreeEdit, readable: int = READABLE) -> str:
    """Return the graphs of two terms as one picture.

    An operation that stays or comes has the id of its position in `b` ("p-0-2"), one that goes "r-0-2" of its position in
    `a`; the classes are "nv-same", "nv-removed" and "nv-added". What goes has a dashed outline and the sign −, what comes a
    thick one and +.

    Parameters
    ----------
    a, b
        The terms.
    edit
        Which nodes of them belong together.
    readable
        Operations up to which all are drawn; in larger graphs each subterm that stays whole is one box.

    Raises
    ------
    BuildError
        If one of the terms has no graph.
    """
    cut_a: Set[int] = frozenset()
    cut_b: Set[int] = frozenset()
    one, other = fold_at(a, cut_a), fold_at(b, cut_b)
    if max(len(one), len(other)) > readable:
        cut = unchanged(a, b, edit)
        one, other = fold_at(a, set(cut)), fold_at(b, set(cut.values()))
    return "\n".join(_lines(one, other, dict(edit.pairs))) + "\n"


def unchanged(a: Term, b: Term, edit: TreeEdit) -> dict[int, int]:
    """Return the largest subterms that stay as they are: node of `a` to node of `b`; single operations are left out."""
    partner = dict(edit.pairs)
    size: list[int] = a.size.tolist()
    found: dict[int, int] = {}
    i = 0
    while i < len(size):
        j = partner.get(i)
        same = j is not None and size[i] > 1 and int(b.size[j]) == size[i]
        if same and j is not None and all(partner.get(i + k) == j + k for k in range(size[i])) and a.subterm(i) == b.subterm(j):
            found[i] = j
            i += size[i]
        else:
            i += 1
    return found


def _lines(one: Graph, other: Graph, partner: Mapping[int, int]) -> Iterator[str]:
    stays = _staying(one, other, partner)
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

    yield from header("difference", "LR")
    for name in ("in", "out"):
        end = {"id": name, "class": "nv-io", "label": name, "shape": "plaintext", "style": "", "margin": "0.06,0.03"}
        yield "  " + statement(quote(name), end)
    kept, kept_joins = set(stays.values()), set(same_joins.values())
    yield from (_operation(e, old_name(e), "-") for e in one.edges if not e.wire and e.index not in stays)
    yield from (_operation(e, new_name(e), " " if new_name(e) in kept else "+") for e in other.edges if not e.wire)
    yield from (_join(old_names[node], join, "-") for key, (node, join) in old_joins.items() if key not in same_joins)
    yield from (_join(new_names[node], join, " " if key in kept_joins else "+") for key, (node, join) in new_joins.items())
    yield from _both(Counter(_arrows(one, old_name, old_names)), Counter(_arrows(other, new_name, new_names)))
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
    words = {"-": " goes", "+": " comes", " ": ""}[sign]
    shown = {"-": "− ", "+": "+ ", " ": ""}[sign]
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
