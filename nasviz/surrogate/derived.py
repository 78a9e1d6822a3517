"""How many terms are derived, all at once: what their folded subterms are called, and which productions they use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain

import numpy as np

from nasviz.grammar import Grammar
from nasviz.grammar.matching import Matcher
from nasviz.grammar.normal import Flat
from nasviz.surrogate.forest import Forest
from nasviz.surrogate.wl import Hashes, Ints, label_hash, mix


def called(names: Sequence[str], operator: str) -> str:
    """Return the label of a folded subterm, as :func:`nasviz.graph.fold` writes it.

    >>> called(("OP", "BLOCK"), "Linear"), called((), "Linear")
    ('OP/BLOCK: Linear', 'Linear')
    """
    return f"{'/'.join(names)}: {operator}" if names else operator


class Derived:
    """First derivations of terms of one grammar without shared nonterminals.

    From the leaves up every node gets the set of symbols that derive it, from the roots down the symbol that it is derived
    from. Nodes that agree in both are worked out once.

    Parameters
    ----------
    forest
        The terms.
    grammar
        Their grammar.
    """

    def __init__(self, forest: Forest, grammar: Grammar) -> None:
        assert not grammar.shared
        self._forest = forest
        self._matcher: Matcher = grammar.matcher
        self._names = grammar.normal_form.names
        self._rules = {(rule.lhs, rule.production): rule for rule in grammar.normal_form.rules}
        self._nonterminals = len(grammar.rules)
        self._productions = [f"{name} ::= {p.body}" for name, rule in grammar.rules.items() for p in rule]
        self._offset = np.cumsum([0, *(len(rule) for rule in grammar.rules.values())]).tolist()
        self._matcher.settle()
        self._key, state = self._matched(grammar)
        start = grammar.normal_form.index[grammar.start]
        derived = {s: start if start in self._matcher.symbols(s) else -1 for s in np.unique(state[forest.at(0)]).tolist()}
        self._symbol: list[Ints] = [np.array([derived[s] for s in state[forest.at(0)].tolist()], dtype=np.int64)]
        self._labels: list[Hashes] = []
        self._uses: list[tuple[Ints, Ints]] = []
        for _ in range(forest.height):
            self._descend()

    def labels(self, depth: int) -> Hashes:
        """Hash of the label of each node at a depth if it were folded, uint64, in the order of the forest."""
        return self._labels[depth]

    def productions(self) -> list[Counter[str]]:
        """Return how often each term uses each production, by its text; empty where the grammar does not derive it."""
        owner = np.concatenate([owner for owner, _ in self._uses])
        used = np.concatenate([production for _, production in self._uses])
        pairs, counts = np.unique(owner * len(self._productions) + used, return_counts=True)
        found = [Counter[str]() for _ in self._forest.terms]
        for pair, n in zip(pairs.tolist(), counts.tolist(), strict=True):
            term, production = divmod(pair, len(self._productions))
            found[term][self._productions[production]] += n
        return found

    def _matched(self, grammar: Grammar) -> tuple[Ints, Ints]:
        """Key and state of each node; see :class:`nasviz.grammar.matching.Match`."""
        forest, matcher = self._forest, self._matcher
        number = grammar.normal_form.operators
        known = np.array([number.get(op, -1) for op in forest.alphabet.operators], dtype=np.int64)[forest.operator]
        key, state = np.empty(len(forest), dtype=np.int64), np.empty(len(forest), dtype=np.int64)
        mixed = mix((known + 2).astype(np.uint64))
        for depth in range(forest.height - 1, -1, -1):
            at = forest.at(depth)
            _, example, group = np.unique(mixed[at], return_index=True, return_inverse=True)
            keys: list[int] = []
            for i in (example + at.start).tolist():
                first = int(forest.first[i])
                args = tuple(state[first : first + int(forest.arity[i])].tolist())
                keys.append(matcher.key(int(known[i]), args))
            key[at] = np.array(keys, dtype=np.int64)[group]
            state[at] = np.array([matcher.state(k) for k in keys], dtype=np.int64)[group]
            if depth:
                place = (state[at] << 20 | forest.rank[at] + 1).astype(np.uint64)
                np.add.at(mixed, forest.parent[at], mix(place))
        return key, state

    def _descend(self) -> None:
        forest, depth = self._forest, len(self._labels)
        at = forest.at(depth)
        symbol, key = self._symbol[depth], self._key[at]
        _, example, group = np.unique((symbol + 1) << 32 | key, return_index=True, return_inverse=True)
        found = [self._expanded(int(symbol[i]), int(key[i]), at.start + i) for i in example.tolist()]
        operators = (forest.alphabet.operators[int(forest.operator[at.start + i])].name for i in example.tolist())
        texts = [
            called([self._names[symbol] for symbol, _ in chosen], operator)
            for (chosen, _), operator in zip(found, operators, strict=True)
        ]
        self._labels.append(np.array([label_hash(text) for text in texts], dtype=np.uint64)[group])
        node, used = ragged([[self._offset[symbol] + k for symbol, k in chosen] for chosen, _ in found], group)
        self._uses.append((forest.owner[at][node], used))
        if depth + 1 < forest.height:
            _, below = ragged([children for _, children in found], group)
            self._symbol.append(below)

    def _expanded(self, symbol: int, key: int, node: int) -> tuple[list[tuple[int, int]], Sequence[int]]:
        """The nonterminals that begin at a node with the productions chosen, and the symbols of its operands."""
        chosen: list[tuple[int, int]] = []
        barred: frozenset[int] = frozenset()
        while symbol >= 0:
            production = -1
            if symbol < self._nonterminals:
                production = self._matcher.production(symbol, key, barred)
                chosen.append((symbol, production))
            rule: Flat = self._rules[symbol, production]
            if rule.unit < 0:
                return chosen, rule.children
            barred = barred | {symbol} if self._matcher.has_unit_cycle else barred
            symbol = rule.unit
        return chosen, [-1] * int(self._forest.arity[node])


def ragged(lists: Sequence[Sequence[int]], group: Ints) -> tuple[Ints, Ints]:
    """Return the list of each member's group, one after the other: the member of each entry, and the entry.

    >>> member, entry = ragged([[7, 8], []], np.array([0, 1, 0]))
    >>> member.tolist(), entry.tolist()
    ([0, 0, 2, 2], [7, 8, 7, 8])
    """
    flat = np.array(list(chain.from_iterable(lists)), dtype=np.int64)
    length = np.array([len(one) for one in lists], dtype=np.int64)
    start = np.cumsum(length) - length
    mine = length[group]
    member = np.repeat(np.arange(len(group)), mine)
    within = np.arange(len(member)) - np.repeat(np.cumsum(mine) - mine, mine)
    return member, flat[np.repeat(start[group], mine) + within]
