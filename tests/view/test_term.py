import json

import pytest

from nasviz.errors import NasvizError
from nasviz.spaces import digits_cells, parse
from nasviz.view.term import marked, term_info

PAPER = "Linear(Residual(conv, id, conv), fc)"


def test_ranges_cut_the_subterms_out_of_the_text():
    term = parse(PAPER).term
    info = term_info(term)
    for i in range(len(term)):
        assert info.text[info.start[i] : info.stop[i]] == term.subterm(i).text
    assert info.operators == tuple(op.name for op in term.operators)
    assert info.labels == ((),) * len(term)


def test_labels_carry_the_colour_of_their_nonterminal():
    arch = digits_cells().sample(seed=3)
    info = term_info(arch.term, arch.derivation.labels, arch.derivation.nonterminals)
    assert info.labels[0][0] == ("NET", 0)
    assert {hue for row in info.labels for _, hue in row} <= {0, 1, 2}


def test_each_nonterminal_has_a_number_of_its_own():
    names = [f"N{k}" for k in range(10)]
    assert term_info(parse("conv").term, [["N9"]], names).labels == ((("N9", 9),),)


def test_the_json_form_is_json():
    info = term_info(parse(PAPER).term)
    assert json.loads(json.dumps(info.to_json()))["arity"] == [2, 3, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("position", "text"),
    [
        ((), "⟦Linear(Residual2(conv, id, conv), fc)⟧"),
        ((0, 1), "Linear(Residual2(conv, ⟦id⟧, conv), fc)"),
    ],
)
def test_marked(position, text):
    assert marked(parse(PAPER).term, position) == text


def test_marked_cuts_what_is_far():
    term = parse("Linear(" + ", ".join(["conv"] * 100) + ")").term
    assert marked(term, (50,), width=24) == "…nv, conv, ⟦conv⟧, conv, co…"
    assert len(marked(term, (), width=24)) == 24 + 3
    with pytest.raises(NasvizError, match=r"no position \(100,\)"):
        marked(term, (100,))
