"""Every architecture of a small space: in the background, stopped, gone on with, found again."""

import asyncio
import math
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from nasviz.errors import NasvizError, StorageError
from nasviz.evaluation import TrainingObjective, digits
from nasviz.evaluation.tabulated import Row, Tabulated, load_table
from nasviz.search import RandomSearch, Study
from nasviz.search.tabulate import tabulate
from nasviz.spaces import SearchSpace, digits_cells, nested_convnet, three_node_cells


@pytest.fixture(scope="module")
def cells():
    return three_node_cells()


@pytest.fixture(scope="module")
def small():
    return SearchSpace("S ::= Linear(A, A)\nA ::= conv3x3 | id | avg_pool", name="nine", input_shape=(1, 8, 8))


SCRIPT = """
import time
from nasviz.search import tabulate as t
from nasviz.spaces import SearchSpace

t.SAVED_EVERY = 0.0
space = SearchSpace("S ::= Linear(A, A)\\nA ::= conv3x3 | id | avg_pool", name="nine", input_shape=(1, 8, 8))

def objective(arch):
    time.sleep(0.3)
    return len(str(arch))

t.tabulate(space, objective, {path!r}, executor="inline").wait()
"""


def length(arch, seed):
    return len(str(arch)) + seed / 10


def test_every_architecture_once_with_one_seed(cells):
    table = tabulate(cells, length, seed=3, executor="inline").wait(60)
    assert not table.running
    assert table.progress == 1.0
    assert {term: row.value for term, row in table.rows.items()} == {str(a): len(str(a)) + 0.3 for a in cells.enumerate()}


def test_it_is_an_objective_of_a_study(small):
    table = tabulate(small, length, executor="inline").wait(60)
    study = Study(small, table, strategy=RandomSearch())
    study.run(5, "inline")
    assert [t.value for t in study.trials] == [len(t.term) for t in study.trials]


def test_it_fills_in_the_background_and_says_how_far_it_is(small):
    gate, begun = threading.Event(), threading.Event()

    def objective(arch):
        if len(table.rows) == 4:
            begun.set()
            assert gate.wait(30)
        return 1.0

    seen = []
    with ThreadPoolExecutor(1) as pool:
        table = tabulate(small, lambda arch: 0.0, executor=pool)
        table.wait(30)
        table.rows.clear()
        table._objective = objective
        table.on_change(lambda t: seen.append(len(t)))
        table.start()
        table.start()
        assert begun.wait(30)
        assert table.running
        assert table.progress == pytest.approx(4 / 9)
        assert len(table.frame) == 4
        assert repr(table) == "Tabulation(nine: 4 of 9 architectures, running)"
        with pytest.raises(
            NasvizError, match=r"no value of Linear\(.*\).*: 4 of 9 were evaluated; type table.wait\(\) or await"
        ):
            table(small.unrank(8))
        gate.set()
        assert asyncio.run(table.done()) is table
    assert seen[:9] == list(range(1, 10))


@pytest.mark.parametrize(("words", "share"), [("stop start", 1.0), ("start stop start stop", 1 / 9)])
def test_the_last_word_counts_while_it_stops(small, words, share):
    begun, leave = threading.Event(), threading.Event()

    def objective(arch):
        begun.set()
        assert leave.wait(20)
        return 1.0

    table = tabulate(small, objective, executor="inline")
    assert begun.wait(20)
    for word in words.split():
        getattr(table, word)()
    leave.set()
    assert table.wait(20).progress == pytest.approx(share)
    assert not table.running


def test_it_stops_and_goes_on(small):
    calls, bound = [], threading.Event()

    def objective(arch, report):
        assert bound.wait(30)
        calls.append(str(arch))
        if len(calls) == 4:
            table.stop()
        return math.nan if report(1, {"val_error": 0.5}) == "stop" else 0.5

    table = tabulate(small, objective, executor="inline")
    bound.set()
    table.wait(30)
    assert len(table.rows) == 3, "what was stopped is no value"
    with pytest.raises(NasvizError, match=r"3 of 9 were evaluated; type table.start\(\) to go on"):
        table(small.unrank(8))
    table.start()
    table.wait(30)
    assert len(table) == 9
    assert len(calls) == 10
    assert table.frame["val_error"].eq(0.5).all()


def test_what_the_table_calls_may_stop_it_and_cannot_wait_for_it(small):
    heard: list[str] = []

    def listener(table):
        try:
            table.wait()
        except NasvizError as error:
            heard.append(str(error))
        table.stop(wait=True)

    bound = threading.Event()
    table = tabulate(small, lambda arch: float(bound.wait(30)), executor="inline")
    leave = table.on_change(listener)
    bound.set()
    table.wait(30)
    assert len(table.rows) == 1
    assert "type table.stop() there" in heard[0]
    leave()
    table.start()
    assert len(table.wait(30).rows) == 9


def test_a_file_is_found_again_and_only_the_rest_is_evaluated(small, tmp_path):
    calls = []

    def objective(arch):
        calls.append(str(arch))
        if str(arch) == "Linear(id, id)" and len(calls) < 10:
            raise MemoryError("too large")
        return len(str(arch))

    path = tmp_path / "t.csv"
    table = tabulate(small, objective, path, executor="inline").wait(30)
    assert len(calls) == 9
    assert repr(table) == "Tabulation(nine: 8 of 9 architectures, 1 failed)"
    assert table.rows["Linear(id, id)"].reason == "MemoryError: too large"
    again = tabulate(small, objective, path, executor="inline").wait(30)
    assert calls[9:] == ["Linear(id, id)"]
    assert len(again) == 9
    assert load_table(path).frame.equals(again.frame)
    assert len(tabulate(small, objective, path, executor="inline").wait(30)) == 9
    assert len(calls) == 10


