"""The features of an architecture as cards: the picture of each, its words, how often and where it occurs."""

from __future__ import annotations

from typing import Any

from nasviz.surrogate.bag import Bag
from nasviz.widgets.base import View, expect

MOST = 60
"""Cards that are drawn at most."""


class FeaturesView(View):
    """Everything that a Weisfeiler-Lehman kernel sees of an architecture, a card a feature.

    A click on a card selects the place where the feature occurs, in every view of this architecture.

    Parameters
    ----------
    bag
        What ``nv.features(arch)`` returned.

    Examples
    --------
    >>> nv.show(nv.features(arch, h=1))                                   # doctest: +SKIP
    """

    stem = "features"

    def __init__(self, bag: Bag, **kwargs: Any) -> None:
        expect(bag, Bag, "what nv.features(arch) returns")
        self.bag = bag
        super().__init__(**kwargs)
        self.publish(body_of(bag))

    def find_architecture(self, key: str) -> Any:
        """The architecture when it has that key."""
        return self.bag.arch if self.bag.arch.key == key else None

    def fallback(self) -> str:
        """The features in words."""
        return repr(self.bag)


def body_of(bag: Bag) -> dict[str, Any]:
    """Return what the page draws; see ``FeaturesBody`` in the front end."""
    shown = bag.counted[:MOST]
    return {
        "key": bag.arch.key,
        "term": str(bag.arch),
        "level": bag.level,
        "h": bag.h,
        "total": len(bag),
        "more": len(bag) - len(shown),
        "cards": [
            {
                "iteration": c.feature.iteration,
                "count": c.count,
                "words": c.feature.words,
                "positions": [list(position) for position in dict.fromkeys(c.positions)],
                "dot": c.feature.to_dot(),
            }
            for c in shown
        ],
    }
