"""Two spaces side by side: seeded, stoppable, with and without an objective."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from nasviz.errors import NasvizError
from nasviz.jobs import compare
from nasviz.jobs.comparison import Comparison
from nasviz.spaces import SearchSpace

CELLS = SearchSpace("S ::= Linear(B, B)\nB ::= conv3x3 | id | relu", input_shape=(1, 8, 8), name="cells")
MIXED = SearchSpace("S ::= Residual(B, B, B)\nB ::= conv1x1 | down", input_shape=(1, 8, 8), name="mixed")


def by_size(arch, seed):
    return 1 / (1 + arch.cost().parameters) + seed % 1000 * 1e-9


@pytest.fixture
def here():
    with ThreadPoolExecutor(2) as executor:
        yield executor


def test_every_draw_is_measured():
    found = compare(CELLS, MIXED, n=40)
    assert isinstance(found, Comparison)
    table = found.frame()
    assert found.state == "done"
    assert found.progress == 1.0
    assert len(table) == 80
    assert table.space.tolist() == ["cells"] * 40 + ["mixed"] * 40
    assert table[table.space == "cells"].builds.all()
    fit = table[table.space == "mixed"]
    assert 0 < fit.builds.mean() < 1  # down on one path and conv1x1 on the other do not fit
    assert fit[~fit.builds].reason.str.contains("meet in Residual2 at the root").all()
    assert fit[~fit.builds].parameters.isna().all()
    arch = found.architecture(found.rows[-1])
    assert str(arch) == found.rows[-1].term
    assert arch.space == MIXED
    assert "80 architectures drawn" in repr(found)


def test_the_same_seed_draws_the_same_and_spaces_draw_apart():
    first, again, other = compare(CELLS, CELLS, n=25), compare(CELLS, CELLS, n=25), compare(CELLS, CELLS, n=25, seed=1)
    assert first.wait().rows == again.wait().rows
    assert first.rows != other.wait().rows
    assert [r.term for r in first.rows[:25]] != [r.term for r in first.rows[25:]]


def test_summary_says_shares_medians_and_distinct_terms():
    table = compare(CELLS, MIXED, n=40).summary()
    assert list(table.index) == ["cells", "mixed"]
    assert table.loc["cells", "builds"] == 1
    assert table.loc["cells", "distinct"] == 9
    assert (table["parameters 25 %"] <= table["parameters"]).all()
    assert (table["FLOPs"] <= table["FLOPs 75 %"]).all()


def test_errors_at_equal_complexity(here):
    found = compare(CELLS, MIXED, n=30, objective=by_size, executor=here, workers=2, names=("a", "b"))
    table = found.frame()
    assert found.progress == 1.0
    assert table[table.builds].value.notna().all()
    assert table[~table.builds].value.isna().all()
    row = found.rows[0]
    assert row.value == pytest.approx(1 / (1 + row.parameters), abs=2e-6)
    again = compare(CELLS, MIXED, n=30, objective=by_size, executor=here, names=("a", "b"))
    assert again.frame().equals(table)
    assert found.equal_complexity("depth", bins=1).edfs[0].n > 0
    assert found.equal_complexity("flops").edfs[0].n >= 0
    assert {"value", "least value", "evaluated", "failed"} <= set(found.summary().columns)


def test_the_default_executor_takes_what_a_notebook_defines():
    found = compare(CELLS, CELLS, n=2, objective=lambda arch: 0.5)
    assert found.frame().value.tolist() == [0.5] * 4


def test_what_fails_is_a_row_with_its_reason(here):
    def objective(arch):
        if "relu" in str(arch):
            raise ValueError("no relu today")
        return 0.1

    table = compare(CELLS, CELLS, n=20, objective=objective, executor=here).frame()
    failed = table[table.term.str.contains("relu")]
    assert len(failed) > 0
    assert failed.failure.eq("ValueError: no relu today").all()
    assert failed.value.isna().all()
    assert table.value.notna().sum() == 40 - len(failed)


def test_a_stop_keeps_what_is_known(here):
    entered, go_on = threading.Event(), threading.Event()

    def objective(arch):
        entered.set()
        go_on.wait(20)
        return 0.5

    found = compare(CELLS, MIXED, n=10, objective=objective, executor=here)
    assert entered.wait(20)
    with pytest.raises(TimeoutError, match="the comparison still runs after"):
        found.wait(0.01)
    found.stop()
    go_on.set()
    assert found.wait(20) is found
    assert found.state == "stopped"
    assert len(found.rows) == 20
    assert found.progress < 1
    assert found.frame().value.notna().sum() < 20


def test_it_can_be_awaited_and_listened_to(here):
    async def run():
        return await compare(CELLS, MIXED, n=5)

    assert asyncio.run(run()).state == "done"
    go_on, told = threading.Event(), threading.Event()
    found = compare(CELLS, MIXED, n=2, objective=lambda arch: float(go_on.wait(20)), executor=here)
    leave = found.on_change(lambda source: told.set() if go_on.is_set() else None)
    go_on.set()
    found.wait(20)
    assert told.wait(60)
    leave()


def test_what_ends_it_is_said(here):
    here.shutdown()
    found = compare(CELLS, CELLS, n=2, objective=by_size, executor=here)
    with pytest.raises(NasvizError, match="the executor takes no more work"):
        found.frame()
    assert found.state == "failed"
    assert "the executor takes no more work" in repr(found)


def test_bad_questions_are_answered_in_words():
    found = compare(CELLS, MIXED, n=2)
    with pytest.raises(NasvizError, match=r"errors are compared with an objective. Type: nv.compare"):
        found.equal_complexity()
    with pytest.raises(NasvizError, match=r"complexity is 'parameters', 'flops' or 'depth', found 'size'"):
        found.figure("size")


def test_a_figure_for_a_paper():
    fig = compare(CELLS, MIXED, n=20).figure()
    assert [trace.type for trace in fig.data] == ["scatter"] * 6 + ["bar"]
