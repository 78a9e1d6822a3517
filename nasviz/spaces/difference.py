"""What changes between two architectures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from nasviz import numbers
from nasviz.algebra import Position, TreeEdit, position_text, tree_edit
from nasviz.algebra.merged_text import Piece, marked_text, merged_text
from nasviz.errors import BuildError, NasvizError, ShapeError
from nasviz.graph.difference import difference_to_dot
from nasviz.spaces.architecture import Architecture
from nasviz.spaces.mimebundle import mimebundle

_SHOWN = 12


@dataclass(frozen=True)
class Edit:
    """One step from an architecture to another.

    Attributes
    ----------
    kind
        "remove": the operator goes, its operands take its place; "add": the reverse; "replace": another operator in its place.
    before
        Position in the first architecture, None for "add".
    after
        Position in the second one, None for "remove".
    old, new
        Names of the operators, "" where there is none.
    """

    kind: Literal["remove", "add", "replace"]
    before: Position | None
    after: Position | None
    old: str
    new: str

    def __str__(self) -> str:
        if self.kind == "replace" and self.before is not None:
            return f"replace {self.old} at {position_text(self.before)} by {self.new}"
        if self.before is not None:
            return f"remove {self.old} at {position_text(self.before)}"
        return f"add {self.new} at {position_text(self.after or ())}"


@dataclass(frozen=True, repr=False)
class Difference:
    """What changes from one architecture to another; made by :func:`diff`.

    Attributes
    ----------
    a, b
        The architectures.
    """

    a: Architecture
    b: Architecture

    @cached_property
    def tree_edit(self) -> TreeEdit:
        """Which nodes of the two terms belong together."""
        return tree_edit(self.a.term, self.b.term)

    @cached_property
    def edits(self) -> tuple[Edit, ...]:
        """The steps from `a` to `b`, in the order of the text; as few as there can be where :attr:`exact` is True."""
        a, b, pairs = self.a.term, self.b.term, self.tree_edit.pairs
        old, new = dict(pairs), {j: i for i, j in pairs}
        found: list[tuple[tuple[int, int], Edit]] = []
        at = 0
        for i, op in enumerate(a.operators):
            j = old.get(i)
            if j is None:
                found.append(((at, 0), Edit("remove", a.position(i), None, op.name, "")))
                continue
            at = j
            if op != b.operators[j]:
                found.append(((j, 1), Edit("replace", a.position(i), b.position(j), op.name, b.operators[j].name)))
        found += [((j, 2), Edit("add", None, b.position(j), "", op.name)) for j, op in enumerate(b.operators) if j not in new]
        return tuple(edit for _, edit in sorted(found, key=lambda pair: pair[0]))

    @property
    def exact(self) -> bool:
        """Whether there is no shorter way; False where the terms are too large to look for it."""
        return self.tree_edit.exact

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """Both terms as one text, in pieces that stay (" "), go ("-") or come ("+")."""
        return merged_text(self.a.term, self.b.term, self.tree_edit)

    @property
    def parameters(self) -> tuple[int, int]:
        """Parameters of the two architectures.

        Raises
        ------
        ShapeError, BuildError
            If one cannot be built.
        """
        return self.a.cost().parameters, self.b.cost().parameters

    @property
    def flops(self) -> tuple[int, int]:
        """FLOPs of the two architectures, 2 per multiply-add.

        Raises
        ------
        ShapeError, BuildError
            If one cannot be built.
        """
        return self.a.cost().flops, self.b.cost().flops

    def to_dot(self) -> str:
        """Return both computational graphs as one picture.

        Raises
        ------
        BuildError
            If one of them has no graph.
        """
        return difference_to_dot(self.a.term, self.b.term, self.tree_edit)

    @property
    def summary(self) -> tuple[str, ...]:
        """Number of steps, and how parameters and FLOPs change, in words."""
        n = len(self.edits)
        steps = "equal" if n == 0 else f"{n} edit{'s' if n > 1 else ''}" + ("" if self.exact else ", perhaps more than needed")
        try:
            return (steps, change(*self.parameters, "parameters"), change(*self.flops, "FLOPs"))
        except (ShapeError, BuildError) as error:
            return (steps, f"no comparison of cost: {error}")
        except NasvizError:
            return (steps,)

    def __repr__(self) -> str:
        lines = [str(edit) for edit in self.edits]
        if len(lines) > _SHOWN:
            lines = [*lines[: _SHOWN - 1], f"and {len(lines) - _SHOWN + 1} more"]
        return "\n".join([marked_text(self.pieces), " · ".join(self.summary), *(f"  {line}" for line in lines)])

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        return mimebundle(self, repr(self))


def diff(a: Architecture, b: Architecture) -> Difference:
    """Return what changes between two architectures: an edit script, one text, one graph, and the change of cost.

    The steps are those of the tree edit distance (Zhang & Shasha 1989): the fewest operators that are removed, added or
    replaced.

    Raises
    ------
    NasvizError
        If one of them is no architecture.

    Examples
    --------
    >>> from nasviz.spaces import parse
    >>> found = diff(parse("Linear(Residual(conv, id, conv), fc)"), parse("Linear(Residual(conv, relu, conv), fc)"))
    >>> found.edits
    (Edit(kind='replace', before=(0, 1), after=(0, 1), old='id', new='relu'),)
    >>> print(str(found).splitlines()[0])
    Linear(Residual2(conv, [-id-]{+relu+}, conv), fc)
    """
    for arch in (a, b):
        if not isinstance(arch, Architecture):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise NasvizError(f"diff compares two architectures, found {type(arch).__name__}")
    return Difference(a, b)


def change(before: int, after: int, noun: str) -> str:
    """Return a change in words: "78 k → 91 k parameters (+13 k, +17 %)".

    >>> change(78_000, 91_000, "parameters").replace("\\u00a0", " ")
    '78 k → 91 k parameters (+13 k, +17 %)'
    """
    if before == after:
        return f"{numbers.prefixed(before)} {noun} in both"
    by = after - before
    sign = "+" if by > 0 else ""
    share = f", {sign}{round(100 * by / before)} %".replace("-", numbers.MINUS) if before else ""
    return f"{numbers.prefixed(before)} → {numbers.prefixed(after)} {noun} ({sign}{numbers.prefixed(by)}{share})"
