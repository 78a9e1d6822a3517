"""Terms over many-sorted operators: what an architecture is.

An architecture is a term such as ``Linear(Residual2(conv3x3, id, conv3x3), fc)``. Its symbols are *operators*: a name, the
sorts of its operands and the sort of its result. A *signature* is the set of operators that may be used. A *term* is stored
as preorder arrays, so that copying, hashing, printing and parsing are loops. A *position* is the address of a subterm, the
tuple of child indices from the root; the same position names the range of characters, the node of the derivation tree, the
operation in the graph, the submodule and the row of the cost table. An *algebra* gives every operator a meaning;
`interpret(term, algebra)` computes the meaning of a term bottom-up: its text, its graph, its attributes, its counts.
Here stands no meaning at all: only symbols and how they are put together.
"""

from nasviz.algebra.attribute import Attribute, Total
from nasviz.algebra.interpret import interpret
from nasviz.algebra.operator import Literal, Nonterminal, Operator, literal
from nasviz.algebra.scanner import parse_term, term_from_json
from nasviz.algebra.signature import Signature
from nasviz.algebra.sorts import Sort
from nasviz.algebra.term import Position, Term, position_text
from nasviz.algebra.tree_edit import TreeEdit, tree_edit

__all__ = [
    "Attribute",
    "Literal",
    "Nonterminal",
    "Operator",
    "Position",
    "Signature",
    "Sort",
    "Term",
    "Total",
    "TreeEdit",
    "interpret",
    "literal",
    "parse_term",
    "position_text",
    "term_from_json",
    "tree_edit",
]
