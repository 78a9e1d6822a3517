"""Grammar: an immutable context-free grammar over terms."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, lru_cache, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from nasviz.algebra import Literal, Nonterminal, Operator, Signature, Sort
from nasviz.errors import NasvizError
from nasviz.grammar.cfg import read_cfg, write_cfg
from nasviz.grammar.checks import Production, Resolved, resolve
from nasviz.grammar.constraint import Constraint
from nasviz.grammar.diagnostics import Diagnostic
from nasviz.grammar.matching import Matcher
from nasviz.grammar.normal import Flat, NormalForm, normal_form
from nasviz.grammar.notation import BYTE_ORDER_MARK, Document, Statement, read, write
from nasviz.grammar.product import Product
from nasviz.grammar.smallest import smallest
from nasviz.grammar.tables import Tables, make_tables

if TYPE_CHECKING:
    from nasviz.grammar.derivation import Derivation
    from nasviz.grammar.editing import Editor
    from nasviz.grammar.ranking import Ranking

_PARENTS = 128


class Grammar:
    """A context-free grammar whose words are terms.

    Made by :meth:`parse`. Two grammars are equal when their fingerprints are.

    Attributes
    ----------
    start : str
        The nonterminal that derives architectures.
    rules : mapping of str to tuple of Production
        In the order of the text; read-only.
    shared : tuple of str
        Nonterminals drawn once per architecture, in order of declaration.
    requires : tuple of str
        The constraints, as written.
    requirements : tuple of Requirement
        The conditions in them.
    sorts : mapping of str to Sort
        The sort that each nonterminal derives.
    signature : Signature
        The operators that a rule may use.
    text : str
        The text as written.

    Examples
    --------
    >>> f, x = Operator("f", (Sort.MAP,)), Operator("x")
    >>> g = Grammar.parse("S ::= f(S) [0.25] | x", [f, x])
    >>> g.start, [p.weight for p in g.rules["S"]]
    ('S', [0.25, 0.75])
    """

    def __init__(self, document: Document, resolved: Resolved, signature: Signature) -> None:
        self._document = document
        self.text = document.text
        self.signature = signature
        self.start = resolved.start
        self.rules: Mapping[str, tuple[Production, ...]] = MappingProxyType(dict(resolved.rules))
        self.shared = resolved.shared
        self.requires = resolved.requires
        self.requirements = resolved.requirements
        self.sorts: Mapping[str, Sort] = MappingProxyType(dict(resolved.sorts))

    @classmethod
    def parse(cls, text: str, operators: Iterable[Operator] | Signature = ()) -> Grammar:
        """Read a grammar text.

        Parameters
        ----------
        text
            The notation, at most 1,000,000 characters; a byte-order mark at its beginning is left out.
        operators
            The operators that the rules may use; a name with a rule is a nonterminal, any other must be among these.

        Raises
        ------
        NasvizError
            If `text` is no str, e.g. bytes.
        GrammarError
            At the first mistake: syntax, an undefined name, a nonterminal defined twice or without a finite term, a wrong
            number or sort of operands, probabilities that are none, a shared rule that reaches itself, no rule at all.
        """
        if not isinstance(cast(object, text), str):
            raise NasvizError(f"a grammar is a text (str), found {type(text).__name__}")
        signature = operators if isinstance(operators, Signature) else Signature(operators)
        document = read(text.removeprefix(BYTE_ORDER_MARK))
        resolved = resolve(document, signature)
        errors = [f for f in resolved.findings if f.severity == "error"]
        if errors:
            raise min(errors, key=lambda f: f.start).error(document.text)
        return cls(document, resolved, signature)

    @classmethod
    def from_cfg(
        cls,
        text: str,
        operators: Iterable[Operator] | Signature = (),
        names: Mapping[str, str | Operator] | None = None,
        shared: Mapping[str, str] | None = None,
    ) -> Grammar:
        """Read a ``.cfg`` file of the published code (NLTK's notation); see :func:`nasviz.grammar.cfg.read_cfg`.

        Parameters
        ----------
        text
            Rules such as ``D1 -> "Linear3" C C DOWN | "Residual3" C C DOWN DOWN``.
        operators
            The operators; ``Linear3`` is the variadic ``Linear`` with three operands.
        names
            For terminals with other names here: the name or the operator, e.g. ``{"resBlock": "down"}``.
        shared
            For terminals that stand for a nonterminal drawn once, e.g. ``{"SharedCell": "CELL"}``.

        Raises
        ------
        GrammarError
            At the place of a mistake, in `text` or in the grammar that it makes.
        """
        signature = operators if isinstance(operators, Signature) else Signature(operators)
        own = [op for op in (names or {}).values() if isinstance(op, Operator)]
        return cls.parse(read_cfg(text, signature, names, shared), signature.with_(own))

    def to_cfg(self, probabilities: bool | None = None) -> str:
        """Return the grammar in NLTK's notation; see :func:`nasviz.grammar.cfg.write_cfg`."""
        return write_cfg(self, probabilities)

    def to_latex(self) -> str:
        r"""Return the productions as LaTeX, aligned at ``::=``; see :func:`nasviz.grammar.latex.grammar_to_latex`.

        >>> print(Grammar.parse("S ::= a | b", [Operator("a"), Operator("b")]).to_latex())
        \begin{align*}
        \mathit{S} &::= \operatorname{a} \mid \operatorname{b}
        \end{align*}
        """
        from nasviz.grammar.latex import grammar_to_latex

        return grammar_to_latex(self)

    @property
    def nonterminals(self) -> tuple[str, ...]:
        """Names of the nonterminals in the order of the text."""
        return tuple(self.rules)

    @cached_property
    def spans(self) -> dict[str, tuple[int, int]]:
        """Where each nonterminal is defined: the range of characters of its name before ``::=``."""
        return {rule.name: (rule.start, rule.end) for rule in self._document.rules}

    @cached_property
    def statements(self) -> dict[str, Statement]:
        """The statement that defines each nonterminal, with its places in the text."""
        return {rule.name: rule for rule in self._document.rules}

    @cached_property
    def constraint_statements(self) -> tuple[Statement, ...]:
        """The ``require`` statements, with their places in the text."""
        return tuple(s for s in self._document.statements if s.kind == "require")

    @cached_property
    def operators(self) -> tuple[Operator, ...]:
        """The operators that occur in the rules, numbers left out, in order of first occurrence."""
        seen: dict[Operator, None] = {}
        for productions in self.rules.values():
            for production in productions:
                seen.update(dict.fromkeys(production.body.operators))
        return tuple(op for op in seen if not isinstance(op, Nonterminal | Literal))

    @cached_property
    def reachable(self) -> frozenset[str]:
        """The nonterminals that the start reaches, itself included."""
        seen = {self.start}
        stack = [self.start]
        while stack:
            for production in self.rules[stack.pop()]:
                fresh = [name for name in production.nonterminals if name not in seen]
                seen.update(fresh)
                stack.extend(fresh)
        return frozenset(seen)

    @cached_property
    def normal_form(self) -> NormalForm:
        """The rules flattened over numbered symbols, for counting and recognition."""
        return normal_form(self.rules, self.shared)

    @cached_property
    def smallest(self) -> tuple[list[float], list[Flat | None]]:
        """For each symbol of the normal form the least number of operators, and the rule that begins such a term."""
        return smallest(self.normal_form)

    @cached_property
    def tables(self) -> Tables:
        """The rules as tables of numbers, for drawing and expanding."""
        return make_tables(self.rules, self.shared, self.start)

    @cached_property
    def matcher(self) -> Matcher:
        """Which nonterminals derive which terms; remembers what it has seen."""
        return Matcher(self.normal_form)

    @cached_property
    def constraint(self) -> Constraint:
        """What the ``require`` lines ask of a term: the one predicate for legality; false when they ask nothing."""
        return Constraint(self.requirements)

    @cached_property
    def product(self) -> Product:
        """The product of the grammar and the attributes of its constraints."""
        return Product(self)

    @cached_property
    def ranking(self) -> Ranking:
        """The numbers of the distinct terms; see :func:`nasviz.grammar.rank`."""
        from nasviz.grammar.ranking import Ranking

        return Ranking(self)

    @cached_property
    def editor(self) -> Callable[[Derivation], Editor]:
        """What edits a derivation; the last ones are kept, since a search mutates the same few parents thousands of times.

        They belong to this object: an equal grammar may have other attributes of the same names.
        """
        from nasviz.grammar.editing import Editor

        return lru_cache(maxsize=_PARENTS)(partial(Editor, self))

    @property
    def warnings(self) -> list[Diagnostic]:
        """What is remarkable though not wrong: unreachable nonterminals, duplicates, endless sampling."""
        from nasviz.grammar.lint import warnings

        return warnings(self)

    def format(self) -> str:
        """Return the text with one rule a line, definitions aligned, comments kept; reads back as the same grammar."""
        return write(self._document)

    @cached_property
    def canonical(self) -> str:
        """The text that identifies the grammar: start first, no comments, every probability written unless all are equal."""
        lines = [f"start {self.start}", *(f"require {r}" for r in self.requires)]
        for name, productions in self.rules.items():
            equal = max(p.weight for p in productions) - min(p.weight for p in productions) < 1e-12
            items = [p.body.text if equal else f"{p.body.text} [{p.weight!r}]" for p in productions]
            lines.append(("shared " if name in self.shared else "") + f"{name} ::= " + " | ".join(items))
        return "\n".join(lines)

    @cached_property
    def fingerprint(self) -> str:
        """Hex sha256 of the canonical text and the declarations of the operators that occur; equal in every process."""
        declarations = sorted(json.dumps(op.declaration(), sort_keys=True) for op in self.operators)
        return hashlib.sha256("\n".join([self.canonical, *declarations]).encode()).hexdigest()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Grammar):
            return NotImplemented
        return self is other or self.fingerprint == other.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def __repr__(self) -> str:
        productions = sum(map(len, self.rules.values()))
        return f"Grammar(start={self.start}, {len(self.rules)} nonterminals, {productions} productions)"

    def __reduce__(self) -> tuple[object, ...]:
        return (Grammar.parse, (self.text, self.signature))
