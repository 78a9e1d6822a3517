"""DOT as text: quoting, identifiers, statements. Every label is data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from nasviz.algebra import Position
from nasviz.errors import NasvizError
from nasviz.graph.palette import INK, LINE, PAPER

if TYPE_CHECKING:
    from graphviz import Source as Source

_SPECIAL = re.compile(r'["\\&]')

LONGEST = 60
"""Longest label shown, in characters; the tooltip has up to 400."""

MOST_SPELLED = 2_000_000
"""Child indices that the identifiers of a picture spell at most: 10 MB of text."""

FONT = "Helvetica,Arial,sans-serif"


def quote(text: str, longest: int = 400) -> str:
    r"""Return `text` as a quoted DOT string that Graphviz draws as it is: no escapes, entities or HTML labels are read.

    >>> print(quote('a"b\\N<i>&lt;'))
    "a\"b\\N<i>&amp;lt;"
    """
    if len(text) > longest:
        text = text[: longest - 1] + "…"
    if text.isprintable() and not _SPECIAL.search(text):
        return f'"{text}"'
    clean = "".join(c if c.isprintable() or c == "\n" else "�" for c in text)
    return '"' + clean.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;").replace("\n", "\\n") + '"'


def label(text: str) -> str:
    """Return `text` cut to the longest label."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def position_id(position: Position) -> str:
    """Return the identifier of a position in pictures: "p" for the root, "p-0-2" for (0, 2).

    >>> position_id((0, 2)), position_id(())
    ('p-0-2', 'p')
    """
    return "-".join(("p", *map(str, position)))


def check_room(spelled: int) -> None:
    """Refuse a picture whose identifiers would spell so many child indices: they grow with the square of the depth.

    Raises
    ------
    NasvizError
        If there are more than `MOST_SPELLED`.
    """
    if spelled > MOST_SPELLED:
        raise NasvizError(
            f"the positions in this picture have {spelled:,} child indices, more than {MOST_SPELLED:,}: the term is too deep "
            "to be drawn whole. Fold it first, e.g. arch.graph(fold=20) or max_depth=20; nv.show(arch) does it by itself"
        )


def statement(subject: str, attributes: Mapping[str, str | float]) -> str:
    """Return ``subject [a="1", b="2"];``."""
    whole = ("id", "class")  # what the page looks for is never cut
    inside = ", ".join(f"{key}={quote(str(value), 10**9 if key in whole else 400)}" for key, value in attributes.items())
    return f"{subject} [{inside}];" if inside else f"{subject};"


def header(name: str, rankdir: str) -> list[str]:
    """Return the opening lines of a picture with the project's fonts and colours."""
    return [
        f"digraph {quote(name)} {{",
        "  " + statement("graph", {"rankdir": rankdir, "bgcolor": "transparent", "fontname": FONT, "fontsize": 10}),
        "  "
        + statement(
            "node",
            {
                "shape": "box",
                "style": "rounded,filled",
                "fillcolor": PAPER,
                "color": LINE,
                "fontcolor": INK,
                "fontname": FONT,
                "fontsize": 11,
                "height": 0.3,
                "width": 0.3,
                "margin": "0.09,0.04",
            },
        ),
        "  " + statement("edge", {"color": LINE, "fontcolor": LINE, "fontname": FONT, "fontsize": 9, "arrowsize": 0.6}),
    ]


DENSE = 120
"""Independent cycles from which on a picture is laid out with less care: Graphviz needs minutes where many arrows cross."""


def haste(arrows: int, nodes: int) -> list[str]:
    """Return the line that bounds Graphviz's search for few crossings and short arrows; none where the graph is not dense.

    >>> haste(240, 230), haste(600, 330)
    ([], ['  graph [splines="polyline", mclimit="0.2", nslimit="2", nslimit1="2"];'])
    """
    if arrows - nodes < DENSE:
        return []
    return ["  " + statement("graph", {"splines": "polyline", "mclimit": 0.2, "nslimit": 2, "nslimit1": 2})]


def source(dot: str) -> Source:
    """Return DOT text as a ``graphviz.Source``, which Jupyter draws where Graphviz is installed."""
    import graphviz

    return graphviz.Source(dot)
