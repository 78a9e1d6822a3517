"""nearest_known: equal ones, small changes, what is like nothing, and large terms in bounded time."""

import pytest

import nasviz as nv
from nasviz.errors import NasvizError
from nasviz.spaces import digits_cells, hierarchical_nb201, known, nb201_parse, nearest_known, transformers
from nasviz.spaces.known import KNOWN
from nasviz.spaces.nearest import known_in


def test_every_known_architecture_is_nearest_to_itself():
    for name, make in KNOWN.items():
        found = nearest_known(make())
        assert (found.name, found.distance, found.alike, found.exact) == (name, 0, 1, True)
        assert repr(found) == f"This is {name}."


def test_another_task_or_resolution_is_the_same_architecture():
    assert nearest_known(known.resnet18((1, 28, 28), 100)).distance == 0


def test_one_change_is_one_edit():
    text = known.resnet20().space.grammar.text.replace("STAGE3, fc)", "STAGE3, batch, fc)")
    found = nearest_known(known.resnet20().space.with_grammar(text).sample(seed=0))
    assert (found.name, found.distance, found.exact) == ("ResNet-20", 1, True)
    assert found.alike == 174 / 175
    assert str(found).replace("\u00a0", " ") == (
        "Nearest is ResNet-20: 1 edit away; 99 % of its operators stay. From there: add batch at (6,)."
    )
    assert [str(edit) for edit in found.difference.edits] == ["add batch at (6,)"]


def test_another_operation_in_every_cell_is_fifteen_edits():
    found = nearest_known(nb201_parse("|nor_conv_3x3~0|+|none~0|nor_conv_1x1~1|+|skip_connect~0|none~1|skip_connect~2|"))
    assert (found.name, found.distance, found.exact) == ("NAS-Bench-201, residual cell", 15, True)


def test_another_shortcut():
    found = nearest_known(known.resnet20(shortcut="padding"))
    assert found.name == "ResNet-20"
    assert found.distance == 8
    assert "From there: " in str(found)
    assert "replace Linear at (4, 0, 0, 1) by subsample; " in str(found)
    assert str(found).endswith(" and 5 more.")


def test_what_is_like_nothing_is_said_to_be():
    found = nearest_known(nv.parse("Linear(Residual(conv, id, conv), Residual(conv, id, conv), fc)"))
    assert str(found).startswith("Nothing that is known is near; nearest is ")
    assert found.alike < 0.1


def test_an_inexact_distance_is_said_to_be_one():
    found = nearest_known(hierarchical_nb201().sample(seed=0))
    assert not found.exact
    assert "edits away, perhaps less; " in str(found)


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "Linear(" + ", ".join(["conv", "relu"] * 15_000) + ")",
        "Linear(conv, " * 2_000 + "conv" + ")" * 2_000,
        "Linear(conv2d(64, 3, 1), " + ", ".join(["Residual(conv, id, conv)"] * 2_000) + ", fc)",
    ],
    ids=["long", "deep", "wide"],
)
def test_large_terms_take_seconds_at_most(text, bounded):
    arch = nv.parse(text)
    with bounded(5):
        found = nearest_known(arch)
    assert found.distance >= len(arch.term) - 1_000


def test_sentence():
    with pytest.raises(NasvizError, match="nearest_known takes an architecture, found str"):
        nearest_known("conv")


def test_known_architectures_become_those_of_the_space() -> None:
    space = transformers()
    found = known_in(space)
    assert sorted(found) == ["Mixer-S/16", "ViT-Ti/16"]
    assert all(arch.space == space and nearest_known(arch).name == name for name, arch in found.items())
    assert known_in(digits_cells()) == {}
