"""Strongly connected components: where a grammar goes in circles, and an order that goes against its arrows."""

from __future__ import annotations

from collections.abc import Iterable


def components(n: int, edges: Iterable[tuple[int, int]]) -> tuple[list[int], list[int]]:
    """Strongly connected components of a graph of `n` vertices, by Tarjan without recursion.

    Returns
    -------
    component
        Number of the component of each vertex; an edge never leads from a lower number to a higher one.
    order
        The vertices, those of a component that is reached before those that reach it.
    """
    out: list[list[int]] = [[] for _ in range(n)]
    for a, b in edges:
        out[a].append(b)
    component, low, seen = [-1] * n, [0] * n, [-1] * n
    order: list[int] = []
    open_: list[int] = []
    counter = found = 0
    for root in range(n):
        if seen[root] >= 0:
            continue
        work = [(root, 0)]
        while work:
            v, k = work.pop()
            if k == 0:
                seen[v] = low[v] = counter
                counter += 1
                open_.append(v)
            descend = False
            while k < len(out[v]):
                w = out[v][k]
                k += 1
                if seen[w] < 0:
                    work += [(v, k), (w, 0)]
                    descend = True
                    break
                if component[w] < 0:
                    low[v] = min(low[v], seen[w])
            if descend:
                continue
            if low[v] == seen[v]:
                while component[v] < 0:
                    w = open_.pop()
                    component[w] = found
                    order.append(w)
                found += 1
            if work:
                parent = work[-1][0]
                low[parent] = min(low[parent], low[v])
    return component, order
