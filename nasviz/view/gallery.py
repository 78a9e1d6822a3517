"""Several architectures side by side: what a card of a gallery says."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from nasviz import numbers


@dataclass(frozen=True)
class Card:
    """One architecture of a gallery.

    Attributes
    ----------
    key
        Identity of the architecture.
    term
        Text of its term.
    dot
        Its folded graph as DOT text, or "" when it has none.
    parameters
        Trainable parameters, or None while unknown.
    flops
        FLOPs of one input, 2 per multiply-add, or None while unknown.
    output
        Shape that it gives, without the batch, or () while unknown.
    reason
        Why it cannot be built, or "".
    """

    key: str
    term: str
    dot: str = ""
    parameters: int | None = None
    flops: int | None = None
    output: tuple[int, ...] = ()
    reason: str = ""

    @property
    def caption(self) -> str:
        """What stands below the picture: "78 k parameters", or what is wrong."""
        if self.reason:
            return "cannot be built"
        return "…" if self.parameters is None else numbers.parameters(self.parameters)


def gallery_table(cards: Sequence[Card]) -> pd.DataFrame:
    """A table of architectures, one row a card, in their order.

    Returns
    -------
        Columns "term", "parameters" and "FLOPs" (missing where unknown), "output" and "reason", indexed by key.
    """
    return pd.DataFrame(
        {
            "term": [card.term for card in cards],
            "parameters": pd.array([card.parameters for card in cards], dtype="Int64"),
            "FLOPs": pd.array([card.flops for card in cards], dtype="Int64"),
            "output": [card.output for card in cards],
            "reason": [card.reason for card in cards],
        },
        index=pd.Index([card.key for card in cards], name="key"),
    )
