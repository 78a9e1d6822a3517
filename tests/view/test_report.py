import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from nasviz.errors import NasvizError
from nasviz.records import Belief, Curve, StudyRecord, Trial
from nasviz.records.report import StudyReport
from nasviz.view.report import Report

CURVE = (Curve(10, 1.0, {"train_loss": 2.0, "val_error": 0.5}), Curve(20, 2.0, {"train_loss": 1.0, "val_error": 0.2}))
PROTOCOL: dict[str, Any] = {
    "seed": 7,
    "strategy": "BayesOpt()",
    "objective": "TrainingObjective",
    "settings": {"epochs": 4, "batch_size": 64, "lr": None},
    "metric": "error",
    "data": "6 + 3 examples, sha256 abc",
    "begun": "2026-05-04T10:00:00+0000",
    "limits": {"parameters": 500000},
    "timeout": 60.0,
    "pruning": "the better half goes on",
    "versions": {"nasviz": "0.1.0", "torch": "2.0"},
}
SPACE = {
    "name": "cells",
    "grammar": "S ::= <id> | relu",
    "fingerprint": "f" * 64,
    "input_shape": [1, 8, 8],
    "num_classes": 10,
    "source": "here",
    "bibtex": "@misc{cells, title={Cells}}",
}
TRIALS = (
    Trial(0, "Net(1)", "other", "finished", 0.05, baseline="ResNet-20", seconds=3.0, began=0.0),
    Trial(1, "id", "f", "finished", 0.4, "", "random", None, CURVE, 60.0, began=10.0, device="CPU (1 thread)", worker="a:1"),
    Trial(2, "relu", "f", "failed", None, "out of <memory>", "random", seconds=5.0, began=20.0, worker="a:2"),
    Trial(3, "Linear(id, relu)", "f", "pruned", None, "pruned at epoch 1", "best", None, CURVE[:1], 7.0, rank=0.5),
    Trial(4, "Linear(<script>, x)", "f", "finished", 0.2, "", "log EI", Belief(0.3, 0.1, -1.0), CURVE, 61.0, began=70.0),
)
CONFIRMED = {"number": 4, "term": "Linear", "searched": 0.2, "mean": 0.25, "sd": 0.02, "values": [0.23, 0.27], "seeds": [1, 2]}


def report(
    trials: tuple[Trial, ...] = TRIALS, confirmations: tuple[dict[str, Any], ...] = (CONFIRMED,), **protocol: Any
) -> Report:
    study = StudyRecord("first & only", "minimize", SPACE, PROTOCOL | protocol, trials)
    return Report(StudyReport(study, confirmations, ("3 trials known",), "2026-05-05T00:00:00+0000", {"nasviz": "0.1.0"}))


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_a_report_says_how_it_was_done() -> None:
    rows = {name: plain(text) for name, text in report().rows()}
    assert rows["looks for"] == "the smallest validation error"
    assert rows["best"] == "0.200, trial 4: Linear(<script>, x)"
    assert rows["space"] == "cells, input 1×8×8, 10 classes, fingerprint ffffffffffffffff"
    assert rows["objective"] == "TrainingObjective: epochs 4, batch size 64"
    assert rows["data"] == "6 + 3 examples, sha256 abc"
    assert rows["seed"].startswith("7; ")
    assert rows["evaluations"] == "2 finished, 1 failed, 1 pruned, 1 baseline beside them"
    assert rows["time"] == "2:16 of evaluation; 2:11 from the first to the last, 2 processes"
    assert rows["device"] == "CPU (1 thread)"
    assert rows["limits"] == "parameters ≤ 500 000"
    assert rows["time limit"] == "60 s an evaluation"
    assert rows["pruning"].startswith("the better half goes on; a pruned trial teaches the surrogate")
    assert rows["warm start"] == "3 trials known"
    assert rows["computed with"] == "nasviz 0.1.0, torch 2.0"


def test_the_text_has_the_best_baselines_and_what_was_confirmed() -> None:
    text = plain(report().text)
    assert "      4       0.200  Linear(<script>, x)\n      1       0.400  id" in text
    assert "0.0500  ResNet-20" in text
    assert text.endswith("trial 4: 0.250 ± 0.020 over 2 seeds (the search saw 0.200)")
    assert "not yet: the best value that a search has seen" in report(confirmations=()).text


