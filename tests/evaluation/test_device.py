"""Choosing and naming the device."""

import pytest
import torch

from nasviz.errors import NasvizError
from nasviz.evaluation import available_devices, describe, pick_device


def test_auto_is_the_best_device_present():
    assert str(pick_device()) == available_devices()[0]
    assert available_devices()[-1] == "cpu"
    assert pick_device(torch.device("cpu")).type == "cpu"


def test_words_for_the_processor():
    threads = torch.get_num_threads()
    assert describe("cpu") == f"CPU ({threads} thread{'s' if threads != 1 else ''})"


def test_a_name_that_means_nothing():
    with pytest.raises(NasvizError, match=r"'gpu' is not a device; this machine has: .*cpu, or 'auto'"):
        pick_device("gpu")


def test_a_device_that_is_absent():
    with pytest.raises(NasvizError, match=r"the device 'cuda:77' is not present; this machine has: .*cpu, or 'auto'"):
        pick_device("cuda:77")
