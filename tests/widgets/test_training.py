import gc
import math
import time
import weakref

import ipywidgets
import pytest
import traitlets

import nasviz.widgets.training as module
from nasviz.errors import NasvizError, ShapeError
from nasviz.evaluation import digits
from nasviz.jobs import Plan
from nasviz.numbers import GAP
from nasviz.records import Curve, JobState
from nasviz.widgets.training import Training
from nasviz.widgets.workspace import WORKSPACE

DATA = ("train", "val")


class FakeJob:
    """A job that does what the test says."""

    def __init__(self, arch, epochs):
        self.arch, self.id = arch, f"job-{arch.key}"
        self.settings = type("Settings", (), {"epochs": epochs})()
        self.state, self.progress, self.seconds, self.error, self.traceback = "waiting", 0.0, 0.0, "", ""
        self.history, self.steps, self.remaining, self.stopped, self.listeners = [], [], None, False, []

    @property
    def finished(self):
        return self.state in ("done", "failed", "stopped")

    plan = Plan("cpu", "CPU (2 threads)", 78_123, 4)

    def to_record(self):
        return JobState(
            self.id,
            str(self.arch),
            self.state,
            progress=self.progress,
            seconds=self.seconds,
            reason=self.error,
            traceback=self.traceback,
        )

    def on_change(self, listener):
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def stop(self):
        self.stopped = True
        self.become(state="stopped")

    def become(self, **changes):
        vars(self).update(changes)
        for listener in list(self.listeners):
            listener(self)


@pytest.fixture
def started(monkeypatch):
    """Training and planning without torch; the list holds the jobs that were started."""
    jobs = []

    def plan(arch, data, epochs=20, device="auto", *, estimate=True):
        return Plan("cpu", "CPU (2 threads)", 78_123, epochs, 41.0 if estimate else None)

    def train(archs, data, *, estimate, **settings):
        jobs[:] = [FakeJob(arch, settings["epochs"]) for arch in archs]
        return list(jobs)

    monkeypatch.setattr(module, "plan", plan)
    monkeypatch.setattr(module, "train", train)
    return jobs


def planned(view, page):
    shown = page(view)
    shown.wait_for(lambda: "about" in shown.state["facts"])
    return shown


def test_device_size_and_time_are_named_before_it_starts(archs, page, started):
    shown = planned(Training(archs[0], DATA), page)
    assert shown.state["facts"].replace(GAP, " ") == "CPU (2 threads) · 78 k parameters · 20 epochs · about 40 s"
    assert shown.state["can_train"]
    assert started == []


def test_several_are_named_together(archs, page, started):
    shown = planned(Training(archs[:3], DATA, epochs=1), page)
    assert (
        shown.state["facts"].replace(GAP, " ") == "CPU (2 threads) · 3 architectures · 234 k parameters · 1 epoch · about 2 min"
    )
    assert [line["facts"].replace(GAP, " ") for line in shown.state["lines"]] == ["78 k parameters · about 40 s"] * 3


def test_the_button_trains_and_shows_the_curve(archs, page, started):
    view = Training(archs[0], DATA, epochs=4)
    shown = planned(view, page)
    shown.command("train")
    (job,) = started
    assert view.job is job
    assert view.jobs == (job,)
    rows = [Curve(10, 1.0, {"train_loss": 2.0, "val_error": 0.4}, 1.0)]
    job.become(state="running", progress=0.25, seconds=1.2, history=rows, remaining=3.6)
    shown.wait_for(lambda: shown.state["jobs"][0]["phase"] == "running")
    detail = shown.state["jobs"][0]["detail"].replace(GAP, " ")
    assert detail == "epoch 1 of 4 · accuracy 60.0 % · about 4 s left"
    assert shown.state["figure"]["data"][2]["y"] == [2.0]
    assert view.phase == "running"
    job.become(state="done", progress=1.0)
    shown.wait_for(lambda: view.phase == "done" and view.progress == 1.0)


def test_only_new_points_travel(archs, page, started):
    view = Training(archs[0], DATA)
    shown = planned(view, page)
    shown.command("train")
    rows = [Curve(i, float(i), {"train_loss": 1.0 / (i + 1)}, 1.0) for i in range(6)]
    started[0].become(state="running", history=rows[:3])
    shown.wait_for(lambda: len(shown.state["figure"]["data"]) > 2)
    shown.sent.clear()
    started[0].become(history=rows)
    shown.wait_for(lambda: len(shown.state["figure"]["data"][2]["x"]) == 6)
    extended = [c for _, m in shown.sent for c in m["body"]["changes"] if c[1] == "extend"]
    assert [path[-1] for path, _, _ in extended] == ["x", "y"]
    assert extended[0][2] == [3.0, 4.0, 5.0]


@pytest.mark.slow
def test_at_most_five_updates_a_second(archs, page, started):
    view = Training(archs[0], DATA)
    shown = planned(view, page)
    shown.command("train")
    shown.sent.clear()
    began = time.monotonic()
    while time.monotonic() - began < 1.0:
        started[0].become(state="running", progress=min(1.0, time.monotonic() - began))
        time.sleep(0.005)
    assert 2 <= len([m for _, m in shown.sent if "changes" in m["body"]]) <= 6


