"""The bag of features that a kernel sees of one architecture: each in words, how often, where, and as a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nasviz.algebra import Position, position_text
from nasviz.algebra.arguments import whole
from nasviz.errors import NasvizError, a_or_an
from nasviz.extension import lower
from nasviz.spaces import Architecture
from nasviz.spaces.mimebundle import mimebundle
from nasviz.surrogate.batch import listed, operations
from nasviz.surrogate.feature import Feature, feature
from nasviz.surrogate.words import clipped


@dataclass(frozen=True)
class Counted:
    """A feature of an architecture.

    Attributes
    ----------
    feature
        What it is.
    positions
        Where it occurs, one for each time: the position of the operation at its centre, () for input and output.
    """

    feature: Feature
    positions: tuple[Position, ...]

    @property
    def count(self) -> int:
        """How often it occurs."""
        return len(self.positions)


@dataclass(frozen=True)
class Bag:
    """Everything that a Weisfeiler-Lehman kernel sees of an architecture at one level; made by :func:`features`.

    Two architectures with equal bags are one for the kernel: it predicts the same value for both.

    Attributes
    ----------
    arch
        The architecture.
    level
        Fold level of its graph, None for the full graph.
    h
        Most steps that a feature sees.
    counted
        Its features by iteration, in the order of the graph.
    """

    arch: Architecture
    level: int | None
    h: int
    counted: tuple[Counted, ...]

    def __len__(self) -> int:
        return len(self.counted)

    @property
    def table(self) -> Any:
        """A ``DataFrame``, one row a feature: iteration, count, feature in words, positions."""
        rows = [
            {
                "number": k, "iteration": c.feature.iteration, "count": c.count, "feature": c.feature.words,
                "positions": ", ".join(position_text(p) for p in c.positions),
            }
            for k, c in enumerate(self.counted)
        ]  # fmt: skip
        return lower("frame")(rows, "number")

    def __repr__(self) -> str:
        where = "full graph" if self.level is None else f"level {self.level}"
        head = f"{clipped(str(self.arch), 90)}: {len(self)} features ({where}, h = {self.h})"
        return "\n".join([head, *(f"  {c.feature.iteration}: {c.count} × {c.feature.words}" for c in self.counted)])

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        return mimebundle(self, repr(self))


def features(arch: Architecture, level: int | None = None, h: int = 1) -> Bag:
    """Return the Weisfeiler-Lehman features of an architecture; the last line of a cell draws them.

    A feature of iteration i is an operation with all that lies within i steps of it, what feeds it and what it feeds kept
    apart (Shervashidze et al. 2011; on architectures: Ru et al. 2021). ``id`` is no operation here, it joins its neighbours.

    Parameters
    ----------
    arch
        The architecture.
    level
        Fold level, 0 or more: the graph of the term cut there, an unexpanded subterm being one operation. None is the full
        graph.
    h
        Most iterations, 0 or more.

    Raises
    ------
    NasvizError
        If a number makes no sense or `arch` is no architecture.
    BuildError
        If it has open places.

    Examples
    --------
    >>> from nasviz.spaces import parse
    >>> features(parse("Linear(conv3x3, relu)"), h=0)
    Linear(conv3x3, relu): 4 features (full graph, h = 0)
      0: 1 × the input
      0: 1 × conv3x3
      0: 1 × relu
      0: 1 × the output
    """
    if not isinstance(arch, Architecture):  # pyright: ignore[reportUnnecessaryIsInstance]
        found = a_or_an(type(arch).__name__)
        raise NasvizError(f"features are those of an architecture, e.g. space.parse(text) or trial.arch, found {found}")
    h = whole(h, "h", 0)
    level = None if level is None else whole(level, "level", 0)
    if arch.term.nonterminals():
        arch.graph()
    graph = operations(arch, level)
    _, nodes, history = listed([graph], h)
    counted: list[Counted] = []
    for iteration, labels in enumerate(history):
        places: dict[int, list[int]] = {}
        for k, label in enumerate(labels.tolist()):
            places.setdefault(label, []).append(k)
        for same in places.values():
            positions = tuple(arch.term.position(node) for node in sorted(nodes[same].tolist()))
            counted.append(Counted(feature(graph, same[0], level, iteration), positions))
    return Bag(arch, level, h, tuple(counted))