def test_two_kernels_that_fill_one_file_lose_nothing(small, tmp_path):
    path, gate = tmp_path / "t.csv", threading.Event()

    def objective(arch):
        assert gate.wait(30)
        return 1.0

    first = tabulate(small, objective, path, executor="inline")
    other = Tabulated(small, [Row(str(small.unrank(8)), 0.25)], first.protocol)
    other.save(path)
    first.stop()
    gate.set()
    first.wait(30)
    assert first(small.unrank(8)) == 0.25
    assert load_table(path)(small.unrank(0)) == 1.0
    assert len(load_table(path)) == len(first)


@pytest.mark.slow
def test_a_killed_kernel_finds_its_table(small, tmp_path):
    path = tmp_path / "t.csv"
    script = tmp_path / "run.py"
    script.write_text(SCRIPT.format(path=str(path)))
    process = subprocess.Popen([sys.executable, str(script)])
    try:
        end = time.monotonic() + 60
        while not (path.exists() and len(load_table(path)) >= 3) and time.monotonic() < end:
            time.sleep(0.05)
    finally:
        process.kill()
        process.wait()
    kept = load_table(path).rows
    assert 3 <= len(kept) < 9
    calls = []

    def objective(arch):
        calls.append(str(arch))
        return len(str(arch))

    objective.__qualname__ = "objective"
    table = tabulate(small, objective, path, executor="inline").wait(30)
    assert len(table) == 9
    assert not set(calls) & set(kept)
    assert all(table.rows[term] == row for term, row in kept.items())


def test_a_file_of_something_else_is_refused(small, tmp_path):
    path = tmp_path / "t.csv"
    x, y = (part[:20] for part in digits().train.tensors)

    def made(labels=y, epochs=2):
        return TrainingObjective(((x, labels), (x, labels)), epochs=epochs, device="cpu")

    table = tabulate(small, made(), path, executor="inline")
    table.stop(wait=True)
    before = path.read_text()
    larger = SearchSpace(small.grammar, name="nine", input_shape=(1, 9, 9))
    for space, objective, seed, words in (
        (small, made(epochs=3), 0, "a table with epochs 2, now it is 3: the values would not compare"),
        (small, made(), 1, "with seed 0, now it is 1"),
        (small, length, 0, "with objective 'TrainingObjective', now it is 'length'"),
        (small, made(y.flip(0)), 0, r"with data '20 .* sha256"),
        (three_node_cells(), made(), 0, "with fingerprint "),
        (larger, made(), 0, r"with input_shape \[1, 8, 8\], now it is"),
    ):
        with pytest.raises(StorageError, match=words):
            tabulate(space, objective, path, seed=seed, executor="inline")
    assert path.read_text() == before


def test_a_file_that_cannot_be_written_is_said(small, tmp_path):
    with pytest.raises(StorageError, match="the table cannot be written to"):
        tabulate(small, length, tmp_path / "no" / "t.csv", executor="inline").wait(30)


def test_what_is_too_large_is_refused(small):
    with pytest.raises(NasvizError, match="the space holds endlessly many architectures and tabulate trains every one, at"):
        tabulate(nested_convnet(), length)
    with pytest.raises(NasvizError, match=r"the space holds 6,135 architectures .* at most 100. .* or type limit= for more"):
        tabulate(digits_cells(), length, limit=100)
    with pytest.raises(NasvizError, match="the objective is 3, expected a function"):
        tabulate(small, 3)
    with pytest.raises(NasvizError, match="workers"):
        tabulate(small, length, workers=0)


@pytest.mark.slow
def test_worker_processes_crash_and_stop_without_loss(small, tmp_path):
    def objective(arch, seed, report):
        if str(arch) == "Linear(id, id)":
            os._exit(3)
        for step in range(1000 if str(arch) == "Linear(avg_pool, avg_pool)" else 1):
            if report(step, {"val_error": 0.25}) == "stop":
                return 0.0
            time.sleep(0.02)
        return 0.25

    table = tabulate(small, objective, tmp_path / "t.csv", workers=2)
    end = time.monotonic() + 100
    while len(table.rows) < 8 and time.monotonic() < end:
        time.sleep(0.05)
    table.stop(wait=True)
    assert not table.running
    assert len(table) == 7
    assert "3" in table.rows["Linear(id, id)"].reason
    assert "Linear(avg_pool, avg_pool)" not in load_table(tmp_path / "t.csv").rows


@pytest.mark.parametrize("found", [None, 3, "x", [3]])
def test_only_spaces_are_tabulated_and_files_have_names(found: object) -> None:
    with pytest.raises(NasvizError, match=r"^a search space is tabulated, e\.g\. nv\.spaces\.nb201\(\), found "):
        tabulate(found, len)
    with pytest.raises(NasvizError, match="the executor is 'inlin', expected one, 'inline', or None for a worker process"):
        tabulate(three_node_cells(), len, executor="inlin")
    if isinstance(found, int | list):
        with pytest.raises(NasvizError, match=r"^the name of a file is text or a path, e\.g\. 'table\.csv', found "):
            tabulate(three_node_cells(), len, found)


def test_an_executor_that_cannot_be_made_ends_the_table_with_its_reason(small, monkeypatch):
    def broken(name):
        raise NasvizError("no workers here")

    monkeypatch.setattr("nasviz.search.tabulate.lower", broken)
    table = tabulate(small, length)
    with pytest.raises(NasvizError, match="no workers here"):
        table.wait(10)
    assert not table.running
