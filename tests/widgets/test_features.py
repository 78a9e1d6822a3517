import pytest

from nasviz.errors import NasvizError
from nasviz.spaces import hierarchical_nb201, parse
from nasviz.surrogate.bag import features
from nasviz.widgets.features import MOST, FeaturesView
from nasviz.widgets.show import show

ARCH = parse("Residual(conv3x3, id, conv3x3)")


def test_a_card_says_what_where_and_how_often(page):
    state = page(show(features(ARCH, h=1))).state
    assert (state["key"], state["level"], state["h"], state["more"]) == (ARCH.key, None, 1, 0)
    (card,) = [card for card in state["cards"] if card["words"] == "conv3x3"]
    assert (card["iteration"], card["count"], card["positions"]) == (0, 2, [[0], [2]])
    assert card["dot"].startswith("digraph")
    assert {tuple(card["positions"][0]) for card in state["cards"] if "the input" in card["words"][:9]} == {()}


def test_a_place_is_selected(page):
    shown = page(FeaturesView(features(ARCH)))
    shown.view.set_state({"selected": {"v": 1, "architecture": ARCH.key, "position": [2]}})
    assert shown.view.selection == (ARCH, (2,))
    assert shown.view.find_architecture("other") is None


@pytest.mark.slow
def test_many_features_are_cut_and_said():
    bag = features(hierarchical_nb201().sample(seed=0), h=2)
    view = FeaturesView(bag)
    body = view.snapshot["body"]
    assert len(body["cards"]) == MOST
    assert body["more"] == len(bag) - MOST > 0
    assert view.fallback() == repr(bag)
    view.close()


def test_what_is_no_bag_is_refused():
    with pytest.raises(NasvizError, match=r"what nv\.features\(arch\) returns is expected here, found an? "):
        FeaturesView([ARCH])
