"""SearchSpace: a grammar, its operators, and the task that its architectures are for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal, TypeGuard, overload

import numpy as np

from nasviz.algebra import Operator, Signature, Term, parse_term
from nasviz.errors import BuildError, GrammarError, NasvizError, StorageError, TermError
from nasviz.grammar import Count, Grammar, count, derive, mutate, parse_derivation, sample
from nasviz.graph import build_graph
from nasviz.spaces.architecture import VERSION, Architecture, checked
from nasviz.spaces.declared import restore
from nasviz.spaces.documented import Documented
from nasviz.spaces.mimebundle import mimebundle
from nasviz.spaces.operators import conv_stem, pool_linear, signature

Seed = int | np.random.Generator | None
Shape = tuple[int, ...]

FREE = "free"
"""Fingerprint of the space without a grammar."""

TRIES = 1000
"""Draws that a constraint may reject in a row."""


class SearchSpace(Documented):
    """A set of neural architectures, written as a grammar. Immutable.

    Parameters
    ----------
    grammar
        Grammar text or :class:`~nasviz.grammar.Grammar`. The standard operators are known.
    operators
        Operators of your own: ``@nv.primitive`` functions, ``nv.topology`` objects. They come before standard ones of the
        same name.
    input_shape
        Shape of one input, (C, H, W).
    num_classes
        Number of classes, 2 or more.
    stem
        Operator before every term; default `conv_stem`, a 3×3 convolution to 16 channels.
    head
        Operator behind every term; default `pool_linear`.
    name, source, bibtex
        What the space is called, where it is from, and how to cite it.

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
    ) -> None:
        own = tuple(operators)
        parsed = grammar if isinstance(grammar, Grammar) else Grammar.parse(grammar, signature(own))
        _check_start(parsed)
        self._own = own
        self._set(parsed, parsed.signature, input_shape, num_classes, stem or conv_stem, head or pool_linear)
        self.name, self.source, self.bibtex = name, source, bibtex

    def _set(
        self,
        grammar: Grammar | None,
        signature: Signature,
        input_shape: Shape,
        num_classes: int,
        stem: Operator,
        head: Operator,
    ) -> None:
        self.grammar = grammar
        self.signature = signature
        self.input_shape = _checked_shape(input_shape)
        self.num_classes = _checked_classes(num_classes)
        self.stem = stem
        self.head = head

    @classmethod
    def free(cls, input_shape: Shape = (3, 32, 32), num_classes: int = 10, operators: Iterable[Operator] = ()) -> SearchSpace:
        """Return the space of all terms over the standard operators and `operators`: no grammar, no count, no draws."""
        space = cls.__new__(cls)
        space._own = tuple(operators)
        space._set(None, signature(space._own), input_shape, num_classes, conv_stem, pool_linear)
        space.name, space.source, space.bibtex = FREE, "", ""
        return space

    @property
    def fingerprint(self) -> str:
        """Hex sha256 of the grammar and the declarations of its operators; "free" without a grammar."""
        return self.grammar.fingerprint if self.grammar is not None else FREE

    def _known_grammar(self, wish: str) -> Grammar:
        if self.grammar is None:
            raise NasvizError(f"the free space has no grammar: nothing to {wish}; write one with nv.SearchSpace(...)")
        return self.grammar

    @property
    def _connected(self) -> bool:
        """Whether the grammar requires a path from input to output; other constraints are refused here."""
        requires = self.grammar.requires if self.grammar is not None else ()
        unknown = [r for r in requires if r != "connected"]
        if unknown:
            raise NasvizError(f"the constraint 'require {unknown[0]}' cannot be enforced yet; only 'require connected' can")
        return bool(requires)

    def count(self, what: Literal["terms", "derivations"] = "terms", max_height: int | None = None) -> Count:
        """Return how many architectures the space holds, exactly.

        Parameters
        ----------
        what
            "terms": distinct architectures; "derivations": ways to derive them, the published count.
        max_height
            Count only terms up to this height; a single operator has height 1.

        Returns
        -------
        int, ``math.inf`` for an endless space, or ``AtMost`` where only a bound is within reach

        Raises
        ------
        NasvizError
            If the grammar has constraints: they are kept by drawing, not yet by counting.
        """
        grammar = self._known_grammar("count")
        if grammar.requires:
            raise NasvizError(
                f"a space with 'require {grammar.requires[0]}' cannot be counted yet; "
                "without the constraint it can: space.with_grammar(text without it).count()"
            )
        return count(grammar, what, max_height)

    @overload
    def sample(self, n: None = None, seed: Seed = None, law: Literal["productions"] = "productions") -> Architecture: ...

    @overload
    def sample(self, n: int, seed: Seed = None, law: Literal["productions"] = "productions") -> list[Architecture]: ...

    def sample(
        self, n: int | None = None, seed: Seed = None, law: Literal["productions"] = "productions"
    ) -> Architecture | list[Architecture]:
        """Draw architectures.

        Under ``require connected`` draws without a path from input to output are rejected: the law is the user's,
        conditioned on being legal.

        Parameters
        ----------
        n
            How many, as a list; None: one, by itself.
        seed
            Seed or generator; None draws anew each time.
        law
            "productions": at each nonterminal a production by its probability.

        Raises
        ------
        NasvizError
            If the law is unknown, there is no grammar, or a constraint rejects 1000 draws in a row.
        """
        grammar = self._known_grammar("draw from")
        rng = _generator(seed)
        if n is None:
            return self._legal(lambda: derive(grammar, sample(grammar, rng, law)))
        if n < 0:
            raise NasvizError(f"the number of draws is 0 or more, found {n}")
        return [self._legal(lambda: derive(grammar, sample(grammar, rng, law))) for _ in range(n)]

    def _legal(self, draw: Callable[[], Term]) -> Architecture:
        if not self._connected:
            return Architecture(draw(), self)
        for _ in range(TRIES):
            arch = Architecture(draw(), self)
            if is_connected(arch.term):
                return arch
        raise NasvizError(f"'require connected' rejected {TRIES} draws in a row; does the grammar derive a connected term?")

    def parse(self, text: str) -> Architecture:
        """Return the architecture with this term.

        Raises
        ------
        TermError
            If the text is no term (with caret and the nearest known name), or the grammar does not derive it.
        """
        term = parse_term(text, self.signature)
        if self.grammar is not None:
            parse_derivation(self.grammar, term)
            if self._connected and not is_connected(term):
                raise TermError("the space requires a path from input to output; this term has none", text=text, end=len(text))
        return Architecture(term, self)

    def contains(self, arch: Architecture | Term) -> bool:
        """Whether the grammar derives the term; the free space holds every term over its operators."""
        term = arch.term if isinstance(arch, Architecture) else arch
        if self.grammar is None:
            return all(op.name in self.signature for op in term.operators if op.result == "map")
        try:
            parse_derivation(self.grammar, term)
        except TermError:
            return False
        return not self._connected or is_connected(term)

    __contains__ = contains

    def mutate(self, arch: Architecture, rng: Seed = None) -> Architecture:
        """Return a neighbour: a subterm of `arch` drawn anew from its nonterminal; never `arch` itself while there is a choice.

        Raises
        ------
        TermError
            If `arch` is not in the space.
        NasvizError
            If there is no grammar.
        """
        grammar = self._known_grammar("mutate")
        parent = arch.derivation.draws if arch.space is self else parse_derivation(grammar, arch.term)
        generator = _generator(rng)
        return self._legal(lambda: derive(grammar, mutate(grammar, parent, generator)))

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
    def from_json(cls, data: object, operators: Iterable[Operator] = (), *, declared_only: bool = False) -> SearchSpace:
        """Return the space that :meth:`to_json` wrote.

        Parameters
        ----------
        data
            JSON data.
        operators
            The user's own operators of the space.
        declared_only
            Open without operators that are missing: the space counts, samples and draws, but builds nothing with them.

        Raises
        ------
        StorageError
            If `data` is no stored space, of a newer version, or operators are missing or differ (named).
        GrammarError
            If the stored grammar cannot be read.
        """
        body = checked(data, "space")
        given = tuple(operators)
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
        space = cls(str(text), own, shape, classes, stem=stem, head=head, **names)
        if space.fingerprint != body.get("fingerprint"):
            raise StorageError("the stored grammar and operators do not give the stored fingerprint: the space has changed")
        return space

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


