import numpy as np
import pytest

from nasviz.graph import topology
from nasviz.spaces import parse
from nasviz.surrogate.alphabet import Alphabet, Kind
from nasviz.surrogate.wl import label_hash


def kinds(text: str) -> list[Kind]:
    alphabet = Alphabet()
    return [Kind(alphabet.tables.kind[k]) for k in alphabet.numbers(parse(text).term).tolist()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Linear(relu, id, zero)", [Kind.CHAIN, Kind.OPERATION, Kind.ID, Kind.ZERO]),
        ("Residual(relu, id, relu)", [Kind.WIRED, Kind.OPERATION, Kind.ID, Kind.OPERATION]),
        ("Binary(mul, relu, relu)", [Kind.OTHER, Kind.OPERATION, Kind.OPERATION, Kind.OPERATION]),
    ],
)
def test_what_operators_do_to_a_graph(text: str, expected: list[Kind]) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize("merge", ["mul", "concat", "max"])
def test_a_wiring_that_does_not_sum_goes_the_general_way(merge: str) -> None:
    term = parse("relu").term
    alphabet = Alphabet()
    number = alphabet.numbers(type(term).build(topology("Two", "1>2 1>2", merge=merge), term, term))[0]
    assert alphabet.tables.kind[number] == Kind.OTHER


def test_equal_operators_have_one_number_whatever_object_they_are() -> None:
    alphabet = Alphabet()
    first = alphabet.numbers(parse("Linear(conv3x3, relu)").term)
    again = alphabet.numbers(parse("Linear(conv3x3, relu)").term)
    assert np.array_equal(first, again)
    assert [alphabet.operators[k].name for k in first.tolist()] == ["Linear", "conv3x3", "relu"]


def test_numbers_survive_when_objects_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nasviz.surrogate.alphabet._MOST_OBJECTS", 1)
    alphabet = Alphabet()
    terms = [parse(text).term for text in ("Linear(conv3x3, relu)", "Linear(relu, avg_pool)", "Linear(conv3x3, relu)")]
    first, second, third = (alphabet.numbers(term) for term in terms)
    assert first[2] == second[1]
    assert np.array_equal(first, third)


def test_tables_grow_with_the_operators() -> None:
    alphabet = Alphabet()
    alphabet.numbers(parse("relu").term)
    assert alphabet.tables.label.tolist() == [label_hash("relu")]
    alphabet.numbers(parse("Cell(id, id, id, id, id, relu)").term)
    known = alphabet.tables
    cell = [op.name for op in alphabet.operators].index("Cell")
    edges = slice(int(known.offset[cell]), int(known.offset[cell]) + 6)
    assert known.inner[cell] == 2
    assert known.source[edges].tolist() == [-1, -1, 0, -1, 0, 1]
    assert known.target[edges].tolist() == [0, 1, 1, -1, -1, -1]
