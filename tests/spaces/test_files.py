import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nasviz.algebra import Operator, Total
from nasviz.errors import GrammarError, NasvizError, StorageError
from nasviz.graph import topology
from nasviz.spaces import SearchSpace, digits_cells, hierarchical_nb201, load, nb201, nested_convnet
from nasviz.spaces.files import BYTES
from nasviz.spaces.operators import bn_relu_pool_linear

SWISH = Operator("swish3")
TEXT = "# my space\nS ::= Kite(B, B, S) [0.25] | Linear(B, B)\nB ::= swish3 | avg_pool  # two\n"


def mine():
    kite = topology("Kite", "1>2 1>3 2>3")
    return SearchSpace(
        TEXT, [SWISH, kite], (1, 8, 8), 7, head=bn_relu_pool_linear, name="Zoë's <space>", source="me", bibtex="@misc{me,\n}\n"
    )


@pytest.mark.parametrize("make", [hierarchical_nb201, nb201, nested_convnet, digits_cells])
def test_published_spaces_come_back(make, tmp_path):
    space = make()
    space.save(tmp_path / "a.grammar")
    again = load(tmp_path / "a.grammar")
    assert again == space
    assert (again.name, again.source, again.bibtex) == (space.name, space.source, space.bibtex)
    assert again.grammar.text == space.grammar.text


def test_the_file_is_the_grammar_below_a_header(tmp_path):
    mine().save(tmp_path / "mine.grammar")
    lines = (tmp_path / "mine.grammar").read_text(encoding="utf-8").splitlines()
    assert lines[0] == '# nasviz: {"v": 1, "kind": "space"}'
    assert lines[1] == '# nasviz: {"name": "Zoë\'s <space>", "source": "me"}'
    assert lines[2] == '# nasviz: {"input_shape": [1, 8, 8], "num_classes": 7}'
    assert [json.loads(line[9:]).popitem()[0] for line in lines[3:10]] == ["stem", "head", *["operator"] * 4, "fingerprint"]
    assert lines[10:] == ["# bibtex: @misc{me,", "# bibtex: }", "", *TEXT.splitlines()]
    assert list(tmp_path.iterdir()) == [tmp_path / "mine.grammar"]


def test_operators_of_ones_own_are_passed_again(tmp_path):
    path = tmp_path / "mine.grammar"
    mine().save(str(path))
    again = load(path, operators=[SWISH])
    assert again == mine()
    assert (again.name, again.source, again.bibtex) == ("Zoë's <space>", "me", "@misc{me,\n}\n")
    assert (again.input_shape, again.num_classes, again.head) == ((1, 8, 8), 7, bn_relu_pool_linear)
    with pytest.raises(StorageError) as caught:
        load(path)
    assert str(caught.value) == (
        f"{path}: missing operators: swish3; pass them as operators=[...], "
        "or open with declared_only=True to look without building"
    )
    assert load(path, declared_only=True).fingerprint == mine().fingerprint
    with pytest.raises(StorageError, match="the operator swish3 differs from the stored one"):
        load(path, operators=[topology("swish3", "1>2")])


def test_a_grammar_that_was_edited_is_accepted_and_noted(tmp_path):
    path = tmp_path / "mine.grammar"
    mine().save(path)
    path.write_text(path.read_text().replace("swish3 | avg_pool", "relu | avg_pool"))
    with pytest.warns(
        UserWarning, match=r"mine.grammar was edited after it was saved: its fingerprint is no longer [0-9a-f]{12}…"
    ):
        again = load(path)  # swish3 is not used any more, so nobody misses it
    assert again.source == "me (edited by hand)"
    assert [p.body.text for p in again.grammar.rules["B"]] == ["relu", "avg_pool"]


def test_a_comment_may_change_without_a_word(tmp_path):
    path = tmp_path / "mine.grammar"
    nb201().save(path)
    path.write_text(path.read_text() + "\n# thought about it\n")
    assert load(path) == nb201()


def test_a_plain_grammar_is_read(tmp_path):
    path = tmp_path / "plain.grammar"
    path.write_bytes(b"\xef\xbb\xbfS ::= swish3 | id\r\n  | conv3x3\r\n")
    space = load(path, operators=[SWISH])
    assert (space.count(), space.input_shape, space.name) == (3, (3, 32, 32), "")


def test_a_text_that_begins_like_a_header_comes_back(tmp_path):
    space = SearchSpace('# nasviz: {"name": "not a header"}\nS ::= conv3x3 | id')
    space.save(tmp_path / "a")
    again = load(tmp_path / "a")
    assert (again, again.grammar.text, again.name) == (space, space.grammar.text, "")


