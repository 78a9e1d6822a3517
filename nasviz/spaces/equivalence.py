"""Which architectures compute the same function, by the laws of the algebra."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from nasviz.algebra import Operator
from nasviz.errors import NasvizError
from nasviz.graph import Canonical, canonical_form
from nasviz.spaces.image_operators import UNARY
from nasviz.spaces.operators import STANDARD

if TYPE_CHECKING:
    from nasviz.spaces.architecture import Architecture

__all__ = ["STATELESS", "canonical_key", "form_of", "same_function"]

_TRAINED = ("scale", "shift", "const")
_NAMES = (
    *(
        "avg_pool",
        "max_pool",
        "max_pool2d",
        "subsample",
        "mean_pool",
        "first_token",
        "transpose",
        "im2col",
        "patches",
        "unpatches",
    ),
    *("relu", "relu6", "hardswish", "mish", "swish", "gelu"),
    *(op.name for op in UNARY if op.name not in _TRAINED),
)

STATELESS: frozenset[Operator] = frozenset(op for op in STANDARD if op.name in _NAMES)
"""The standard operators without parameters: with equal input they give equal output, wherever they stand."""


def form_of(arch: Architecture, stateless: Iterable[Operator] = ()) -> Canonical:
    """Return the canonical form of an architecture's graph, without stem and head; see :mod:`nasviz.graph.canonical`.

    Parameters
    ----------
    arch
        The architecture; all whose input and output no path connects have one form.
    stateless
        Your own operators that have no parameters; the standard ones are known.

    Raises
    ------
    BuildError
        If the term has no graph.
    NasvizError
        If it is no architecture, or `stateless` lists no operators.
    """
    own = _operators(stateless)
    if not hasattr(arch, "term"):
        raise NasvizError(f"a canonical form is that of an architecture, found {type(arch).__name__}")
    return canonical_form(arch.term, STATELESS.union(own))


def _operators(stateless: object) -> tuple[Operator, ...]:
    given = tuple(cast("Iterable[object]", stateless)) if isinstance(stateless, Iterable) else (stateless,)
    own = tuple(op for op in given if isinstance(op, Operator))
    if isinstance(stateless, Operator) or len(own) < len(given):
        raise NasvizError(f"stateless lists operators, as in stateless=[mine], found {stateless!r:.60}")
    return own


def canonical_key(arch: Architecture, stateless: Iterable[Operator] = ()) -> str:
    """Return 16 hex digits that are equal in every process for architectures of equal form, input, classes, stem and head.

    Raises
    ------
    BuildError
        If the term has no graph.

    Examples
    --------
    >>> from nasviz.spaces import parse
    >>> canonical_key(parse("Linear(conv, id, Linear(relu))")) == canonical_key(parse("Linear(Linear(id, conv), relu)"))
    True
    """
    return hashlib.sha256(f"{form_of(arch, stateless).digest}\n{_task(arch)}".encode()).hexdigest()[:16]


def same_function(a: Architecture, b: Architecture, stateless: Iterable[Operator] = ()) -> bool:
    """Return whether two architectures are the same function of input and weights by the laws of the algebra.

    The laws are those of :mod:`nasviz.graph.canonical`: what is True is proved, by an isomorphism; functions may be equal for
    other reasons. Weights are compared up to their names: each operation with parameters has its own.

    Parameters
    ----------
    a, b
        Architectures, of one space or two; input shape, number of classes, stem and head must be equal, too.
    stateless
        Your own operators that have no parameters; the standard ones are known.

    Raises
    ------
    BuildError
        If a term has no graph.
    NasvizError
        If one of them is no architecture, or `stateless` lists no operators.

    Examples
    --------
    >>> from nasviz.spaces import parse
    >>> same_function(parse("Residual(conv, id, relu)"), parse("Residual(id, Linear(conv, relu), id)"))
    True
    >>> same_function(parse("Residual(conv, conv, id)"), parse("conv"))
    False
    """
    for arch in (a, b):
        if not hasattr(arch, "term"):
            raise NasvizError(f"same_function compares two architectures, found {type(arch).__name__}")
    own = _operators(stateless)
    return _task(a) == _task(b) and form_of(a, own) == form_of(b, own)


def _task(arch: Architecture) -> str:
    space = arch.space
    return json.dumps(
        [list(space.input_shape), space.num_classes, space.stem.declaration(), space.head.declaration()], sort_keys=True
    )
