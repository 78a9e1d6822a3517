"""Search spaces: a grammar, its operators, and the task that its architectures are for.

A *search space* is a context-free grammar over operators; its words are *architectures*. The space owns what all of them
share: the shape of the input, the number of classes, a *stem* before the term and a *head* behind it. An architecture IS its
term and the fingerprint of the grammar: equal ones are equal in every process, and both have a JSON form without code.
Operators are data here: a name, sorts and one sentence; torch, Keras and cost give them meaning elsewhere, so a space counts,
samples, parses and draws where no torch is installed. Published spaces stand in one file each: `hierarchical_nb201`, `nb201`,
and for teaching `nested_convnet` (infinite) and `digits_cells` (finite, for 8×8 digits). `parse` reads a term without a
space. `KNOWN_SIZES` says how large well-known spaces are, and by which convention.
"""

from nasviz.graph import is_connected
from nasviz.spaces.architecture import Architecture
from nasviz.spaces.card import Card
from nasviz.spaces.declared import Declared
from nasviz.spaces.derivation import ArchitectureDerivation
from nasviz.spaces.difference import Difference, Edit, diff
from nasviz.spaces.digits_cells import digits_cells
from nasviz.spaces.equivalence import canonical_key, same_function
from nasviz.spaces.files import load
from nasviz.spaces.free import parse
from nasviz.spaces.hierarchical_nb201 import hierarchical_nb201
from nasviz.spaces.nb201 import nb201
from nasviz.spaces.nested_convnet import nested_convnet
from nasviz.spaces.operators import STANDARD, signature
from nasviz.spaces.sizes import KNOWN_SIZES, KnownSize
from nasviz.spaces.space import SearchSpace

__all__ = [
    "KNOWN_SIZES",
    "STANDARD",
    "Architecture",
    "ArchitectureDerivation",
    "Card",
    "Declared",
    "Difference",
    "Edit",
    "KnownSize",
    "SearchSpace",
    "canonical_key",
    "diff",
    "digits_cells",
    "hierarchical_nb201",
    "is_connected",
    "load",
    "nb201",
    "nested_convnet",
    "parse",
    "same_function",
    "signature",
]
