import pytest

from nasviz.spaces import digits_cells, parse
from nasviz.view.tree import LARGEST, tree_info


def nodes(dot):
    return sum(" [id=" in line for line in dot.splitlines())


def full(depth):
    text = "conv"
    for _ in range(depth):
        text = f"Linear({text}, {text})"
    return parse(text).term


def test_a_small_tree_is_whole():
    arch = digits_cells().sample(seed=3)
    info = tree_info(arch.term, arch.derivation.labels, arch.derivation.nonterminals)
    assert (info.nodes, info.hidden, info.note) == (len(arch.term), 0, "")
    assert nodes(info.dot) == len(arch.term)


@pytest.mark.parametrize("depth", [8, 9, 11])
def test_a_large_tree_is_cut_at_a_depth(depth):
    info = tree_info(full(depth))
    assert nodes(info.dot) <= LARGEST
    assert info.nodes == 2 ** (depth + 1) - 1
    assert info.note == f"{info.hidden} of {info.nodes} nodes are folded"


def test_a_wide_tree_shows_at_least_its_root():
    info = tree_info(parse("Linear(" + ", ".join(["conv"] * 50) + ")").term, largest=10)
    assert info.hidden == 50
