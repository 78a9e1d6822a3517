"""Context-free grammars over terms: how a search space is written.

A grammar has *nonterminals*, each with *productions*: ``C ::= Linear(CELL, CELL) | Residual2(CELL, CELL, CELL)``. Whoever
begins at the start and replaces nonterminals by bodies of their productions until none is left has *derived* a term, an
architecture; the list of choices is a *derivation*. The *language*, all terms that can be derived, is the search space.
Several derivations may make one term (a production that stands twice, two ways to the same place), so a space has two sizes:
derivations, which is what is drawn, and distinct terms, which is what can be found. Both are counted exactly, without listing
anything. Productions carry probabilities; drawing by them gives the law that the writer of the grammar chose, not the uniform
one. A *shared* nonterminal is drawn once and used in several places. Mutation redraws a nonterminal of a derivation, so what
comes out is in the language again. What an operator computes is nowhere asked here: the grammar knows names, numbers and
sorts of operands.
"""

from nasviz.grammar.costs import Cost, cost_bounds
from nasviz.grammar.counting import AtMost, Count, count, counts_by_nonterminal, log10_of
from nasviz.grammar.crossover import crossover, self_crossover
from nasviz.grammar.derivation import Derivation, DerivationTree, TreeNode, derivation_tree, derive, parse_derivation
from nasviz.grammar.diagnostics import Diagnostic, Fix
from nasviz.grammar.difference import Difference, difference
from nasviz.grammar.editing import mutate, redraw
from nasviz.grammar.expectation import criticality, expected_size
from nasviz.grammar.grammar import Grammar, Production
from nasviz.grammar.lint import lint
from nasviz.grammar.neighbours import count_neighbours, neighbours
from nasviz.grammar.options import Option
from nasviz.grammar.ranking import enumerate_terms, rank, unrank
from nasviz.grammar.requirements import Requirement
from nasviz.grammar.sampling import LAWS, Law, log_probability, sample, sample_term
from nasviz.grammar.stepping import Partial

__all__ = [
    "LAWS",
    "AtMost",
    "Cost",
    "Count",
    "Derivation",
    "DerivationTree",
    "Diagnostic",
    "Difference",
    "Fix",
    "Grammar",
    "Law",
    "Option",
    "Partial",
    "Production",
    "Requirement",
    "TreeNode",
    "cost_bounds",
    "count",
    "count_neighbours",
    "counts_by_nonterminal",
    "criticality",
    "crossover",
    "derivation_tree",
    "derive",
    "difference",
    "enumerate_terms",
    "expected_size",
    "lint",
    "log10_of",
    "log_probability",
    "mutate",
    "neighbours",
    "parse_derivation",
    "rank",
    "redraw",
    "sample",
    "sample_term",
    "self_crossover",
    "unrank",
]
