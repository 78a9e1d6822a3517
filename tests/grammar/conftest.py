"""Operators, grammar texts, random grammars and a naive enumeration that knows nothing of the code under test."""

import itertools
from types import SimpleNamespace

import pytest
from hypothesis import strategies as st

from nasviz.algebra import Nonterminal, Operator, Signature, Sort
from nasviz.grammar import Grammar

M = Sort.MAP

HIERARCHICAL = """
start D2
D2    ::= Linear(D1, D1, D0) | Linear(D0, D1, D1) | Linear(D1, D1, D0, D0)
D1    ::= Linear(C, C, DOWN) | Linear(C, C, C, DOWN) | Residual3(C, C, DOWN, DOWN)
D0    ::= Linear(C, C, CELL) | Linear(C, C, C, CELL) | Residual3(C, C, CELL, CELL)
DOWN  ::= Linear(CELL, down) | Linear(CELL, CELL, down) | Residual2(CELL, down, down)
C     ::= Linear(CELL, CELL) | Linear(CELL, CELL, CELL) | Residual2(CELL, CELL, CELL)
CELL  ::= Cell(OP, OP, OP, OP, OP, OP)
OP    ::= id | zero | BLOCK | BLOCK | avg_pool
BLOCK ::= Linear(ACT, CONV, NORM)
ACT   ::= relu | hardswish | mish
CONV  ::= conv3x3 | conv1x1 | dconv3x3
NORM  ::= batch | instance | layer
"""

NB201 = """
D2   ::= Linear(D1, D1, D0)
D1   ::= Linear(C, C, DOWN)
D0   ::= Linear(C, C, CELL)
DOWN ::= Linear(CELL, down)
C    ::= Linear(CELL, CELL)
shared CELL ::= Cell(OP, OP, OP, OP, OP, OP)
OP   ::= id | zero | conv3x3 | conv1x1 | avg_pool
"""

ACTIVATION = """
L2     ::= Binary(BINARY, L1, L1) | Unary(L1)
L1     ::= Binary(BINARY, UNARY, UNARY) | Unary(UNARY)
BINARY ::= add | mul | sub | div | max | min | sigmoid_gate | gaussian_sq | gaussian_abs | weighted_average
UNARY  ::= id | neg | abs | square | cube | sqrt | scale | shift | log | exp | sin | cos | sinh | cosh | tanh | asinh | atanh
         | sinc | max0 | min0 | sigmoid | logexp | gaussian | erf | const
"""

DARTS = """
CELL ::= DARTS(OP, IN1, OP, IN1, OP, IN2, OP, IN2, OP, IN3, OP, IN3, OP, IN4, OP, IN4)
OP   ::= sep_conv3x3 | sep_conv5x5 | dil_conv3x3 | dil_conv5x5 | max_pool3x3 | avg_pool3x3 | skip
IN1  ::= 0 | 1
IN2  ::= 0 | 1 | 2
IN3  ::= 0 | 1 | 2 | 3
IN4  ::= 0 | 1 | 2 | 3 | 4
"""

NESTED = """
S ::= Linear(S, B) [0.3] | Residual2(S, id, B) [0.3] | Diamond2(B, B, S, S) [0.15] | B [0.25]
B ::= conv3x3 | conv1x1 | avg_pool | id
"""

LEAVES = """
id zero down avg_pool conv1x1 conv3x3 dconv3x3 relu hardswish mish batch instance layer fc neg abs square cube sqrt scale shift
log exp sin cos sinh cosh tanh asinh atanh sinc max0 min0 sigmoid logexp gaussian erf const sep_conv3x3 sep_conv5x5
dil_conv3x3 dil_conv5x5 max_pool3x3 avg_pool3x3 skip
"""
MERGES = "add mul sub div max min sigmoid_gate gaussian_sq gaussian_abs weighted_average"


def standard_signature():
    arities = {"Residual2": 3, "Residual3": 4, "Diamond2": 4, "Cell": 6, "Unary": 1}
    operators = [Operator("Linear", (M,), variadic=True), *(Operator(n, (M,) * k) for n, k in arities.items())]
    operators += [Operator("Binary", (Sort.MERGE, M, M)), Operator("DARTS", (M, Sort.INT) * 8)]
    operators += [Operator("Scaled", (M, Sort.FLOAT))]
    operators += [Operator(name) for name in LEAVES.split()]
    operators += [Operator(name, result=Sort.MERGE) for name in MERGES.split()]
    return Signature(operators, {"Residual": ("Residual2", "Residual3"), "Sequential": ("Linear",)})


@pytest.fixture(scope="session")
def signature():
    return standard_signature()


@pytest.fixture(scope="session")
def texts():
    return SimpleNamespace(hierarchical=HIERARCHICAL, nb201=NB201, activation=ACTIVATION, darts=DARTS, nested=NESTED)


@pytest.fixture(scope="session")
def grammars(signature, texts):
    return SimpleNamespace(**{name: Grammar.parse(text, signature) for name, text in vars(texts).items()})


SMALL = Signature(
    [Operator(x) for x in "abc"] + [Operator("s", (M,)), Operator("f", (M, M)), Operator("v", (M,), variadic=True)]
)


