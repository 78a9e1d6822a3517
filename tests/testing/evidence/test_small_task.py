"""The small spaces and the sums of digits."""

import numpy as np
import pytest
import torch

from nasviz.evaluation.data import digits
from nasviz.spaces import hierarchical_nb201, nb201
from nasviz.testing.evidence.small_task import (
    cell_based_space,
    hierarchical_space,
    number_of_sums,
    small_objective,
    sums_of_digits,
)


def test_the_spaces_are_the_published_ones_but_for_the_stem():
    assert hierarchical_space().count() == hierarchical_nb201(connected=True).count()
    assert cell_based_space().count() == nb201(connected=True).count() == 15284


@pytest.mark.parametrize("make", [hierarchical_space, cell_based_space])
def test_their_networks_take_small_images(make):
    net = make(3, 6).sample(seed=0).to_torch(seed=0)
    assert net(torch.zeros(2, 3, 8, 8)).shape == (2, 6)


@pytest.mark.parametrize("largest", [1, 2, 9])
def test_classes_are_sums_less_one(largest):
    parts = sums_of_digits(largest, sizes=(300, 20, 20))
    assert [len(part) for part in parts] == [300, 20, 20]
    known = {digit.numpy().tobytes(): int(label) for digit, label in digits()[0]}
    labels = set()
    for x, y in parts.train:
        sums = sum(known[channel[None].numpy().tobytes()] for channel in x)
        assert 1 <= sums <= 20
        assert int(y) == sums - 1
        labels.add(int(y))
    assert labels <= set(range(number_of_sums(largest)))
    assert len(labels) > 0.9 * number_of_sums(largest)


def test_no_digit_is_in_two_parts():
    parts = [{channel.numpy().tobytes() for x, _ in part for channel in x} for part in sums_of_digits(sizes=(400, 200, 200))]
    assert not parts[0] & parts[1] | parts[0] & parts[2] | parts[1] & parts[2]


def test_it_is_a_function_of_the_seed():
    one, same, other = (sums_of_digits(2, seed, sizes=(20, 5, 5)).train.tensors for seed in (0, 0, 1))
    assert torch.equal(one[0], same[0])
    assert not torch.equal(one[0], other[0])


def test_an_evaluation_is_repeatable():
    arch = cell_based_space(3, 3).unrank(0)
    objective = small_objective(sums_of_digits(1, sizes=(100, 40, 5)), epochs=1)
    assert objective(arch) == objective(arch)
    assert np.isfinite(objective(arch))
