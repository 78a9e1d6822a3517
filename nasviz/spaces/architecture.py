"""Architecture: a term in a search space."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, cast

from nasviz.algebra import Operator, Position, Term, parse_term, position_text
from nasviz.algebra.arguments import place, shown
from nasviz.errors import NasvizError, StorageError, a_or_an
from nasviz.extension import lower
from nasviz.grammar.latex import term_to_latex
from nasviz.graph import Graph, build_graph, fold
from nasviz.spaces.derivation import ArchitectureDerivation
from nasviz.spaces.mimebundle import mimebundle

if TYPE_CHECKING:
    from nasviz.spaces.space import SearchSpace

VERSION = 1


@dataclass(frozen=True, eq=False, repr=False)
class Architecture:
    """A neural architecture: a term and the search space that it belongs to. Immutable.

    Two architectures are equal when their terms and the fingerprints of their grammars are.

    Attributes
    ----------
    term
        The term.
    space
        The space; it owns input shape, number of classes, stem and head.

    Examples
    --------
    >>> from nasviz.spaces import parse
    >>> arch = parse("Linear(Residual(conv, id, conv), fc)")
    >>> str(arch[0]), str(arch[0, 1]), arch[0, 1].graph()
    ('Residual2(conv, id, conv)', 'id', Graph(1 operations, 2 nodes, 0 joins))
    """

    term: Term
    space: SearchSpace

    @property
    def fingerprint(self) -> str:
        """Fingerprint of the grammar, "free" without one."""
        return self.space.fingerprint

    @cached_property
    def key(self) -> str:
        """A short name that is equal in every process: 16 hex digits of a sha256 over term and fingerprint."""
        return hashlib.sha256(f"{self.fingerprint}\n{self.term.text}".encode()).hexdigest()[:16]

    @cached_property
    def canonical_key(self) -> str:
        """16 hex digits that architectures of equal meaning share; see :func:`nasviz.spaces.canonical_key`.

        Raises
        ------
        BuildError
            If the term has no graph.
        """
        from nasviz.spaces.equivalence import canonical_key

        return canonical_key(self)

    def __str__(self) -> str:
        return self.term.text

    def __repr__(self) -> str:
        text = self.term.text
        return f"Architecture({text if len(text) <= 120 else text[:119] + '…'})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Architecture):
            return NotImplemented
        return self is other or (self.fingerprint == other.fingerprint and self.term == other.term)

    def __hash__(self) -> int:
        return hash((self.term, self.fingerprint))

    def __reduce__(self) -> tuple[Any, ...]:
        return (Architecture, (self.term, self.space))

    __iter__ = None  # positions are looked up; without this Python would iterate by them and end in an error

    def __getitem__(self, position: int | Position) -> Architecture:
        """Return the architecture of the subterm at a position: ``arch[0, 2]``, ``arch[()]``; same space.

        Raises
        ------
        NasvizError
            If there is no such position, or the subterm is no map.
        """
        where = place(position)
        i = self.term.index(where)
        op = self.term.operators[i]
        if op.result != "map":
            raise NasvizError(f"{op.name} at {position_text(where)} is {a_or_an(op.result)}, not an architecture")
        return Architecture(self.term.subterm(i), self.space)

    @cached_property
    def derivation(self) -> ArchitectureDerivation:
        """How the grammar derives the term, with its tree; without a grammar the tree of the term."""
        return ArchitectureDerivation(self.term, self.space.grammar)

    @cached_property
    def _graph(self) -> Graph:
        return build_graph(self.term)

    def graph(self, fold: int | None = None) -> Graph:
        """Return the computational graph, or the fold F_l at level `fold` (0: one operation).

        Raises
        ------
        BuildError
            If no path leads from the input to the output; with the position.
        """
        return self._graph if fold is None else _fold(self, fold)

    def to_torch(self, seed: int | None = None, share: bool | Literal["equal"] = False) -> Any:
        """Return the network as a ``torch.fx.GraphModule`` with stem and head, submodules named by position.

        Parameters
        ----------
        seed
            Seed of the weights; None draws one. The global random state stays as it was.
        share
            False: no two positions share weights. True: those of one draw of a ``shared`` nonterminal do, "equal": those of
            equal subterms; see :func:`nasviz.nn.to_torch`.

        Raises
        ------
        BuildError, ShapeError
            If the term has no network, or shapes do not fit; with the position.
        """
        return lower("to_torch")(self, seed=seed, share=share)

    def to_keras(self, seed: int | None = None, weights_from: Any = None, share: bool | Literal["equal"] = False) -> Any:
        """Return the network as a functional ``keras.Model`` on TensorFlow, layers named by position (``"p_0_2"``).

        It takes (B, C, H, W) and computes what ``to_torch`` of the same seed computes. Needs ``pip install
        "nasviz[tensorflow]"``.

        Parameters
        ----------
        seed
            The weights are those of ``to_torch(seed)``; None draws fresh ones.
        weights_from
            Instead of a seed: a network made by :meth:`to_torch`, whose weights are taken.
        share
            As :meth:`to_torch`.

        Raises
        ------
        NasvizError
            If Keras or TensorFlow is not installed, or Keras runs on another backend.
        BuildError, ShapeError
            As :meth:`to_torch`; also if one of the user's primitives has no Keras form that fits.
        """
        return lower("to_keras")(self, seed=seed, weights_from=weights_from, share=share)

    def cost(self, share: bool | Literal["equal"] = False) -> Any:
        """Return parameters, FLOPs (2 per multiply-add) and bytes of activations by position, as a ``CostTable``.

        Parameters
        ----------
        share
            As :meth:`to_torch`: a shared parameter counts once, at its first position.
        """
        return lower("cost")(self, share=share)

    def latency(self, device: str = "auto", batch: int = 1, repeats: int = 30, warmup: int = 5) -> Any:
        """Return how long one forward pass takes on a device, as a record of median and quartiles; builds the network.

        Parameters
        ----------
        device
            "auto", "cpu", "cuda", "cuda:1", "mps".
        batch
            Number of examples in one pass.
        repeats, warmup
            Passes that are timed, and passes before that are not.
        """
        return lower("latency")(self, device=device, batch=batch, repeats=repeats, warmup=warmup)

    def shapes(self) -> Any:
        """Return the shapes before and behind every operation, a mapping from positions, ``"stem"`` and ``"head"``.

        Nothing is built. Of a partial term it holds what is known so far.

        Raises
        ------
        BuildError, ShapeError
            If shapes do not fit; with the position and, where two paths meet, both paths.
        """
        return lower("infer_shapes")(self)

    def output_shape(self) -> tuple[int, ...] | None:
        """Return the shape of the network's output without the batch: (num_classes,); None of a partial term."""
        return lower("infer_shapes")(self).output

    def to_latex(self) -> str:
        r"""Return the term as LaTeX for math mode, operators as ``\operatorname``.

        >>> from nasviz.spaces import parse
        >>> print(parse("Linear(conv, avg_pool)").to_latex())
        \operatorname{Linear}(\operatorname{conv}, \operatorname{avg\_pool})
        """
        return term_to_latex(self.term)

    def to_json(self) -> dict[str, Any]:
        """Return the architecture with its space as JSON data."""
        return {"v": VERSION, "kind": "architecture", "term": self.term.text, "space": self.space.to_json()}

    @classmethod
    def from_json(cls, data: object, operators: Iterable[Operator] = (), *, declared_only: bool = False) -> Architecture:
        """Return the architecture that :meth:`to_json` wrote.

        Parameters
        ----------
        data
            JSON data.
        operators
            The user's own operators of the space.
        declared_only
            Open without operators that are missing: to look, not to build.

        Raises
        ------
        StorageError
            If `data` is no stored architecture, of a newer version, or operators are missing (named).
        TermError
            If the term cannot be read.
        """
        from nasviz.spaces.space import SearchSpace

        body = checked(data, "architecture")
        space = SearchSpace.from_json(body.get("space"), operators, declared_only=declared_only)
        text = body.get("term")
        if not isinstance(text, str):
            raise StorageError("a stored architecture has the text of its term under 'term'")
        return cls(parse_term(text, space.signature), space)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        return mimebundle(self, str(self))


def _fold(arch: Architecture, level: int) -> Graph:
    return fold(arch.term, level, arch.derivation.labels)


def term_of(arch: object) -> Term:
    """Return the term of an architecture, or the term itself.

    Raises
    ------
    NasvizError
        If it is neither.
    """
    term = arch.term if isinstance(arch, Architecture) else arch
    if not isinstance(term, Term):
        raise NasvizError(f"an architecture or a term is expected, found {shown(arch)}; space.parse(text) reads a text")
    return term


def checked(data: object, kind: str) -> dict[str, Any]:
    """Return stored data as a dict when kind and schema version are as expected.

    Raises
    ------
    StorageError
        If they are not.
    """
    if not isinstance(data, dict):
        raise StorageError(f"a stored {kind} is a JSON object, found {type(data).__name__}")
    body = cast("dict[str, Any]", data)
    if body.get("kind") != kind:
        raise StorageError(f"expected a stored {kind}, found {str(body.get('kind'))[:60]!r}")
    version = body.get("v")
    if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version <= VERSION:
        raise StorageError(f"a stored {kind} of version {version!r}; this nasviz reads versions 1 to {VERSION}")
    return body
