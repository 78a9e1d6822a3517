"""Frames survive a pipe; what is no frame is refused with a sentence."""

import io
import json
import math

import pytest

from nasviz.errors import JobError
from nasviz.jobs.protocol import KINDS, Frame, decode, encode, pack_rows, read_frame, unpack_rows, write_frame


def test_frames_with_bytes_follow_each_other_in_one_stream() -> None:
    stream = io.BytesIO()
    sent = [
        Frame("call", 1, {"path": ["/a"]}, [b"one\n", b"", b"\x00" * 70_000]),
        Frame("stop", 1),
        Frame("log", 1, {"stream": "stdout", "text": "é\n{"}),
    ]
    for frame in sent:
        write_frame(stream, frame)
    stream.seek(0)
    got = [read_frame(stream) for _ in sent]
    assert [(f.kind, f.call, dict(f.body), list(f.blobs)) for f in got if f] == [
        (f.kind, f.call, dict(f.body), list(f.blobs)) for f in sent
    ]
    assert read_frame(stream) is None


def test_each_line_is_strict_json_with_a_version() -> None:
    line = encode(Frame("report", 2, {"rows": pack_rows([(1, {"loss": math.nan, "top": math.inf})])}))
    head = json.loads(line, parse_constant=lambda text: pytest.fail(f"{text} is not JSON"))
    assert head["v"] == 1
    assert head["body"]["rows"] == [[1, {"loss": "nan", "top": "inf"}]]


def test_rows_come_back_with_their_numbers() -> None:
    rows = [(0, {}), (7, {"a": 0.1, "b": -math.inf})]
    assert unpack_rows(json.loads(json.dumps(pack_rows(rows)))) == rows
    assert math.isnan(unpack_rows(pack_rows([(1, {"a": math.nan})]))[0][1]["a"])


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"hello\n", "not JSON"),
        (b"[]\n", "not of version 1"),
        (b'{"v": 2, "kind": "stop", "call": 1, "body": {}, "sizes": []}\n', "not of version 1"),
        (b'{"v": 1, "kind": "stop", "body": {}, "sizes": []}\n', "incomplete"),
        (b'{"v": 1, "kind": "stop", "call": 1, "body": {}, "sizes": [-4]}\n', "bytes of no size"),
        (b'{"v": 1, "kind": "dance", "call": 1, "body": {}, "sizes": []}\n', "unknown kind 'dance'; known are call, stop"),
        (b'{"v": 1, "kind": "ready", "call": 1, "body": {"pid": "7"}, "sizes": []}\n', "no valid 'pid': '7'"),
    ],
)
def test_a_bad_line_is_refused(line: bytes, words: str) -> None:
    with pytest.raises(JobError, match=words):
        decode(line)


def test_a_stream_that_ends_inside_a_frame_is_refused() -> None:
    whole = io.BytesIO()
    write_frame(whole, Frame("result", 1, {}, [b"12345"]))
    for cut, words in ((10, "ends early"), (len(whole.getvalue()) - 2, "'result' end early")):
        with pytest.raises(JobError, match=words):
            read_frame(io.BytesIO(whole.getvalue()[:cut]))


@pytest.mark.parametrize("rows", [[1], [[1]], [["x", {}]], [[1, {"a": "three"}]], [[1, 2]]])
def test_rows_that_are_none_are_refused(rows: list[object]) -> None:
    with pytest.raises(JobError, match="no list of steps and metrics"):
        unpack_rows(rows)


def test_every_kind_says_what_it_needs() -> None:
    for kind, fields in KINDS.items():
        if fields:
            with pytest.raises(JobError, match=f"'{kind}' has no valid"):
                Frame(kind)
        else:
            Frame(kind)
