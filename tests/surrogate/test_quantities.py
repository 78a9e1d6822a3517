from collections import Counter

import numpy as np
import pytest

from nasviz.spaces import Architecture, hierarchical_shared_cell, parse
from nasviz.surrogate.quantities import Numbers, Productions, longest_path, production_counts, standardised


def test_numbers_are_those_of_the_cost() -> None:
    archs = [parse("Linear(conv3x3, relu)"), parse("Residual(conv3x3, id, Linear(relu, conv3x3))")]
    numbers = Numbers()
    assert numbers.of(archs, "parameters").tolist() == [float(arch.cost().parameters) for arch in archs]
    assert numbers.of(archs, "flops").tolist() == [float(arch.cost().flops) for arch in archs]
    assert numbers.of(archs, "depth").tolist() == [2.0, 3.0]


def test_every_number_is_computed_once() -> None:
    seen: list[Architecture] = []

    def proxy(arch: Architecture) -> float:
        seen.append(arch)
        return float(len(arch.term))

    archs = [parse("relu"), parse("Linear(relu, relu)")]
    numbers = Numbers()
    assert numbers.of(archs, proxy).tolist() == [1.0, 3.0]
    assert numbers.copy().of(archs[::-1], proxy).tolist() == [3.0, 1.0]
    assert seen == archs


def test_what_has_no_network_has_no_number() -> None:
    found = Numbers().of([parse("Linear(conv3x3, zero)"), parse("relu")], "parameters")
    assert np.isnan(found[0])
    assert found[1] > 0
    assert np.isnan(Numbers().of([parse("zero")], "depth")[0])


def test_an_unknown_number_is_named() -> None:
    with pytest.raises(ValueError, match="no number 'params' of an architecture: choose parameters, flops or depth"):
        Numbers().of([parse("relu")], "params")


def test_depth_counts_operations_on_the_longest_path() -> None:
    assert longest_path(parse("Linear(id, id)").graph()) == 0
    assert longest_path(parse("Cell(relu, relu, relu, id, relu, relu)").graph()) == 3


def test_standardising_uses_the_reference() -> None:
    reference = np.array([10.0, 100.0, 1000.0])
    found = standardised(np.array([100.0, 1e9, np.nan]), reference)
    logs = np.log1p(reference)
    assert found[0] == pytest.approx((np.log1p(100) - logs.mean()) / logs.std())
    assert found[1] > 3
    assert found[2] == 0
    assert standardised(np.array([5.0, 5.0])).tolist() == [0.0, 0.0]
    assert standardised(np.array([np.nan])).tolist() == [0.0]


def test_production_counts_are_those_of_the_derivation(drawn: list[Architecture]) -> None:
    for arch in drawn[:4]:
        grammar = arch.space.grammar
        assert grammar is not None
        tree = arch.derivation.tree
        expected: Counter[str] = Counter()
        for node in tree.nodes:
            expected[f"{node.nonterminal} ::= {grammar.rules[node.nonterminal][node.production].body}"] += 1
        assert production_counts(arch) == expected


def test_a_shared_draw_counts_at_every_use() -> None:
    counts = production_counts(hierarchical_shared_cell().sample(seed=1))
    cells = sum(n for name, n in counts.items() if name.startswith("CELL ::="))
    assert cells > 10


def test_rows_of_productions_are_sparse_counts() -> None:
    productions = Productions()
    productions.add([production_counts(parse(text)) for text in ("Linear(relu, relu)", "conv3x3")])
    assert productions.matrix(np.array([0, 1])).toarray().tolist() == [[1, 2, 0], [0, 0, 1]]
    assert productions.names == ("Linear", "relu", "conv3x3")
    other = productions.copy()
    other.add([production_counts(parse("mish"))])
    assert (len(productions), len(other)) == (2, 3)
    assert other.matrix(np.array([2, 1])).toarray().tolist() == [[0, 0, 0, 1], [0, 0, 1, 0]]
    assert productions.matrix(np.empty(0, np.int64)).shape == (0, 3)
