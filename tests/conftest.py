"""What all tests share: how many examples a law is tried on, and a guard against work without bound.

`full` examples by default, `quick` by `--hypothesis-profile quick`, as `make quick` asks.
"""

import contextlib
import time

import pytest
from hypothesis import settings

settings.register_profile("full", max_examples=80, deadline=None)
settings.register_profile("quick", max_examples=10, deadline=None)
settings.load_profile("full")

MARGIN = 10
"""A machine may be this many times slower than the one the figures are from; work without bound takes longer still."""


@pytest.fixture
def bounded():
    """`with bounded(0.3):` fails when the block took far more than 0.3 s of its thread's computing time.

    It tells bounded work from work that grows with the space. How fast something is, is said by the benchmarks.
    """

    @contextlib.contextmanager
    def bounded(seconds):
        start = time.thread_time()
        yield
        took = time.thread_time() - start
        assert took < MARGIN * seconds, f"{took:.2f} s, about {seconds} s expected"

    return bounded