def test_stop_of_one_and_of_all(archs, page, started):
    view = Training(archs[:3], DATA)
    shown = planned(view, page)
    shown.command("train")
    shown.command("stop", job=started[1].id)
    assert [job.stopped for job in started] == [False, True, False]
    shown.command("stop")
    assert all(job.stopped for job in started)
    shown.wait_for(lambda: view.phase == "stopped")


def test_a_failure_shows_reason_and_traceback(archs, page, started):
    shown = planned(Training(archs[0], DATA), page)
    shown.command("train")
    started[0].become(state="failed", error="the loss is NaN at epoch 2", traceback="Traceback …")
    shown.wait_for(lambda: shown.state["jobs"][0]["phase"] == "failed")
    assert shown.state["jobs"][0]["reason"] == "the loss is NaN at epoch 2"
    assert shown.state["jobs"][0]["traceback"] == "Traceback …"


def test_a_loss_that_is_no_number_is_a_gap_in_the_curve(archs, page, started):
    shown = planned(Training(archs[0], DATA), page)
    shown.command("train")
    started[0].become(state="running", history=[Curve(1, 1.0, {"train_loss": math.nan}, 1.0)])
    shown.wait_for(lambda: len(shown.state["figure"]["data"]) > 2)
    assert shown.state["figure"]["data"][2]["y"] == [None]


def test_what_cannot_be_built_is_left_out(archs, page, started, monkeypatch):
    def fail(arch, data, **options):
        raise ShapeError("shapes do not fit", (0,), "conv", ((3, 8, 8),))

    monkeypatch.setattr(module, "plan", fail)
    view = Training(archs[0], DATA)
    shown = page(view)
    shown.wait_for(lambda: shown.state["lines"][0]["reason"])
    assert "shapes do not fit" in shown.state["lines"][0]["reason"]
    assert not shown.state["can_train"]
    shown.command("train")
    assert shown.errors == ["there is no architecture to train: tick one, or set training.architectures"]


def test_it_does_not_start_twice(archs, page, started):
    shown = planned(Training(archs[0], DATA), page)
    shown.command("train")
    shown.command("train")
    assert shown.errors == ["the trainings before still run; wait for them or stop them"]


def test_unknown_commands_are_refused(archs, page, started):
    shown = planned(Training(archs[0], DATA), page)
    shown.command("__class__")
    assert "no command '__class__'" in shown.errors[0]


def test_epochs_must_be_positive(archs):
    with pytest.raises(NasvizError, match="epochs must be at least 1, found 0"):
        Training(archs[0], DATA, epochs=0)


def test_what_cannot_be_trained_is_refused(archs):
    for wrong in (3, "conv", [archs[0], None]):
        with pytest.raises(NasvizError, match="an architecture, several, a job or a view is expected here, found a"):
            Training(wrong, DATA)


def test_data_are_needed(archs):
    with pytest.raises(NasvizError, match=r"a training needs data\. Type: nv\.Training\(arch, data=\(train, val\)\)"):
        Training(archs[0])


def test_a_job_is_watched(archs, page, monkeypatch):
    monkeypatch.setattr(module, "Job", FakeJob)
    job = FakeJob(archs[0], 4)
    view = Training(job)
    shown = page(view)
    assert shown.state["watching"]
    assert shown.state["facts"].replace(GAP, " ") == "CPU (2 threads) · 78 k parameters · 4 epochs"
    job.become(state="running", progress=0.5)
    shown.wait_for(lambda: shown.state["jobs"][0]["phase"] == "running")
    shown.command("stop")
    assert job.stopped


def test_nothing_to_train_is_a_state(page, started):
    shown = page(Training((), DATA))
    assert shown.state["facts"] == "no architecture chosen"
    assert not shown.state["can_train"]


def test_traits_can_be_linked_and_views_composed(archs, page, started):
    view = Training(archs[0], DATA)
    shown = planned(view, page)
    bar, text = ipywidgets.FloatProgress(max=1.0), ipywidgets.Label()
    traitlets.dlink((view, "progress"), (bar, "value"))
    ipywidgets.jsdlink((view, "phase"), (text, "value"))
    ipywidgets.VBox([view, bar, text])
    shown.command("train")
    started[0].become(state="running", progress=0.5)
    shown.wait_for(lambda: bar.value == 0.5)


@pytest.mark.slow
def test_nothing_stays_alive_after_close(archs, started):
    view = Training(archs[0], DATA)
    view.start()
    gone, job = weakref.ref(view), view.job
    view.close()
    WORKSPACE.flush()
    del view
    gc.collect()
    assert gone() is None
    assert job.listeners == []
    job.become(state="done")


@pytest.mark.slow
def test_it_trains_in_a_worker_and_gives_the_network_back(archs, page):
    view = Training(min(archs, key=lambda arch: len(str(arch))), digits(), epochs=2, device="cpu")
    shown = page(view)
    shown.wait_for(lambda: "about" in shown.state["facts"] or "under" in shown.state["facts"], 60)
    shown.command("train")
    shown.wait_for(lambda: [job["phase"] for job in shown.state["jobs"]] == ["done"], 60)
    assert view.phase == "done"
    assert view.job.model is not None
    shown.wait_for(lambda: len(shown.state["figure"]["data"]) == 5, 10)
    assert "epoch 2 of 2" in shown.state["jobs"][0]["detail"].replace(GAP, " ")
    assert view.fallback().startswith("Training: CPU")
