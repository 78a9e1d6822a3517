"""Edits of a grammar text that repair a finding: comments stay, the rest of the text stays as it was written."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from nasviz.grammar.diagnostics import Fix
from nasviz.grammar.notation import Alternative, Statement

_COMMENT = re.compile(r"#[^\n]*")
_SHARED = re.compile(r"shared\s+\Z")
_TOLERANCE = 1e-6


def percent(weight: float) -> str:
    """Return a probability as it is written in brackets, rounded to 12 digits."""
    return f"{weight:.12g}"


def _bar(gap: str) -> int:
    """Where the bar stands between two alternatives, comments left aside."""
    return _COMMENT.sub(lambda m: " " * len(m.group()), gap).index("|")


def remove_alternative(text: str, rule: Statement, k: int, label: str = "remove the alternative") -> Fix | None:
    """Return the edit that takes alternative `k` and one bar away; None when it is the only one.

    Where the probabilities of the others would no longer sum to 1 they are divided by their sum; None where comments are lost.
    """
    alternatives = rule.alternatives
    if len(alternatives) < 2:
        return None
    rest = [a for i, a in enumerate(alternatives) if i != k]
    total = math.fsum(a.weight for a in rest if a.weight is not None)
    if all(a.weight is not None for a in rest) and abs(total - 1) > _TOLERANCE:
        return _rest_alone(text, rule, rest, total, label)
    return _cut_out(text, rule, k, label)


def _cut_out(text: str, rule: Statement, k: int, label: str) -> Fix:
    alternatives = rule.alternatives
    here = alternatives[k]
    if k == 0:
        gap = text[here.end : alternatives[1].start]
        bar = _bar(gap)
        return Fix(here.start, alternatives[1].start, gap[:bar] + gap[bar + 1 :] if "#" in gap else "", label)
    last = alternatives[k - 1].end
    gap = text[last : here.start]
    bar = _bar(gap)
    before, after = gap[:bar], gap[bar + 1 :]
    kept = (before if "#" in before else "") + (after if "#" in after else "")
    return Fix(last, here.end, kept.rstrip(" \t"), label)


def _rest_alone(text: str, rule: Statement, rest: Sequence[Alternative], total: float, label: str) -> Fix | None:
    start, end = rule.alternatives[0].start, rule.alternatives[-1].end
    if "#" in text[start:end] or total <= 0:
        return None
    items = [a.text if len(rest) == 1 else f"{a.text} [{percent((a.weight or 0.0) / total)}]" for a in rest]
    return Fix(start, end, " | ".join(items), label)


def merge_alternatives(text: str, rule: Statement, first: int, k: int, weight: float) -> Fix:
    """Return the edit that takes alternative `k` away and gives its probability, `weight` in all, to alternative `first`."""
    one, other = rule.alternatives[first], rule.alternatives[k]
    removal = _cut_out(text, rule, k, "")
    alone = len(rule.alternatives) == 2
    merged = one.text if alone else f"{one.text} [{percent(weight)}]"
    label = "keep one" if alone else f"keep one, with probability {percent(weight)}"
    return Fix(one.start, other.end, merged + text[one.end : removal.start] + removal.text, label)


def write_weights(text: str, rule: Statement, weights: Sequence[float], label: str) -> Fix | None:
    """Return the edit that writes probabilities to every alternative; None when comments stand between them."""
    start, end = rule.alternatives[0].start, rule.alternatives[-1].end
    if "#" in text[start:end]:
        return None
    items = (f"{a.text} [{percent(w)}]" for a, w in zip(rule.alternatives, weights, strict=True))
    return Fix(start, end, " | ".join(items), label)


def beginning(text: str, statement: Statement) -> int:
    """Where a statement begins: at its name, or at the word before it."""
    before = text[max(0, statement.start - 200) : statement.start]
    word = re.search(r"(?:shared|start|require)\s+\Z", before)
    return statement.start - len(before) + word.start() if word else statement.start


def remove_statement(text: str, statement: Statement, label: str) -> Fix:
    """Return the edit that takes a whole statement away, with what follows on its last line."""
    last = statement.alternatives[-1].end if statement.alternatives else statement.end
    newline = text.find("\n", last)
    start = text.rfind("\n", 0, beginning(text, statement)) + 1
    return Fix(start, len(text) if newline < 0 else newline + 1, "", label)


def join_rules(text: str, first: Statement, second: Statement) -> Fix:
    """Return the edit that adds the alternatives of a second rule of the same name to the first rule."""
    end, last = first.alternatives[-1].end, second.alternatives[-1].end
    added = " | " + text[second.alternatives[0].start : last]
    return Fix(end, last, (added + text[end : beginning(text, second)]).rstrip(), "join the two with '|'")


def unshare(text: str, rule: Statement) -> Fix | None:
    """Return the edit that takes the word ``shared`` away."""
    begin = max(0, rule.start - 200)
    word = _SHARED.search(text[begin : rule.start])
    return Fix(begin + word.start(), rule.start, "", "take 'shared' away") if word else None


def remove_operands(text: str, end_of_name: int) -> Fix | None:
    """Return the edit that takes the parentheses after a name away, with all that is in them."""
    plain = _COMMENT.sub(lambda m: " " * len(m.group()), text[end_of_name : end_of_name + 10_000])
    depth = 0
    for match in re.finditer(r"[()]", plain):
        depth += 1 if match.group() == "(" else -1
        if depth == 0:
            return Fix(end_of_name, end_of_name + match.end(), "", "remove the operands")
    return None
