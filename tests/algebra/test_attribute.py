from nasviz.algebra import Operator, Signature, Sort, Total, parse_term
from nasviz.algebra.attribute import DEPTH, SIZE

F, S, A = Operator("f", (Sort.MAP, Sort.MAP)), Operator("s", (Sort.MAP,)), Operator("a")
SIGNATURE = Signature([F, S, A])


def test_depth_and_size():
    for text in ("a", "s(a)", "f(s(a), a)", "f(a, f(s(a), s(a)))"):
        term = parse_term(text, SIGNATURE)
        assert (DEPTH.of(term), SIZE.of(term)) == (term.height, len(term))
        assert (DEPTH.capped(2).of(term), SIZE.capped(3).of(term)) == (min(term.height, 2), min(len(term), 3))


def test_totals_count_what_they_are_told():
    fs = Total("fs", each=lambda op: 2 * (op.name == "f"))
    assert fs.of(parse_term("f(a, f(s(a), s(a)))", SIGNATURE)) == 4
    assert fs.capped(3).of(parse_term("f(a, f(s(a), s(a)))", SIGNATURE)) == 3
    assert not fs.flag
    assert not fs.everywhere(F)
    assert fs.number("no number") is None


def test_signatures_carry_attributes():
    fs = Total("fs", each=lambda op: op.name == "f")
    assert list(SIGNATURE.attributes) == ["depth", "size"]
    assert list(Signature([A], attributes=[fs]).with_([S]).attributes) == ["depth", "size", "fs"]
    assert Signature([A]).with_([], [fs]).attributes["fs"] is fs
