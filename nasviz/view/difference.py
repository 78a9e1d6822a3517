"""What a difference of two architectures changes in parameters and FLOPs, place by place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nasviz.algebra import Position, Term, TreeEdit
from nasviz.records import CostRow


@dataclass(frozen=True)
class PlaceChange:
    """One place that changes: an operator that goes, comes or is replaced, or one that stays and costs something else.

    Attributes
    ----------
    sign
        "−" goes, "+" comes, "±" replaced, "=" stays; "=" too for stem and head.
    before, after
        Position in the first and the second term; None where there is none.
    old, new
        Names of the operators; "" where there is none.
    parameters, flops
        Before and after; None where the operator has no cost of its own, or it is unknown.
    """

    sign: str
    before: Position | None
    after: Position | None
    old: str
    new: str
    parameters: tuple[int, int] | None = None
    flops: tuple[int, int] | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the change as JSON."""
        return {
            "sign": self.sign,
            "before": None if self.before is None else list(self.before),
            "after": None if self.after is None else list(self.after),
            "old": self.old,
            "new": self.new,
            "parameters": None if self.parameters is None else list(self.parameters),
            "flops": None if self.flops is None else list(self.flops),
        }


def place_changes(
    a: Term, b: Term, edit: TreeEdit, before: Sequence[CostRow] = (), after: Sequence[CostRow] = ()
) -> list[PlaceChange]:
    """Return the places that change, in the order of the text of the second term; stem and head last.

    Parameters
    ----------
    a, b
        The terms.
    edit
        Which nodes of them belong together.
    before, after
        Rows of cost of the two architectures; without them only operators are compared.

    Examples
    --------
    >>> from nasviz.algebra import Operator, Term, tree_edit
    >>> a, b = Term.build(Operator("conv")), Term.build(Operator("fc"))
    >>> change = place_changes(a, b, tree_edit(a, b))[0]
    >>> change.sign, change.old, change.new
    ('±', 'conv', 'fc')
    """
    old_rows = {row.position: row for row in before if row.part == "body"}
    new_rows = {row.position: row for row in after if row.part == "body"}
    partner = dict(edit.pairs)
    found: list[tuple[tuple[int, int], PlaceChange]] = []
    at = 0
    for i, op in enumerate(a.operators):
        j = partner.get(i)
        place = a.position(i)
        if j is None:
            found.append(((at, 0), _change("−", place, None, op.name, "", old_rows.get(place), None)))
            continue
        at, other = j, b.operators[j]
        change = _change(
            "=" if op == other else "±",
            place,
            b.position(j),
            op.name,
            other.name,
            old_rows.get(place),
            new_rows.get(b.position(j)),
        )
        if change.sign == "±" or _differs(change):
            found.append(((j, 1), change))
    met = set(partner.values())
    for j, op in enumerate(b.operators):
        if j not in met:
            place = b.position(j)
            found.append(((j, 2), _change("+", None, place, "", op.name, None, new_rows.get(place))))
    inside = [change for _, change in sorted(found, key=lambda pair: pair[0])]
    return inside + _ends(before, after)


def _ends(before: Sequence[CostRow], after: Sequence[CostRow]) -> list[PlaceChange]:
    old = {row.part: row for row in before if row.part != "body"}
    new = {row.part: row for row in after if row.part != "body"}
    changes = [
        _change("=", None, None, part, part, old.get(part), new.get(part)) for part in ("stem", "head") if part in old | new
    ]
    return [change for change in changes if _differs(change)]


def _differs(change: PlaceChange) -> bool:
    return any(pair is not None and pair[0] != pair[1] for pair in (change.parameters, change.flops))


def _change(
    sign: str,
    before: Position | None,
    after: Position | None,
    old: str,
    new: str,
    old_row: CostRow | None,
    new_row: CostRow | None,
) -> PlaceChange:
    if old_row is None and new_row is None:
        return PlaceChange(sign, before, after, old, new)
    parameters = (old_row.parameters if old_row else 0, new_row.parameters if new_row else 0)
    flops = (old_row.flops if old_row else 0, new_row.flops if new_row else 0)
    return PlaceChange(sign, before, after, old, new, parameters, flops)
