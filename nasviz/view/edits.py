"""Edits of a term as plain data to draw: what goes and what comes, how many there are, and what they cost."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

from nasviz import numbers
from nasviz.algebra import Term, tree_edit
from nasviz.algebra.merged_text import Piece, merged_text
from nasviz.grammar import AtMost, Count

WORK = 20_000
"""Cells of the tables that are filled at most to tell what stays."""

LONGEST = 20_000
"""Characters of a text that is shown with marks, at most; of a longer one the beginning."""

SHORT = 600
"""Characters up to which the marks of an edit travel with the list."""

SHOWN = 110
"""Characters of a subterm in a list."""


_WORD = re.compile(r"[^\s(),]+|[(),]\s?")


def clipped(text: str, length: int = SHOWN) -> str:
    """Return the beginning of a text, with … when it is longer.

    >>> clipped("Linear(conv, fc)", 8)
    'Linear(…'
    """
    return text if len(text) <= length else text[: length - 1] + "…"


def edit_pieces(old: Term, new: Term, work: int = WORK) -> list[list[str]]:
    """Return two subterms as one text, in pieces [" ", "-" or "+", text] that stay, go or come.

    Parameters
    ----------
    old, new
        The subterms.
    work
        As for :func:`nasviz.algebra.tree_edit`.

    Examples
    --------
    >>> from nasviz.algebra import Operator, Sort, Term
    >>> f, x, y = Operator("f", (Sort.MAP, Sort.MAP)), Term.build(Operator("x")), Term.build(Operator("y"))
    >>> edit_pieces(Term.build(f, x, x), Term.build(f, x, y))
    [[' ', 'f(x, '], ['-', 'x'], ['+', 'y'], [' ', ')']]
    """
    if len(old.text) + len(new.text) > LONGEST:
        return [["-", clipped(old.text, LONGEST // 2)], ["+", clipped(new.text, LONGEST // 2)]]
    if len(old) == 1 or len(new) == 1:
        pieces: Sequence[Piece] = (Piece("-", old.text), Piece("+", new.text))
    else:
        edit = tree_edit(old, new, work)
        # nodes that are only paired from above say nothing where the roots differ already
        apart = not edit.exact and old.operators[0] != new.operators[0]
        pieces = _by_words(old.text, new.text) if apart else merged_text(old, new, edit)
    return [list(piece) for piece in pieces]


def _by_words(old: str, new: str) -> list[Piece]:
    """Two texts as one, word by word."""
    a, b = _WORD.findall(old), _WORD.findall(new)
    found: list[Piece] = []
    for kind, i, j, k, stop in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Piece(" ", "".join(a[i:j])))
            continue
        found += [piece for piece in (Piece("-", "".join(a[i:j])), Piece("+", "".join(b[k:stop]))) if piece.text]
    return found


def outline(term: Term, width: int = SHOWN) -> str:
    """Return the text of a term; of a long one its upper levels, as many as fit.

    Examples
    --------
    >>> from nasviz.algebra import Operator, Sort, Term
    >>> f, x = Operator("f", (Sort.MAP, Sort.MAP)), Term.build(Operator("x"))
    >>> outline(Term.build(f, x, Term.build(f, x, x)), 10)
    'f(x, f(…))'
    """
    if len(term.text) <= width:
        return term.text
    best = f"{term.operators[0].name}(…)"
    for depth in range(1, term.height):
        text = _cut(term, depth, width)
        if len(text) > width:
            break
        best = text
    return clipped(best, width)


def _cut(term: Term, depth: int, width: int) -> str:
    """The term without what is below a depth; no more than a little over `width` characters are written."""
    parts: list[str] = []
    open_: list[int] = []
    i = written = 0
    while i < len(term) and written <= width:
        name, inside = term.operators[i].name, int(term.arity[i])
        if inside and len(open_) < depth:
            parts.append(f"{name}(")
            open_.append(inside)
            i += 1
        else:
            parts.append(f"{name}(…)" if inside else name)
            i += int(term.size[i])
            while open_:
                open_[-1] -= 1
                if open_[-1]:
                    parts.append(", ")
                    break
                parts.append(")")
                open_.pop()
        written += len(parts[-1])
    return "".join(parts)


def ranges_of(term: Term, nodes: Sequence[int]) -> list[list[int]]:
    """Return the characters of subterms in the text of a term, as [start, stop)."""
    return [[int(term.start[i]), int(term.stop[i])] for i in nodes]


def offer_json(key: str, how: str, old: Term, new: Term) -> dict[str, Any]:
    """Return one edit of a subterm; ``pieces`` is None where it is long: then it is asked for."""
    short = len(old.text) + len(new.text) <= SHORT
    return {"key": key, "how": how, "text": outline(new), "pieces": edit_pieces(old, new) if short else None}


def count_words(total: Count | None, shown: int, noun: str) -> str:
    """Return how many there are and how many of them are shown.

    Parameters
    ----------
    total
        How many there are; None where they are not counted.
    shown
        How many are shown.
    noun
        What they are, singular, e.g. "replacement".

    >>> count_words(4, 4, "replacement"), count_words(math.inf, 40, "replacement"), count_words(0, 0, "replacement")
    ('4 replacements', '40 of endlessly many replacements', 'no replacement')
    """
    if total is None:
        return "no " + noun if shown == 0 else f"{shown} {noun}{'s' if shown != 1 else ''}"
    if isinstance(total, AtMost):
        bound = "" if total.n == math.inf else f" at most {numbers.count(total.n)}"
        return f"{shown} of{bound or ' an unknown number of'} {noun}s"
    if total == 0:
        return "no " + noun
    if total == math.inf:
        return f"{shown} of endlessly many {noun}s"
    if shown >= total:
        return f"{shown} {noun}{'s' if shown != 1 else ''}"
    return f"{shown} of {numbers.count(total)} {noun}s"


def exact_words(total: Count | None) -> str:
    """Return the exact number for a tooltip, "" where there is none; long ones are cut."""
    if total is None or isinstance(total, AtMost) or total == math.inf or total < 1000:
        return ""
    return clipped(f"{numbers.grouped(int(total))}", 700)


def change_words(before: int, after: int, noun: str) -> str:
    """Return by how much a number changes: "+13 k parameters", "same parameters".

    >>> change_words(1000, 14_000, "parameters").replace("\\u00a0", " ")
    '+13 k parameters'
    """
    if before == after:
        return f"same {noun}"
    by = after - before
    return f"{'+' if by > 0 else ''}{numbers.prefixed(by)}{numbers.GAP}{noun}"
