"""Lint: everything that can be said about a grammar text, with places, while it is being written."""

from __future__ import annotations

from collections.abc import Iterable

from nasviz.algebra import Operator, Signature
from nasviz.grammar.checks import Production, duplicates, resolve
from nasviz.grammar.components import components
from nasviz.grammar.diagnostics import Diagnostic, Fix, quoted
from nasviz.grammar.grammar import Grammar
from nasviz.grammar.notation import read
from nasviz.grammar.sampling import criticality

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
    found.extend(_supercritical(grammar))
    return sorted(found, key=lambda d: d.start)


def _unreachable(grammar: Grammar) -> Iterable[Diagnostic]:
    for name, (start, end) in grammar.spans.items():
        if name not in grammar.reachable:
            message = f"the nonterminal {quoted(name)} is never used: {grammar.start} does not reach it"
            yield Diagnostic("unreachable", "warning", message, start, end, "use it, or remove the rule")


def _repeated(grammar: Grammar) -> Iterable[Diagnostic]:
    for name, productions in grammar.rules.items():
        for k, first in duplicates(productions).items():
            start, end = productions[k].span
            total = productions[k].weight + productions[first].weight
            message = (
                f"{productions[k].body.text[:60]} stands twice in {quoted(name)}: drawn with probability {total:.3g} "
                "in all, counted twice as a derivation, once as a term"
            )
            yield Diagnostic("duplicate", "info", message, start, end, "mark one with a probability instead")


def _never_drawn(grammar: Grammar) -> Iterable[Diagnostic]:
    for productions in grammar.rules.values():
        for production in productions:
            if production.weight <= 0:
                start, end = production.span
                why = "its probability is 0" if production.marked else "the others leave it no probability"
                message = f"{production.body.text[:60]} is never drawn: {why}"
                yield Diagnostic("never-drawn", "warning", message, start, end, "it is still counted")


def _is_unit(production: Production) -> bool:
    return len(production.body) == 1 and len(production.nonterminals) == 1


def _unit_cycles(grammar: Grammar) -> Iterable[Diagnostic]:
    names = list(grammar.rules)
    index = {name: i for i, name in enumerate(names)}
    units = [(p, index[p.lhs], index[p.nonterminals[0]]) for ps in grammar.rules.values() for p in ps if _is_unit(p)]
    component, _ = components(len(names), [(a, b) for _, a, b in units])
    for production, a, b in units:
        if component[a] == component[b]:
            start, end = production.span
            message = f"{production.lhs} leads back to itself through {names[b]} alone: endlessly many derivations of each term"
            fix = Fix(*_with_bar(grammar.text, start, end), "", "remove the alternative")
            yield Diagnostic("unit-cycle", "warning", message, start, end, "remove this alternative", fix)


def _with_bar(text: str, start: int, end: int) -> tuple[int, int]:
    """The range of an alternative with one bar beside it."""
    before = text[:start].rstrip()
    if before.endswith("|"):
        return len(before) - 1, end
    after = len(text) - len(text[end:].lstrip())
    return (start, after + 1) if text[after : after + 1] == "|" else (start, end)


def _supercritical(grammar: Grammar) -> Iterable[Diagnostic]:
    radius = criticality(grammar)
    if radius >= 1 - 1e-9:
        start, end = grammar.spans[grammar.start]
        message = f"drawing may never end: the criticality is {radius:.3g}, the expected size infinite"
        yield Diagnostic("supercritical", "warning", message, start, end, "lower the probability of recursive productions")
