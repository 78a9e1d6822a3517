"""``%%grammar`` makes a search space of a cell's text."""

import pytest
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell

from nasviz.errors import GrammarError, NasvizError
from nasviz.graph import topology
from nasviz.jupyter import grammar_space, load_ipython_extension
from nasviz.spaces import SearchSpace

TEXT = """
S ::= Linear(S, conv) | conv
"""


def test_name_shape_and_classes() -> None:
    name, space = grammar_space("mine --input-shape 1,8,8 --classes 5", TEXT, {})
    assert (name, space.input_shape, space.num_classes) == ("mine", (1, 8, 8), 5)
    assert space.count(max_height=2) == 2


def test_operators_of_the_notebook_are_found_by_name() -> None:
    kite = topology("Kite", "1>2 1>3 2>4 3>4")
    names = {"k": kite, "other": 3}
    _, space = grammar_space("mine", "S ::= Kite(conv, conv, conv, conv)", names)
    assert str(space.sample(seed=0)) == "Kite(conv, conv, conv, conv)"
    with pytest.raises(GrammarError, match="Kite"):
        grammar_space("mine", "S ::= Kite(conv, conv, conv, conv)", {})


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", r"%%grammar: the following arguments are required: name. Type: %%grammar"),
        ("1st", r"'1st' is not a name. Type: %%grammar space"),
        ("mine --input-shape 1,2,3,4", r"is no shape: C,H,W of images, L,C of sequences, C of vectors"),
        ("mine --input-shape a,b,c", "invalid"),
        ("mine 'open", "%%grammar: No closing quotation"),
    ],
)
def test_a_line_that_cannot_be_read_says_what_to_type(line: str, words: str) -> None:
    with pytest.raises(NasvizError, match=words):
        grammar_space(line, TEXT, {})


def test_the_magic_defines_the_name_and_gives_the_space() -> None:
    shell = InteractiveShell()
    load_ipython_extension(shell)
    made = shell.run_cell_magic("grammar", "mine", TEXT)
    assert isinstance(made, SearchSpace)
    assert shell.user_ns["mine"] is made
    with pytest.raises(UsageError, match=r"line 1, column 7"):
        shell.run_cell_magic("grammar", "mine", "S ::= convx")
    assert shell.user_ns["mine"] is made


def test_jupyter_loads_the_extension_by_the_packages_name() -> None:
    shell = InteractiveShell()
    shell.run_line_magic("load_ext", "nasviz.jupyter")
    assert "grammar" in shell.magics_manager.magics["cell"]
