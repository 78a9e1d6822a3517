import numpy as np
import pytest

from nasviz.errors import BuildError
from nasviz.spaces import Architecture, SearchSpace, hierarchical_nb201, nested_convnet, parse
from nasviz.surrogate.alphabet import Alphabet
from nasviz.surrogate.batch import Batch, Refined, are_summing, listed, operations
from nasviz.surrogate.quantities import production_counts


def sorted_rows(refined: Refined) -> list[tuple[int, ...]]:
    owner, index, history = refined
    return sorted(zip(owner.tolist(), index.tolist(), *(labels.tolist() for labels in history), strict=True))


def slow(archs: list[Architecture], level: int | None, h: int) -> list[tuple[int, ...]]:
    return sorted_rows(listed([operations(arch, level) for arch in archs], h))


@pytest.mark.parametrize("level", [None, 0, 1, 2, 3, 4, 7])
def test_wiring_together_is_building_each_graph(drawn: list[Architecture], level: int | None) -> None:
    assert sorted_rows(Batch(drawn, Alphabet()).refined(level, 4)) == slow(drawn, level, 4)


def test_productions_are_those_of_each_derivation(drawn: list[Architecture]) -> None:
    mixed = [*drawn, parse("Linear(relu, relu)"), parse("Binary(mul, relu, relu)")]
    assert Batch(mixed, Alphabet()).productions() == [production_counts(arch) for arch in mixed]


def test_architectures_of_several_spaces_go_together() -> None:
    archs = [
        *hierarchical_nb201().sample(3, seed=1),
        parse("Linear(conv3x3, zero)"),
        *nested_convnet().sample(3, seed=1),
        parse("Linear(conv3x3, Residual(id, id, id), Linear(Residual(id, zero, id), relu))"),
        parse("id"),
        parse("zero"),
        parse("Binary(mul, Linear(conv3x3), Residual(relu, id, id))"),
    ]
    for level in (None, 0, 1, 2):
        assert sorted_rows(Batch(archs, Alphabet()).refined(level, 3)) == slow(archs, level, 3)


def test_long_chains_and_long_chains_of_shortcuts_need_no_recursion() -> None:
    blocks = ", ".join(["Residual(relu, id, id)"] * 400)
    archs = [parse(f"Linear({', '.join(['id', 'relu'] * 3000)})"), parse(f"Linear({blocks})")]
    assert sorted_rows(Batch(archs, Alphabet()).refined(None, 2)) == slow(archs, None, 2)


def test_deep_terms_need_no_recursion_and_no_patience() -> None:
    text = "relu"
    for _ in range(3000):
        text = f"Linear({text}, id)"
    arch = parse(text)
    owner, _, history = Batch([arch, parse("relu")], Alphabet()).refined(None, 1)
    assert sorted(owner.tolist()) == [0, 0, 0, 1, 1, 1]
    assert len(set(history[1].tolist())) == 3
    assert len(Batch([arch], Alphabet()).refined(3, 1)[0]) == 3


def test_a_folded_subterm_is_called_by_its_nonterminals() -> None:
    space = SearchSpace(
        "S ::= Linear(A, B, A) | A\nA ::= B | relu\nB ::= Linear(relu, conv3x3) | Residual(A, id, Linear(relu, A))"
    )
    archs = list(dict.fromkeys(space.sample(60, seed=0)))
    for level in range(5):
        assert sorted_rows(Batch(archs, Alphabet()).refined(level, 1)) == slow(archs, level, 1)


def test_a_term_that_its_grammar_does_not_derive_is_called_by_its_operators() -> None:
    space = hierarchical_nb201()
    whole = space.sample(seed=4)
    parts = [whole[0], whole[0, 0], whole]
    for level in range(4):
        assert sorted_rows(Batch(parts, Alphabet()).refined(level, 1)) == slow(parts, level, 1)


def test_which_terms_are_wired_together() -> None:
    alphabet = Alphabet()
    fast = ["Linear(conv3x3, Residual(relu, id, zero))", "id", "Diamond2(relu, relu, relu, relu)"]
    general = ["Binary(mul, relu, relu)", "WS(2, 0.5, 1, relu, relu, relu)"]
    terms = [parse(text).term for text in (*fast, *general)]
    numbers = [alphabet.numbers(term) for term in terms]
    assert are_summing(terms, numbers, alphabet).tolist() == [True] * 3 + [False] * 2
    assert are_summing([], [], alphabet).tolist() == []


def test_an_architecture_without_a_graph_is_input_and_output() -> None:
    arch = parse("Linear(conv3x3, zero)")
    with pytest.raises(BuildError):
        arch.graph()
    assert operations(arch, None).labels == ["<input>", "<output>"]
    owner, index, history = Batch([arch], Alphabet()).refined(None, 2)
    assert (owner.tolist(), index.tolist(), len(history)) == ([0, 0], [0, 0], 3)


def test_no_architectures_have_no_operations() -> None:
    owner, index, history = Batch([], Alphabet()).refined(0, 1)
    assert (len(owner), len(index), [labels.dtype for labels in history]) == (0, 0, [np.uint64] * 2)
