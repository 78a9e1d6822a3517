"""Search spaces: a grammar, its operators, and the task that its architectures are for.

A *search space* is a context-free grammar over operators; its words are *architectures*. The space owns what all of them
share: the shape of the input, the number of classes, a *stem* before the term and a *head* behind it. An architecture IS its
term and the fingerprint of the grammar: equal ones are equal in every process, and both have a JSON form without code.
Operators are data here: a name, sorts and one sentence; torch, Keras and cost give them meaning elsewhere, so a space counts,
samples, parses and draws where no torch is installed.
Published spaces stand in one file each, and for teaching `nested_convnet` (infinite), `digits_cells` (finite, for 8×8
digits) and `three_node_cells` (few enough to train every one); `table` shows all with both sizes. `known` has ResNets,
MobileNetV2 and others as terms, `nearest_known` finds the one that is most like an architecture. `parse` reads a term without a
space. `KNOWN_SIZES` says how large well-known spaces are, and by which convention.
"""

from nasviz.graph import is_connected
from nasviz.spaces.activation import activation
from nasviz.spaces.architecture import Architecture
from nasviz.spaces.card import Card
from nasviz.spaces.darts import darts
from nasviz.spaces.declared import Declared
from nasviz.spaces.derivation import ArchitectureDerivation
from nasviz.spaces.difference import Difference, Edit, diff
from nasviz.spaces.digits_cells import digits_cells
from nasviz.spaces.equivalence import canonical_key, same_function
from nasviz.spaces.files import load
from nasviz.spaces.free import parse
from nasviz.spaces.hierarchical_nb201 import hierarchical_nb201
from nasviz.spaces.hierarchical_variants import (
    hierarchical_cell_based,
    hierarchical_fixed_macro,
    hierarchical_linear_macro,
    hierarchical_shared_cell,
)
from nasviz.spaces.mobilenet import mobilenet, mobilenet_factorised
from nasviz.spaces.nb201 import nb201, nb201_parse, nb201_string
from nasviz.spaces.nearest import Nearest, nearest_known
from nasviz.spaces.nested_convnet import nested_convnet
from nasviz.spaces.operators import STANDARD, signature
from nasviz.spaces.sizes import KNOWN_SIZES, KnownSize
from nasviz.spaces.space import SearchSpace
from nasviz.spaces.table import SPACES, table
from nasviz.spaces.three_node_cells import three_node_cells
from nasviz.spaces.transformers import transformers

__all__ = [
    "KNOWN_SIZES",
    "SPACES",
    "STANDARD",
    "Architecture",
    "ArchitectureDerivation",
    "Card",
    "Declared",
    "Difference",
    "Edit",
    "KnownSize",
    "Nearest",
    "SearchSpace",
    "activation",
    "canonical_key",
    "darts",
    "diff",
    "digits_cells",
    "hierarchical_cell_based",
    "hierarchical_fixed_macro",
    "hierarchical_linear_macro",
    "hierarchical_nb201",
    "hierarchical_shared_cell",
    "is_connected",
    "load",
    "mobilenet",
    "mobilenet_factorised",
    "nb201",
    "nb201_parse",
    "nb201_string",
    "nearest_known",
    "nested_convnet",
    "parse",
    "same_function",
    "signature",
    "table",
    "three_node_cells",
    "transformers",
]
