"""A table of values: an objective, a frame and a file."""

import json
import math

import cloudpickle
import pandas as pd
import pytest

from nasviz.errors import NasvizError, StorageError
from nasviz.evaluation.tabulated import Row, Tabulated, load_table
from nasviz.nn import primitive
from nasviz.spaces import SearchSpace, digits_cells, three_node_cells


@pytest.fixture(scope="module")
def space():
    return three_node_cells()


@pytest.fixture
def table(space):
    archs = list(space.enumerate())
    rows = [Row(str(a), k / 100, float(k), metrics={"val_loss": 2.0}) for k, a in enumerate(archs[:100])]
    return Tabulated(space, [Row(str(archs[100]), None, 1.0, 'MemoryError: "too much", alas\n# here'), *rows], {"epochs": 4})


def test_it_is_an_objective(table, space):
    assert len(table) == 100
    assert table(space.unrank(42)) == 0.42
    assert table.seconds(space.unrank(42)) == 42.0
    with pytest.raises(NasvizError, match=r"the evaluation of Residual2\(.*\) failed: MemoryError"):
        table(space.unrank(100))
    with pytest.raises(NasvizError, match=r"the table has no value of Residual2\(.*, it has those of 100 architectures"):
        table(space.unrank(101))
    with pytest.raises(NasvizError, match="the table is of the space three-node cells, which has no conv3x3"):
        table(digits_cells().parse("conv3x3"))


def test_the_frame_is_in_the_order_of_ranking(table, space):
    frame = table.frame
    assert list(frame.index) == [str(space.unrank(k)) for k in range(101)]
    assert list(frame.columns) == ["value", "seconds", "val_loss", "reason"]
    assert math.isnan(frame["value"].iloc[100])
    assert frame["value"].idxmin() == str(space.unrank(0))
    assert repr(table) == "Tabulated(three-node cells: 100 of 116 architectures, 1 failed)"
    assert "<table" in table._repr_html_()


def test_a_file_keeps_it_exactly(table, space, tmp_path):
    table.save(tmp_path / "t.csv")
    again = load_table(tmp_path / "t.csv")
    assert again.space == space
    assert again.protocol == {"epochs": 4}
    assert again.frame.equals(table.frame)
    assert [p.name for p in tmp_path.iterdir()] == ["t.csv"]
    assert len(pd.read_csv(tmp_path / "t.csv", skiprows=1)) == 101


def test_it_travels(table, space):
    assert cloudpickle.loads(cloudpickle.dumps(table))(space.unrank(7)) == 0.07


def test_operators_of_ones_own(tmp_path):
    @primitive
    def mine(c_in):
        import torch

        return torch.nn.Conv2d(c_in, c_in, 1)

    space = SearchSpace("S ::= mine | id", operators=[mine], input_shape=(1, 8, 8))
    Tabulated(space, [Row("mine", 0.5)]).save(tmp_path / "t.csv")
    assert load_table(tmp_path / "t.csv")(space.parse("mine")) == 0.5
    assert load_table(tmp_path / "t.csv", [mine]).space.parse("mine").to_torch(seed=0) is not None


HEAD = '# nasviz: {"v": 1, "kind": "table"}\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "t.csv, line 1: not a table of nasviz"),
        ("term,value\n", "t.csv, line 1: not a table of nasviz"),
        ("# nasviz: {oh\n", "t.csv, line 1: not a table of nasviz"),
        ("# nasviz: [1]\n", "t.csv, line 1: not a table of nasviz"),
        (HEAD.replace("1", "9"), "t.csv: a table of version 9; this nasviz reads versions 1 to 1"),
        (HEAD + "a,b\n", "t.csv, line 2: a table has the columns term, value, seconds, reason"),
        (HEAD + "term,value,seconds,reason\nid,much,1,\n", "t.csv, line 3: could not convert string to float: 'much'"),
        (HEAD + 'term,value,seconds,reason\n"id,1', "the table .*t.csv cannot be read: unexpected end of data"),
    ],
)
def test_damaged_files(tmp_path, text, words):
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(StorageError, match=words):
        load_table(tmp_path / "t.csv")


def test_files_that_cannot_be_read_or_written(table, tmp_path):
    with pytest.raises(StorageError, match=r"the table .*none.csv cannot be read: No such file"):
        load_table(tmp_path / "none.csv")
    with pytest.raises(StorageError, match=r"the table cannot be written to .*t.csv: No such file"):
        table.save(tmp_path / "folder" / "t.csv")
    (tmp_path / "t.csv").write_text(f"# nasviz: {json.dumps({'v': 1, 'kind': 'table'})}\nterm,value,seconds,reason\n")
    with pytest.raises(StorageError, match="a stored space is a JSON object"):
        load_table(tmp_path / "t.csv")


def test_a_row_of_another_space_is_named(table):
    table.rows["hello"] = Row("hello", 0.5)
    with pytest.raises(NasvizError, match="the table has a row 'hello', which is no architecture of the space three"):
        _ = table.frame


@pytest.mark.parametrize("path", [None, 3, b"x", ["x"]])
def test_the_name_of_a_table_is_text(path):
    with pytest.raises(NasvizError, match=r"^the name of a file is text or a path, e\.g\. 'table\.csv', found "):
        load_table(path)
