"""After `close()` nothing of a view is alive: of each class fifty are made, talked to and closed."""

import gc
import threading
import weakref

import ipywidgets
import pytest

from nasviz.widgets.base import View
from nasviz.widgets.workspace import WORKSPACE

CYCLES = 50


def views_of(widget):
    """The views in a widget that a person would close: itself, or those that it is made of."""
    if isinstance(widget, View):
        return [widget]
    return list(widget.views())


def talk(view):
    """What the page does first: it says that it is there, and selects something that the view may not show."""
    view._handle_custom_msg({"v": 1, "view": view.stem, "seq": 0, "kind": "ready", "body": {}}, [])
    view.set_state({"selected": {"v": 1, "architecture": "none", "position": []}})


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_of_fifty_closed_views_none_is_alive(makers, subtests):
    for name, make in makers.items():
        with subtests.test(name):
            make().close()
            WORKSPACE.flush(30)
            gc.collect()
            widgets, threads = len(ipywidgets.widgets.widget._instances), threading.active_count()
            kept = []
            for _ in range(CYCLES):
                made = make()
                for view in views_of(made):
                    talk(view)
                    kept.append(weakref.ref(view))
                kept.append(weakref.ref(made))
                made.close()
                del made, view
            WORKSPACE.flush(30)
            gc.collect()
            assert sum(ref() is not None for ref in kept) == 0
            assert len(ipywidgets.widgets.widget._instances) == widgets
            assert threading.active_count() <= threads + 2
