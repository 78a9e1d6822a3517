r"""LaTeX of grammars, terms and derivations: ``align*`` and ``\operatorname``, for MathJax in a notebook and for papers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nasviz.algebra import Literal, Nonterminal, Operator, Term
from nasviz.grammar.derivation import Derivation, derivation_tree
from nasviz.grammar.notation import print_symbols

if TYPE_CHECKING:
    from nasviz.grammar.checks import Production
    from nasviz.grammar.grammar import Grammar

_ESCAPED = {
    "\\": r"\backslash{}",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "#": r"\#",
    "$": r"\$",
    "%": r"\%",
    "&": r"\&",
    "^": r"\char94{}",
    "~": r"\char126{}",
}
_WIDTH = 90


def escape(name: str) -> str:
    r"""Return a text with all that means something to LaTeX escaped.

    >>> escape("avg_pool & 50%")
    'avg\\_pool \\& 50\\%'
    """
    return "".join(_ESCAPED.get(c, c) for c in name)


def symbol_latex(operator: Operator) -> str:
    r"""Return an operator, a number or a nonterminal.

    >>> symbol_latex(Operator("avg_pool")), symbol_latex(Nonterminal("S"))
    ('\\operatorname{avg\\_pool}', '\\mathit{S}')
    """
    if isinstance(operator, Literal):
        return operator.name
    kind = "mathit" if isinstance(operator, Nonterminal) else "operatorname"
    return rf"\{kind}{{{escape(operator.name)}}}"


def term_to_latex(term: Term) -> str:
    r"""Return a term, open places included, for math mode.

    >>> from nasviz.algebra import Sort
    >>> term_to_latex(Term.build(Operator("relu", (Sort.MAP,)), Term.build(Nonterminal("B"))))
    '\\operatorname{relu}(\\mathit{B})'
    """
    return print_symbols([symbol_latex(op) for op in term.operators], term.arity.tolist())


def grammar_to_latex(grammar: Grammar) -> str:
    r"""Return the productions of a grammar, aligned at ``::=``, the start first in a line of its own where it is not the first.

    Probabilities stand in brackets where they are not all equal; long rules are broken.
    """
    lines: list[str] = []
    if grammar.start != next(iter(grammar.rules)):
        lines.append(rf"&\text{{start }} {_name(grammar.start)}")
    lines += [rf"&\text{{require }} \texttt{{{escape(predicate)}}}" for predicate in grammar.requires]
    for name, productions in grammar.rules.items():
        head = (r"\text{shared } " if name in grammar.shared else "") + _name(name)
        lines += _rule(head, productions)
    return _aligned(lines)


def derivation_to_latex(grammar: Grammar, derivation: Derivation, max_steps: int = 20) -> str:
    r"""Return a leftmost derivation step by step, the nonterminal that is expanded next underlined.

    Parameters
    ----------
    grammar
        The grammar.
    derivation
        A derivation of it; shared draws are spelt out at each use.
    max_steps
        Greatest number of steps that are shown; then dots and the term follow.

    Raises
    ------
    NasvizError
        If it is no derivation of this grammar.
    """
    tree = derivation_tree(grammar, derivation)
    operators: list[Operator] = [Nonterminal(grammar.start)]
    arities = [0]
    at = 0
    forms: list[str] = []
    for name, k in zip(tree.nonterminals[:max_steps], tree.productions[:max_steps], strict=True):
        while not isinstance(operators[at], Nonterminal):
            at += 1
        forms.append(_underlined(operators, arities, at))
        body = grammar.rules[name][k].body
        operators[at : at + 1] = body.operators
        arities[at : at + 1] = body.arity.tolist()
    if len(tree) > max_steps:
        forms.append(r"\cdots")
    forms.append(term_to_latex(tree.term))
    return _aligned([f"{forms[0]} &\\Rightarrow {forms[1]}", *(rf"&\Rightarrow {form}" for form in forms[2:])])


def _underlined(operators: Sequence[Operator], arities: Sequence[int], at: int) -> str:
    names = [symbol_latex(op) for op in operators]
    names[at] = rf"\underline{{{names[at]}}}"
    return print_symbols(names, arities)


def _name(name: str) -> str:
    return symbol_latex(Nonterminal(name))


def _rule(head: str, productions: Sequence[Production]) -> list[str]:
    weights = [p.weight for p in productions]
    equal = max(weights) - min(weights) < 1e-12
    lines = [f"{head} &::="]
    width = 0
    for k, production in enumerate(productions):
        mark = "" if equal else rf"\;[{production.weight:.4g}]"
        width += len(production.body.text) + 3
        if k and width > _WIDTH:
            lines.append(r"&\phantom{::=}")
            width = len(production.body.text)
        lines[-1] += (r" \mid " if k else " ") + term_to_latex(production.body) + mark
    return lines


def _aligned(lines: Sequence[str]) -> str:
    return "\\begin{align*}\n" + " \\\\\n".join(lines) + "\n\\end{align*}"
