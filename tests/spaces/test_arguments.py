"""What people hand to a space: each mistake is a sentence that says what was found and what to type."""

import numpy as np
import pytest

import nasviz as nv
from nasviz.algebra import Operator
from nasviz.errors import NasvizError, TermError
from nasviz.graph import Topology, topology
from nasviz.spaces import SearchSpace, known, parse
from nasviz.spaces.arguments import checked_operators

SPACE = SearchSpace("S ::= Linear(B, B)\nB ::= conv3x3 | id")


def test_two_different_operators_of_one_name_are_refused() -> None:
    one, two = Operator("swish3", doc="first"), Operator("swish3", doc="second")
    for make in (lambda ops: SearchSpace("S ::= swish3", ops), lambda ops: SearchSpace.free(operators=ops)):
        with pytest.raises(NasvizError, match=r"^two different operators are called swish3, .* e\.g\. name='swish3_2'$"):
            make([one, two])


def test_one_operator_may_be_listed_twice_and_stand_for_a_standard_one() -> None:
    mine: Topology = topology("Diamond", "1>2 1>3 2>4 3>4")
    assert checked_operators([mine, mine]) == (mine,)
    conv = Operator("conv3x3", doc="mine")
    assert SearchSpace("S ::= conv3x3", [conv, mine]).signature.resolve("conv3x3", 0) is conv


@pytest.mark.parametrize("name", ["nb201", "hierarchical_nb201", "hierarchical_shared_cell", "hierarchical_cell_based"])
@pytest.mark.parametrize("given", ["x", None, 1, "False"])
def test_only_true_and_false_ask_for_connected_cells(name: str, given: object) -> None:
    with pytest.raises(NasvizError, match=r"^connected is .*; it must be True or False$"):
        getattr(nv.spaces, name)(connected=given)


def test_other_switches_of_spaces_and_known_architectures() -> None:
    with pytest.raises(NasvizError, match=r"^plain is 'yes'; it must be True or False$"):
        nv.spaces.hierarchical_fixed_macro(plain="yes")  # type: ignore[arg-type]
    with pytest.raises(NasvizError, match=r"^imagenet is 'no'"):
        known.resnet18(imagenet="no")  # type: ignore[arg-type]
    with pytest.raises(NasvizError, match=r"^class_token is None"):
        known.vit_tiny(class_token=None)  # type: ignore[arg-type]
    assert nv.spaces.nb201(connected=np.True_).count() == 15284  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "found"),
    [("3", "3 is an int"), ("add", "add is a merge"), (" 0.5 ", "0.5 is a float"), ("concat", "concat is a merge")],
)
def test_numbers_and_merges_are_no_architectures(text: str, found: str) -> None:
    for read in (parse, SearchSpace.free().parse):
        with pytest.raises(TermError) as caught:
            read(text)
        assert f"{found}; an architecture is a map, e.g. conv3x3 or Linear(conv3x3, id)" in str(caught.value)
        assert "^" in str(caught.value)


@pytest.mark.parametrize("given", [3, "x", None, "Linear(id, id)", (), SPACE])
def test_what_is_no_architecture_is_neither_contained_nor_ranked(given: object) -> None:
    for ask in (SPACE.contains, SPACE.__contains__, SPACE.rank, SearchSpace.free().contains):
        with pytest.raises(
            NasvizError, match=r"^an architecture or a term is expected, found .*; space\.parse\(text\) reads a text$"
        ):
            ask(given)  # type: ignore[arg-type]


@pytest.mark.parametrize("n", ["x", 1.5, None, (), 2.0])
def test_architectures_have_whole_numbers(n: object) -> None:
    with pytest.raises(NasvizError, match=r"^the number of a term is a whole number from 0, found "):
        SPACE.unrank(n)  # type: ignore[arg-type]
    with pytest.raises(NasvizError, match=r"^start is .*; it must be a whole number, 0 or more$"):
        list(SPACE.enumerate(n))  # type: ignore[arg-type]
    assert SPACE.unrank(np.int64(3)) == SPACE.unrank(3)  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", [3, None, "x", [[3, 32, 32]], (), (3, -1, 2), (3.0, 2, 2)])
