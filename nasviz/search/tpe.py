"""TPE: optuna's tree-structured Parzen estimator on derivations (Bergstra et al. 2011)."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import optuna
from optuna.distributions import CategoricalDistribution
from optuna.trial import TrialState, create_trial

from nasviz.algebra import position_text
from nasviz.algebra.arguments import whole
from nasviz.errors import NasvizError
from nasviz.grammar import Grammar, Partial
from nasviz.records import Trial
from nasviz.search.backend import quiet
from nasviz.search.limits import admits, without_limits
from nasviz.search.memory import Bounds, Memory
from nasviz.search.random_search import at_random
from nasviz.search.strategy import Proposal, Seen, unseen
from nasviz.spaces import Architecture

if TYPE_CHECKING:
    from nasviz.spaces import SearchSpace

MOST = 64
"""Most productions of a derivation: each is a parameter, and TPE looks at each by itself."""

TRIES = 50

Choices = dict[str, tuple[int, int]]
"""Name of a place in a derivation to the production chosen there, and how many there are."""


@dataclass(frozen=True)
class TPE:
    """Optuna's TPE, with the derivation of a term as categorical choices that depend on one another.

    A choice is named by its place: where its nonterminal stands in the term, or in the draw of a ``shared`` nonterminal. The
    first `n_init` trials are random. Trials that still run count as bad as the worst; failed ones are left out. What the
    grammar's constraints or the limits forbid, or was evaluated, is drawn again, and at last mutated.

    Parameters
    ----------
    n_init
        Number of random trials at the start, ≥ 1.

    Raises
    ------
    NasvizError
        If `n_init` is no whole number or below 1.

    Examples
    --------
    >>> from nasviz.spaces import digits_cells
    >>> TPE().propose(digits_cells(), [], np.random.default_rng(0)).reason
    'random, by productions'
    """

    n_init: int = 10
    _memory: Memory = field(default_factory=Memory, init=False, repr=False, compare=False)
    _encoded: dict[tuple[str, str], Choices] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        whole(self.n_init, "n_init", 1)

    def propose(
        self, space: SearchSpace, trials: Sequence[Trial], rng: np.random.Generator, *, limits: Bounds = None
    ) -> Proposal:
        """Return what TPE suggests; see :class:`Strategy`.

        Raises
        ------
        NasvizError
            If a derivation of the space may have more than 64 productions.
        """
        grammar = space.known_grammar("derive")
        check_length(grammar)
        space = self._memory.limited(space, limits)
        ordered = sorted(trials, key=lambda trial: trial.number)
        done = [t for t in ordered if t.usable]
        pending = [t for t in ordered if t.state in ("waiting", "running")]
        if len(done) + len(pending) < self.n_init or not done:
            return at_random(self._memory, space, ordered, rng)
        drawn, seen = without_limits(space), self._memory.seen(space, ordered)
        study = self._study(drawn, done, pending, int(rng.integers(2**32)))
        arch = self._suggested(study, space, seen)
        if arch is None:
            return at_random(self._memory, space, ordered, rng, "random, for TPE suggested nothing legal")
        if arch in seen or not admits(space, arch):
            again = arch
            arch = unseen(lambda generator: space.mutate(again, generator), seen, rng, tries=200)
            if arch is None:
                return at_random(self._memory, space, ordered, rng, "random, for TPE suggested nothing new")
            return Proposal(str(arch), reason=f"TPE over {len(done)} trials, mutated to be new")
        return Proposal(str(arch), reason=f"TPE over {len(done)} trials")

    def _study(self, space: SearchSpace, done: Sequence[Trial], pending: Sequence[Trial], seed: int) -> optuna.Study:
        """A study in memory that knows the trials."""
        worst = max(float(t.value or 0.0) for t in done)
        with quiet(logging.ERROR):
            study = optuna.create_study(sampler=optuna.samplers.TPESampler(n_startup_trials=1, seed=seed))
            for trial in sorted([*done, *pending], key=lambda t: t.number):
                choices = self._choices(space, trial)
                study.add_trial(
                    create_trial(
                        state=TrialState.COMPLETE,
                        value=float(trial.value or 0.0) if trial.usable else worst,
                        params={name: k for name, (k, _) in choices.items()},
                        distributions={name: CategoricalDistribution(range(n)) for name, (_, n) in choices.items()},
                    )
                )
        return study

    def _choices(self, space: SearchSpace, trial: Trial) -> Choices:
        key = (space.fingerprint, trial.term)
        if key not in self._encoded:
            self._encoded[key] = encode(self._memory.archs(space, [trial])[0])
        return self._encoded[key]

    def _suggested(self, study: optuna.Study, space: SearchSpace, seen: Seen) -> Architecture | None:
        """The first suggestion that is new and within limits, else the last legal one."""
        legal: Architecture | None = None
        grammar = space.known_grammar("derive")
        with quiet(logging.ERROR):
            for _ in range(TRIES):
                asked = study.ask()
                arch = decode(space, grammar, lambda name, n, asked=asked: asked.suggest_categorical(name, range(n)))
                if space.contains(arch):
                    legal = arch
                    if arch not in seen and admits(space, arch):
                        return arch
        return legal


def encode(arch: Architecture) -> Choices:
    """Return the choices that derive an architecture, by place, in the order of derivation.

    >>> from nasviz.spaces import SearchSpace
    >>> space = SearchSpace("S ::= Linear(A, A)\\nA ::= relu | conv3x3")
    >>> encode(space.parse("Linear(conv3x3, relu)"))
    {'S at the root': (0, 1), 'A at (0,)': (1, 2), 'A at (1,)': (0, 2)}
    """
    grammar = arch.space.grammar or arch.space.known_grammar("derive")
    derivation = arch.derivation.draws
    numbers = [iter(draw) for draw in derivation.draws] + [iter(derivation.macro)]
    choices: Choices = {}

    def choose(name: str, n: int, part: int) -> int:
        k = next(numbers[part])
        choices[name] = k, n
        return k

    _derived(grammar, choose)
    return choices


def decode(space: SearchSpace, grammar: Grammar, suggest: Callable[[str, int], int]) -> Architecture:
    """Return the architecture of which `suggest` makes the choices: it takes a place and how many productions there are."""
    return Architecture(_derived(grammar, lambda name, n, _: suggest(name, n)).term, space)


def _derived(grammar: Grammar, choose: Callable[[str, int, int], int]) -> Partial:
    """Derive from the left; `choose` is also told the part, -1 or the number of the draw."""
    partial, named = Partial.begin(grammar), set[str]()
    while not partial.done:
        node = partial.term.nonterminals()[0]
        part, i = partial.sources[node]
        inner = partial.macro if part < 0 else partial.draws[part]
        where = "" if part < 0 else f" in {grammar.shared[part]}"
        name = f"{inner.operators[i].name} at {position_text(inner.position(i))}{where}"
        while name in named:
            name += "'"
        named.add(name)
        position = partial.term.position(node)
        partial = partial.expand(position, choose(name, len(partial.productions(position)), part))
    return partial


def check_length(grammar: Grammar) -> None:
    """Do nothing if no derivation has more than 64 productions.

    Raises
    ------
    NasvizError
        If one may have more.
    """
    most = longest(grammar)
    if most > MOST:
        found = "endlessly many" if most == math.inf else f"up to {int(most)}"
        raise NasvizError(
            f"TPE takes each production of a derivation for a parameter, of which it can use {MOST}; this grammar has {found} "
            "a term. Type: strategy=nv.BayesOpt(kernel=nv.HierarchicalWL())"
        )


def longest(grammar: Grammar) -> float:
    """Return how many productions a derivation has at most, draws of shared nonterminals counted once; inf if recursive.

    >>> from nasviz.spaces import digits_cells, hierarchical_nb201
    >>> longest(digits_cells().grammar) <= 64 < longest(hierarchical_nb201().grammar)
    True
    """
    shared = set(grammar.shared)

    def grown(lengths: dict[str, float]) -> dict[str, float]:
        """The lengths of derivation trees one production higher."""
        return {
            name: max(1 + sum(lengths[n] for n in p.nonterminals if n not in shared) for p in productions)
            for name, productions in grammar.rules.items()
        }

    lengths: dict[str, float] = dict.fromkeys(grammar.rules, 0)
    for _ in grammar.rules:
        lengths = grown(lengths)
    further = grown(lengths)
    parts = (*grammar.shared, *(() if grammar.start in shared else (grammar.start,)))
    return sum(lengths[name] if further[name] == lengths[name] else math.inf for name in parts)
