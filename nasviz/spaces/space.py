"""SearchSpace: a grammar, its operators, and the task that its architectures are for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal, overload

from nasviz.algebra import Attribute, Operator, Signature, Term, parse_term
from nasviz.errors import NasvizError, StorageError, TermError
from nasviz.grammar import Count, Grammar, Law, count, enumerate_terms, parse_derivation, rank, sample_term, unrank
from nasviz.spaces.architecture import VERSION, Architecture, checked, term_of
from nasviz.spaces.arguments import (
    Seed,
    Shape,
    check_map,
    check_start,
    checked_classes,
    checked_draws,
    checked_end,
    checked_operators,
    checked_shape,
    generator,
)
from nasviz.spaces.declared import restore
from nasviz.spaces.documented import Documented
from nasviz.spaces.edited import Edited
from nasviz.spaces.mimebundle import mimebundle
from nasviz.spaces.operators import default_stem, pool_linear, signature

FREE = "free"
"""Fingerprint of the space without a grammar."""


class SearchSpace(Documented, Edited):
    """A set of neural architectures, written as a grammar. Immutable.

    Parameters
    ----------
    grammar
        Grammar text or :class:`~nasviz.grammar.Grammar`. The standard operators are known.
    operators
        Operators of your own: ``@nv.primitive`` functions, ``nv.topology`` objects. They come before standard ones of the
        same name.
    input_shape
        Shape of one input: an image (C, H, W), a sequence (L, C) of L tokens, or a vector (C,).
    num_classes
        Number of classes, 2 or more.
    stem
        Operator before every term; default for images `conv_stem`, a 3×3 convolution to 16 channels, for sequences and
        vectors `linear_stem`, an affine map to 64 channels.
    head
        Operator behind every term; default `pool_linear`.
    name, source, bibtex
        What the space is called, where it is from, and how to cite it.
    attributes
        Attributes of your own that constraints of the grammar speak of, beside `connected`, `zero`, `halvings`, `widening`,
        `depth` and `size`.

    Raises
    ------
    GrammarError
        If the text is no grammar, with line, column, caret and the nearest known name; also if the start is no map.
    NasvizError
        If `input_shape` or `num_classes` make no sense.

    Examples
    --------
    >>> space = SearchSpace("S ::= Linear(B, B) | Residual(B, id, B)\\nB ::= conv3x3 | avg_pool", input_shape=(1, 8, 8))
    >>> space.count()
    8
    >>> space.parse("Linear(conv3x3, avg_pool)") in {space.sample(seed=s) for s in range(100)}
    True
    """

    def __init__(
        self,
        grammar: str | Grammar,
        operators: Iterable[Operator] = (),
        input_shape: Shape = (3, 32, 32),
        num_classes: int = 10,
        *,
        stem: Operator | None = None,
        head: Operator | None = None,
        name: str = "",
        source: str = "",
        bibtex: str = "",
        attributes: Iterable[Attribute] = (),
    ) -> None:
        own = checked_operators(operators)
        parsed = grammar if isinstance(grammar, Grammar) else Grammar.parse(grammar, signature(own, attributes))
        check_start(parsed)
        self._own = own
        self._set(parsed, parsed.signature, input_shape, num_classes, stem, head or pool_linear)
        self.name, self.source, self.bibtex = name, source, bibtex

    def _set(
        self,
        grammar: Grammar | None,
        signature: Signature,
        input_shape: Shape,
        num_classes: int,
        stem: Operator | None,
        head: Operator,
    ) -> None:
        self.grammar = grammar
        self.signature = signature
        self.input_shape = checked_shape(input_shape)
        self.num_classes = checked_classes(num_classes)
        self.stem = checked_end(stem, "stem", default_stem(self.input_shape))
        self.head = checked_end(head, "head", pool_linear)

    @classmethod
    def free(cls, input_shape: Shape = (3, 32, 32), num_classes: int = 10, operators: Iterable[Operator] = ()) -> SearchSpace:
        """Return the space of all terms over the standard operators and `operators`: no grammar, no count, no draws."""
        space = cls.__new__(cls)
        space._own = checked_operators(operators)
        space._set(None, signature(space._own), input_shape, num_classes, None, pool_linear)
        space.name, space.source, space.bibtex = FREE, "", ""
        return space

    @property
    def fingerprint(self) -> str:
        """Hex sha256 of the grammar and the declarations of its operators; "free" without a grammar."""
        return self.grammar.fingerprint if self.grammar is not None else FREE

    @property
    def drawn_grammar(self) -> Grammar | None:
        """The grammar that is drawn from and counted: `grammar`, or a narrower one where the space is restricted."""
        return self.grammar

    def known_grammar(self, wish: str) -> Grammar:
        """Return the grammar to draw from.

        Raises
        ------
        NasvizError
            If there is none; the sentence says what it is wished for.
        """
        grammar = self.drawn_grammar
        if grammar is None:
            raise NasvizError(f"the free space has no grammar: nothing to {wish}; write one with nv.SearchSpace(...)")
        return grammar

    def count(
        self,
        what: Literal["terms", "derivations"] = "terms",
        max_height: int | None = None,
        max_size: int | None = None,
    ) -> Count:
        """Return how many architectures the space holds, exactly; only those that fulfil its constraints.

        Parameters
        ----------
        what
            "terms": distinct architectures; "derivations": ways to derive them, the published count.
        max_height
            Count only terms up to this height; a single operator has height 1.
        max_size
            Count only terms of at most so many operators.

        Returns
        -------
        int, ``math.inf`` for an endless space, or ``AtMost`` where only a bound is within reach

        Raises
        ------
        NasvizError
            If there is no grammar, or as :func:`nasviz.grammar.count`.
        """
        return count(self.known_grammar("count"), what, max_height, max_size)

    @overload
    def sample(
        self,
        n: None = None,
        seed: Seed = None,
        law: Law = "productions",
        *,
        max_height: int | None = None,
        max_size: int | None = None,
        factor: float | None = None,
    ) -> Architecture: ...

    @overload
    def sample(
        self,
        n: int,
        seed: Seed = None,
        law: Law = "productions",
        *,
        max_height: int | None = None,
        max_size: int | None = None,
        factor: float | None = None,
    ) -> list[Architecture]: ...

    def sample(
        self,
        n: int | None = None,
        seed: Seed = None,
        law: Law = "productions",
        *,
        max_height: int | None = None,
        max_size: int | None = None,
        factor: float | None = None,
    ) -> Architecture | list[Architecture]:
        """Draw architectures that fulfil the constraints of the space.

        Parameters
        ----------
        n
            How many, as a list; None: one, by itself.
        seed
            Seed or generator; None draws anew each time.
        law
            "productions": at each nonterminal a production by its probability, conditioned on being legal; "terms": uniform;
            "size", "height": uniform over what occurs, then over terms of it; "convergent": see `factor`.
        max_height, max_size
            Only terms up to this height, or of at most so many operators.
        factor
            Of the law "convergent": a production is rarer by this factor for each time that the branch above has used it.

        Raises
        ------
        NasvizError
            If there is no grammar, or as :func:`nasviz.grammar.sample`.
        """
        grammar = self.known_grammar("draw from")
        rng, n = generator(seed), checked_draws(n)
        drawn = (
            sample_term(grammar, rng, law, max_height=max_height, max_size=max_size, factor=factor)
            for _ in range(1 if n is None else n)
        )
        archs = [Architecture(term, self) for term in drawn]
        return archs[0] if n is None else archs

    def rank(self, arch: Architecture | Term) -> int:
        """Return the number of an architecture, from 0: a permalink; see :func:`nasviz.grammar.rank`.

        >>> space = SearchSpace("S ::= Linear(B, B)\\nB ::= conv3x3 | id")
        >>> space.rank(space.parse("Linear(id, conv3x3)")), str(space.unrank(3))
        (2, 'Linear(id, id)')
        """
        return rank(self.known_grammar("number"), term_of(arch))

    def unrank(self, n: int) -> Architecture:
        """Return the architecture with a number, from 0; see :func:`nasviz.grammar.unrank`."""
        return Architecture(unrank(self.known_grammar("number"), n), self)

    def enumerate(self, start: int = 0) -> Iterator[Architecture]:
        """Yield the architectures in order, from number `start`; endlessly in an endless space."""
        return (Architecture(term, self) for term in enumerate_terms(self.known_grammar("number"), start))

    def parse(self, text: str) -> Architecture:
        """Return the architecture with this term.

        Raises
        ------
        TermError
            If the text is no term (with caret and the nearest known name), the grammar does not derive it, or it does not
            fulfil a constraint; without a grammar, if it is no map but a number or a merge.
        """
        term = parse_term(text, self.signature)
        grammar = self.drawn_grammar
        if grammar is not None:
            parse_derivation(grammar, term)
            grammar.constraint.check(term)
        check_map(term)
        return Architecture(term, self)

    def contains(self, arch: Architecture | Term) -> bool:
        """Whether the grammar derives the term and it fulfils the constraints; the free space holds every term."""
        term = term_of(arch)
        grammar = self.drawn_grammar
        if grammar is None:
            return all(op.name in self.signature for op in term.operators if op.result == "map")
        try:
            parse_derivation(grammar, term)
        except TermError:
            return False
        return grammar.constraint.holds(term)

    __contains__ = contains

    def with_grammar(self, text: str) -> SearchSpace:
        """Return the space with another grammar text over the same operators; the citation is kept only if nothing changes.

        Raises
        ------
        GrammarError
            If the text is no grammar.
        """
        grammar = Grammar.parse(text, self.signature)
        same = grammar.fingerprint == self.fingerprint
        return SearchSpace(
            grammar,
            self._own,
            self.input_shape,
            self.num_classes,
            stem=self.stem,
            head=self.head,
            name=self.name if same or self.name != FREE else "",
            source=self.source if same else "",
            bibtex=self.bibtex if same else "",
        )

    def to_json(self) -> dict[str, Any]:
        """Return the space as JSON data: grammar text, declarations of its operators, task, stem and head; no code."""
        used = self.grammar.operators if self.grammar is not None else self._own
        return {
            "v": VERSION,
            "kind": "space",
            "name": self.name,
            "grammar": self.grammar.text if self.grammar is not None else None,
            "fingerprint": self.fingerprint,
            "operators": [op.declaration() for op in used],
            "input_shape": list(self.input_shape),
            "num_classes": self.num_classes,
            "stem": self.stem.declaration(),
            "head": self.head.declaration(),
            "source": self.source,
            "bibtex": self.bibtex,
        }

    @classmethod
    def from_json(
        cls,
        data: object,
        operators: Iterable[Operator] = (),
        *,
        declared_only: bool = False,
        attributes: Iterable[Attribute] = (),
    ) -> SearchSpace:
        """Return the space that :meth:`to_json` wrote.

        Parameters
        ----------
        data
            JSON data.
        operators
            The user's own operators of the space.
        declared_only
            Open without operators that are missing: the space counts, samples and draws, but builds nothing with them.
        attributes
            The user's own attributes, of which constraints speak.

        Raises
        ------
        StorageError
            If `data` is no stored space, of a newer version, or operators are missing or differ (named).
        GrammarError
            If the stored grammar cannot be read, an attribute is missing among the reasons.
        """
        body = checked(data, "space")
        given = checked_operators(operators)
        own = restore(body.get("operators"), given, declared_only=declared_only)
        stem, head = restore([body.get("stem"), body.get("head")], given, declared_only=declared_only)
        try:
            text, shape, classes = body["grammar"], tuple(body["input_shape"]), body["num_classes"]
            names = {key: str(body[key]) for key in ("name", "source", "bibtex")}
        except (KeyError, TypeError) as error:
            raise StorageError(f"a stored space is incomplete: {error}") from error
        if text is None:
            space = cls.free(shape, classes, own)
            space.stem, space.head = stem, head
            return space
        space = cls(str(text), own, shape, classes, stem=stem, head=head, attributes=attributes, **names)
        if space.fingerprint != body.get("fingerprint"):
            raise StorageError("the stored grammar and operators do not give the stored fingerprint: the space has changed")
        if "completions" not in body:
            return space
        from nasviz.spaces.restricted import RestrictedSpace

        return RestrictedSpace(space, Grammar.parse(str(body["completions"]), space.signature))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SearchSpace):
            return NotImplemented
        return self is other or self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def _identity(self) -> tuple[object, ...]:
        own = self._own if self.grammar is None else ()
        return (self.fingerprint, own, self.input_shape, self.num_classes, self.stem, self.head)

    def __repr__(self) -> str:
        task = f"input {self.input_shape}, {self.num_classes} classes"
        if self.grammar is None:
            return f"SearchSpace(free, {task})"
        rules = self.grammar.rules
        productions = sum(map(len, rules.values()))
        label = f"{self.name}: " if self.name else ""
        return f"SearchSpace({label}{len(rules)} nonterminals, {productions} productions, {task})"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        return mimebundle(self, repr(self))
