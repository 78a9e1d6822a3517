"""What folded subterms are called: the nonterminals that they derive from, for many terms at once."""

from __future__ import annotations

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


class FoldNames:
    """Labels of folded subterms of terms of one grammar without shared nonterminals, by their first derivations.

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
        self._key, state = self._matched(grammar)
        start = grammar.normal_form.index[grammar.start]
        derived = {s: start if start in self._matcher.symbols(s) else -1 for s in np.unique(state[forest.at(0)]).tolist()}
        self._symbol: list[Ints] = [np.array([derived[s] for s in state[forest.at(0)].tolist()], dtype=np.int64)]
        self._labels: list[Hashes] = []

    def labels(self, depth: int) -> Hashes:
        """Hash of the label of each node at a depth if it were folded, uint64, in the order of the forest."""
        while len(self._labels) <= depth:
            self._descend()
        return self._labels[depth]

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
        texts = [called(names, operator) for (names, _), operator in zip(found, operators, strict=True)]
        self._labels.append(np.array([label_hash(text) for text in texts], dtype=np.uint64)[group])
        if depth + 1 < forest.height:
            children = np.array(list(chain.from_iterable(below for _, below in found)), dtype=np.int64)
            starts = np.cumsum([0, *(len(below) for _, below in found[:-1])])
            next_at = forest.at(depth + 1)
            parent = forest.parent[next_at] - at.start
            self._symbol.append(children[starts[group[parent]] + forest.rank[next_at]])

    def _expanded(self, symbol: int, key: int, node: int) -> tuple[list[str], Sequence[int]]:
        """The nonterminals that begin at a node, and the symbols of its operands."""
        arity = int(self._forest.arity[node])
        names: list[str] = []
        barred: frozenset[int] = frozenset()
        while symbol >= 0:
            production = -1
            if symbol < self._nonterminals:
                names.append(self._names[symbol])
                production = self._matcher.production(symbol, key, barred)
            rule: Flat = self._rules[symbol, production]
            if rule.unit < 0:
                return names, rule.children
            barred = barred | {symbol} if self._matcher.has_unit_cycle else barred
            symbol = rule.unit
        return names, [-1] * arity
