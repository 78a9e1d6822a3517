import pytest

from nasviz.errors import GrammarError, NasvizError
from nasviz.grammar import Grammar
from nasviz.spaces import SearchSpace, load, nb201, nested_convnet, parse

TEXT = "S ::= Linear(B, B) | Residual(B, id, B)\nB ::= conv3x3 | avg_pool"


def test_the_difference_to_a_space_a_grammar_and_a_text():
    space = SearchSpace(TEXT)
    text = TEXT + " | id"
    for other in (SearchSpace(text), Grammar.parse(text, space.signature), text):
        found = space.difference(other)
        assert [str(p) for p in found.added] == ["B ::= id"]
        assert found.terms == (8, 18)
    old = [space.parse("Linear(conv3x3, conv3x3)"), parse("Linear(conv3x3, id)")]
    assert space.difference("S ::= Linear(B, B)\nB ::= id | conv3x3").still_derives(old) == [True, True]
    assert space.difference("S ::= Linear(B, B)\nB ::= conv3x3").still_derives(old) == [True, False]
    with pytest.raises(GrammarError):
        space.difference("S ::= nothing9")
    with pytest.raises(NasvizError, match="no difference"):
        space.difference(SearchSpace.free())


def test_latex_of_a_space_an_architecture_and_a_derivation():
    space = SearchSpace(TEXT)
    assert r"\mathit{B} &::= \operatorname{conv3x3} \mid \operatorname{avg\_pool}" in space.to_latex()
    arch = space.parse("Linear(conv3x3, avg_pool)")
    assert arch.to_latex() == r"\operatorname{Linear}(\operatorname{conv3x3}, \operatorname{avg\_pool})"
    steps = arch.derivation.to_latex()
    assert steps.count(r"\Rightarrow") == 3
    assert r"\underline{\mathit{S}} &\Rightarrow" in steps
    assert nested_convnet().sample(seed=3).derivation.to_latex(max_steps=1).count(r"\\") <= 3
    with pytest.raises(NasvizError, match="has no grammar"):
        SearchSpace.free().to_latex()
    with pytest.raises(NasvizError, match="has no grammar"):
        parse("conv3x3").derivation.to_latex()


def test_save_and_card_are_methods(tmp_path):
    nb201().save(tmp_path / "x")
    assert load(tmp_path / "x").card() == nb201().card()
