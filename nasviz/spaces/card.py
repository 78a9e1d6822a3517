"""The card of a space: what it holds, how it behaves when drawn from, and where it is from."""

from __future__ import annotations

import html
import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nasviz.errors import NasvizError
from nasviz.grammar import Count, Grammar, count, criticality, expected_size
from nasviz.grammar.automaton import BudgetError
from nasviz.grammar.difference import count_json, count_text
from nasviz.grammar.smallest import heights

if TYPE_CHECKING:
    from nasviz.spaces.space import SearchSpace

DRAWS = 1_000
"""Number of draws from which sizes are estimated where they cannot be counted."""

_BLOCKS = "▁▂▃▄▅▆▇█"
_BINS = 24


@dataclass(frozen=True, repr=False)
class Card:
    """What is known of a search space.

    Attributes
    ----------
    name, source, bibtex, fingerprint
        What it is called, where it is from, how to cite it, and the sha256 of its grammar and operators.
    input_shape, num_classes
        The task.
    nonterminals, productions, operators
        How many the grammar has; operators of the grammar, numbers left out.
    requires
        The constraints.
    terms, derivations
        Both counts, under the constraints.
    heights
        Least and greatest height of a term without the constraints; a single operator has height 1, endless is ``math.inf``.
    criticality
        Spectral radius of the mean offspring matrix.
    expected_size
        Expected number of operators of a draw by productions, without the constraints.
    sizes
        Pairs of a number of operators and how many terms or draws have it, ascending.
    sizes_of
        Of what: "distinct terms, counted exactly" or "1,000 draws by productions, seed 0".
    """

    name: str
    source: str
    bibtex: str
    fingerprint: str
    input_shape: tuple[int, ...]
    num_classes: int
    nonterminals: int
    productions: int
    operators: int
    requires: tuple[str, ...]
    terms: Count
    derivations: Count
    heights: tuple[int, int | float]
    criticality: float
    expected_size: float
    sizes: tuple[tuple[int, int], ...]
    sizes_of: str

    def rows(self) -> list[tuple[str, str]]:
        """Return the card as pairs of a name and a text."""
        low, high = self.heights
        found = [
            ("distinct terms", count_text(self.terms)),
            ("derivations", count_text(self.derivations)),
            ("grammar", f"{self.nonterminals} nonterminals, {self.productions} productions, {self.operators} operators"),
            ("constraints", ", ".join(self.requires)),
            ("height", f"{low} … {'endless' if high == math.inf else high}"),
            ("criticality", f"{self.criticality:.3g}"),
            ("expected size", "infinite" if self.expected_size == math.inf else f"{self.expected_size:.4g} operators a draw"),
            ("sizes", f"{self._sizes_text()} ({self.sizes_of})" if self.sizes else self.sizes_of),
            ("task", f"input {'×'.join(map(str, self.input_shape))}, {self.num_classes} classes"),
            ("source", self.source),
            ("fingerprint", self.fingerprint[:16]),
        ]
        return [(key, text) for key, text in found if text]

    def quantile(self, share: float) -> int:
        """Return the least size that at least this share (0 … 1) does not exceed.

        Raises
        ------
        NasvizError
            If no sizes are known.
        """
        if not self.sizes:
            raise NasvizError(f"no sizes are known: {self.sizes_of}")
        wanted = round(share * 10**6) * sum(n for _, n in self.sizes)
        below = 0
        for size, n in self.sizes:
            below += n * 10**6
            if below >= wanted:
                return size
        return self.sizes[-1][0]

    def _sizes_text(self) -> str:
        low, high = self.sizes[0][0], self.sizes[-1][0]
        bins = [0] * min(_BINS, high - low + 1)
        for size, n in self.sizes:
            bins[(size - low) * len(bins) // (high - low + 1)] += n
        top = max(bins)
        bars = "".join(_BLOCKS[n * (len(_BLOCKS) - 1) // top] for n in bins)
        return f"{low:,} {bars} {high:,} operators, median {self.quantile(0.5):,}"

    def __str__(self) -> str:
        rows = self.rows()
        width = max(len(key) for key, _ in rows)
        lines = [self.name or "a search space", *(f"  {key.ljust(width)}  {text}" for key, text in rows)]
        return "\n".join([*lines, *(f"  {line}" for line in self.bibtex.rstrip().split("\n") if line)])

    __repr__ = __str__

    def _repr_markdown_(self) -> str:
        def safe(text: str) -> str:
            return html.escape(text, quote=False).replace("|", "\\|").replace("\n", " ").replace("`", "'")

        lines = [f"**{safe(self.name) or 'a search space'}**", "", "| | |", "|---|---|"]
        lines += [f"| {safe(key)} | {safe(text)} |" for key, text in self.rows()]
        cited = "\n".join(f"    {line}" for line in self.bibtex.rstrip().split("\n")) if self.bibtex else ""
        return "\n".join([*lines, *(["", cited] if cited else [])])

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr><th>{html.escape(key)}</th><td>{html.escape(text)}</td></tr>" for key, text in self.rows())
        cited = f"<pre>{html.escape(self.bibtex.rstrip())}</pre>" if self.bibtex else ""
        return f"<table><caption>{html.escape(self.name or 'a search space')}</caption>{rows}</table>{cited}"

    def to_json(self) -> dict[str, Any]:
        """Return the card as JSON data; counts are decimal text, "inf", or "at most …"; endless numbers are "inf"."""
        return {
            "v": 1,
            "kind": "card",
            "name": self.name,
            "source": self.source,
            "bibtex": self.bibtex,
            "fingerprint": self.fingerprint,
            "input_shape": list(self.input_shape),
            "num_classes": self.num_classes,
            "nonterminals": self.nonterminals,
            "productions": self.productions,
            "operators": self.operators,
            "requires": list(self.requires),
            "terms": count_json(self.terms),
            "derivations": count_json(self.derivations),
            "heights": [n if n != math.inf else "inf" for n in self.heights],
            "criticality": self.criticality,
            "expected_size": self.expected_size if math.isfinite(self.expected_size) else "inf",
            "sizes": [[size, count_json(n)] for size, n in self.sizes],
            "sizes_of": self.sizes_of,
        }


def card(space: SearchSpace) -> Card:
    """Return the card of a space.

    Raises
    ------
    NasvizError
        If the space has no grammar.
    """
    grammar = space.grammar
    if grammar is None:
        raise NasvizError("the free space has no grammar, so no card; write one with nv.SearchSpace(...)")
    height = heights(grammar)
    sizes, sizes_of = _counted(grammar, height[1]) or _drawn(space)
    return Card(
        name=space.name,
        source=space.source,
        bibtex=space.bibtex,
        fingerprint=space.fingerprint,
        input_shape=tuple(space.input_shape),
        num_classes=space.num_classes,
        nonterminals=len(grammar.rules),
        productions=sum(map(len, grammar.rules.values())),
        operators=len(grammar.operators),
        requires=grammar.requires,
        terms=count(grammar),
        derivations=count(grammar, "derivations"),
        heights=height,
        criticality=criticality(grammar),
        expected_size=expected_size(grammar),
        sizes=sizes,
        sizes_of=sizes_of,
    )


Sizes = tuple[tuple[int, int], ...]


def _counted(grammar: Grammar, highest: int | float) -> tuple[Sizes, str] | None:
    """Exact numbers of terms by size, where the space is finite and they are within the budget."""
    if highest == math.inf:
        return None
    try:
        numbers = grammar.product.exact_terms().sizes()
    except (NasvizError, BudgetError, ArithmeticError):
        return None
    return tuple((size, int(n)) for size, n in enumerate(numbers) if n), "distinct terms, counted exactly"


def _drawn(space: SearchSpace) -> tuple[Sizes, str]:
    try:
        drawn = Counter(len(arch.term) for arch in space.sample(DRAWS, seed=0))
    except NasvizError:
        return (), "not known: drawing may never end"
    return tuple(sorted(drawn.items())), f"{DRAWS:,} draws by productions, seed 0"
