"""The map of the space: what stands where, and what its colours say."""

from __future__ import annotations

import math

import pytest

from nasviz import numbers
from nasviz.errors import NasvizError
from nasviz.records import SpaceMap, Trial
from nasviz.view import theme
from nasviz.view.space_map import SpaceMapInfo, Spot, space_map_figure, space_map_info, with_current

TRACES = ["drawn at random", "trial", "best", "known network", "this architecture"]
FOUND = SpaceMap(
    terms=("conv", "zero", "resnet", "a<b", "relu"),
    x=(0.1, 0.2, 0.3, 0.4, 0.5),
    y=(-0.1, -0.2, -0.3, -0.4, -0.5),
    values=(0.3, 0.9, 0.2),
    mean=(0.31, 0.88, 0.21, 0.4, 0.5),
    sd=(0.01, 0.02, 0.03, 0.1, 0.2),
    acquisition=(-40.0, -300.0, -8.0, -2.0, -3.5),
    shares=(0.5, 0.25),
    components=(2, 1),
    aside=(1,),
    best=2,
)
TRIALS = [
    Trial(4, "conv", "f", "finished", 0.3),
    Trial(5, "zero", "f", "finished", 0.9),
    Trial(6, "resnet", "f", "finished", 0.2, baseline="ResNet-20"),
]
INFO = space_map_info(FOUND, TRIALS, value_name="error")


def test_trials_baselines_and_summary() -> None:
    assert INFO.trials == (4, 5, 6)
    assert INFO.names == ("trial 4", "trial 5", "ResNet-20 (trial 6)")
    assert INFO.baselines == (Spot("resnet", 0.3, -0.3, 0.21, 0.03, -8.0, "ResNet-20", 6),)
    words = "3 trials and 2 architectures drawn at random · the axes explain 75 % of the variance · exact kernel PCA"
    assert INFO.summary.replace(numbers.GAP, " ") == words
    assert space_map_info(FOUND).names[0] == "architecture 0"
    assert SpaceMapInfo().summary == "no map yet"


@pytest.mark.parametrize("current", [None, Spot("mish", 0.0, 0.0, 0.25, 0.05, -1.5)])
@pytest.mark.parametrize("info", [SpaceMapInfo(), INFO])
@pytest.mark.parametrize("dark", [False, True])
def test_the_figure_has_always_the_same_traces(info: SpaceMapInfo, current: Spot | None, dark: bool) -> None:
    fig = space_map_figure(with_current(info, current), dark=dark)
    assert [trace.name for trace in fig.data] == TRACES
    assert len(fig.data[4].x) == (current is not None)
    assert "</html>" in fig.to_html(include_plotlyjs=False)


def test_a_click_finds_a_trial_or_a_term() -> None:
    fig = space_map_figure(with_current(INFO, Spot("mish", 0.0, 0.0, 0.25, 0.05)))
    drawn, trials, best, known, current = fig.data
    assert tuple(drawn.customdata) == ("a<b", "relu")
    assert tuple(trials.customdata) == (4, 5, 6)
    assert tuple(best.customdata) == tuple(known.customdata) == (6,)
    assert tuple(current.customdata) == ("mish",)
    assert (best.x, best.y, best.marker.symbol) == ((0.3,), (-0.3,), "star")
    assert tuple(known.text) == ("ResNet-20",)
    assert list(trials.marker.symbol) == ["circle", "circle-x", "circle"], "what lets nothing through is crossed out"


def test_labels_are_in_words() -> None:
    fig = space_map_figure(with_current(INFO, Spot("mish", 0.0, 0.0, 0.25, 0.05, -1.5)))
    first = "drawn, not evaluated<br>0.40 ± 0.10 believed<br>log expected improvement −2.00<br>a&lt;b"
    assert fig.data[0].text[0] == first
    assert fig.data[1].text[1].startswith("trial 5: error 0.900<br>lets nothing through<br>0.880 ± 0.020 believed")
    assert fig.data[2].text[0].startswith("best, ResNet-20 (trial 6): 0.200<br>")
    assert fig.data[4].text[0] == "this architecture<br>0.250 ± 0.050 believed<br>log expected improvement −1.50<br>mish"
    assert fig.layout.xaxis.title.text.replace(numbers.GAP, " ") == "component 2 · 50 % of the variance"
    assert fig.layout.yaxis.scaleanchor == "x", "distances mean something"


@pytest.mark.parametrize("colour", ["mean", "sd", "acquisition"])
def test_colours_follow_the_choice_and_the_buttons_repeat_it(colour: str) -> None:
    fig = space_map_figure(INFO, colour)
    values = getattr(FOUND, colour)
    assert tuple(fig.data[0].marker.color) == values[3:]
    assert tuple(fig.data[1].marker.color) == values[:3]
    menu = fig.layout.updatemenus[0]
    chosen = menu.buttons[menu.active]
    assert chosen.label == colour
    assert [list(c) for c in chosen.args[0]["marker.color"]] == [list(values[3:]), list(values[:3])]
    assert chosen.args[1]["coloraxis"]["cmax"] == fig.layout.coloraxis.cmax == max(values)
    assert list(chosen.args[2]) == [0, 1]
    assert not space_map_figure(INFO, colour, menu=False).layout.updatemenus


def test_bright_is_interesting_and_hopeless_ones_are_one_colour() -> None:
    assert space_map_figure(INFO).layout.coloraxis.reversescale
    assert not space_map_figure(space_map_info(FOUND, direction="maximize")).layout.coloraxis.reversescale
    gain = space_map_figure(INFO, "acquisition").layout.coloraxis
    assert not gain.reversescale
    assert (gain.cmin, gain.cmax) == (-14.0, -2.0)
    assert (
        space_map_figure(INFO, "sd").layout.coloraxis.colorscale[0][1]
        == space_map_figure(INFO).layout.coloraxis.colorscale[0][1]
    )


def test_states_without_a_map() -> None:
    assert space_map_figure(SpaceMapInfo()).layout.annotations[0].text == "The map needs a finished trial"
    same = SpaceMap(("id",) * 10, (0.0,) * 10, (0.0,) * 10, (0.5,) * 10, (0.5,) * 10, (0.1,) * 10, (-1.0,) * 10, best=0)
    info = space_map_info(same)
    assert info.summary == "10 trials and 0 architectures drawn at random · the kernel tells none of them apart"
    fig = space_map_figure(info, "sd")
    assert fig.layout.annotations[0].text == "The kernel tells none of them apart"
    assert fig.layout.coloraxis.cmin < fig.layout.coloraxis.cmax


def test_another_colour() -> None:
    with pytest.raises(NasvizError, match="no colour 'variance' on the map: choose mean, sd or acquisition"):
        space_map_figure(INFO, "variance")


def test_known_networks_look_alike_in_all_figures() -> None:
    known = space_map_figure(INFO).data[3]
    assert (known.marker.color, known.marker.symbol) == (theme.KNOWN, theme.KNOWN_SYMBOL)
    assert math.isnan(Spot("id", 0, 0, 0, 0).acquisition)
