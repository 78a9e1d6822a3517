"""The difference of two architectures as a value."""

import pytest

from nasviz.errors import NasvizError
from nasviz.spaces import diff, hierarchical_nb201, parse


def test_it_lists_the_edits_in_the_order_of_the_text():
    found = diff(parse("Linear(relu, Residual(conv, id, conv), fc)"), parse("Linear(Residual(conv, relu, conv), batch, fc)"))
    assert [str(edit) for edit in found.edits] == [
        "remove relu at (0,)",
        "replace id at (1, 1) by relu",
        "add batch at (1,)",
    ]
    assert found.exact


def test_its_text_marks_what_changes():
    found = diff(parse("Linear(conv, fc)"), parse("Linear(Residual(conv, id, conv), fc)"))
    lines = repr(found).replace("\xa0", " ").splitlines()
    assert lines[0] == "Linear({+Residual2(conv, id, +}conv{+)+}, fc)"
    assert lines[1] == "3 edits · 3.0 k → 5.3 k parameters (+2.3 k, +79 %) · 5.6 M → 10 M FLOPs (+4.7 M, +84 %)"
    assert lines[2:] == ["  add Residual2 at (0,)", "  add conv at (0, 0)", "  add id at (0, 1)"]


def test_equal_architectures():
    arch = parse("Linear(conv, fc)")
    found = diff(arch, arch)
    assert (found.edits, found.summary[0]) == ((), "equal")
    assert "in both" in found.summary[1]


def test_what_cannot_be_built_has_no_comparison_of_cost():
    found = diff(parse("Linear(Residual(conv, id, conv), conv)"), parse("Linear(Residual(conv, id, down), conv)"))
    assert found.summary[1].startswith("no comparison of cost: shapes ")
    assert "nv-added" in found.to_dot()


def test_two_large_architectures_are_compared_in_bounded_time():
    a, b = hierarchical_nb201().sample(2, seed=3)
    found = diff(a, b)
    text = "".join(piece for sign, piece in found.pieces if sign != "-")
    assert text == str(b)


def test_only_architectures_are_compared():
    with pytest.raises(NasvizError, match="diff compares two architectures, found str"):
        diff(parse("conv"), "conv")
