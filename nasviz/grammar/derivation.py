"""Derivations: the choices of productions that make a term, and back from a term to its first derivation."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nasviz.algebra import Nonterminal, Operator, Term, position_text
from nasviz.algebra.term import subterm_sizes
from nasviz.errors import NasvizError, TermError
from nasviz.grammar.grammar import Grammar
from nasviz.grammar.matching import Match
from nasviz.grammar.tables import Item, Piece, Tables

_ASSIGNMENTS = 1_000


@dataclass(frozen=True)
class Derivation:
    """A derivation as numbers of productions, each list in preorder of the derivation tree.

    Parameters
    ----------
    draws
        For each shared nonterminal, in order of declaration, how its one subterm is derived; ``()`` when it is not used.
    macro
        How the rest is derived; a shared nonterminal is a leaf in it and has no number.
    """

    draws: tuple[tuple[int, ...], ...] = ()
    macro: tuple[int, ...] = ()

    @property
    def size(self) -> int:
        """Number of productions chosen."""
        return len(self.macro) + sum(map(len, self.draws))


@dataclass(frozen=True)
class TreeNode:
    """A node of a derivation tree: a production of a nonterminal begins at node `index` of the term, which has `operator`."""

    nonterminal: str
    production: int
    operator: Operator
    index: int
    parent: int


@dataclass(frozen=True)
class DerivationTree:
    """A derivation tree in preorder; every use of a shared draw is spelt out.

    Attributes
    ----------
    term : Term
        What is derived, n nodes.
    nonterminals, productions, indices, parents : tuples of length m
        For each node of the tree its nonterminal, production number, node of the term and parent (-1 for the root).
    """

    term: Term
    nonterminals: tuple[str, ...]
    productions: tuple[int, ...]
    indices: tuple[int, ...]
    parents: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.nonterminals)

    @property
    def nodes(self) -> Iterator[TreeNode]:
        """The nodes in preorder."""
        for name, k, i, parent in zip(self.nonterminals, self.productions, self.indices, self.parents, strict=True):
            yield TreeNode(name, k, self.term.operators[i], i, parent)

    @cached_property
    def labels(self) -> list[tuple[str, ...]]:
        """For each node of the term the nonterminals whose expansion begins there, outermost first."""
        found: list[list[str]] = [[] for _ in range(len(self.term))]
        for name, i in zip(self.nonterminals, self.indices, strict=True):
            found[i].append(name)
        return [tuple(names) for names in found]


def derive(grammar: Grammar, derivation: Derivation) -> Term:
    """Return the term of a derivation.

    Raises
    ------
    NasvizError
        If the numbers are no derivation of this grammar: out of range, too few or too many.

    Examples
    --------
    >>> from nasviz.algebra import Sort
    >>> f, x, y = Operator("f", (Sort.MAP, Sort.MAP)), Operator("x"), Operator("y")
    >>> g = Grammar.parse("S ::= f(A, S) | A\\nA ::= x | y", [f, x, y])
    >>> str(derive(g, Derivation(macro=(0, 0, 1, 1))))
    'f(x, y)'
    """
    return assemble(emit(grammar.tables, derivation))


def assemble(piece: Piece) -> Term:
    """Return the term of operators and arities that a grammar has checked already."""
    operators, arities = piece
    return Term(tuple(operators), np.array(arities, dtype=np.int32), subterm_sizes(arities))


def emit(tables: Tables, derivation: Derivation) -> Piece:
    """Return operators and arities of a derivation, in preorder.

    Raises
    ------
    NasvizError
        As :func:`derive`.
    """
    if len(derivation.draws) != len(tables.shared):
        raise NasvizError(
            f"the grammar has {len(tables.shared)} shared nonterminals, the derivation {len(derivation.draws)} draws"
        )
    shared: list[Piece] = [([], [])] * len(tables.shared)
    for s in tables.order:
        if derivation.draws[s]:
            shared[s] = emit_from(tables, tables.shared[s], derivation.draws[s], shared)
    return emit_from(tables, tables.start, derivation.macro, shared)


def emit_from(tables: Tables, start: int, numbers: Sequence[int], shared: Sequence[Piece]) -> Piece:
    """Return what the nonterminal `start` derives by all of `numbers`; `shared` is what the shared leaves stand for."""
    operators: list[Operator] = []
    arities: list[int] = []
    heads, rests = tables.heads, tables.rests
    stack: list[Item] = [start]
    used = 0
    try:
        while stack:
            item = stack.pop()
            if not isinstance(item, int):
                operators += item[0]
                arities += item[1]
            elif item >= 0:
                k = numbers[used]
                used += 1
                operators += heads[item][k][0]
                arities += heads[item][k][1]
                stack += rests[item][k]
            elif shared[-1 - item][0]:
                operators += shared[-1 - item][0]
                arities += shared[-1 - item][1]
            else:
                raise NasvizError(f"the draw of {tables.names[tables.shared[-1 - item]]} is used but empty")
    except IndexError:
        raise _not_a_derivation(tables, start, numbers) from None
    if used != len(numbers) or (numbers and min(numbers) < 0):
        raise _not_a_derivation(tables, start, numbers)
    return operators, arities


def _not_a_derivation(tables: Tables, start: int, numbers: Sequence[int]) -> NasvizError:
    """Walk slowly to say what is wrong."""
    stack, used = [start], 0
    while stack:
        a = stack.pop()
        if a < 0:
            continue
        if used == len(numbers):
            return NasvizError(f"a derivation of {used} productions that ends too early: {tables.names[a]} is open")
        k = numbers[used]
        if not 0 <= k < len(tables.pushes[a]):
            return NasvizError(
                f"no production {k} of {tables.names[a]} at place {used} of a derivation; it has {len(tables.pushes[a])}"
            )
        used += 1
        stack += tables.pushes[a][k]
    return NasvizError(f"a derivation of {len(numbers)} productions of which only {used} are used")


def visited(tables: Tables, start: int, numbers: Sequence[int]) -> list[int]:
    """Return the nonterminal that each number expands."""
    pushes = tables.pushes
    stack = [start]
    found: list[int] = []
    for k in numbers:
        a = stack.pop()
        while a < 0:
            a = stack.pop()
        found.append(a)
        stack += pushes[a][k]
    return found


def derivation_tree(grammar: Grammar, derivation: Derivation) -> DerivationTree:
    """Return the tree of a derivation.

    Raises
    ------
    NasvizError
        As :func:`derive`.
    """
    tables = grammar.tables
    term = derive(grammar, derivation)
    names: list[str] = []
    productions: list[int] = []
    indices: list[int] = []
    parents: list[int] = []
    at = 0
    stack: list[tuple[Item, Iterator[int], int]] = [(tables.start, iter(derivation.macro), -1)]
    while stack:
        item, numbers, parent = stack.pop()
        if not isinstance(item, int):
            at += len(item[0])
            continue
        if item < 0:
            numbers = iter(derivation.draws[-1 - item])
            item = tables.shared[-1 - item]
        k = next(numbers)
        node = len(names)
        names.append(tables.names[item])
        productions.append(k)
        indices.append(at)
        parents.append(parent)
        at += len(tables.heads[item][k][0])
        stack += [(x, numbers, node) for x in tables.rests[item][k]]
    return DerivationTree(term, tuple(names), tuple(productions), tuple(indices), tuple(parents))


def parse_derivation(grammar: Grammar, term: Term) -> Derivation:
    """Return the first derivation of a term: the least (draws, macro), compared number by number.

    Raises
    ------
    TermError
        If the grammar does not derive the term; the place is the smallest subterm that no nonterminal derives, if there is one.
    """
    tables, form = grammar.tables, grammar.normal_form
    full = grammar.matcher.match(term)
    start = form.index[grammar.start]
    if start not in grammar.matcher.symbols(full.states[0]):
        raise _not_derived(grammar, term, full)
    if not grammar.shared:
        return Derivation((), _read(grammar, term, full, 0, start))
    best: Derivation | None = None
    for values in _assignments(grammar, term, full):
        allowed = _allowed(term, full, values, grammar)
        match = grammar.matcher.match(term, allowed)
        if start not in grammar.matcher.symbols(match.states[0]):
            continue
        macro: tuple[int, ...] = () if tables.start < 0 else _read(grammar, term, match, 0, start)
        found = _with_draws(grammar, term, match, macro, values)
        if found and (best is None or found < (best.draws, best.macro)):
            best = Derivation(*found)
    if best is None:
        message = "no single draw of the shared nonterminals derives this term"
        raise TermError(message, text=term.text, start=0, end=int(term.stop[0]))
    return best


def _not_derived(grammar: Grammar, term: Term, full: Match) -> TermError:
    whole = grammar.start
    lost = [i for i, state in enumerate(full.states) if not grammar.matcher.symbols(state)]
    at = max(lost, key=lambda i: (int(term.depth[i]), -i)) if lost else 0
    name = term.operators[at].name
    if isinstance(term.operators[at], Nonterminal):
        message = f"{name} at {position_text(term.position(at))} is an open place"
    elif lost:
        message = f"no rule of the grammar derives the subterm {name} at {position_text(term.position(at))}"
    else:
        message = f"the grammar does not derive this term from its start {whole}"
    return TermError(message, text=term.text, start=int(term.start[at]), end=int(term.stop[at]))


def _read(grammar: Grammar, term: Term, match: Match, node: int, symbol: int) -> tuple[int, ...]:
    """The least production numbers by which `symbol` derives the subterm at `node`; shared leaves have none."""
    matcher, form = grammar.matcher, grammar.normal_form
    bodies = [[p.body for p in productions] for productions in grammar.rules.values()]
    rule_of = {form.defining(name): a for a, name in enumerate(grammar.rules)}
    sizes = term.size.tolist()
    numbers: list[int] = []
    none: frozenset[int] = frozenset()
    stack: list[tuple[int, int, frozenset[int]]] = [(symbol, node, none)]
    while stack:
        a, i, barred = stack.pop()
        if a in form.inner:
            continue
        k = matcher.production(a, match.keys[i], barred)
        numbers.append(k)
        body = bodies[rule_of[a]][k]
        places = [(form.index[op.name], at) for op, at in _leaves(body, i, sizes)]
        if len(body) == 1 and places:
            b = places[0][0]
            stack.append((b, i, barred | {a} if matcher.has_unit_cycle else none))
        else:
            stack += [(b, j, none) for b, j in reversed(places)]
    return tuple(numbers)


def _leaves(body: Term, node: int, sizes: list[int]) -> Iterator[tuple[Operator, int]]:
    """Yield the nonterminals of a body and the nodes at which they stand when the body begins at `node`."""
    for op in body.operators:
        if isinstance(op, Nonterminal):
            yield op, node
            node += sizes[node]
        else:
            node += 1


def _identities(term: Term) -> list[int]:
    """For each node a number that equal subterms share."""
    known: dict[tuple[Operator, tuple[int, ...]], int] = {}
    numbers = [0] * len(term)
    done: list[int] = []
    for i in range(len(term) - 1, -1, -1):
        k = int(term.arity[i])
        args = tuple(done[: -k - 1 : -1]) if k else ()
        if k:
            del done[-k:]
        numbers[i] = known.setdefault((term.operators[i], args), len(known))
        done.append(numbers[i])
    return numbers


def _assignments(grammar: Grammar, term: Term, full: Match) -> Iterator[tuple[int, ...]]:
    """Choices of a node for each shared nonterminal: its subterm is the draw; -1 when it is not used."""
    form, identities = grammar.normal_form, _identities(term)
    candidates: list[list[int]] = []
    for name, inner in zip(grammar.shared, form.inner.values(), strict=True):
        if name not in grammar.reachable:
            candidates.append([-1])
            continue
        nodes: dict[int, int] = {}
        for i, state in enumerate(full.states):
            if inner in grammar.matcher.symbols(state):
                nodes.setdefault(identities[i], i)
        candidates.append([*nodes.values(), -1])
    return itertools.islice(itertools.product(*candidates), _ASSIGNMENTS)


def _allowed(term: Term, full: Match, values: tuple[int, ...], grammar: Grammar) -> list[frozenset[int]]:
    identities = _identities(term)
    none: frozenset[int] = frozenset()
    by_identity: dict[int, frozenset[int]] = {}
    for leaf, node in zip(grammar.normal_form.inner, values, strict=True):
        if node >= 0:
            by_identity[identities[node]] = by_identity.get(identities[node], none) | {leaf}
    return [by_identity.get(x, none) for x in identities]


def _with_draws(
    grammar: Grammar, term: Term, match: Match, macro: tuple[int, ...], values: tuple[int, ...]
) -> tuple[tuple[tuple[int, ...], ...], tuple[int, ...]] | None:
    """Read the draws that are used; None when one is used that has no value, or has a value and is not used."""
    tables, form = grammar.tables, grammar.normal_form
    draws: list[tuple[int, ...]] = [()] * len(tables.shared)
    used = shared_leaves(tables, tables.start, macro)
    waiting = list(used)
    inner = list(form.inner.values())
    while waiting:
        s = waiting.pop()
        if values[s] < 0:
            return None
        draws[s] = _read(grammar, term, match, values[s], inner[s])
        fresh = shared_leaves(tables, tables.shared[s], draws[s]) - used
        used |= fresh
        waiting.extend(fresh)
    if any((node >= 0) != (s in used) for s, node in enumerate(values)):
        return None
    return tuple(draws), macro


def shared_leaves(tables: Tables, start: int, numbers: Sequence[int]) -> set[int]:
    """Return the shared draws that stand as leaves in an expansion."""
    found = {-1 - start} if start < 0 else set()
    if start >= 0 and tables.shared:
        for a, k in zip(visited(tables, start, numbers), numbers, strict=True):
            found.update(-1 - b for b in tables.pushes[a][k] if b < 0)
    return found
