"""A job's folder is text and safetensors, and says what is wrong with it."""

import json
from pathlib import Path
from typing import Any

import pytest

from nasviz.errors import JobError
from nasviz.jobs import folder as module
from nasviz.jobs.folder import JobFolder, data_folder
from nasviz.jobs.planning import Plan
from nasviz.jobs.protocol import Frame
from nasviz.jobs.training import Settings
from nasviz.spaces import Architecture


@pytest.fixture
def folder(arch: Architecture, tmp_path: Path) -> JobFolder:
    made = JobFolder(tmp_path / "a" / "job")
    made.create("id-1", arch, Plan("cpu", "CPU", 5, 2), Settings(epochs=2))
    return made


def test_what_the_job_is_comes_back(folder: JobFolder, arch: Architecture) -> None:
    found = folder.describe()
    assert (found["id"], found["term"], Plan(**found["plan"])) == ("id-1", str(arch), Plan("cpu", "CPU", 5, 2))
    assert Settings(**found["settings"]) == Settings(epochs=2)
    assert Architecture.from_json(found["arch"]) == arch


def test_a_folder_is_never_shared(folder: JobFolder, arch: Architecture) -> None:
    with pytest.raises(JobError, match="exists already; a job needs one of its own"):
        folder.create("id-2", arch, Plan("cpu", "CPU", 5, 2), Settings())


def test_messages_are_read_on_from_where_one_was(folder: JobFolder) -> None:
    assert list(folder.read(0)) == []
    folder.append(Frame("ready", 0, {"pid": 1}))
    folder.append(Frame("started", 1, {"pid": 1}))
    (first, offset), (second, end) = folder.read(0)
    assert [first.kind, second.kind] == ["ready", "started"]
    with (folder.path / "state.jsonl").open("ab") as stream:
        stream.write(b'{"v": 1, "kind"')
    assert [(frame.kind, at) for frame, at in folder.read(offset)] == [("started", end)]
    assert list(folder.read(end)) == []


def test_weights_are_whole_or_absent(folder: JobFolder) -> None:
    with pytest.raises(JobError, match=r"weights\.safetensors cannot be read: No such file"):
        folder.read_weights()
    folder.write_weights(b"abc")
    assert folder.read_weights() == b"abc"
    assert not list(folder.path.glob("*.draft"))


@pytest.mark.parametrize(
    ("text", "words"),
    [(None, "is not the folder of a job"), ("{", "cannot be read"), ("[]", "version 1"), ('{"v": 2}', "version 1")],
)
def test_a_folder_that_is_none_is_said_to_be(tmp_path: Path, text: str | None, words: str) -> None:
    if text is not None:
        (tmp_path / "job.json").write_text(text, encoding="utf-8")
    with pytest.raises(JobError, match=words):
        JobFolder(tmp_path).describe()


def test_a_newer_version_is_refused(folder: JobFolder) -> None:
    path = folder.path / "job.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"v": 2}), encoding="utf-8")
    with pytest.raises(JobError, match="does not describe a job of version 1"):
        folder.describe()


@pytest.mark.parametrize(
    ("platform", "variable", "parts"),
    [
        ("linux", "XDG_DATA_HOME", ("nasviz", "jobs")),
        ("win32", "LOCALAPPDATA", ("nasviz", "jobs")),
        ("darwin", "HOME", ("Library", "Application Support", "nasviz", "jobs")),
    ],
)
def test_the_users_folder_follows_the_custom_of_the_system(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, platform: str, variable: str, parts: Any
) -> None:
    monkeypatch.setattr(module.sys, "platform", platform)
    monkeypatch.setenv(variable, str(tmp_path))
    assert data_folder() == tmp_path.joinpath(*parts)
