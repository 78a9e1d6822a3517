import gc
import weakref

import pytest
import traitlets

from nasviz.errors import NasvizError
from nasviz.widgets.follow import architectures, follow


class Viewer(traitlets.HasTraits):
    arch = traitlets.Any(default_value=None, allow_none=True)


class Gallery(traitlets.HasTraits):
    ticked = traitlets.Tuple()
    arch = traitlets.Any(default_value=None, allow_none=True)


class Follower:
    shown = None

    def show(self, archs):
        self.shown = archs


@pytest.mark.parametrize(("value", "expected"), [(None, ()), ("a", ("a",)), (["a", "b"], ("a", "b")), ((), ())])
def test_architectures(value, expected):
    assert architectures(value) == expected


def test_a_plain_architecture_is_shown_once():
    follower = Follower()
    assert follow(follower, "arch", Follower.show) is None
    assert follower.shown == ("arch",)


def test_a_view_is_followed_until_the_end():
    viewer, follower = Viewer(arch="a"), Follower()
    leave = follow(follower, viewer, Follower.show)
    viewer.arch = "b"
    assert follower.shown == ("b",)
    leave()
    viewer.arch = "c"
    assert follower.shown == ("b",)


def test_of_a_gallery_the_ticked_ones_are_followed():
    gallery, follower = Gallery(arch="x"), Follower()
    follow(follower, gallery, Follower.show)
    gallery.ticked = ("a", "b")
    assert follower.shown == ("a", "b")


@pytest.mark.slow
def test_who_follows_is_not_kept_alive():
    viewer, follower = Viewer(), Follower()
    follow(follower, viewer, Follower.show)
    gone = weakref.ref(follower)
    del follower
    gc.collect()
    assert gone() is None
    viewer.arch = "b"
    assert not viewer._trait_notifiers.get("arch", {}).get("change")


def test_a_widget_without_architectures():
    class Slider(traitlets.HasTraits):
        value = traitlets.Int()

    with pytest.raises(NasvizError, match="a Slider shows no architecture: give an architecture, several, or a view"):
        follow(Follower(), Slider(), Follower.show)
