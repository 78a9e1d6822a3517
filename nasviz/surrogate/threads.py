"""How the surrogate computes: one thread, and exact algebra by Cholesky factors."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import ExitStack, contextmanager

import gpytorch
import torch

_alone = threading.RLock()  # the settings below belong to the process: two threads that change them must take turns


@contextmanager
def one_thread() -> Generator[None]:
    """Run the body with one torch thread and restore the number of threads afterwards.

    Two OpenMP threads on a busy machine are 11 to 35 times slower than one for small matrices.

    >>> before = torch.get_num_threads()
    >>> with one_thread():
    ...     torch.get_num_threads()
    1
    >>> torch.get_num_threads() == before
    True
    """
    with _alone:
        before = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(before)


@contextmanager
def exactly() -> Generator[None]:
    """Run the body on one thread with exact solves, never conjugate gradients, and the smallest jitter that float64 needs."""
    with ExitStack() as stack:
        stack.enter_context(one_thread())
        stack.enter_context(gpytorch.settings.fast_computations(False, False, False))
        stack.enter_context(gpytorch.settings.cholesky_jitter(double_value=1e-8))
        stack.enter_context(gpytorch.settings.debug(False))
        yield
