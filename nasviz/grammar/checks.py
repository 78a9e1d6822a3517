"""Statements to rules: names resolved, sorts inferred, probabilities shared out; every mistake found at its place."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from nasviz.algebra import Nonterminal, Operator, Signature, Sort, Term, literal
from nasviz.algebra.term import subterm_sizes
from nasviz.errors import nearest
from nasviz.grammar.components import components
from nasviz.grammar.diagnostics import Diagnostic, Fix, quoted
from nasviz.grammar.edits import join_rules, percent, remove_operands, remove_statement, unshare, write_weights
from nasviz.grammar.notation import Alternative, Document, Statement, Symbol
from nasviz.grammar.requirements import Requirement, requirements

_MANY = 20
_MOST = 1_000
_LONGEST_NAME = 200
_TOLERANCE = 1e-6
_A = {Sort.MAP: "a map", Sort.MERGE: "a merge", Sort.INT: "an int", Sort.FLOAT: "a float"}


@dataclass(frozen=True)
class Production:
    """One production of a grammar.

    Parameters
    ----------
    lhs
        The nonterminal that it expands.
    body
        A term over operators; leaves may be :class:`~nasviz.algebra.Nonterminal`.
    weight
        Its probability under the law "productions", in [0, 1].
    nonterminals
        Names of the nonterminals in `body`, in preorder.
    span
        Range of characters in the text of the grammar.
    marked
        Whether the probability was written (or is a share of what was left).
    """

    lhs: str
    body: Term
    weight: float
    nonterminals: tuple[str, ...]
    span: tuple[int, int]
    marked: bool = False

    def __str__(self) -> str:
        return f"{self.lhs} ::= {self.body.text}"


@dataclass
class Resolved:
    """What a document means: the parts of a grammar, complete when no finding is an error."""

    start: str = ""
    rules: dict[str, tuple[Production, ...]] = field(default_factory=dict)
    shared: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    sorts: dict[str, Sort] = field(default_factory=dict)
    findings: list[Diagnostic] = field(default_factory=list)

    def error(self, code: str, message: str, span: tuple[int, int], hint: str = "", fix: Fix | None = None) -> None:
        """Note an error; past a thousand no more are kept."""
        if len(self.findings) < _MOST:
            self.findings.append(Diagnostic(code, "error", message, *span, hint, fix))

    @property
    def failed(self) -> bool:
        """Whether an error was noted."""
        return any(f.severity == "error" for f in self.findings)


def resolve(document: Document, signature: Signature) -> Resolved:
    """Give a document its meaning; errors are noted, never raised."""
    result = Resolved(findings=list(document.problems))
    rules = _unique_rules(document, result)
    result.start = _start(document, rules, result)
    _constraints(document, signature, result)
    shared = [name for name, rule in rules.items() if rule.shared]
    result.shared = tuple(shared)
    uses: dict[str, list[list[Symbol]]] = {
        name: [[s for s in a.symbols if s.name in rules and s.value is None] for a in rule.alternatives]
        for name, rule in rules.items()
    }
    _names(rules, signature, document, result)
    _probability_errors(document, rules.values(), result)
    _shared_cycles(document, rules, uses, shared, result)
    if not document.problems:
        _unproductive(rules, uses, result)
    if result.failed:
        return result
    result.sorts = _infer_sorts(rules, signature, result)
    for name, rule in rules.items():
        weights = _weights(rule)
        result.rules[name] = tuple(
            _production(name, a, w, rules, signature, result) for a, w in zip(rule.alternatives, weights, strict=True)
        )
    return result


def _unique_rules(document: Document, result: Resolved) -> dict[str, Statement]:
    rules: dict[str, Statement] = {}
    for rule in document.rules:
        if len(rule.name) > _LONGEST_NAME:
            message = f"a name of {len(rule.name):,} characters; at most {_LONGEST_NAME} are read"
            result.error("syntax", message, (rule.start, rule.end))
        if rule.name in rules and len(result.findings) < _MOST:
            line = document.text.count("\n", 0, rules[rule.name].start) + 1
            message = f"the nonterminal {quoted(rule.name)} is defined twice; the first rule is on line {line}"
            fix = join_rules(document.text, rules[rule.name], rule)
            result.error("duplicate-nonterminal", message, (rule.start, rule.end), "join the two with '|'", fix)
        rules.setdefault(rule.name, rule)
    if not rules and not document.problems:
        message = "an empty grammar: no rule, so no start"
        end = len(document.text)
        result.error("empty", message, (end, end), "type a rule, for example S ::= conv3x3 | id")
    return rules


def _start(document: Document, rules: Mapping[str, Statement], result: Resolved) -> str:
    starts = [s for s in document.statements if s.kind == "start"]
    for again in starts[1:]:
        fix = remove_statement(document.text, again, "remove this line")
        result.error("start", "a second start; a grammar has one", (again.start, again.end), "remove this line", fix)
    if not starts:
        return next(iter(rules), "")
    start = starts[0]
    if start.name not in rules and rules and not document.problems:
        near = nearest(start.name, list(rules)[:2000])
        first = remove_statement(document.text, start, f"remove the line: the start is {next(iter(rules))}")
        fix = Fix(start.start, start.end, near, f"write {near}") if near else first
        hint = f"did you mean {near}?" if near else "the nonterminals are " + ", ".join(list(rules)[:12])
        result.error("start", f"no rule defines the start {quoted(start.name)}", (start.start, start.end), hint, fix)
    return start.name


def _constraints(document: Document, signature: Signature, result: Resolved) -> None:
    found: list[Requirement] = []
    for item in requirements(document, signature):
        if isinstance(item, Requirement):
            found.append(item)
        else:
            result.error(item.code, item.message, (item.start, item.end), item.hint, item.fix)
    result.requirements = tuple(found)
    result.requires = tuple(s.predicate for s in document.statements if s.kind == "require")


def _names(rules: Mapping[str, Statement], signature: Signature, document: Document, result: Resolved) -> None:
    looked_up = 0
    broken = document.broken
    for rule in rules.values():
        for symbol in (s for a in rule.alternatives for s in a.symbols):
            span = (symbol.start, symbol.end)
            if symbol.value is not None:
                if not math.isfinite(symbol.value):
                    result.error("sort", "a number too large to be represented", span)
            elif symbol.name in rules:
                if symbol.arity:
                    message = f"the nonterminal {quoted(symbol.name)} takes no operands, found {symbol.arity}"
                    result.error("arity", message, span, fix=_without_operands(document, symbol, result))
            elif symbol.name in broken:
                continue
            elif symbol.name not in signature:
                looked_up += 1
                _undefined(symbol, [*list(rules)[:2000], *signature.names()] if looked_up <= _MANY else [], result)
            elif not any(op.accepts(symbol.arity) for op in signature.candidates(symbol.name)):
                _wrong_arity(symbol, signature, document, result)


def _wrong_arity(symbol: Symbol, signature: Signature, document: Document, result: Resolved) -> None:
    """Note a wrong number of operands; an operator that differs by its last digits and fits is proposed instead."""
    candidates = signature.candidates(symbol.name)
    message = f"{symbol.name} takes {' or '.join(op.arity_text for op in candidates)}, found {symbol.arity or 'none'}"
    hint, fix = "", None
    stem = symbol.name.rstrip("0123456789")
    other = next((op for op in signature if op.name.rstrip("0123456789") == stem and op.accepts(symbol.arity)), None)
    if other is not None:
        hint = f"{other.name} takes {other.arity_text}"
        fix = Fix(symbol.start, symbol.end, other.name, f"write {other.name}")
    elif all(op.arity == 0 for op in candidates):
        fix = _without_operands(document, symbol, result)
    result.error("arity", message, (symbol.start, symbol.end), hint, fix)


def _without_operands(document: Document, symbol: Symbol, result: Resolved) -> Fix | None:
    return remove_operands(document.text, symbol.end) if len(result.findings) < _MANY else None


def _undefined(symbol: Symbol, known: list[str], result: Resolved) -> None:
    near = nearest(symbol.name, known)
    fix = Fix(symbol.start, symbol.end, near, f"write {near}") if near else None
    message = f"undefined name {quoted(symbol.name)}: no rule defines it and it is no operator"
    hint = f"did you mean {near}?" if near else f"add a rule: {symbol.name[:60]} ::= …"
    result.error("undefined", message, (symbol.start, symbol.end), hint, fix)


def _probability_errors(document: Document, rules: Iterable[Statement], result: Resolved) -> None:
    for rule in rules:
        marked = [a for a in rule.alternatives if a.weight is not None]
        wrong = [a for a in marked if not 0 <= (a.weight or 0.0) <= 1]
        total = math.fsum(a.weight or 0.0 for a in marked)
        for a in wrong:
            hint, fix = _normalised(document, rule, total)
            result.error("probability", f"a probability is between 0 and 1, found {a.weight:g}", a.weight_span, hint, fix)
        if wrong or not marked:
            continue
        span, last = marked[-1].weight_span, marked[-1]
        if total > 1 + _TOLERANCE:
            message = f"the probabilities of {rule.name} sum to {total:.6g}, more than 1"
            left = 1 - (total - (last.weight or 0.0))
            fix = (
                Fix(*span, percent(round(left, 9)), f"write {percent(round(left, 9))}, what the others leave")
                if left > 0
                else None
            )
            result.error("probability", message, span, fix=fix)
        elif len(marked) == len(rule.alternatives) and total < 1 - _TOLERANCE:
            message = f"the probabilities of {rule.name} sum to {total:.6g}, not to 1"
            hint = "leave one alternative unmarked: it gets what is left"
            fix = Fix(last.symbols[0].start, last.end, last.text, "leave the last one unmarked")
            result.error("probability", message, span, hint, fix)


def _normalised(document: Document, rule: Statement, total: float) -> tuple[str, Fix | None]:
    """The edit that divides weights such as 3 and 1 by their sum, where every alternative has one."""
    weights = [a.weight for a in rule.alternatives if a.weight is not None and 0 <= a.weight < math.inf]
    if len(weights) < len(rule.alternatives) or not 0 < total < math.inf:
        return "", None
    hint = f"weights are divided by their sum, {total:g}"
    return hint, write_weights(document.text, rule, [w / total for w in weights], "divide by the sum")


def _shared_cycles(
    document: Document,
    rules: Mapping[str, Statement],
    uses: dict[str, list[list[Symbol]]],
    shared: list[str],
    result: Resolved,
) -> None:
    if not shared:
        return
    targets = {name: list({s.name: None for a in alternatives for s in a}) for name, alternatives in uses.items()}
    index = {name: i for i, name in enumerate(rules)}
    component, _ = components(len(rules), [(index[a], index[b]) for a, bs in targets.items() for b in bs])
    cyclic = {component[index[a]] for a, bs in targets.items() for b in bs if component[index[a]] == component[index[b]]}
    for n, name in enumerate(name for name in shared if component[index[name]] in cyclic):
        path = _circle(name, targets) if n < _MANY else []
        shown = " -> ".join(path) if 0 < len(path) <= 8 else f"{name} -> … -> {name}"
        message = f"the shared nonterminal {quoted(name)} reaches itself ({shown}); one draw cannot contain itself"
        hint = "take 'shared' away, or the way back"
        result.error("shared-cycle", message, (rules[name].start, rules[name].end), hint, unshare(document.text, rules[name]))


def _circle(name: str, targets: Mapping[str, list[str]]) -> list[str]:
    """A shortest way from a name back to itself."""
    came_from: dict[str, str] = {}
    layer = [name]
    while name not in came_from:
        following: list[str] = []
        for here in layer:
            for target in targets[here]:
                if target not in came_from:
                    came_from[target] = here
                    following.append(target)
        layer = following
    path = [name, came_from[name]]
    while path[-1] != name:
        path.append(came_from[path[-1]])
    return path[::-1]


def _unproductive(rules: Mapping[str, Statement], uses: dict[str, list[list[Symbol]]], result: Resolved) -> None:
    """Nonterminals without a finite term: counts of open needs per alternative go down as nonterminals prove productive."""
    waiting: dict[str, list[tuple[str, int]]] = {name: [] for name in rules}
    needs: dict[tuple[str, int], int] = {}
    ready: list[str] = []
    productive: set[str] = set()
    for name, alternatives in uses.items():
        for k, alternative in enumerate(alternatives):
            distinct = {s.name for s in alternative}
            needs[name, k] = len(distinct)
            for used in distinct:
                waiting[used].append((name, k))
            if not distinct:
                ready.append(name)
    while ready:
        name = ready.pop()
        if name in productive:
            continue
        productive.add(name)
        for user, k in waiting[name]:
            needs[user, k] -= 1
            if needs[user, k] == 0:
                ready.append(user)
    for name, rule in rules.items():
        if name not in productive:
            missing = next(s.name for s in uses[name][0] if s.name not in productive)
            message = f"the nonterminal {quoted(name)} derives no finite term: every alternative needs {quoted(missing)}"
            if len(uses[name]) > 1:
                message += " or another that never ends"
            hint = f"add an alternative of {name[:60]} that ends"
            result.error("unproductive", message, (rule.start, rule.end), hint)


def _infer_sorts(rules: Mapping[str, Statement], signature: Signature, result: Resolved) -> dict[str, Sort]:
    found: dict[str, set[Sort]] = {name: set() for name in rules}
    users: dict[str, list[str]] = {name: [] for name in rules}
    for name, rule in rules.items():
        for a in rule.alternatives:
            root = a.symbols[0]
            if root.name in rules and root.value is None:
                users[root.name].append(name)
            else:
                found[name].add(_operator(root, signature).result)
    stack = list(rules)
    while stack:
        name = stack.pop()
        for user in users[name]:
            if not found[name] <= found[user]:
                found[user] |= found[name]
                stack.append(user)
    sorts: dict[str, Sort] = {}
    for name, rule in rules.items():
        kinds = found[name]
        sorts[name] = Sort.FLOAT if kinds == {Sort.INT, Sort.FLOAT} else min(kinds, default=Sort.MAP)
        if len(kinds) > 1 and kinds != {Sort.INT, Sort.FLOAT}:
            mixed = " and ".join(_A[kind] for kind in sorted(kinds))
            message = f"the alternatives of {quoted(name)} are of different sorts: {mixed}"
            result.error("sort", message, (rule.start, rule.end), "use one nonterminal for each sort")
    return sorts


def _operator(symbol: Symbol, signature: Signature) -> Operator:
    if symbol.value is not None:
        return literal(symbol.value)
    return signature.resolve(symbol.name, symbol.arity)


def _weights(rule: Statement) -> list[float]:
    marked = math.fsum(a.weight for a in rule.alternatives if a.weight is not None)
    unmarked = sum(a.weight is None for a in rule.alternatives)
    share = max(0.0, 1.0 - marked) / unmarked if unmarked else 0.0
    return [share if a.weight is None else a.weight for a in rule.alternatives]


def _production(
    lhs: str, a: Alternative, weight: float, rules: Mapping[str, Statement], signature: Signature, result: Resolved
) -> Production:
    operators: list[Operator] = []
    for symbol in a.symbols:
        if symbol.name in rules and symbol.value is None:
            operators.append(Nonterminal(symbol.name, result=result.sorts[symbol.name]))
        else:
            operators.append(_operator(symbol, signature))
    arities = [s.arity for s in a.symbols]
    for i, parent, k in _operands(arities):
        wanted, op = operators[parent].sort_of(k), operators[i]
        if op.result is not wanted and not (wanted is Sort.FLOAT and op.result is Sort.INT):
            span = (a.symbols[i].start, a.symbols[i].end)
            message = f"operand {k + 1} of {operators[parent].name} must be {_A[wanted]}, found {op.name}, {_A[op.result]}"
            result.error("sort", message, span)
    body = Term(tuple(operators), np.array(arities, dtype=np.int32), subterm_sizes(arities))
    used = tuple(op.name for op in operators if isinstance(op, Nonterminal))
    return Production(lhs, body, weight, used, (a.start, a.end), a.weight is not None)


def _operands(arities: list[int]) -> Iterator[tuple[int, int, int]]:
    """Yield (node, parent, operand number) of every node but the root."""
    stack: list[list[int]] = []
    for i, n in enumerate(arities):
        if stack:
            yield i, stack[-1][0], stack[-1][1]
            stack[-1][1] += 1
        if n:
            stack.append([i, 0, n])
        while stack and stack[-1][1] == stack[-1][2]:
            stack.pop()


def duplicates(productions: tuple[Production, ...]) -> dict[int, int]:
    """Return for each repeated production the first one with the same body."""
    first: dict[Term, int] = {}
    return {k: first[p.body] for k, p in enumerate(productions) if first.setdefault(p.body, k) != k}