@pytest.fixture(scope="session")
def small():
    """Operators a, b, c, s(x), f(x, y), v(x, …)."""
    return SMALL


@st.composite
def bodies(draw, names, depth=2):
    kind = draw(st.sampled_from("nnlsfv" if depth else "nl"))
    if kind == "n":
        return draw(st.sampled_from(names))
    if kind == "l":
        return draw(st.sampled_from("abc"))
    n = {"s": 1, "f": 2}.get(kind) or draw(st.integers(1, 2))
    return f"{kind}({', '.join(draw(bodies(names, depth - 1)) for _ in range(n))})"


@st.composite
def grammar_texts(draw, recursive=True, shared=True, weights=False):
    """Texts of small grammars; those without recursion use only later nonterminals."""
    names = ["S", "A", "B", "C"][: draw(st.integers(1, 4))]
    lines = []
    for i, name in enumerate(names):
        usable = names if recursive else names[i + 1 :]
        alternatives = draw(st.lists(bodies(usable) if usable else st.sampled_from(["a", "b", "s(c)"]), max_size=3))
        alternatives.append(draw(st.sampled_from(["a", "b", "f(a, b)", "s(a)"])))
        if weights and draw(st.booleans()):
            alternatives[0] += f" [{draw(st.sampled_from([0.25, 0.5, 1 / 3, 0.9, 0, 1]))!r}]"
        if len(alternatives) == 1 and "[" in alternatives[0]:
            alternatives[0] = alternatives[0].split(" [")[0]
        mark = "shared " if shared and draw(st.integers(0, 2)) == 0 else ""
        lines.append(f"{mark}{name} ::= " + " | ".join(alternatives))
    return "\n".join(lines)


@pytest.fixture(scope="session")
def strategies():
    return SimpleNamespace(grammar_texts=grammar_texts)


class TooManyError(Exception):
    pass


class Naive:
    """All (draws, macro) with their terms up to a height, by listing; terms are nested tuples of text."""

    def __init__(self, grammar, height, most=20_000):
        self.grammar, self.height, self.most = grammar, height, most
        self.memo = {}

    def region(self, name, height):
        if (name, height) not in self.memo:
            found = []
            for k, production in enumerate(self.grammar.rules[name]):
                found += [((k, *numbers), tree) for numbers, tree, _ in self.body(production.body, 0, height)]
                if len(found) > self.most:
                    raise TooManyError
            self.memo[name, height] = found
        return self.memo[name, height]

    def leaf_or_region(self, name, height):
        if name in self.grammar.shared:
            return [((), ("@", name))] if height >= 1 else []
        return self.region(name, height)

    def body(self, body, i, height):
        """Expansions of the body's subterm at node i: numbers, tree, next node."""
        op = body.operators[i]
        if isinstance(op, Nonterminal):
            return [(numbers, tree, i + 1) for numbers, tree in self.leaf_or_region(op.name, height)]
        if height < 1:
            return []
        partial = [((), (op.name,))]
        at = i + 1
        for _ in range(int(body.arity[i])):
            options = self.body(body, at, height - 1)
            at += int(body.size[at])
            partial = [(n + m, (*t, u)) for n, t in partial for m, u, _ in options]
            if len(partial) > self.most:
                raise TooManyError
        return [(numbers, tree, at) for numbers, tree in partial]

    def all(self):
        found = []
        for macro, tree in self.leaf_or_region(self.grammar.start, self.height):
            found += [(draws, macro, t) for draws, t in self.fill({}, tree)]
            if len(found) > self.most:
                raise TooManyError
        return [(d, m, text(t)) for d, m, t in found if depth(t) <= self.height]

    def fill(self, draws, tree):
        """Give values to the shared leaves in a tree, one after the other."""
        missing = first_leaf(tree)
        if missing is None:
            yield tuple(draws[name][0] if name in draws else () for name in self.grammar.shared), tree
            return
        if missing in draws:
            yield from self.fill(draws, replace(tree, missing, draws[missing][1]))
            return
        for count, (numbers, value) in enumerate(self.region(missing, self.height)):
            if count > self.most:
                raise TooManyError
            yield from self.fill({**draws, missing: (numbers, value)}, replace(tree, missing, value))


def first_leaf(tree):
    if tree[0] == "@":
        return tree[1]
    return next((leaf for leaf in map(first_leaf, tree[1:]) if leaf), None)


def replace(tree, name, value):
    if tree == ("@", name):
        return value
    return tree if tree[0] == "@" else (tree[0], *(replace(t, name, value) for t in tree[1:]))


def depth(tree):
    return 1 + max(map(depth, tree[1:]), default=0)


def text(tree):
    return tree[0] + (f"({', '.join(map(text, tree[1:]))})" if tree[1:] else "")


@pytest.fixture(scope="session")
def naive():
    """naive(grammar, height) -> [(draws, macro, text)], or None when there are too many or units go in circles."""

    def enumerate_all(grammar, height):
        try:
            return list(itertools.chain(Naive(grammar, height).all()))
        except (TooManyError, RecursionError):
            return None

    return enumerate_all
