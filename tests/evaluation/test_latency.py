"""Latency: measured passes on a named device."""

import time

import pytest
import torch
from torch import nn

from nasviz.errors import NasvizError
from nasviz.evaluation import describe, latency
from nasviz.nn import primitive
from nasviz.records import Latency
from nasviz.spaces import SearchSpace, parse

SMALL = parse("Linear(conv, relu)", input_shape=(1, 8, 8))


@pytest.mark.slow
def test_median_and_quartiles_on_a_named_device():
    found = SMALL.latency(device="cpu", batch=2, repeats=5, warmup=1)
    assert isinstance(found, Latency)
    assert 0 < found.lower <= found.median <= found.upper < 5
    assert (found.device, found.batch, found.repeats) == (describe("cpu"), 2, 5)
    assert Latency.from_json(found.to_json()) == found
    assert str(found).endswith(f"on {found.device}, batch 2, 5 passes")


class Slow(nn.Module):
    passes = 0

    def forward(self, x):
        if x.device.type != "meta":
            Slow.passes += 1
            time.sleep(0.02 if Slow.passes > 3 else 0.2)
            assert x.shape[0] == 4
            assert not self.training
            assert torch.is_inference_mode_enabled()
        return x


@pytest.mark.slow
def test_the_first_passes_are_not_counted():
    slow = primitive(Slow, name="slow")
    arch = SearchSpace("S ::= slow", [slow], (1, 8, 8)).sample(seed=0)
    found = latency(arch, "cpu", batch=4, repeats=3, warmup=3)
    assert Slow.passes == 6
    assert 0.02 <= found.median < 0.15


@pytest.mark.parametrize("wrong", [{"batch": 0}, {"repeats": 0}, {"warmup": -1}])
def test_what_makes_no_sense_is_refused(wrong):
    (name,) = wrong
    with pytest.raises(NasvizError, match=f"{name} is a whole number of"):
        latency(SMALL, "cpu", **wrong)


def test_a_device_that_is_not_there():
    with pytest.raises(NasvizError, match="is not a device"):
        latency(SMALL, "abacus")


@pytest.mark.parametrize("repeats", ["3", 2.5])
def test_numbers_of_passes_are_whole(repeats):
    with pytest.raises(NasvizError, match="repeats is a whole number of 1 or more, found "):
        latency(parse("conv", input_shape=(1, 8, 8)), device="cpu", repeats=repeats)


@pytest.mark.parametrize("batch", [10**15, 10**30])
def test_a_batch_that_does_not_fit(batch):
    with pytest.raises(NasvizError, match=f"a batch of {batch} does not fit into the memory of CPU"):
        latency(SMALL, "cpu", batch=batch, repeats=1, warmup=0)
