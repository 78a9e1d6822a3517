"""Operations as nodes, without listing what feeds what: sums over neighbours pass through the nodes between operations.

An operation arrives at one node of its graph and reads another, so the sum over what feeds it is the sum over what arrives
where it reads. ``id`` passes such sums on, once for every path, as multiplicities do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nasviz.surrogate.wiring import Wired
from nasviz.surrogate.wl import Hashes, Ints


@dataclass(frozen=True)
class Passing:
    """A batch of graphs with operations on edges, for refinement.

    Attributes
    ----------
    labels : uint64 array (n,)
        Hash of the label of each operation.
    reads, arrives : int64 arrays (n,)
        Node that each operation reads, and at which its result arrives.
    ids : list of (int64 array, int64 array)
        Sources and targets of ``id``, in an order in which a source is complete before it is passed on.
    size
        Number of nodes.
    """

    labels: Hashes
    reads: Ints
    arrives: Ints
    ids: list[tuple[Ints, Ints]]
    size: int

    def sums(self, giving: Hashes, taking: Hashes) -> tuple[Hashes, Hashes]:
        """Return the sums over in-neighbours and over out-neighbours, once for each path between."""
        given, taken = np.zeros(self.size, dtype=np.uint64), np.zeros(self.size, dtype=np.uint64)
        np.add.at(given, self.arrives, giving)
        np.add.at(taken, self.reads, taking)
        for source, target in self.ids:
            np.add.at(given, target, given[source])
        for source, target in reversed(self.ids):
            np.add.at(taken, source, taken[target])
        return given[self.reads], taken[self.arrives]


def passing(wired: Wired, m: int, labels: Hashes, ends: tuple[int, int]) -> Passing:
    """Return the operations of `m` graphs with the nodes input (first m) and output (next m) before them.

    Parameters
    ----------
    wired
        The wiring.
    m
        Number of graphs.
    labels : uint64 array (e,)
        Hash of the label of each operation of `wired`.
    ends
        Hashes of the labels of input and output.
    """
    terms = np.arange(m)
    nowhere = np.full(m, wired.size), np.full(m, wired.size + 1)  # the input reads nothing, nothing reads the output
    reads = np.concatenate([nowhere[0], m + terms, wired.source])
    arrives = np.concatenate([terms, nowhere[1], wired.target])
    number, ids = _without_passages(reads, arrives, wired.id_source, wired.id_target, wired.size + 2)
    hashes = np.concatenate([np.repeat(np.array(ends, dtype=np.uint64), m), labels])
    return Passing(hashes, number[reads], number[arrives], _in_order(*ids, wired.size + 2), wired.size + 2)


def _without_passages(reads: Ints, arrives: Ints, source: Ints, target: Ints, size: int) -> tuple[Ints, tuple[Ints, Ints]]:
    """Make one node of the two ends of an ``id`` that alone enters its target, or alone leaves its source."""
    number = np.arange(size)
    for enters in (True, False):
        if not len(source):
            break
        used = np.bincount(np.concatenate([number[arrives if enters else reads], target if enters else source]), minlength=size)
        alone = used[target if enters else source] == 1
        same = np.arange(size)
        gone, kept = (target, source) if enters else (source, target)
        same[gone[alone]] = kept[alone]
        while not np.array_equal(same[same], same):
            same = same[same]
        number = same[number]
        source, target = same[source[~alone]], same[target[~alone]]
    return number, (source, target)


def _in_order(source: Ints, target: Ints, size: int) -> list[tuple[Ints, Ints]]:
    """Split the ``id`` by the length of the longest chain of them that each ends."""
    stage = np.zeros(len(source), dtype=np.int64)
    active = np.arange(len(source))
    reached = np.zeros(size, dtype=np.int64)
    step = 0
    while len(active):
        step += 1
        stage[active] = step
        reached[target[active]] = step
        active = active[np.flatnonzero(reached[source[active]] == step)]
    order = np.argsort(stage, kind="stable")
    bounds = np.searchsorted(stage[order], np.arange(1, step + 2))
    parts = (order[bounds[k] : bounds[k + 1]] for k in range(step))
    return [(source[part], target[part]) for part in parts]
