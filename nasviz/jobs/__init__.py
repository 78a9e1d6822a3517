"""Jobs: training outside the notebook's process, where a crash, an interrupt or a restart cannot hurt the work around it.

A *worker* is a second Python process that takes calls over a pipe and answers with reports and a result. Function, arguments
and result are pickled by value, in memory: what a notebook defines works there, and nothing pickled is written to disk. A
`LocalExecutor` keeps workers warm behind Python's own `Executor` interface, which is all that a search asks for; a cluster's
executor can stand in its place. A `Job` is one training: its state, its learning curve, its stop, and the trained network given
back in this process. Jobs on the same device wait for each other, since two on one device take longer than one after the other.
A worker ends with the process that started it, even by kill -9, unless the job is *detached*: then it belongs to nobody, writes
what it does into a folder of its own, and any later session finds it there (`list_jobs`, `attach`).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nasviz.jobs.comparing import compare
    from nasviz.jobs.comparison import Comparison
    from nasviz.jobs.executor import LocalExecutor, default_executor
    from nasviz.jobs.job import Job
    from nasviz.jobs.planning import Plan, plan
    from nasviz.jobs.start import attach, list_jobs, train

__all__ = ["Comparison", "Job", "LocalExecutor", "Plan", "attach", "compare", "default_executor", "list_jobs", "plan", "train"]

_HOME = {
    "Comparison": "nasviz.jobs.comparison",
    "Job": "nasviz.jobs.job",
    "LocalExecutor": "nasviz.jobs.executor",
    "Plan": "nasviz.jobs.planning",
    "attach": "nasviz.jobs.start",
    "compare": "nasviz.jobs.comparing",
    "default_executor": "nasviz.jobs.executor",
    "list_jobs": "nasviz.jobs.start",
    "plan": "nasviz.jobs.planning",
    "train": "nasviz.jobs.start",
}


def __getattr__(name: str) -> Any:
    # Loaded on first use: a worker imports this package before it knows whether it will need torch.
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
