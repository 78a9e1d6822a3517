"""The contract of a search space, to run on your own."""

from __future__ import annotations

import json
from collections.abc import Iterable

import numpy as np

from nasviz.algebra import Operator
from nasviz.algebra.arguments import whole
from nasviz.errors import BuildError
from nasviz.graph import Graph
from nasviz.spaces import Architecture, SearchSpace
from nasviz.testing.contract import asked, check, check_kind, given_operators, given_seed

FLAT = 3
"""Height up to which draws are compared with the count."""


def check_space(space: SearchSpace, operators: Iterable[Operator] = (), n: int = 20, seed: int = 0) -> None:
    """Check what every search space must keep; put it in a test of your own.

    Draws are reproducible and in the space; terms print and parse; mutants are other members; space and architectures have a
    JSON form without code; every term and derivation can be drawn; the counts agree with each other.

    Parameters
    ----------
    space
        The space; it must have a grammar.
    operators
        Your own operators in it, as ``SearchSpace.from_json`` needs them.
    n
        How many architectures to draw.
    seed
        Seed of the draws.

    Raises
    ------
    AssertionError
        If something does not hold; the sentence says what, and for which architecture.

    Examples
    --------
    >>> from nasviz.spaces import digits_cells
    >>> check_space(digits_cells())
    """
    check_kind(space, SearchSpace, "SearchSpace")
    own, n, seed = given_operators(operators), asked(whole, n, "n", 0), given_seed(seed)
    drawn = space.sample(n, seed=seed)
    check(drawn == space.sample(n, seed=seed), "two draws with one seed differ")
    check(space.sample(0, seed=seed) == [], "no draws are an empty list")
    _check_counts(space, drawn)
    stored = json.loads(json.dumps(space.to_json()))
    check(SearchSpace.from_json(stored, own) == space, "the JSON form does not give the space back")
    check(SearchSpace.from_json(stored, declared_only=True).fingerprint == space.fingerprint, "the fingerprint is not stored")
    rng = np.random.default_rng(seed)
    for arch in drawn:
        _check_architecture(space, arch, own)
        mutant = space.mutate(arch, rng)
        check(space.contains(mutant), f"a mutant is not in the space: {mutant}")
        alone = space.count() == 1
        check(mutant != arch or alone, f"a mutant is its parent: {arch}")


def _check_counts(space: SearchSpace, drawn: list[Architecture]) -> None:
    terms, derivations = space.count(), space.count("derivations")
    if not isinstance(terms, int | float) or not isinstance(derivations, int | float):
        return
    check(terms <= derivations, "more terms than derivations")
    check(len(set(drawn)) <= terms, "more different draws than terms")
    flat = space.count(max_height=FLAT)
    if isinstance(flat, int | float):
        check(flat <= terms, f"more terms up to height {FLAT} than in all")
        drawn_flat = {arch for arch in drawn if arch.term.height <= FLAT}
        check(len(drawn_flat) <= flat, f"more different draws up to height {FLAT} than terms")


def _check_architecture(space: SearchSpace, arch: Architecture, operators: tuple[Operator, ...]) -> None:
    text = str(arch)
    check(space.contains(arch), f"a draw is not in the space: {text}")
    again = space.parse(text)
    check(again == arch and hash(again) == hash(arch) and again.key == arch.key, f"text and back is another term: {text}")
    back = Architecture.from_json(json.loads(json.dumps(arch.to_json())), operators)
    check(back == arch, f"the JSON form gives another architecture: {text}")
    check(arch[()] == arch, f"the subterm at the root is another term: {text}")
    tree = arch.derivation.to_dot()
    check(tree.count('[id="p') == len(arch.term), f"the derivation tree does not show every node: {text}")
    try:
        graph = arch.graph()
    except BuildError as error:
        check(any(op.name == "zero" for op in arch.term.operators), f"without zero, yet disconnected: {text}: {error}")
        return
    _check_graph(graph, text)


def _check_graph(graph: Graph, text: str) -> None:
    positions = [e.position for e in graph.edges if not e.wire]
    check(len(set(positions)) == len(positions), f"two operations have one position: {text}")
    dot = graph.to_dot()
    drawn = sum(not e.wire for e in graph.edges)
    check(dot.count('class="nv-op') == drawn, f"the picture does not show every operation: {text}")
