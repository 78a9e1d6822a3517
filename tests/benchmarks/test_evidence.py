"""The evidence that is shown in README: strategies on NAS-Bench-201, kernels on the hierarchical space, two spaces compared.

    python -m pytest -s tests/benchmarks/test_evidence.py

Every search and training is kept in a folder as soon as it is done, so the command
can be broken off and goes on. By environment:
EVIDENCE_FOLDER (build/evidence), EVIDENCE_SEEDS (20), EVIDENCE_DRAWS (300), EVIDENCE_RESAMPLES (20), EVIDENCE_SPACES (3 seeds),
NB201_TABLE (a CSV file or the official files), NASVIZ_PICTURES=write for the picture of README.
"""

from __future__ import annotations

import os
import shutil
import urllib.parse
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from playwright.sync_api import sync_playwright

from nasviz.evaluation.benchmarks import NASBench201
from nasviz.evaluation.data import digits
from nasviz.surrogate.calibration import rank_correlation
from nasviz.testing.evidence import figure, ranking, table_search, two_spaces
from nasviz.testing.evidence.kept import Kept
from nasviz.testing.evidence.small_task import hierarchical_space, small_objective

ROOT = Path(__file__).parents[2]
TABLE = Path(os.environ.get("NB201_TABLE", ROOT.parent / "shared" / "data" / "nb201_cifar10.csv"))
AGAIN = 25
"""Architectures trained with a second seed: how far the objective agrees with itself."""

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(0)]


def number(name: str, default: int) -> int:
    return int(os.environ.get(f"EVIDENCE_{name}", default))


def say(text: str) -> None:
    print(text, flush=True)


@pytest.fixture(scope="module")
def kept() -> Kept:
    return Kept(os.environ.get("EVIDENCE_FOLDER", ROOT / "build" / "evidence"))


def told(kept: Kept, name: str, table: pd.DataFrame) -> None:
    """Print a table, and write it as CSV and as Markdown."""
    kept.folder.mkdir(parents=True, exist_ok=True)
    table.to_csv(kept.folder / f"{name}.csv")
    flat = table.reset_index()
    rows = [flat.columns.astype(str).tolist(), ["---"] * len(flat.columns)]
    rows += [[f"{x:.3g}" if isinstance(x, float) else str(x) for x in row] for row in flat.itertuples(index=False)]
    text = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    (kept.folder / f"{name}.md").write_text(text + "\n", encoding="utf-8")
    say(f"\n{name}\n{text}")


@pytest.fixture(scope="module")
def runs(kept: Kept) -> tuple[NASBench201, list[table_search.Run]]:
    if not TABLE.exists():
        pytest.skip(f"the table of NAS-Bench-201 is not at {TABLE}; NB201_TABLE says where it is")
    bench = NASBench201(TABLE)
    return bench, table_search.compare_strategies(bench, range(number("SEEDS", 20)), kept, say=say)


@pytest.fixture(scope="module")
def scores(kept: Kept) -> list[ranking.Score]:
    archs = ranking.distinct(hierarchical_space(), number("DRAWS", ranking.DRAWS))
    objective = small_objective(digits())
    y = ranking.errors(archs, objective, kept, say=say)
    again = ranking.errors(archs[:AGAIN], objective, kept, seed=1, say=say)
    both = np.isfinite(y[:AGAIN]) & np.isfinite(again)
    say(f"two seeds rank {both.sum()} architectures alike with τ = {rank_correlation(y[:AGAIN][both], again[both]):.2f}")
    say(f"errors: {np.nanquantile(y, [0, 0.25, 0.5, 0.75, 1]).round(3)}, {np.isnan(y).sum()} without a value")
    return ranking.compare_kernels(archs, y, resamples=number("RESAMPLES", 20), say=say)


def test_strategies_on_the_table(runs, kept: Kept) -> None:
    bench, found = runs
    table = table_search.summary(found, bench.best()[1], bench.at(split="test").best()[1])
    told(kept, "strategies", table)
    assert (table["twice"] == 0).all()


def test_kernels_on_the_hierarchical_space(scores: list[ranking.Score], kept: Kept) -> None:
    pd.DataFrame([asdict(score) for score in scores]).to_csv(kept.folder / "resamples.csv", index=False)
    told(kept, "kernels", ranking.ranking_summary(scores))
    count = number("RESAMPLES", 20) * len(ranking.KERNELS) * len(ranking.SIZES)
    assert len({(score.resample, score.n, score.kernel) for score in scores}) == len(scores) == count
    assert all(-1 <= score.tau <= 1 and np.isfinite(score.nll) for score in scores)
    for other in [name for name in ranking.KERNELS if name != "hierarchical WL"]:
        for measure in ("tau", "nll"):
            told(kept, f"hierarchical minus {other}, {measure}", ranking.paired(scores, "hierarchical WL", other, measure))


def test_spaces_at_equal_budget(kept: Kept) -> None:
    found = two_spaces.compare_spaces(range(number("SPACES", 3)), kept, say=say)
    table = two_spaces.spaces_summary(found)
    told(kept, "spaces", table)
    assert (table["searches"] == number("SPACES", 3)).all()
    assert table[["validation", "test"]].stack().between(0, 100).all()


@pytest.mark.skipif(os.environ.get("NASVIZ_PICTURES") != "write", reason="NASVIZ_PICTURES=write draws the picture")
def test_the_picture(runs, scores: list[ranking.Score]) -> None:
    bench, found = runs
    fig = figure.evidence_figure(found, bench.best()[1], bench.at(split="test").best()[1], scores)
    path = ROOT / "notebooks" / "pictures" / "evidence.svg"
    path.write_text(drawn(fig), encoding="utf-8")
    assert path.stat().st_size < 150_000


def drawn(fig: go.Figure) -> str:
    """The figure as SVG, by plotly.js in Chromium."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        pytest.skip("there is no Chromium to draw the picture")
    with sync_playwright() as play:
        page = play.chromium.launch(executable_path=browser, args=["--no-sandbox"]).new_page()
        page.set_content(fig.to_html(include_plotlyjs=True, div_id="figure"))
        size = {"format": "svg", "width": fig.layout.width, "height": fig.layout.height}
        url = page.evaluate("size => Plotly.toImage('figure', size)", size)
    return urllib.parse.unquote(url.partition(",")[2])
