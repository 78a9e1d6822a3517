"""Results in a folder: what is there is not made again, what is broken or made otherwise is."""

import json

import pytest

from nasviz.testing.evidence.kept import Kept


def never():
    raise AssertionError("made again")


def test_a_result_is_made_once(tmp_path):
    made = {"value": 0.25, "values": [1, None]}
    assert Kept(tmp_path / "new").get("a/b-0", {"n": (1, 2)}, lambda: made) == made
    assert Kept(tmp_path / "new").get("a/b-0", {"n": (1, 2)}, never) == made
    assert [path.name for path in (tmp_path / "new" / "a").iterdir()] == ["b-0.json"]


def test_other_settings_make_it_anew(tmp_path):
    kept = Kept(tmp_path)
    kept.get("a", {"epochs": 2}, lambda: {"value": 1})
    assert kept.get("a", {"epochs": 4}, lambda: {"value": 2}) == {"value": 2}
    assert json.loads((tmp_path / "a.json").read_text())["settings"] == {"epochs": 4}


@pytest.mark.parametrize("text", ["", '{"settings": {}', "[1]", '{"settings": {}}'])
def test_half_a_file_is_made_anew(tmp_path, text):
    (tmp_path / "a.json").write_text(text)
    assert Kept(tmp_path).get("a", {}, lambda: {"value": 3}) == {"value": 3}


def test_what_fails_leaves_nothing(tmp_path):
    with pytest.raises(AssertionError, match="made again"):
        Kept(tmp_path).get("a", {}, never)
    assert list(tmp_path.iterdir()) == []
