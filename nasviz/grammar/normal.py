"""The normal form of a grammar: flat rules over numbered symbols, on which counting and recognition work.

Nonterminal i is symbol i; every nested subterm of a body is a symbol of its own, equal subterms once. A shared nonterminal is
two symbols: as an operand a leaf, and beside it the *inner* symbol that its rules define.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from nasviz.algebra import Nonterminal, Operator
from nasviz.grammar.checks import Production


@dataclass(frozen=True)
class Flat:
    """A rule ``lhs <- operator(children)``, or a unit ``lhs <- unit``; `production` numbers it, -1 for nested subterms."""

    lhs: int
    operator: int = -1
    children: tuple[int, ...] = ()
    unit: int = -1
    production: int = -1


@dataclass
class NormalForm:
    """Flat rules of a grammar.

    Attributes
    ----------
    names
        Name of each symbol; "" for nested subterms; inner symbols carry the nonterminal's name.
    operators
        Number of each operator.
    rules
        All rules; a production that stands twice is twice there.
    inner
        For the leaf symbol of each shared nonterminal, in order of declaration: its inner symbol.
    """

    names: list[str] = field(default_factory=list)
    operators: dict[Operator, int] = field(default_factory=dict)
    rules: list[Flat] = field(default_factory=list)
    inner: dict[int, int] = field(default_factory=dict)
    index: dict[str, int] = field(default_factory=dict)

    def by_lhs(self) -> list[list[Flat]]:
        """The rules of each symbol."""
        table: list[list[Flat]] = [[] for _ in self.names]
        for rule in self.rules:
            table[rule.lhs].append(rule)
        return table

    def defining(self, name: str) -> int:
        """The symbol whose rules are those of a nonterminal."""
        symbol = self.index[name]
        return self.inner.get(symbol, symbol)


def normal_form(rules: Mapping[str, tuple[Production, ...]], shared: tuple[str, ...]) -> NormalForm:
    """Return the normal form of the rules of a grammar."""
    form = NormalForm(names=list(rules), index={name: i for i, name in enumerate(rules)})
    for name in shared:
        form.inner[form.index[name]] = len(form.names)
        form.names.append(name)
    nested: dict[tuple[int, tuple[int, ...]], int] = {}
    for name, productions in rules.items():
        lhs = form.defining(name)
        for k, production in enumerate(productions):
            body = production.body
            done: list[int] = []
            for i in range(len(body) - 1, -1, -1):
                op, n = body.operators[i], int(body.arity[i])
                if isinstance(op, Nonterminal):
                    if i == 0:
                        form.rules.append(Flat(lhs, unit=form.index[op.name], production=k))
                    done.append(form.index[op.name])
                    continue
                children = tuple(reversed(done[len(done) - n :])) if n else ()
                del done[len(done) - n :]
                number = form.operators.setdefault(op, len(form.operators))
                if i == 0:
                    form.rules.append(Flat(lhs, number, children, production=k))
                else:
                    done.append(_nested(form, nested, number, children))
    return form


def _nested(form: NormalForm, nested: dict[tuple[int, tuple[int, ...]], int], operator: int, children: tuple[int, ...]) -> int:
    key = (operator, children)
    if key not in nested:
        nested[key] = len(form.names)
        form.names.append("")
        form.rules.append(Flat(nested[key], operator, children))
    return nested[key]


def unit_users(form: NormalForm) -> dict[int, list[int]]:
    """For each symbol that stands alone in a rule: the symbols of these rules."""
    users: dict[int, list[int]] = {}
    for rule in form.rules:
        if rule.unit >= 0:
            users.setdefault(rule.unit, []).append(rule.lhs)
    return users


def close(symbols: Iterable[int], users: Mapping[int, list[int]]) -> frozenset[int]:
    """Return the symbols with all that derive one of them by units."""
    found = set(symbols)
    stack = [s for s in found if s in users]
    while stack:
        for user in users[stack.pop()]:
            if user not in found:
                found.add(user)
                if user in users:
                    stack.append(user)
    return frozenset(found)


def reachable(form: NormalForm, start: int, through_shared: bool = False) -> set[int]:
    """The symbols that `start` reaches; into the inner symbols of shared leaves only on request."""
    table = form.by_lhs()
    seen = {start}
    stack = [start]
    while stack:
        here = stack.pop()
        fresh = {s for rule in table[here] for s in successors(rule)}
        if through_shared and here in form.inner:
            fresh.add(form.inner[here])
        fresh -= seen
        seen |= fresh
        stack.extend(fresh)
    return seen


def within(form: NormalForm, symbol: int) -> NormalForm:
    """Return the form with only the rules of what a symbol reaches, draws included; symbols keep their numbers."""
    kept = reachable(form, symbol, through_shared=True)
    rules = [rule for rule in form.rules if rule.lhs in kept]
    return form if len(rules) == len(form.rules) else replace(form, rules=rules)


def successors(rule: Flat) -> tuple[int, ...]:
    """The symbols on the right of a rule."""
    return (rule.unit,) if rule.unit >= 0 else rule.children
