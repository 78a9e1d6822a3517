"""A study survives the sudden death of its process at any point."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nasviz.search import Study, load_study
from nasviz.search.trial import RETRY

linux = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux tells at once that a process is gone")

PROGRAM = '''
import os, signal, sys, time
import numpy as np
from nasviz.search import Proposal, Study, Timing
from nasviz.search.storage import StudyStorage
from nasviz.spaces import digits_cells

class Climb:
    """Mutates the best so far: what it proposes depends on everything before."""
    def propose(self, space, trials, rng):
        seen = {t.term for t in trials}
        best = min((t for t in trials if t.usable), key=lambda t: t.value, default=None)
        while True:
            arch = space.sample(seed=rng) if best is None or rng.random() < 0.3 else space.mutate(space.parse(best.term), rng)
            if str(arch) not in seen:
                return Proposal(str(arch), reason="climbing")

def objective(arch, seed):
    time.sleep(PAUSE)
    return len(str(arch)) + float(np.random.default_rng(seed).random())

def study(url):
    timing = Timing(renew=0.2, stale=30, write=0.05, poll=0.02, grace=1)
    return Study(digits_cells(), objective, strategy=Climb(), storage=url, name="killed", seed=2, timing=timing)

def dies_at(k):
    """Kill this process before or after its k-th write."""
    left = [k]
    def counted(method):
        def wrapper(*args, **kwargs):
            for _ in range(2):
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                if _ == 0:
                    result = method(*args, **kwargs)
            return result
        return wrapper
    for name in ("_set", "_tell", "_claim", "enqueue"):
        setattr(StudyStorage, name, counted(getattr(StudyStorage, name)))
'''

AT_POINTS = (
    PROGRAM
    + """
PAUSE = 0.0
url, total = sys.argv[1], int(sys.argv[2])
for k in map(int, sys.argv[3].split()):
    child = os.fork()
    if child == 0:
        dies_at(k)
        study(url).run(total, "inline")
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), f"it ended before write {k}"
study(url).run(total, "inline")
"""
)

AT_TIMES = (
    PROGRAM
    + """
PAUSE = 0.03
s = study(sys.argv[1])
print("ready", flush=True)
s.run(int(sys.argv[2]), "inline")
"""
)


def undisturbed(total: int) -> list[tuple[int, str, float | None]]:
    scope: dict[str, object] = {"PAUSE": 0.0}
    exec(compile(PROGRAM, "program", "exec"), scope)
    study = scope["study"](None)  # type: ignore[operator]
    assert isinstance(study, Study)
    study.run(total, "inline")
    return [(t.number, t.term, t.value) for t in study.trials]


def check(url: str, total: int) -> None:
    study = load_study(url, "killed")
    assert [t.state for t in study.trials] == ["finished"] * total
    assert [(t.number, t.term, t.value) for t in study.trials] == undisturbed(total)


@linux
@pytest.mark.parametrize(
    ("total", "points"),
    [(4, (2, 5, 9)), pytest.param(60, tuple(random.Random(1).choices(range(1, 16), k=50)), marks=pytest.mark.slow)],
)
def test_death_between_writes(url: str, total: int, points: tuple[int, ...]) -> None:
    arguments = [sys.executable, "-c", AT_POINTS, url, str(total), " ".join(map(str, points))]
    subprocess.run(arguments, check=True, timeout=240)
    check(url, total)
    raw = load_study(url).storage._raw()
    assert len(raw) > total, "some trials were killed and queued again"
    assert any(RETRY in trial.user_attrs for trial in raw)


@linux
@pytest.mark.slow
def test_death_at_random_times(url: str) -> None:
    rng = random.Random(0)
    for _ in range(8):
        arguments = [sys.executable, "-c", AT_TIMES, url, "60"]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(rng.uniform(0, 0.8))
            os.kill(process.pid, signal.SIGKILL)
    subprocess.run([sys.executable, "-c", AT_TIMES, url, "60"], check=True, timeout=240)
    check(url, 60)
