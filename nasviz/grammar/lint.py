"""Lint: everything that can be said about a grammar text, with places, while it is being written."""

from __future__ import annotations

from collections.abc import Iterable

from nasviz.algebra import Operator, Signature
from nasviz.grammar.checks import Production, duplicates, resolve
from nasviz.grammar.components import components
from nasviz.grammar.diagnostics import Diagnostic, quoted
from nasviz.grammar.edits import merge_alternatives, remove_statement
from nasviz.grammar.grammar import Grammar
from nasviz.grammar.notation import read
from nasviz.grammar.remarks import ambiguous, constraints, cut, recursion, removal

MOST = 100
"""Greatest number of findings that are reported."""


def lint(text: str, operators: Iterable[Operator] | Signature = ()) -> list[Diagnostic]:
    """Return every finding about a grammar text in the order of the text; never raises.

    Parameters
    ----------
    text
        The text, right or wrong.
    operators
        The operators that the rules may use.

    Returns
    -------
    list of Diagnostic
        Errors when there are any, otherwise warnings and infos; at most 100, and one more that counts the rest.

    Examples
    --------
    >>> [d.code for d in lint("S ::= con3x3 | id(S", [Operator("conv3x3"), Operator("id")])]
    ['syntax']
    >>> lint("S ::= con3x3 | id", [Operator("conv3x3"), Operator("id")])[0].hint
    'did you mean conv3x3?'
    """
    signature = operators if isinstance(operators, Signature) else Signature(operators)
    document = read(text)
    resolved = resolve(document, signature)
    found = resolved.findings if resolved.failed else warnings(Grammar(document, resolved, signature))
    found = sorted(found, key=lambda d: d.start)
    if len(found) > MOST:
        last = found[MOST]
        more = Diagnostic("more", last.severity, f"and {len(found) - MOST} more findings", last.start, last.end)
        return [*found[:MOST], more]
    return found


def warnings(grammar: Grammar) -> list[Diagnostic]:
    """Return what is remarkable in a grammar though not wrong, in the order of the text."""
    found = [*_unreachable(grammar), *_repeated(grammar), *_never_drawn(grammar), *_unit_cycles(grammar)]
    found += [*ambiguous(grammar), *recursion(grammar), *constraints(grammar)]
    return sorted(found, key=lambda d: d.start)


def _unreachable(grammar: Grammar) -> Iterable[Diagnostic]:
    lost = [name for name in grammar.rules if name not in grammar.reachable]
    used = {n for name in lost for p in grammar.rules[name] for n in p.nonterminals if n != name}
    for name in lost:
        start, end = grammar.spans[name]
        message = f"the nonterminal {quoted(name)} is never used: {grammar.start} does not reach it"
        fix = None if name in used else remove_statement(grammar.text, grammar.statements[name], "remove the rule")
        yield Diagnostic("unreachable", "warning", message, start, end, "use it, or remove the rule", fix)


def _repeated(grammar: Grammar) -> Iterable[Diagnostic]:
    for name, productions in grammar.rules.items():
        for n, (k, first) in enumerate(duplicates(productions).items()):
            start, end = productions[k].span
            total = productions[k].weight + productions[first].weight
            message = (
                f"{cut(productions[k].body.text)} stands twice in {quoted(name)}: drawn with probability {total:.3g} "
                "in all, counted twice as a derivation, once as a term"
            )
            fix = merge_alternatives(grammar.text, grammar.statements[name], first, k, total) if n < MOST else None
            yield Diagnostic("duplicate", "info", message, start, end, "mark one with a probability instead", fix)


def _never_drawn(grammar: Grammar) -> Iterable[Diagnostic]:
    for name, productions in grammar.rules.items():
        for k, production in enumerate(productions):
            if production.weight <= 0:
                start, end = production.span
                why = "its probability is 0" if production.marked else "the others leave it no probability"
                message = f"{cut(production.body.text)} is never drawn: {why}"
                fix = removal(grammar, name, k)
                yield Diagnostic("never-drawn", "warning", message, start, end, "it is still counted", fix)


def _is_unit(production: Production) -> bool:
    return len(production.body) == 1 and len(production.nonterminals) == 1


def _unit_cycles(grammar: Grammar) -> Iterable[Diagnostic]:
    names = list(grammar.rules)
    index = {name: i for i, name in enumerate(names)}
    units = [
        (p, k, index[p.lhs], index[p.nonterminals[0]])
        for productions in grammar.rules.values()
        for k, p in enumerate(productions)
        if _is_unit(p)
    ]
    component, _ = components(len(names), [(a, b) for _, _, a, b in units])
    for production, k, a, b in units:
        if component[a] == component[b]:
            start, end = production.span
            message = f"{production.lhs} leads back to itself through {names[b]} alone: endlessly many derivations of each term"
            fix = removal(grammar, production.lhs, k)
            yield Diagnostic("unit-cycle", "warning", message, start, end, "remove this alternative", fix)