def test_shapes_of_a_single_term(shape: object) -> None:
    with pytest.raises(NasvizError, match=r"^an input shape is positive whole numbers"):
        parse("conv", shape)  # type: ignore[arg-type]
    assert parse("conv", [3, 8, 8]).space.input_shape == (3, 8, 8)  # type: ignore[arg-type]


ODD: list[object] = [None, -1, 3, 1.5, b"x", [3], object()]


@pytest.mark.parametrize("given", [*ODD, "x"])
def test_operators_and_attributes_are_lists_of_them(given: object) -> None:
    calls = (
        lambda: SearchSpace("S ::= conv", attributes=given),  # type: ignore[arg-type]
        lambda: nv.spaces.signature(attributes=given),  # type: ignore[arg-type]
        lambda: nv.spaces.signature(given),  # type: ignore[arg-type]
        lambda: nv.Architecture.from_json(parse("conv").to_json(), given),  # type: ignore[arg-type]
        lambda: nv.load("nowhere.grammar", given),  # type: ignore[arg-type]
        lambda: nv.load("nowhere.grammar", attributes=given),  # type: ignore[arg-type]
    )
    for call in calls:
        with pytest.raises(NasvizError, match=r"^(operators|attributes)(=\[\.\.\.\] holds| are a list, e\.g\.) .*found "):
            call()


@pytest.mark.parametrize("given", [None, 3, b"x", [3], object()])
def test_names_of_files_are_text_or_paths(given: object) -> None:
    for call in (nv.load, SPACE.save):
        with pytest.raises(NasvizError, match=r"^the name of a file is text or a path, e\.g\. 'mine\.grammar', found "):
            call(given)  # type: ignore[arg-type]


@pytest.mark.parametrize("given", [None, "x", 1.5, b"x", object(), ("x",)])
def test_positions_are_made_of_numbers(given: object) -> None:
    arch = SPACE.sample(seed=0)
    calls = [lambda: arch[given], lambda: SPACE.replacements(arch, given), lambda: SPACE.reopen(arch, given)]  # type: ignore[index, arg-type]
    for call in calls if given is None else [*calls, lambda: SPACE.mutate(arch, 0, given)]:  # type: ignore[arg-type]
        with pytest.raises(NasvizError, match=r"^a position is made of numbers of operands, as in arch\[0, 2\]; found "):
            call()
    assert SPACE.mutate(arch, 0, 1) == SPACE.mutate(arch, 0, (1,))  # type: ignore[arg-type]


@pytest.mark.parametrize("given", ODD)
def test_what_a_space_is_compared_with_or_narrowed_to(given: object) -> None:
    with pytest.raises(NasvizError, match=r"^spaces, grammars and texts of grammars are compared, found "):
        SPACE.difference(given)  # type: ignore[arg-type]
    with pytest.raises(NasvizError, match=r"^a partial derivation is expected, e\.g\. space\.begin\(\), found "):
        SPACE.restrict(given)  # type: ignore[arg-type]


def test_more_draws_than_fit_into_a_memory() -> None:
    with pytest.raises(NasvizError, match=r"^draws are a list of at most 10,000,000, found 10{30}; draw them in parts$"):
        SPACE.sample(10**30)


def test_known_architectures_of_any_size_and_task() -> None:
    with pytest.raises(NasvizError, match=r"^the depth of a wide .* is 6 n \+ 4, 10, 16, 22 … 9,994, found 10{30}$"):
        known.wide_resnet(depth=10**30)
    for make in (known.nb201_best, known.nb201_resnet):
        with pytest.raises(NasvizError, match=r"^an input shape is positive whole numbers"):
            make(3)  # type: ignore[arg-type]
        with pytest.raises(NasvizError, match=r"^a classification has 2 classes or more"):
            make(num_classes=[3])  # type: ignore[arg-type]
