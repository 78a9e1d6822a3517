"""Known architectures beside others: which one is most like an architecture, and which ones a space derives."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from nasviz import numbers
from nasviz.algebra import Operator, Term, tree_edit
from nasviz.errors import NasvizError
from nasviz.spaces.architecture import Architecture
from nasviz.spaces.difference import Difference
from nasviz.spaces.known import KNOWN
from nasviz.spaces.space import SearchSpace

WORK = 300_000
"""Cells of the tables of one comparison; beyond, its distance is an upper bound (see :func:`nasviz.algebra.tree_edit`)."""

LARGE = 20_000
"""Operators of a term beyond which only the numbers of its operators are compared."""

NEAR = 0.3
"""Share of operators below which the sentence says that nothing is near."""

_LISTED = 3


@dataclass(frozen=True, repr=False)
class Nearest:
    """The known architecture that is most like one; made by :func:`nearest_known`.

    Attributes
    ----------
    name
        Its name in ``nv.known.KNOWN``.
    alike
        Share of the operators of the larger term that stay on the way from it to the architecture, 0 … 1.
    distance
        Number of operators to remove, add or replace on this way.
    exact
        Whether there is no shorter way.
    difference
        All that differs, from the known architecture to this one; see :func:`nasviz.spaces.diff`.
    """

    name: str
    alike: float
    distance: int
    exact: bool
    difference: Difference

    @property
    def sentence(self) -> str:
        """The answer in words, with the first edits where it is near."""
        if self.distance == 0:
            return f"This is {self.name}."
        steps = f"{numbers.count(self.distance)} edit{'s' if self.distance > 1 else ''}"
        shares = f"{numbers.share(self.alike)} of its operators stay"
        first = "Nearest" if self.alike >= NEAR else "Nothing that is known is near; nearest"
        said = f"{first} is {self.name}: {steps} away{'' if self.exact else ', perhaps less'}; {shares}."
        if self.alike < NEAR or not self.exact:
            return said
        edits = [str(edit) for edit in self.difference.edits]
        more = f" and {len(edits) - _LISTED} more" if len(edits) > _LISTED else ""
        return f"{said} From there: {'; '.join(edits[:_LISTED])}{more}."

    def __repr__(self) -> str:
        return self.sentence


def nearest_known(arch: Architecture) -> Nearest:
    """Return the known architecture that is most like `arch`, and how they differ.

    Alike is what keeps most operators in the smallest edit from one term to the other (Zhang & Shasha 1989), as a share of the
    larger term. Known architectures that cannot be nearer, by the numbers of their operators alone, are not compared, and large
    terms are aligned row by row; so a term of thousands of operators takes seconds at most.

    Parameters
    ----------
    arch
        An architecture of any space.

    Raises
    ------
    NasvizError
        If it is none.

    Examples
    --------
    >>> from nasviz.spaces import known
    >>> nearest_known(known.resnet20(shortcut="padding")).name
    'ResNet-20'
    >>> nearest_known(known.resnet18(num_classes=100))
    This is ResNet-18.
    """
    if not isinstance(arch, Architecture):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise NasvizError(f"nearest_known takes an architecture, found {type(arch).__name__}")
    term, counts = arch.term, Counter(arch.term.operators)
    most = {name: (counts & inside).total() / max(len(term), len(known)) for name, (known, inside) in _terms().items()}
    found: list[Nearest] = []
    for name in sorted(most, key=most.__getitem__, reverse=True):
        if not found or most[name] > max(one.alike for one in found):
            found.append(_compared(name, arch, most[name]))
    return max(found, key=lambda one: one.alike)


def known_in(space: SearchSpace) -> dict[str, Architecture]:
    """Return the known architectures whose terms a space derives, by name, as architectures of that space.

    Parameters
    ----------
    space
        Any space.

    Examples
    --------
    >>> from nasviz.spaces import nb201
    >>> sorted(known_in(nb201()))
    ['NAS-Bench-201, best cell', 'NAS-Bench-201, residual cell']
    """
    return {name: space.parse(str(arch)) for name, arch in _architectures().items() if space.contains(arch)}


def _compared(name: str, arch: Architecture, most: float) -> Nearest:
    known, term = _terms()[name][0], arch.term
    difference = Difference(_architectures()[name], arch)
    size = max(len(term), len(known))
    if len(term) > LARGE:
        return Nearest(name, most, round(len(term) + len(known) - 2 * most * size), False, difference)
    edit = tree_edit(known, term, WORK)
    equal = sum(known.operators[i] == term.operators[j] for i, j in edit.pairs)
    return Nearest(name, equal / size, edit.distance, edit.exact, difference)


@lru_cache(maxsize=1)
def _architectures() -> dict[str, Architecture]:
    return {name: make() for name, make in KNOWN.items()}


@lru_cache(maxsize=1)
def _terms() -> dict[str, tuple[Term, Counter[Operator]]]:
    return {name: (arch.term, Counter(arch.term.operators)) for name, arch in _architectures().items()}
