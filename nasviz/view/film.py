"""A derivation as a film: a tree that grows choice by choice, as an animated SVG or a page with step controls.

Both are one file that opens from disk, runs in a loop, loads nothing, and shows the whole derivation at rest where the person
asks for less motion. All text of grammars and terms is escaped.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path

from nasviz.algebra import Nonterminal, Position, Term, position_text
from nasviz.errors import NasvizError
from nasviz.grammar import Partial
from nasviz.grammar.trail import labels, steps, versions
from nasviz.graph.palette import INK, LINE, PAPER, hue, turn

FORMATS = (".svg", ".html")
"""Endings of the files that a film is saved as."""

LARGEST = 1500
"""Nodes of the largest tree that is filmed."""

_CELL, _GAP, _LEVEL, _HIGH, _EDGE = 7.0, 14.0, 62.0, 34.0, 24.0
_NAME = 26


@dataclass(frozen=True)
class Look:
    """What stands at a node for some frames: [first, until), None until the end."""

    text: str
    above: str
    colour: int | None
    open: bool
    first: int
    until: int | None


@dataclass(frozen=True)
class Node:
    """A node of the last tree, its middle, its width, its parent (-1 for the root), and what it looks like over time."""

    x: float
    y: float
    width: float
    parent: int
    looks: tuple[Look, ...]


@dataclass(frozen=True)
class Film:
    """A derivation, ready to be written.

    Attributes
    ----------
    nodes
        The nodes of the last tree, in preorder.
    width, height
        Size of the drawing.
    captions
        A line for each frame: what was chosen.
    terms
        The term of each frame.
    """

    nodes: tuple[Node, ...]
    width: float
    height: float
    captions: tuple[str, ...]
    terms: tuple[str, ...]

    @property
    def frames(self) -> int:
        """Number of frames: the choices and the beginning."""
        return len(self.captions)


def film_of(partial: Partial) -> Film:
    """Return the film of a partial derivation, a frame for each choice on the way.

    Raises
    ------
    NasvizError
        If the tree has more than `LARGEST` nodes.
    """
    way = versions(partial)
    term = partial.term
    if len(term) > LARGEST:
        raise NasvizError(f"a film shows at most {LARGEST} nodes, the derivation has {len(term)}; step back, then save")
    looks = _looks(way)
    places = _positions(term)
    shown = [tuple(looks[position]) for position in places]
    widths = [max(_CELL * max(len(look.text), 0.8 * len(look.above)) for look in row) + 22 for row in shown]
    middles, width = _middles(term, widths)
    depth: list[int] = term.depth.tolist()
    parents: list[int] = term.parent.tolist()
    nodes = [
        Node(x + _EDGE, _EDGE + _HIGH / 2 + _LEVEL * d, w, p, row)
        for x, d, w, p, row in zip(middles, depth, widths, parents, shown, strict=True)
    ]
    return Film(
        tuple(nodes),
        width + 2 * _EDGE,
        2 * _EDGE + _HIGH + _LEVEL * max(depth),
        tuple(_captions(partial, way)),
        tuple(_cut(str(version), 4000) for version in way),
    )


def _captions(partial: Partial, way: Sequence[Partial]) -> list[str]:
    rules = partial.grammar.rules
    found = [f"Begin: {_cut(str(way[0]), 160)}"]
    for step in steps(partial):
        body = _cut(rules[step.nonterminal][step.production].body.text, 160)
        found.append(f"{step.nonterminal} → {body} at {position_text(step.position)}")
    return found


def _positions(term: Term) -> list[Position]:
    parent: list[int] = term.parent.tolist()
    found: list[Position] = []
    rank = [0] * len(term)
    for p in parent:
        if p < 0:
            found.append(())
        else:
            found.append((*found[p], rank[p]))
            rank[p] += 1
    return found


def _looks(way: Sequence[Partial]) -> dict[Position, list[Look]]:
    """What stands at each position over time: open nonterminals, then an operator."""
    order = {name: k for k, name in enumerate(way[0].grammar.nonterminals)}
    last = way[-1].term
    names = dict(zip(_positions(last), labels(way[-1]), strict=True))
    found: dict[Position, list[Look]] = {}
    for frame, version in enumerate(way):
        term = version.term
        for position, op in zip(_positions(term), term.operators, strict=True):
            row = found.setdefault(position, [])
            is_open = isinstance(op, Nonterminal)
            text = _cut(op.name, _NAME)
            if row and row[-1].text == text and row[-1].open == is_open:
                continue
            if row:
                row[-1] = replace(row[-1], until=frame)
            chain = names.get(position, ())
            above = "" if is_open else _cut(" › ".join(chain), _NAME)
            colour = order.get(op.name if is_open else chain[-1]) if is_open or chain else None
            row.append(Look(text, above, colour, is_open, frame, None))
    return found


def _middles(term: Term, widths: Sequence[float]) -> tuple[list[float], float]:
    """Where the middle of each node is, and the width of all: a node above its operands, subtrees beside each other."""
    children = [term.children(i) for i in range(len(term))]
    room = [0.0] * len(term)
    for i in range(len(term) - 1, -1, -1):
        below = sum(room[c] for c in children[i]) + _GAP * max(0, len(children[i]) - 1)
        room[i] = max(widths[i], below)
    left = [0.0] * len(term)
    for i in range(len(term)):
        below = sum(room[c] for c in children[i]) + _GAP * max(0, len(children[i]) - 1)
        at = left[i] + (room[i] - below) / 2
        for c in children[i]:
            left[c] = at
            at += room[c] + _GAP
    middles = [0.0] * len(term)
    for i in range(len(term) - 1, -1, -1):
        first, last = (children[i][0], children[i][-1]) if children[i] else (i, i)
        middles[i] = (middles[first] + middles[last]) / 2 if children[i] else left[i] + room[i] / 2
    return middles, room[0]


# ---- writing

_STYLE = f"""
.n rect{{fill:{PAPER};stroke:{LINE}}} .n text{{fill:{INK};font:13px Helvetica,Arial,sans-serif;text-anchor:middle}}
.n .s{{font-size:9.5px;font-weight:600}} .o rect{{stroke-dasharray:4 3;stroke-width:1.6}} .o text{{font-weight:700}}
.e{{stroke:{LINE};fill:none}} .c{{font:14px Helvetica,Arial,sans-serif;fill:{INK}}} .g{{fill:#fff}}
"""


def film_svg(film: Film, seconds: float = 1.2) -> str:
    """Return a film as an animated SVG: CSS alone, in a loop; at rest with ``prefers-reduced-motion``.

    Parameters
    ----------
    film
        The film.
    seconds
        Time of one frame; the last one stays three times as long.
    """
    total = seconds * (film.frames + 2)
    times = [100 * k * seconds / total for k in range(film.frames)]
    rules = [f"@keyframes a{k}{{0%{{opacity:0}}{t:.3f}%,100%{{opacity:1}}}}" for k, t in enumerate(times) if k]
    rules += [f"@keyframes b{k}{{0%{{opacity:1}}{t:.3f}%,100%{{opacity:0}}}}" for k, t in enumerate(times) if k]
    moving = f".m{{animation-duration:{total:g}s;animation-iteration-count:infinite;animation-timing-function:step-end}}"
    still = "@media (prefers-reduced-motion:reduce){.m{animation:none!important}}"
    style = _STYLE + ".u{opacity:0}" + moving + "".join(rules) + still
    captions = "".join(_caption(film, k) for k in range(film.frames))
    height = film.height + 34
    width = max(film.width, 7.2 * max(map(len, film.captions)) + 2 * _EDGE)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" role="img" aria-label="A derivation, step by step"><title>A derivation, step by step</title>'
        f'<style>{style}</style><rect class="g" width="100%" height="100%"/>{_drawing(film, _animated)}{captions}</svg>\n'
    )


def _animated(inner: str, first: int, until: int | None) -> str:
    if until is not None:
        inner = f'<g class="m u" style="animation-name:b{until}">{inner}</g>'
    return f'<g class="m" style="animation-name:a{first}">{inner}</g>' if first else inner


def _stepped(inner: str, first: int, until: int | None) -> str:
    last = "" if until is None else f' data-until="{until}"'
    return f'<g data-first="{first}"{last}>{inner}</g>'


def _caption(film: Film, k: int) -> str:
    text = f"{k} of {film.frames - 1} · {film.captions[k]}"
    line = f'<text class="c" x="{_EDGE:g}" y="{film.height + 14:.0f}">{_escaped(text)}</text>'
    return _animated(line, k, k + 1 if k + 1 < film.frames else None)


def _drawing(film: Film, wrap: Callable[[str, int, int | None], str]) -> str:
    parts: list[str] = []
    for node in film.nodes:
        if node.parent >= 0:
            above = film.nodes[node.parent]
            y, z = above.y + _HIGH / 2, node.y - _HIGH / 2
            middle = (y + z) / 2
            line = f"M{above.x:.1f} {y:.1f}C{above.x:.1f} {middle:.1f} {node.x:.1f} {middle:.1f} {node.x:.1f} {z:.1f}"
            parts.append(wrap(f'<path class="e" d="{line}"/>', node.looks[0].first, None))
    parts += [wrap(_box(node, look), look.first, look.until) for node in film.nodes for look in node.looks]
    return "".join(parts)


def _box(node: Node, look: Look) -> str:
    colours = "" if look.colour is None else f' style="fill:{hue(look.colour).tint};stroke:{hue(look.colour).strong}"'
    box = (
        f'<rect{colours} x="{node.x - node.width / 2:.1f}" y="{node.y - _HIGH / 2:.1f}" width="{node.width:.1f}" '
        f'height="{_HIGH:g}" rx="{9 if look.open else 3}"/>'
    )
    bands = 0 if look.colour is None else turn(look.colour)
    left, top = node.x - node.width / 2, node.y - _HIGH / 2
    for k in range(bands):
        stroke = f"stroke:{hue(look.colour or 0).strong};stroke-width:3"
        box += f'<path d="M{left + 5 + 5 * k:.1f} {top:.1f}v{_HIGH:g}" style="{stroke}"/>'
    small = f'<text class="s" x="{node.x:.1f}" y="{node.y - 5:.1f}">{_escaped(look.above)}</text>' if look.above else ""
    y = node.y + (10 if look.above else 4.5)
    text = f'<text x="{node.x:.1f}" y="{y:.1f}">{_escaped(look.text)}</text>'
    return f'<g class="n{" o" if look.open else ""}">{box}{small}{text}</g>'


def film_html(film: Film, seconds: float = 1.2) -> str:
    """Return a film as a page of its own: it plays in a loop; buttons, a slider and the arrow keys step.

    Parameters
    ----------
    film
        The film.
    seconds
        Time of one frame at speed 1.
    """
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {film.width:.0f} {film.height:.0f}" '
        f'style="max-width:{film.width:.0f}px" role="img" aria-label="Derivation tree"><style>{_STYLE}</style>'
        f"{_drawing(film, _stepped)}</svg>"
    )
    rows = zip(film.captions, film.terms, strict=True)
    lines = "".join(f"<li><b>{_escaped(line)}</b><code>{_escaped(term)}</code></li>" for line, term in rows)
    page = resources.files("nasviz.view").joinpath("film.html").read_text(encoding="utf-8")
    values = {"SVG": svg, "LINES": lines, "LAST": str(film.frames - 1), "MILLISECONDS": f"{1000 * seconds:.0f}"}
    return re.sub("|".join(f"@{key}@" for key in values), lambda found: values[found.group()[1:-1]], page)


def save_film(partial: Partial, path: str | Path, seconds: float = 1.2) -> Path:
    """Write the film of a partial derivation as .svg or .html.

    Raises
    ------
    NasvizError
        If the ending is another one, the tree is too large, or the file cannot be written.
    """
    target = Path(path)
    if target.suffix not in FORMATS:
        raise NasvizError(f"a derivation is saved as {' or '.join(FORMATS)}, found {target.suffix or 'no ending'!r}")
    write = film_svg if target.suffix == ".svg" else film_html
    text = write(film_of(partial), seconds)
    try:
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise NasvizError(f"the file {str(path)!r} cannot be written: {error.strerror}") from error
    return target


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _escaped(text: str) -> str:
    return html.escape("".join(c if c.isprintable() else "\ufffd" for c in text))
