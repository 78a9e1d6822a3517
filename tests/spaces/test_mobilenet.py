"""Stages of mobile networks: the published size, equal layers where factorised, shapes."""

import pytest

from nasviz.spaces import mobilenet, mobilenet_factorised
from nasviz.spaces.mobilenet import DEPTHS, STAGES
from nasviz.testing import check_space

MAKE = (mobilenet, mobilenet_factorised)


@pytest.mark.parametrize("make", MAKE)
def test_contract(make):
    check_space(make(), n=4)
    assert "2019" in make().source
    assert make().bibtex.startswith("@inproceedings")


def test_sizes():
    """Cai et al. 2020 publish 2 · 10^19 for the choices layer by layer."""
    assert (
        mobilenet().count() == mobilenet().count("derivations") == sum(9**d for d in DEPTHS) ** 5 == 21_758_655_492_572_485_851
    )
    assert mobilenet_factorised().count() == mobilenet_factorised().count("derivations") == (9 * len(DEPTHS)) ** 5


def layers(arch, stage):
    """Expansion and kernel of each layer of a stage."""
    text = str(arch[3 + stage])
    wide = [part.partition(")")[0] for part in text.split("widen(")[1:]]
    kernels = [part.partition(",")[0] for part in text.split("depthwise(")[1:]]
    return list(zip(wide, kernels, strict=True))


def test_layers_of_a_stage_differ_or_are_equal():
    drawn = [layers(arch, k) for arch in mobilenet().sample(10, seed=0) for k in range(1, 6)]
    assert {len(stage) for stage in drawn} == {2, 3, 4}
    assert any(len(set(stage)) > 1 for stage in drawn)
    factorised = [layers(arch, k) for arch in mobilenet_factorised().sample(10, seed=0) for k in range(1, 6)]
    assert {len(stage) for stage in factorised} == {2, 3, 4}
    assert all(len(set(stage)) == 1 for stage in factorised)


def test_stages_have_their_channels_and_strides():
    arch = mobilenet().sample(seed=0)
    from nasviz.nn import infer_shapes

    shapes = infer_shapes(arch)
    size = 32
    for k, (channels, stride) in enumerate(STAGES, start=1):
        size //= stride
        first = max(where for where in shapes if isinstance(where, tuple) and where[:2] == (3 + k, 0))
        assert shapes[first][1] == (channels, size, size)


@pytest.mark.slow
def test_factorised_architectures_are_in_the_larger_space():
    assert all(mobilenet().contains(arch) for arch in mobilenet_factorised().sample(5, seed=0))
