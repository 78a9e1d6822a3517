"""How the states of trials look in every figure: a hue, a mark, a pattern of bars and a word for each."""

from dataclasses import dataclass

from nasviz.records import TrialState
from nasviz.view import theme


@dataclass(frozen=True)
class Look:
    """How a state is drawn.

    Attributes
    ----------
    colour
        "#rrggbb", with a contrast of 3 : 1 on both themes.
    symbol
        Its mark, of a shape of its own.
    pattern
        The pattern of its bars, "" for plain.
    words
        What it means, to follow "trial 3".
    """

    colour: str
    symbol: str
    pattern: str
    words: str


LOOKS: dict[TrialState, Look] = {
    "finished": Look(theme.OBSERVED, "circle", "", "finished"),
    "pruned": Look("#b07a00", "triangle-down", "\\", "was ended early by its learning curve"),
    "failed": Look(theme.FAILED, "x", "x", "failed"),
    "stopped": Look(theme.BASELINE, "square", "/", "was stopped"),
    "running": Look("#2f8f9d", "triangle-right", ".", "runs"),
    "waiting": Look(theme.BASELINE, "circle-open", "", "waits"),
}
"""Look of each state, in the order of a legend."""
