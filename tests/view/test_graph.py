import pytest

from nasviz.errors import BuildError
from nasviz.spaces import hierarchical_nb201, parse
from nasviz.view.graph import LARGEST, graph_info


def full(depth):
    text = "Linear(conv, relu)"
    for _ in range(depth):
        text = f"Residual({text}, id, {text})"
    return parse(text).term


def test_a_small_graph_is_whole():
    info = graph_info(parse("Linear(Residual(conv, id, conv), fc)").term)
    assert (info.operations, info.level, info.note) == (4, None, "")
    assert 'id="p-0-2"' in info.dot


def test_a_large_graph_is_folded_at_the_deepest_level_that_fits():
    info = graph_info(full(8))
    assert info.operations > LARGEST
    assert info.dot.count("nv-op") <= LARGEST
    assert info.level is not None
    assert graph_info(full(8), largest=10).level < info.level
    assert info.note == f"{info.operations} operations, subterms below depth {info.level} are one box each"


def test_boxes_are_drawn_where_labels_say_it():
    arch = next(a for a in hierarchical_nb201().sample(20, seed=4) if _drawn(a))
    labels, names = arch.derivation.labels, arch.derivation.nonterminals
    assert "nv-cluster" in graph_info(arch.term, labels, names).dot
    assert "nv-cluster" not in graph_info(arch.term, labels, names, boxes=False).dot


def _drawn(arch):
    try:
        return bool(graph_info(arch.term))
    except BuildError:
        return False


def test_shapes_stand_on_arrows():
    assert "16×8×8" in graph_info(parse("Linear(conv, fc)").term, shapes={(0,): "16×8×8"}).dot


def test_no_path_is_an_error_with_a_position():
    with pytest.raises(BuildError):
        graph_info(parse("Linear(conv, zero)").term)
