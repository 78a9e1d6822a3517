import gc
import weakref

import ipywidgets
import pytest
import traitlets

import nasviz.widgets.gallery as module
from nasviz.errors import BuildError, NasvizError
from nasviz.widgets.gallery import Gallery
from nasviz.widgets.training import Training
from nasviz.widgets.workspace import WORKSPACE


@pytest.fixture
def gallery(archs, monkeypatch):
    monkeypatch.setattr(module, "_measured", lambda card, arch: card)
    view = Gallery(archs)
    yield view
    view.close()


def test_a_card_for_each_architecture(gallery, archs, page):
    cards = page(gallery).state["cards"]
    assert [card["term"] for card in cards] == [str(arch) for arch in archs]
    assert all(card["dot"].startswith("digraph") for card in cards)


def test_an_architecture_that_comes_twice_is_shown_once(archs):
    assert Gallery([archs[0], archs[1], archs[0]]).architectures == (archs[0], archs[1])


def test_ticks_of_the_page_are_architectures_in_python(gallery, archs):
    seen = []
    gallery.observe(lambda change: seen.append(change["new"]), "ticked")
    gallery.set_state({"ticked_keys": [archs[2].key, archs[0].key, "no such key"]})
    assert gallery.ticked == (archs[0], archs[2])
    assert gallery.ticked_keys == [archs[0].key, archs[2].key]
    assert seen[-1] == gallery.ticked


def test_ticks_of_python_are_keys_in_the_page(gallery, archs):
    gallery.ticked = [archs[1]]
    assert gallery.ticked_keys == [archs[1].key]
    gallery.architectures = archs[2:]
    assert gallery.ticked == ()


def test_only_what_is_shown_can_be_ticked(gallery, archs, space):
    other = next(arch for arch in space.sample(50, seed=1) if arch not in archs)
    with pytest.raises(NasvizError, match="only architectures that the gallery shows can be ticked"):
        gallery.ticked = (other,)


def test_a_clicked_picture_is_the_selection(gallery, archs):
    gallery.set_state({"selected": {"v": 1, "architecture": archs[1].key, "position": []}})
    assert gallery.selection == (archs[1], ())
    assert gallery.arch == archs[1]
    gallery.selected = None
    assert gallery.arch is None


def test_sizes_come_later(archs, page):
    gallery = Gallery(archs[:2])
    shown = page(gallery)
    shown.wait_for(lambda: all("parameters" in card["caption"] for card in shown.state["cards"]), 60)
    assert list(gallery.table().parameters) == [arch.cost().parameters for arch in archs[:2]]
    assert list(gallery.table().output) == [(10,), (10,)]


def test_what_cannot_be_built_says_why(archs, page, monkeypatch):
    def fail(self, fold=None):
        raise BuildError("no path leads from the input to the output", ())

    monkeypatch.setattr(type(archs[0]), "graph", fail)
    gallery = Gallery(archs[:1])
    card = page(gallery).state["cards"][0]
    assert card["caption"] == "cannot be built"
    assert "no path leads" in card["reason"]
    assert gallery.table().reason.iloc[0] == card["reason"]


def test_traits_can_be_linked_and_views_composed(gallery, archs):
    other = Gallery(archs)
    traitlets.link((gallery, "ticked_keys"), (other, "ticked_keys"))
    gallery.ticked = archs[:2]
    assert other.ticked == tuple(archs[:2])
    ipywidgets.jslink((gallery, "ticked_keys"), (other, "ticked_keys"))
    assert len(ipywidgets.HBox([gallery, other]).children) == 2


def test_training_follows_the_ticks(gallery, archs, monkeypatch):
    monkeypatch.setattr(Training, "_plan", lambda self, change: None)
    training = gallery.train(("train", "val"), epochs=3)
    gallery.ticked = archs[1:3]
    assert training.architectures == tuple(archs[1:3])


def test_fallback_is_text(gallery, archs):
    gallery.ticked = archs[:1]
    assert gallery.fallback().splitlines()[:2] == [f"[x] {archs[0]}", f"[ ] {archs[1]}"]


@pytest.mark.slow
def test_nothing_stays_alive_after_close(archs, monkeypatch):
    monkeypatch.setattr(module, "_measured", lambda card, arch: card)
    gallery = Gallery(archs)
    gone = weakref.ref(gallery)
    gallery.close()
    WORKSPACE.flush()
    del gallery
    gc.collect()
    assert gone() is None


def test_ticked_architectures_are_compared(gallery, archs, page):
    shown = page(gallery)
    columns = gallery.do_compare({"keys": [arch.key for arch in archs[:3]]})["columns"]
    assert [column["key"] for column in columns] == [arch.key for arch in archs[:3]]
    assert columns[0]["pieces"] == [[" ", str(archs[0])]]
    assert "".join(text for sign, text in columns[1]["pieces"] if sign != "-") == str(archs[1])
    assert "edit" in columns[1]["summary"][0]
    shown.command("compare", keys=[archs[0].key, "no such key"])
    assert shown.errors == ["two to 4 architectures can be compared, found 1: tick as many"]


def test_the_selection_is_settable(gallery, archs):
    gallery.selection = (archs[2], (0,))
    assert gallery.selected == {"v": 1, "architecture": archs[2].key, "position": [0]}
    assert gallery.arch == archs[2]


def test_what_is_no_architecture_is_refused(archs):
    with pytest.raises(NasvizError, match="a list of architectures is expected here, found an Architecture"):
        Gallery(archs[0])
    with pytest.raises(NasvizError, match="an architecture is expected here, found an int"):
        Gallery([archs[0], 3])
