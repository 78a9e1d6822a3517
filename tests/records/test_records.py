"""Records round-trip through JSON text and refuse what is not theirs."""

from __future__ import annotations

import json
import math

import pytest

from nasviz.errors import StorageError
from nasviz.records import (
    Belief,
    Calibration,
    CostRow,
    Curve,
    Drawn,
    JobState,
    KernelPart,
    KernelWeights,
    Message,
    Record,
    Selection,
    Similarity,
    SpaceMap,
    Trial,
)

EXAMPLES: list[Record] = [
    Belief(0.1, 0.02, 1.5),
    Belief(0.1, 0.02),
    Calibration("held out", 2, 0.5, 1.5, (0.5, 0.9), (0.5, 1.0), (0.25, 0.75)),
    Curve(10, 0.5, {"train_loss": 2.5}, 3.0),
    CostRow((0, 2), "conv3x3", (16, 8, 8), (16, 8, 8), 2304, 294912),
    Drawn("cells", 3, "conv", 84, 10368, 1, value=0.25),
    Drawn("cells", 4, "down", reason="shapes do not fit"),
    JobState("j1", "id", "running", 0.25, "cpu", 78_000, 40.0),
    KernelWeights((KernelPart("level 0", 1.0, "graph", level=0, h=1, similarity=0.5),), 1.0, 0.01, 2, -3.5),
    Message("v1", 3, "select", {"position": [0, 1]}),
    Selection("abc", (0, 2, 1)),
    Similarity((1, 0), ("id", "conv"), (0.5, 0.25), ((1.0, 0.5), (0.5, 1.0)), 2),
    SpaceMap(("id",), (0.0,), (0.0,), (0.5,), (0.5,), (0.1,), (-2.0,), (0.75, 0.25), (1, 2), (0,), 0, 3),
    Trial(0, "id", "f", "finished", 0.3, belief=Belief(0.1, 0.02), curve=(Curve(1, 1.0, {"val_error": 0.2}),)),
    Trial(1, "id", "f", "failed", None, "loss is NaN"),
]


@pytest.mark.parametrize("record", EXAMPLES, ids=lambda r: type(r).__name__)
def test_round_trip_through_json_text(record: Record) -> None:
    assert type(record).from_json(json.loads(json.dumps(record.to_json(), allow_nan=False))) == record


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_numbers_that_json_lacks(value: float) -> None:
    text = json.dumps(Curve(1, 1.0, {"loss": value}).to_json(), allow_nan=False)
    again = Curve.from_json(json.loads(text)).metrics["loss"]
    assert again == value or (math.isnan(again) and math.isnan(value))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([], "a Selection is a JSON object, found list"),
        ({}, "a Selection of version None"),
        ({"v": 99, "architecture": "a"}, "of version 99; this nasviz reads versions 1 to 1"),
        ({"v": 1}, "a Selection without 'architecture'"),
        ({"v": 1, "architecture": 3}, "Selection.architecture is 3, expected str"),
        ({"v": 1, "architecture": "a", "position": ["x"]}, "Selection.position is 'x', expected int"),
        ({"v": 1, "architecture": "a", "position": [True]}, "Selection.position is True, expected int"),
        ({"v": 1, "architecture": "a", "position": [-1]}, "child indices from 0"),
    ],
)
def test_what_is_no_selection(data: object, words: str) -> None:
    with pytest.raises(StorageError) as caught:
        Selection.from_json(data)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"v": 1, "view": "", "seq": 0, "kind": "select"}, "names its view"),
        ({"v": 1, "view": "a", "seq": -1, "kind": "select"}, "numbered from 0"),
        ({"v": 1, "view": "a", "seq": 0, "kind": "eval"}, "expected one of"),
        ({"v": 1, "view": "a", "seq": 0, "kind": "select", "body": []}, "Message.body"),
    ],
)
def test_what_is_no_message(data: object, words: str) -> None:
    with pytest.raises(StorageError) as caught:
        Message.from_json(data)
    assert words in str(caught.value)


def test_only_finite_finished_trials_are_usable() -> None:
    assert Trial(0, "id", "f", "finished", 0.5).usable
    assert not Trial(0, "id", "f", "finished", math.nan).usable
    assert not Trial(0, "id", "f", "failed", 0.5).usable


def test_records_check_themselves() -> None:
    with pytest.raises(StorageError, match="not negative"):
        Belief(0.0, -1.0)
    with pytest.raises(StorageError, match=r"progress lies in \[0, 1\]"):
        JobState("j", "id", "running", 1.5)
