import json
import os
import time

import pytest

from nasviz.algebra import Operator
from nasviz.errors import StorageError
from nasviz.spaces import SearchSpace
from nasviz.spaces.files import load, save
from nasviz.widgets.edit import DRAFT_AFTER, TEMPLATE, draft_of, edit
from nasviz.widgets.workspace import WORKSPACE

TEXT = "S ::= Linear(B, B)\nB ::= conv3x3 | id\n"


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "mine.grammar"
    save(SearchSpace(TEXT, input_shape=(1, 8, 8), num_classes=4, name="mine", source="me", bibtex="@misc{me}\n"), path)
    return path


def type_in(page, text):
    page.view.set_state({"value": text, "revision": page.view.revision + 1})
    WORKSPACE.flush()
    return page.state


def wait_for_draft(path):
    time.sleep(DRAFT_AFTER + 0.1)
    WORKSPACE.flush()
    return draft_of(path).exists()


def test_only_the_grammar_is_edited_and_the_header_is_kept(page, path):
    shown = page(edit(path))
    assert shown.view.value == TEXT
    assert shown.view.space.input_shape == (1, 8, 8)
    assert type_in(shown, TEXT + "  | relu\n")["file"]["state"] == "edited"
    shown.command("save")
    assert shown.state["file"]["state"] == "saved"
    space = load(path)
    assert (space.count(), space.name, space.source, space.bibtex, space.num_classes) == (9, "mine", "me", "@misc{me}\n", 4)


def test_a_text_with_errors_is_saved_too_below_the_old_header(page, path):
    head = path.read_text().removesuffix(TEXT)
    shown = page(edit(path))
    type_in(shown, TEXT + "  | rel\n")
    shown.command("save")
    assert path.read_text() == head + TEXT + "  | rel\n"
    again = page(edit(path))
    assert again.state["findings"][0]["hint"] == "did you mean relu?"
    assert again.state["space"] is None
    type_in(again, TEXT)
    assert again.view.space.input_shape == (1, 8, 8)


def test_a_plain_text_stays_plain(page, tmp_path):
    path = tmp_path / "plain.grammar"
    path.write_bytes(b"S ::= id\r\n")
    shown = page(edit(path, input_shape=(1, 8, 8)))
    assert shown.state["file"]["state"] == "saved"
    type_in(shown, "S ::= relu\n")
    shown.command("accept")
    assert path.read_bytes() == b"S ::= relu\n"
    assert shown.view.space.input_shape == (1, 8, 8)


def test_a_new_file_begins_with_a_template(page, tmp_path):
    path = tmp_path / "new.grammar"
    shown = page(edit(path))
    assert (shown.view.value, shown.state["file"]["state"]) == (TEMPLATE, "new")
    assert not path.exists()
    shown.command("save")
    assert path.read_text() == TEMPLATE
    assert shown.state["file"]["state"] == "saved"


@pytest.mark.slow
def test_the_draft_survives_the_kernel(page, path):
    first = page(edit(path))
    type_in(first, TEXT + "  | relu\n")
    assert wait_for_draft(path)
    second = page(edit(path))
    assert second.view.value == TEXT + "  | relu\n"
    assert second.state["file"]["note"] == "This is the unsaved draft of your last session."
    assert second.state["file"]["state"] == "edited"
    second.command("reload")
    assert second.view.value == TEXT
    assert second.state["file"]["state"] == "saved"
    assert not draft_of(path).exists()


@pytest.mark.slow
def test_saving_removes_the_draft(page, path):
    shown = page(edit(path))
    type_in(shown, TEXT + "  | relu\n")
    assert wait_for_draft(path)
    shown.command("save")
    assert not draft_of(path).exists()
    assert sorted(p.name for p in path.parent.iterdir()) == ["mine.grammar"]


def test_closing_writes_the_draft(path):
    view = edit(path)
    view.value = TEXT + "  | relu\n"
    view.close()
    assert json.loads(draft_of(path).read_text())["text"] == TEXT + "  | relu\n"


def test_a_draft_that_nobody_can_read_is_left_out(page, path):
    draft_of(path).write_text("[")
    assert page(edit(path)).view.value == TEXT


def test_a_file_that_changed_meanwhile_is_not_overwritten(page, path):
    shown = page(edit(path))
    type_in(shown, TEXT + "  | relu\n")
    other = path.read_text() + "# by somebody else\n"
    path.write_text(other)
    shown.command("look")
    assert shown.state["file"]["state"] == "conflict"
    shown.command("save")
    assert path.read_text() == other
    with pytest.raises(StorageError, match=r"mine.grammar changed on disk since it was read; save\(overwrite=True\)"):
        shown.view.save()
    shown.command("save", overwrite=True)
    assert shown.state["file"]["state"] == "saved"
    assert load(path).count() == 9


@pytest.mark.slow
def test_a_draft_of_another_file_is_a_conflict(page, path):
    first = page(edit(path))
    type_in(first, TEXT + "  | relu\n")
    assert wait_for_draft(path)
    path.write_text(path.read_text() + "# by somebody else\n")
    assert page(edit(path)).state["file"]["state"] == "conflict"


def test_an_unchanged_editor_follows_the_file(page, path):
    shown = page(edit(path))
    path.write_text(path.read_text().replace("id", "relu"))
    shown.command("look")
    assert shown.view.value == TEXT.replace("id", "relu")
    assert shown.state["file"]["note"] == "The file changed on disk and was read again."
    shown.command("look")
    assert shown.state["file"]["state"] == "saved"


def test_a_file_that_was_only_touched_is_the_same(page, path):
    shown = page(edit(path))
    os.utime(path, ns=(1, 1))
    shown.command("look")
    assert shown.state["file"]["state"] == "saved"


def test_links_and_permissions_stay(page, path, tmp_path):
    link = tmp_path / "link.grammar"
    link.symlink_to(path)
    path.chmod(0o640)
    shown = page(edit(link))
    type_in(shown, "S ::= relu\n")
    shown.command("save")
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640


def test_own_operators_of_the_header_are_asked_for(page, tmp_path):
    path = tmp_path / "own.grammar"
    save(SearchSpace("S ::= swish3 | id\n", [Operator("swish3")]), path)
    with pytest.raises(StorageError, match="missing operators: swish3"):
        edit(path)
    assert page(edit(path, [Operator("swish3")])).state["findings"] == []


def test_what_is_no_text(tmp_path):
    path = tmp_path / "bad.grammar"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(StorageError, match=r"bad\.grammar is no UTF-8; save it as UTF-8"):
        edit(path)
    with pytest.raises(StorageError, match=r"cannot read .*: Is a directory"):
        edit(tmp_path)
