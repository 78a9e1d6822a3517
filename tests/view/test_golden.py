"""What views draw, word for word: tests/view/golden holds the pictures as DOT.

After a wanted change write them anew, NASVIZ_GOLDEN=write pytest tests/view/test_golden.py, and read the difference.
"""

import os
from pathlib import Path

import pytest

from nasviz.spaces import diff, parse
from nasviz.view.graph import fault_words, graph_info
from nasviz.view.tree import tree_info

FOLDER = Path(__file__).parent / "golden"
PAPER = "Linear(Residual(conv, id, conv), Residual(conv, id, conv), fc)"
FOLDED = "Linear(conv3x3, conv3x3, conv3x3, conv3x3, conv3x3, fc)"
FAULT = "Linear(Residual(conv, id, down), conv)"


def fault_graph():
    drawn = graph_info(parse(FAULT).term, fault=(0,), shapes={(0, 0): "16×32×32", (0, 1): "16×32×32", (0, 2): "32×16×16"})
    assert drawn.fault is not None
    return drawn.dot + "".join(f"// {line}\n" for line in fault_words(drawn.fault))


PICTURES = {
    "paper_graph": lambda: graph_info(parse(PAPER).term).dot,
    "paper_tree": lambda: tree_info(parse(PAPER).term).dot,
    "folded_graph": lambda: graph_info(parse(FOLDED).term).dot,
    "fault_graph": fault_graph,
    "difference_graph": lambda: diff(parse(PAPER), parse(PAPER.replace(" id", " relu", 1).replace("fc", "conv, fc"))).to_dot(),
    "patterns_tree": lambda: (
        tree_info(parse("Linear(conv, relu)").term, [("N0",), ("N8",), ("N16",)], [f"N{k}" for k in range(17)]).dot
    ),
}


@pytest.mark.parametrize("name", list(PICTURES))
def test_pictures_are_as_agreed(name):
    path, found = FOLDER / f"{name}.dot", PICTURES[name]()
    if os.environ.get("NASVIZ_GOLDEN") == "write":
        path.write_text(found, encoding="utf-8")
    assert found.splitlines() == path.read_text(encoding="utf-8").splitlines()
