"""Numbers beside the graph: what an architecture costs, how deep it is, and how often it uses each production."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from nasviz.errors import NasvizError, TermError
from nasviz.extension import lower

if TYPE_CHECKING:
    from nasviz.graph import Graph
    from nasviz.spaces import Architecture
    from nasviz.surrogate.wl import Ints

Number = Callable[["Architecture"], float]


def longest_path(graph: Graph) -> int:
    """Return the number of operations on the longest path from the input to the output; ``id`` is none.

    >>> from nasviz.spaces import parse
    >>> longest_path(parse("Residual(Linear(conv3x3, relu), id, relu)").graph())
    3
    """
    longest = [0] * graph.n_nodes
    for edge in graph.edges:
        longest[edge.target] = max(longest[edge.target], longest[edge.source] + (edge.operator.name != "id"))
    return longest[graph.sink]


class Numbers:
    """Numbers of architectures, each computed once.

    "parameters" and "flops" come from the cost of the network, "depth" from its graph; any other is a function of the caller.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str | Number, Architecture], float] = {}

    def copy(self) -> Numbers:
        """Return numbers that grow on their own."""
        other = Numbers()
        other._known = self._known.copy()
        return other

    def of(self, archs: Sequence[Architecture], name: str | Number) -> np.ndarray:
        """Return a number of each of `archs` ``(m,)``; NaN where the architecture has no network.

        Raises
        ------
        ValueError
            If there is no number of this name.
        """
        if isinstance(name, str) and name not in ("parameters", "flops", "depth"):
            raise ValueError(f"no number {name!r} of an architecture: choose parameters, flops or depth, or give a function")
        for arch in archs:
            if (name, arch) not in self._known:
                self._compute(name, arch)
        return np.array([self._known[name, arch] for arch in archs], dtype=np.float64)

    def _compute(self, name: str | Number, arch: Architecture) -> None:
        if not isinstance(name, str):
            self._known[name, arch] = float(name(arch))
            return
        try:
            if name == "depth":
                found = {"depth": float(longest_path(arch.graph()))}
            else:
                table = lower("cost")(arch)
                found = {"parameters": float(table.parameters), "flops": float(table.flops)}
        except NasvizError:
            found = {"depth": np.nan} if name == "depth" else {"parameters": np.nan, "flops": np.nan}
        for key, value in found.items():
            self._known[key, arch] = value


def standardised(values: np.ndarray, reference: np.ndarray | None = None, *, log: bool = True) -> np.ndarray:
    """Return `values` ``(m,)`` with the mean and the standard deviation of `reference` taken out, on a logarithmic scale.

    Parameters
    ----------
    values
        Numbers of architectures; NaN becomes 0, the mean.
    reference
        Numbers ``(n,)`` that decide mean and deviation; `values` when None. NaN is left out.
    log
        Take ``log(1 + x)`` first; numbers must be ≥ 0 then.

    Examples
    --------
    >>> standardised(np.array([0.0, 3.0]), np.array([1.0, 1.0, 3.0, 3.0]), log=False).tolist()
    [-2.0, 1.0]
    """
    reference = values if reference is None else reference
    if log:
        values, reference = np.log1p(values), np.log1p(reference)
    finite = reference[np.isfinite(reference)]
    mean, deviation = (finite.mean(), finite.std()) if len(finite) else (0.0, 1.0)
    scaled = (values - mean) / (deviation if deviation > 0 else 1.0)
    return np.where(np.isnan(scaled), 0.0, scaled)


class Productions:
    """How often derivations use each production, a row for each architecture; columns are numbered as they are met."""

    def __init__(self) -> None:
        self._column: dict[str, int] = {}
        self._rows: list[Counter[str]] = []

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def names(self) -> tuple[str, ...]:
        """Text of each column."""
        return tuple(self._column)

    def copy(self) -> Productions:
        """Return counts that grow on their own."""
        other = Productions()
        other._column, other._rows = self._column.copy(), self._rows.copy()
        return other

    def add(self, rows: Sequence[Counter[str]]) -> None:
        """Append rows."""
        for row in rows:
            self._rows.append(row)
            for name in sorted(row):
                self._column.setdefault(name, len(self._column))

    def matrix(self, rows: Ints) -> csr_array:
        """Return the counts of `rows`, int64 ``(m, n)``."""
        chosen = [self._rows[row] for row in rows.tolist()]
        columns = [self._column[name] for counts in chosen for name in counts]
        counts = [n for counts in chosen for n in counts.values()]
        starts = np.cumsum([0, *map(len, chosen)])
        found = csr_array(
            (np.array(counts, np.int64), np.array(columns, np.int64), starts), shape=(len(chosen), len(self._column))
        )
        found.sort_indices()
        return found


def production_counts(arch: Architecture) -> Counter[str]:
    """Return how often the derivation of an architecture uses each production; a shared draw counts at every use.

    Of a term that no grammar derives, its operators are counted.

    >>> from nasviz.spaces import SearchSpace
    >>> arch = SearchSpace("S ::= Linear(S, relu) | relu").parse("Linear(Linear(relu, relu), relu)")
    >>> production_counts(arch)
    Counter({'S ::= Linear(S, relu)': 2, 'S ::= relu': 1})
    """
    grammar = arch.space.grammar
    if grammar is not None:
        try:
            tree = arch.derivation.tree
        except TermError:
            pass
        else:
            counts: Counter[str] = Counter()
            for (name, k), n in Counter(zip(tree.nonterminals, tree.productions, strict=True)).items():
                counts[f"{name} ::= {grammar.rules[name][k].body}"] += n
            return counts
    return Counter(op.name for op in arch.term.operators)
