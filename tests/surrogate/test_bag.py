import numpy as np
import pytest

import nasviz as nv
from nasviz.errors import BuildError, NasvizError
from nasviz.records import Trial
from nasviz.spaces import Architecture, digits_cells, hierarchical_nb201, parse, three_node_cells
from nasviz.surrogate import FeatureStore
from nasviz.surrogate.bag import Bag, features


def test_the_features_of_a_cell_in_words_and_at_their_places():
    bag = features(three_node_cells().parse("Residual2(conv3x3, id, conv1x1)"))
    assert isinstance(bag, Bag)
    assert bag.table["feature"].tolist() == [
        "the input", "conv3x3", "conv1x1", "the output",
        "the input, feeding conv3x3 and the output", "conv3x3, fed by the input, feeding conv1x1",
        "conv1x1, fed by conv3x3, feeding the output", "the output, fed by conv1x1 and the input",
    ]  # fmt: skip
    assert bag.table["positions"].tolist() == ["the root", "(0,)", "(2,)", "the root"] * 2
    assert bag.table["iteration"].tolist() == [0] * 4 + [1] * 4


def test_equal_operations_are_counted():
    counts = {c.feature.words: c.count for c in features(parse("Residual(conv3x3, conv3x3, conv3x3)"), h=0).counted}
    assert counts == {"the input": 1, "the output": 1, "conv3x3": 3}


@pytest.mark.parametrize("level", [None, 1, 2])
def test_counts_are_those_that_the_kernel_uses(level):
    arch = hierarchical_nb201().sample(seed=0)
    store = FeatureStore(1, () if level is None else (level,))
    row = store.matrix(store.rows([arch]), level)
    bag = features(arch, level, h=1)
    assert sorted(c.count for c in bag.counted) == sorted(row.data.tolist())
    assert len(bag) == len(np.unique(row.indices))
    inner = next(c for c in bag.counted if c.feature.iteration == 1 and all(c.positions))
    column = next(k for k in row.indices.tolist() if store.feature(level, k).words == inner.feature.words)
    assert inner.positions == store.occurrences(arch, level, column)


def test_a_level_sees_subterms_as_operations():
    words = features(hierarchical_nb201().sample(seed=0), level=2, h=0).table["feature"].tolist()
    assert "C: Linear" in words
    assert "avg_pool" not in words


def test_a_bag_reads_as_text_and_a_view_shows_it():
    bag = nv.features(parse("Linear(conv3x3, relu)"), h=0)
    assert repr(bag).splitlines()[0] == "Linear(conv3x3, relu): 4 features (full graph, h = 0)"
    assert bag._repr_mimebundle_() == {"text/plain": repr(bag)}


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: features("conv3x3"),
            "features are those of an architecture, e.g. space.parse(text) or trial.arch, found a str",
        ),
        (lambda: features(Trial(0, "conv3x3", "f", "finished")), "or trial.arch, found a Trial"),
        (lambda: features(parse("conv3x3"), h=-1), "h is -1"),
        (lambda: features(parse("conv3x3"), level=-1), "level is -1"),
    ],
)
def test_what_is_refused(call, words):
    with pytest.raises(NasvizError) as error:
        call()
    assert words in str(error.value)


def test_an_open_place_has_no_features():
    space = digits_cells()
    with pytest.raises(BuildError, match="still open"):
        features(Architecture(space.begin().term, space))