def test_the_notebook_shows_facts_the_best_and_what_was_confirmed_below_their_names() -> None:
    parts = plain(report()._repr_markdown_()).split("\n\n")
    assert [part.split("\n")[0] for part in parts] == [
        "### Search first & only", "| | |", "**Best trials**", "| trial | validation error | term |", "**Confirmed**",
        "- trial 4: 0.250 ± 0.020 over 2 seeds (the search saw 0.200)",
    ]  # fmt: skip
    alone = plain(report(trials=(), confirmations=())._repr_markdown_())
    assert "**" not in alone


class Reader(HTMLParser):
    """Collects tags and what they load."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loads += [value or "" for name, value in attrs if name in ("src", "href", "xlink:href")]


def test_the_page_loads_nothing_and_runs_nothing() -> None:
    page = report().html()
    reader = Reader()
    reader.feed(page)
    assert reader.loads == []
    assert "script" not in reader.tags
    assert reader.tags.count("svg") == 3
    assert "&lt;script&gt;" in page
    assert not re.search(r"url\(|@import|https?://(?!www\.w3\.org/2000/svg)", page)
    for word in (
        "S ::= &lt;id&gt; | relu",
        "ResNet-20",
        "out of &lt;memory&gt;",
        "@misc{nasviz-first-only-2026",
        "first &amp; only",
    ):
        assert word in page


def test_figures_show_what_there_is() -> None:
    full = report()
    assert full.history_svg().count("stroke-dasharray") == 2, "the baseline and its legend"
    assert "trial 4" in full.curves_svg()
    assert full.curves_svg().count('fill="none" stroke="#808080" stroke-width="2"/>') == 1, "one ring for the pruned trial"
    assert "1 trials" in full.beliefs_svg()
    bare = report((Trial(0, "id", "f", "finished", 1.0),))
    assert (bare.curves_svg(), bare.beliefs_svg()) == ("", "")


@pytest.mark.parametrize("trials", [(), TRIALS[2:3], TRIALS[:1]])
def test_a_study_without_a_value_has_a_report(trials: tuple[Trial, ...]) -> None:
    empty = report(trials, ())
    assert empty.best is None
    assert "no trial has a value yet" in empty.text
    assert "No trial has a value yet" in empty.html()


def test_bibtex_is_latex_whatever_a_study_is_called() -> None:
    record = StudyRecord("a_b & 100 % {x}\n\\y" + "z" * 999, "minimize", SPACE, PROTOCOL, TRIALS)
    entry = Report(StudyReport(record)).bibtex
    assert r"title = {Architecture search a\_b \& 100 \% x y" in entry
    assert max(map(len, entry.splitlines()[:1])) < 100


def test_bibtex_names_the_run_and_the_space() -> None:
    entry = report().bibtex
    assert entry.startswith(
        "@misc{nasviz-first-only-2026,\n  title = {Architecture search first \\& only},\n  year = {2026},\n"
    )
    assert "note = {nasviz 0.1.0, seed 7, 5 trials, grammar ffffffffffffffff}" in entry
    assert entry.rstrip().endswith("@misc{cells, title={Cells}}")
    assert entry.count("{") == entry.count("}")


@pytest.mark.parametrize("ending", ["html", "txt", "md", "json"])
def test_a_report_is_saved_by_its_ending(tmp_path: Path, ending: str) -> None:
    path = report().save(tmp_path / f"run.{ending}")
    text = path.read_text(encoding="utf-8")
    assert "cells" in text
    if ending == "json":
        assert StudyReport.from_json(json.loads(text)) == report().data


def test_wrong_endings_and_places_are_said(tmp_path: Path) -> None:
    with pytest.raises(NasvizError, match=r"saved as \.html, \.txt, \.md or \.json, found 'run\.pdf'. Type: study\.report"):
        report().save("run.pdf")
    with pytest.raises(NasvizError, match=r"cannot be written to .*No such file or directory"):
        report().save(tmp_path / "nowhere" / "run.html")


def test_old_studies_without_a_protocol_have_a_report() -> None:
    record = StudyRecord("old", "maximize", {}, {"seed": 0}, TRIALS[1:2])
    text = Report(StudyReport(record)).text
    assert "the largest value" in text
    assert "????" in Report(StudyReport(record)).bibtex
