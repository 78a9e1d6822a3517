import contextlib

import gpytorch
import torch

from nasviz.surrogate.threads import exactly, one_thread


def test_the_number_of_threads_is_restored_after_an_error() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        with contextlib.suppress(KeyError), one_thread():
            inside = torch.get_num_threads()
            raise KeyError
        assert (inside, torch.get_num_threads()) == (1, 2)
    finally:
        torch.set_num_threads(before)


def test_exact_algebra_inside_only() -> None:
    with gpytorch.settings.fast_computations(True, True, True):
        with exactly():
            assert not gpytorch.settings.fast_computations.log_prob.on()
        assert gpytorch.settings.fast_computations.log_prob.on()