def test_mistakes_stand_at_their_place_in_the_file(tmp_path):
    path = tmp_path / "mine.grammar"
    nb201().save(path)
    whole = path.read_text()
    path.write_text(whole.replace("| avg_pool", "| swish9"))
    with pytest.raises(GrammarError) as caught:
        load(path)
    error = caught.value
    assert error.line == whole[: whole.index("| avg_pool")].count("\n") + 1
    assert error.text[error.start : error.end] == "swish9"
    assert error.hint.splitlines()[-2:] == ["an operator of your own: nv.load(path, operators=[...])", f"in {path}"]


# content, message after the path
BAD = [
    (b"S ::= id\nT ::= \xff", ", line 2, byte 7: 0xff is no UTF-8; save the file as UTF-8"),
    ("S ::= id".encode("utf-16"), ", line 1, byte 1: 0xff is no UTF-8; save the file as UTF-8"),
    (b"#" * (2 * BYTES), " has 10,000,000 bytes; at most 5,000,000 are read"),
    (
        b"# nasviz: {name: 1}\nS ::= id",
        ", line 1: a header line is a JSON object; Expecting property name enclosed in double quotes: line 1 column 3 (char 2)",
    ),
    (b"# bibtex: x\n# nasviz: [1]\nS ::= id", ", line 2: a header line is a JSON object, found list"),
    (b'# nasviz: {"v": 2}\nS ::= id', ": a stored space of version 2; this nasviz reads versions 1 to 1"),
    (b'# nasviz: {"kind": "study"}\nS ::= id', ": expected a stored space, found 'study'"),
    (b'# nasviz: {"name": 7}\nS ::= id', ": name is a text, found int"),
    (
        b'# nasviz: {"input_shape": "large"}\nS ::= id',
        ": an input shape is positive whole numbers: (C, H, W) of an image, (L, C) of a sequence, (C,) of a vector; "
        "found large",
    ),
    (b'# nasviz: {"num_classes": 1}\nS ::= id', ": a classification has 2 classes or more, found 1"),
    (b'# nasviz: {"operator": 3}\nS ::= id', ": a stored operator is a JSON object with a name"),
    (b'# nasviz: {"stem": null}\nS ::= id', ": a stored operator is a JSON object with a name"),
    (b"# nasviz: " + b"[" * 100_000 + b"\nS ::= id", ", line 1: a header line is a JSON object; it is nested too deeply"),
]


@pytest.mark.parametrize(("content", "message"), BAD)
def test_what_is_no_space_is_explained(content, message, tmp_path):
    path = tmp_path / "bad.grammar"
    path.write_bytes(content)
    with pytest.raises(StorageError) as caught:
        load(path)
    assert str(caught.value) == f"{path}{message}"


def test_files_that_are_not_there(tmp_path):
    with pytest.raises(StorageError, match=r"cannot read .*nothing: No such file or directory"):
        load(tmp_path / "nothing")
    with pytest.raises(StorageError, match="Is a directory"):
        load(tmp_path)
    with pytest.raises(StorageError, match=r"cannot write .*No such file or directory"):
        nb201().save(tmp_path / "no" / "folder")
    with pytest.raises(NasvizError, match="the free space has no grammar to save"):
        SearchSpace.free().save(tmp_path / "free")
    assert list(tmp_path.iterdir()) == []


@given(st.binary(max_size=60) | st.text(alphabet='# nasvizbte:{}"[],1\nS=|d\r', max_size=60).map(str.encode))
@example(b"# nasviz:\n")
@example(b"# bibtex:")
@example(b"\x00")
@example(b"# nasviz: {}\r\n\r\nS ::= id")
def test_any_bytes_are_read_or_explained(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("fuzz") / "f"
    path.write_bytes(content)
    try:
        space = load(path)
    except (StorageError, GrammarError) as error:
        assert str(error)  # noqa: PT017
    else:
        assert space.grammar is not None


def test_own_attributes_are_given_again(tmp_path):
    convs = Total("convs", each=lambda op: int(op.name == "conv3x3"))
    space = SearchSpace("S ::= Linear(B, B)\nB ::= conv3x3 | id\nrequire convs == 1", attributes=[convs])
    space.save(tmp_path / "own.grammar")
    assert load(tmp_path / "own.grammar", attributes=[convs]).count() == 2
    with pytest.raises(GrammarError, match="unknown attribute 'convs'"):
        load(tmp_path / "own.grammar")
