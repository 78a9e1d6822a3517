"""Views that follow what another view shows."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

import traitlets

from nasviz.errors import NasvizError, a_or_an

SHOWN = ("ticked", "arch")
"""Traits by which a view says which architectures it offers to others, the first that it has."""


def architectures(value: Any) -> tuple[Any, ...]:
    """Return one architecture, several, or None as a tuple."""
    if value is None:
        return ()
    return tuple(value) if isinstance(value, (list, tuple)) else (value,)


def follow(view: Any, source: Any, show: Callable[[Any, tuple[Any, ...]], None]) -> Callable[[], object] | None:
    """Call ``show(view, architectures)`` now, and again whenever `source` shows something else.

    Parameters
    ----------
    view
        Who follows; held weakly.
    source
        An architecture, several, None, or a view with a trait "ticked" or "arch".
    show
        A plain function, not a bound method, which would keep `view` alive.

    Returns
    -------
    callable or None
        Ends it; None when there is nothing to follow.

    Raises
    ------
    NasvizError
        If `source` is a widget that shows no architecture.
    """
    if not isinstance(source, traitlets.HasTraits):
        show(view, architectures(source))
        return None
    name = next((name for name in SHOWN if source.has_trait(name)), None)
    if name is None:
        raise NasvizError(
            f"{a_or_an(type(source).__name__)} shows no architecture: give an architecture, several, or a view of them"
        )
    me = weakref.ref(view)

    def changed(change: Any) -> None:
        found = me()
        if found is not None:
            show(found, architectures(change["new"]))

    source.observe(changed, name)
    show(view, architectures(getattr(source, name)))
    return weakref.finalize(view, source.unobserve, changed, name)
