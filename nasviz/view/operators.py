"""The operators of a signature as plain data, to complete and to explain: signature, what it does, where it is from."""

from __future__ import annotations

from dataclasses import dataclass

from nasviz.algebra import Operator, Signature


@dataclass(frozen=True)
class OperatorInfo:
    """What a view says of an operator.

    Attributes
    ----------
    name
        As written; for an alias the alias.
    signature
        Sorts of operands and result: "(map, map, map) → map".
    operands
        Number of operands to write; the least one of several or of a variadic operator.
    doc
        One sentence: what it computes; "" where nobody said it.
    source
        Where it is from, or "".
    """

    name: str
    signature: str
    operands: int
    doc: str
    source: str


def sorts_text(operator: Operator) -> str:
    """Return the sorts of an operator as people read them.

    >>> from nasviz.algebra import Sort
    >>> sorts_text(Operator("Linear", (Sort.MAP,), variadic=True)), sorts_text(Operator("id"))
    ('(map, …) → map', 'map')
    """
    if not operator.operands:
        return str(operator.result)
    inside = ", ".join([*map(str, operator.operands), *(["…"] if operator.variadic else [])])
    return f"({inside}) → {operator.result}"


def operator_infos(signature: Signature) -> list[OperatorInfo]:
    """Return every name that may be written, aliases included, in the order of the signature.

    >>> from nasviz.algebra import Sort
    >>> two, three = Operator("R2", (Sort.MAP,) * 2, doc="Two."), Operator("R3", (Sort.MAP,) * 3, doc="Three.")
    >>> operator_infos(Signature([two, three], {"R": ("R2", "R3")}))[-1]
    OperatorInfo(name='R', signature='(map, map) → map or (map, map, map) → map', operands=2, doc='R2 or R3.', source='')
    """
    return [_info(name, signature.candidates(name)) for name in signature.names()]


def _info(name: str, found: tuple[Operator, ...]) -> OperatorInfo:
    sorts = " or ".join(dict.fromkeys(map(sorts_text, found)))
    first = found[0]
    least = min(op.arity for op in found)
    if name == first.name:
        return OperatorInfo(name, sorts, least, first.doc, first.source)
    others = " or ".join(op.name for op in found)
    doc = f"{others}." if len(found) > 1 else f"{others}: {first.doc}".rstrip(": ")
    return OperatorInfo(name, sorts, least, doc, " · ".join(dict.fromkeys(op.source for op in found if op.source)))