def is_connected(term: Term) -> bool:
    """Whether a path leads from the input to the output of a closed term.

    >>> space = SearchSpace.free()
    >>> is_connected(space.parse("Residual(conv, zero, conv)").term), is_connected(space.parse("Linear(conv, zero)").term)
    (True, False)
    """
    try:
        build_graph(term)
    except BuildError:
        return False
    return True


def _generator(seed: Seed) -> np.random.Generator:
    return seed if isinstance(seed, np.random.Generator) else np.random.default_rng(seed)


def _check_start(grammar: Grammar) -> None:
    sort = grammar.sorts[grammar.start]
    if sort != "map":
        start, end = grammar.spans[grammar.start]
        message = f"the start {grammar.start} derives a {sort}; an architecture is a map"
        raise GrammarError(message, text=grammar.text, start=start, end=end)


def _checked_shape(shape: object) -> Shape:
    checked = tuple(shape) if isinstance(shape, tuple | list) else ()
    if not checked or not all(_is_count(n) for n in checked):
        raise NasvizError(f"an input shape is positive whole numbers, always (C, H, W), found {str(shape)[:60]}")
    return checked


def _checked_classes(n: object) -> int:
    if not _is_count(n) or n < 2:
        raise NasvizError(f"a classification has 2 classes or more, found {str(n)[:60]}")
    return n


def _is_count(n: object) -> TypeGuard[int]:
    return isinstance(n, int) and not isinstance(n, bool) and n > 0
