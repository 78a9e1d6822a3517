"""Weisfeiler-Lehman refinement of many small directed graphs at once, with hashes that are equal in every process.

A graph here has operations on nodes. Iteration 0 labels a node by its operation; iteration k + 1 by its own label, the multiset
of its in-neighbours' labels and the multiset of its out-neighbours' labels, kept apart. A multiset is hashed by the sum of its
members' mixed hashes, modulo 2^64, so refinement is a few array operations for a whole batch.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Protocol

import numpy as np

Hashes = np.ndarray[tuple[int, ...], np.dtype[np.uint64]]
Ints = np.ndarray[tuple[int], np.dtype[np.int64]]

_IN, _OUT, _LEVEL = (np.uint64(s) for s in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9))


def label_hash(label: str) -> int:
    """Return a stable 64-bit hash of a label (blake2b).

    >>> hex(label_hash("conv3x3"))
    '0x87827a6f6ec63f5'
    """
    return int.from_bytes(hashlib.blake2b(label.encode(), digest_size=8).digest(), "little")


def mix(x: Hashes) -> Hashes:
    """Return the splitmix64 finaliser of each element: a bijection on 64 bits that scatters (Steele et al. 2014)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


class Neighbourhoods(Protocol):
    """What refinement asks of a batch of graphs: the labels of its nodes, and sums over their neighbours."""

    @property
    def labels(self) -> Hashes:
        """Hash of the operation of each node, uint64 (n,)."""
        ...

    def sums(self, giving: Hashes, taking: Hashes) -> tuple[Hashes, Hashes]:
        """Return for each node the sum of `giving` over its in-neighbours and of `taking` over its out-neighbours, (n,)."""
        ...


@dataclass(frozen=True)
class Links:
    """A batch of directed multigraphs, their nodes numbered through.

    Attributes
    ----------
    labels : uint64 array (n,)
        Hash of the operation of each node.
    owner : int64 array (n,)
        Which graph of the batch each node belongs to, 0…size − 1.
    source, target : int64 arrays (e,)
        Ends of each link.
    multiplicity : uint64 array (e,)
        How often the link stands.
    size
        Number of graphs.
    """

    labels: Hashes
    owner: Ints
    source: Ints
    target: Ints
    multiplicity: Hashes
    size: int

    def sums(self, giving: Hashes, taking: Hashes) -> tuple[Hashes, Hashes]:
        """Return the sums over in-neighbours and over out-neighbours, each as often as the link stands."""
        into, out = np.zeros_like(giving), np.zeros_like(taking)
        np.add.at(into, self.target, giving[self.source] * self.multiplicity)
        np.add.at(out, self.source, taking[self.target] * self.multiplicity)
        return into, out


def refine(graphs: Neighbourhoods, h: int) -> list[Hashes]:
    """Return the labels ``(n,)`` of iterations 0…h, h + 1 arrays.

    The iteration is part of a label, so labels of different iterations are never taken for one another.
    """
    current = mix(graphs.labels)
    history = [current]
    for level in range(1, h + 1):
        into, out = graphs.sums(mix(current + _IN), mix(current + _OUT))
        salt = _LEVEL * np.uint64(level)
        current = mix(mix(mix(current + salt) + into) + mix(out + _OUT))
        history.append(current)
    return history
