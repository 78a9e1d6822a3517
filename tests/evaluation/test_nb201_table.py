"""Names of cells, and bad files."""

import itertools

import numpy as np
import pytest

from nasviz.errors import DataError, NasvizError
from nasviz.evaluation.nb201_table import CELLS, OPERATIONS, code_of, digits_of, macro_of, read_table, term_of
from nasviz.spaces import SearchSpace, nb201, nb201_string, parse
from nasviz.spaces.nb201 import NAMES


def test_digits_terms_and_codes_agree():
    for code in (0, 1, 624, 625, 7777, CELLS - 1):
        arch = nb201().parse(macro_of(code))
        assert code_of(arch) == code == int(digits_of(code), 5)
        published = nb201_string(arch).replace("+", "").split("|")
        assert [NAMES[word.split("~")[0]] for word in published if word] == [OPERATIONS[int(d)] for d in digits_of(code)]
        assert code_of(parse(term_of(code))) == code


def test_every_architecture_of_the_space_has_a_code_of_its_own():
    archs = list(itertools.islice(nb201().enumerate(), 200)) + nb201().sample(50, seed=0)
    assert len({code_of(a) for a in archs}) == len(set(archs))


@pytest.mark.parametrize(
    "text", ["Linear(conv3x3, id)", "Cell(relu, id, id, id, id, id)", "Linear(Cell(id, id, id, id, id, id), id)"]
)
def test_other_architectures_are_refused(text):
    with pytest.raises(NasvizError, match="not an architecture of NAS-Bench-201, which is one cell of zero, id, conv1x1"):
        code_of(parse(text))


def test_different_cells_in_one_network_are_refused():
    space = SearchSpace(nb201().grammar.text.replace("shared CELL", "CELL"), name="unshared")
    with pytest.raises(NasvizError, match="not an architecture of NAS-Bench-201"):
        code_of(space.sample(seed=0))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "t.csv has the columns ; a column cell and one like c10_val are needed"),
        ("cell,acc\n000000,1\n", "t.csv has the columns cell, acc; a column cell"),
        ("cell,c10_val\n", "t.csv has no cells"),
        ("cell,c10_val\n00000x,1\n", "t.csv, line 2: a cell is six digits from 0 to 4, found '00000x'"),
        ("cell,c10_val\n000005,1\n", "t.csv, line 2: a cell is six digits from 0 to 4, found '000005'"),
        ("cell,c10_val\n0000000,1\n", "t.csv, line 2: a cell is six digits from 0 to 4, found '0000000'"),
        ("cell,c10_val\n000001,1\n1,2\n", r"t.csv, line 3: the cell Cell\(zero, .* id\) stands there twice"),
        ("cell,c10_val\n000000,much\n", "t.csv, line 2: could not convert string to float: 'much'"),
        ("cell,c10_val\n000000,101\n", "t.csv, line 2: an accuracy is between 0 and 100 %, found 101.0"),
    ],
)
def test_bad_files(tmp_path, text, words):
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(DataError, match=words):
        read_table(tmp_path / "t.csv")


def test_a_binary_file_and_a_missing_one(tmp_path):
    (tmp_path / "t.csv").write_bytes(b"\xff\xfe\x00\x80")
    with pytest.raises(DataError, match="cannot be read as a CSV file"):
        read_table(tmp_path / "t.csv")
    with pytest.raises(DataError, match=r"there is no .*none.csv. NAS-Bench-201 is not part of nasviz. Get"):
        read_table(tmp_path / "none.csv")


def test_leading_zeros_that_a_program_dropped(tmp_path):
    (tmp_path / "t.csv").write_text("cell,c10_val,params\n12,50,0.1\n421,,\n")
    table = read_table(tmp_path / "t.csv")
    assert table.known.tolist() == [7]
    assert table.row(7).tolist() == [50, 0.1]
    assert np.isnan(table.row(int("000421", 5))).all()
