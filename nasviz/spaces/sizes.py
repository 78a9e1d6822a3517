"""Sizes of well-known search spaces, each with what is counted."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class KnownSize:
    """The size of a published space.

    Attributes
    ----------
    name
        The space.
    log10
        Decimal logarithm of the number.
    convention
        What is counted.
    source
        Where the space is from.
    """

    name: str
    log10: float
    convention: str
    source: str


_SCHRODI = "Schrodi et al. 2023"
_NB201 = "Dong & Yang 2020"

KNOWN_SIZES: tuple[KnownSize, ...] = (
    KnownSize("NAS-Bench-201", 4.184, "cells with a path from input to output (15,284)", _NB201),
    KnownSize("NAS-Bench-201", 4.194, "cells (15,625)", _NB201),
    KnownSize("MobileNet stages, factorised", 7.157, "terms: one kind of layer for each stage (14,348,907)", "Tan et al. 2019"),
    KnownSize("Hierarchical NAS-Bench-201, macro only", 7.878, "skeletons, the cell counted once (75,549,915)", _SCHRODI),
    KnownSize("Activation functions, two levels", 8.595, "terms (393,762,525)", "Ramachandran et al. 2017; " + _SCHRODI),
    KnownSize("Hierarchical NAS-Bench-201, cell-based", 8.863, "cells of 30 operations (729,000,000)", _SCHRODI),
    KnownSize("Hierarchical NAS-Bench-201, one shared cell", 16.741, "terms: variable macro, one cell", _SCHRODI),
    KnownSize("DARTS", 18.032, "pairs of cells, input pairs unordered", "Liu et al. 2019"),
    KnownSize("MobileNet stages", 19.338, "terms: kernel and expansion of each layer", "Tan & Le 2019; Cai et al. 2020"),
    KnownSize("NAS-Bench-201 with 15 independent cells", 62.907, "terms, 5 operations", _SCHRODI),
    KnownSize("Fixed macro with 15 independent cells", 132.941, "terms, 30 operations", _SCHRODI),
    KnownSize("Hierarchical NAS-Bench-201, linear macro", 372.2346, "distinct terms", _SCHRODI),
    KnownSize("Hierarchical NAS-Bench-201", 375.8469, "distinct terms", _SCHRODI),
    KnownSize("Hierarchical NAS-Bench-201", 446.0928, "derivations, as published", _SCHRODI),
)
"""Exact counts in order of size."""
