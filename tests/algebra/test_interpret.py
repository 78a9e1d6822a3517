"""interpret calls an algebra once for each node, operands first, in their order."""

from __future__ import annotations

import pytest

from nasviz.algebra import Operator, Signature, Sort, interpret, parse_term

SIGNATURE = Signature([Operator("f", (Sort.MAP,), variadic=True), Operator("x"), Operator("y")])


def test_operands_come_in_order_and_before_their_operator() -> None:
    term = parse_term("f(x, f(y, x), y)", SIGNATURE)
    calls: list[int] = []

    def algebra(op: Operator, args: list[str], i: int) -> str:
        calls.append(i)
        assert op is term.operator(i)
        return f"{op.name}[{' '.join(args)}]" if args else op.name

    assert interpret(term, algebra) == "f[x f[y x] y]"
    assert sorted(calls) == list(range(len(term)))
    assert all(calls.index(c) < calls.index(i) for i in range(len(term)) for c in term.children(i))


@pytest.mark.slow
def test_depth_needs_no_recursion() -> None:
    deep = parse_term("f(" * 20_000 + "x" + ")" * 20_000, SIGNATURE)
    assert interpret(deep, lambda _op, args, _i: 1 + sum(args)) == 20_001
