"""parse: an architecture from its term alone."""

from __future__ import annotations

from functools import lru_cache

from nasviz.spaces.architecture import Architecture
from nasviz.spaces.arguments import checked_classes, checked_shape
from nasviz.spaces.space import SearchSpace, Shape


def parse(text: str, input_shape: Shape = (3, 32, 32), num_classes: int = 10) -> Architecture:
    """Return the architecture of a term over the standard operators; no space is needed.

    Parameters
    ----------
    text
        A term such as "Linear(Residual(conv, id, conv), fc)".
    input_shape
        Shape of one input: (C, H, W) of an image, (L, C) of a sequence, (C,) of a vector.
    num_classes
        Number of classes, 2 or more.

    Raises
    ------
    TermError
        At the place of the mistake, with a caret and the nearest known name; also if the term is a number or a merge.
    NasvizError
        If `input_shape` or `num_classes` make no sense.

    Examples
    --------
    The term of the paper (Schrodi et al. 2023):

    >>> parse("Linear(Residual(conv, id, conv), Residual(conv, id, conv), fc)")
    Architecture(Linear(Residual2(conv, id, conv), Residual2(conv, id, conv), fc))
    """
    return _space(checked_shape(input_shape), checked_classes(num_classes)).parse(text)


@lru_cache(maxsize=64)
def _space(input_shape: Shape, num_classes: int) -> SearchSpace:
    return SearchSpace.free(input_shape, num_classes)
