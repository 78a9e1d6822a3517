"""Copies of the notebooks lose nothing that a user wrote."""

from pathlib import Path

import pytest

from nasviz.errors import NasvizError
from nasviz.jupyter import lab


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    source, target = tmp_path / "source", tmp_path / "deep" / "target"
    (source / "data").mkdir(parents=True)
    (source / "a.ipynb").write_text("one", encoding="utf-8")
    (source / "data" / "mine.grammar").write_text("S ::= id", encoding="utf-8")
    (source / ".ipynb_checkpoints").mkdir()
    (source / ".ipynb_checkpoints" / "a.ipynb").write_text("old", encoding="utf-8")
    return source, target


def test_everything_but_hidden_files_is_copied(folders: tuple[Path, Path]) -> None:
    source, target = folders
    assert lab.copy_notebooks(source, target) == []
    assert (target / "a.ipynb").read_text(encoding="utf-8") == "one"
    assert (target / "data" / "mine.grammar").exists()
    assert not (target / ".ipynb_checkpoints").exists()


def test_an_unedited_copy_follows_the_shipped_version(folders: tuple[Path, Path]) -> None:
    source, target = folders
    lab.copy_notebooks(source, target)
    (source / "a.ipynb").write_text("two", encoding="utf-8")
    assert lab.copy_notebooks(source, target) == []
    assert (target / "a.ipynb").read_text(encoding="utf-8") == "two"


def test_an_edited_copy_is_kept_silently_until_a_newer_version_ships(folders: tuple[Path, Path]) -> None:
    source, target = folders
    lab.copy_notebooks(source, target)
    (target / "a.ipynb").write_text("mine", encoding="utf-8")
    assert lab.copy_notebooks(source, target) == []
    (source / "a.ipynb").write_text("two", encoding="utf-8")
    for _ in range(2):
        (word,) = lab.copy_notebooks(source, target)
        assert word == f"kept a.ipynb, which you have edited; the version that came with nasviz is {source / 'a.ipynb'}"
        assert (target / "a.ipynb").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("note", ["", "[]", "{"])
def test_without_a_note_an_existing_file_counts_as_edited(folders: tuple[Path, Path], note: str) -> None:
    source, target = folders
    target.mkdir(parents=True)
    (target / "a.ipynb").write_text("mine", encoding="utf-8")
    (target / ".nasviz.json").write_text(note, encoding="utf-8")
    assert len(lab.copy_notebooks(source, target)) == 1
    assert (target / "a.ipynb").read_text(encoding="utf-8") == "mine"


def test_a_deleted_copy_comes_again(folders: tuple[Path, Path]) -> None:
    source, target = folders
    lab.copy_notebooks(source, target)
    (target / "a.ipynb").unlink()
    lab.copy_notebooks(source, target)
    assert (target / "a.ipynb").exists()


def test_a_folder_that_cannot_be_written_is_named(folders: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(NasvizError, match=r"file cannot be written: .*Name another: nasviz lab FOLDER"):
        lab.copy_notebooks(folders[0], tmp_path / "file")


def test_notebooks_that_are_missing_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab, "FIRST", "99_nowhere.ipynb")
    with pytest.raises(NasvizError, match=r"no notebook 99_nowhere.ipynb. Type: .* -m pip install nasviz"):
        lab.shipped_notebooks()
