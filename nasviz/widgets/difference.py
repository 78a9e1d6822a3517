"""What changes between two architectures: a marked text, one graph, and the change of parameters and FLOPs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import traitlets

from nasviz.errors import BuildError, NasvizError
from nasviz.records import CostRow
from nasviz.spaces import Architecture, Difference, SearchSpace, diff
from nasviz.spaces.operators import STANDARD
from nasviz.view.difference import place_changes
from nasviz.widgets.architecture_body import measure
from nasviz.widgets.base import View
from nasviz.widgets.grammar import python_code, variable_of
from nasviz.widgets.workspace import WORKSPACE

MOST = 200
"""Places that are listed at most."""


class DifferenceView(View):
    """Two architectures as one: what goes is marked with − and dashed, what comes with + and thick.

    Parameters
    ----------
    difference
        What ``nv.diff(a, b)`` returned; or the first architecture.
    other
        The second architecture, when `difference` is the first.

    Attributes
    ----------
    difference : Difference
        What is shown; settable and observable.

    Examples
    --------
    >>> nv.show(nv.diff(a, b))                                            # doctest: +SKIP
    """

    stem = "difference"
    difference = traitlets.Any()

    def __init__(self, difference: Difference | Architecture, other: Architecture | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.difference = diff(difference, other) if isinstance(difference, Architecture) and other else difference

    @traitlets.validate("difference")
    def _check_difference(self, proposal: Any) -> Any:
        if not isinstance(proposal["value"], Difference):
            raise NasvizError(f"a DifferenceView shows what nv.diff(a, b) returns, found {type(proposal['value']).__name__}")
        return proposal["value"]

    @traitlets.observe("difference")
    def _show(self, change: Any) -> None:
        body = body_of(change["new"])
        self.publish(body)
        WORKSPACE.submit(self, DifferenceView._add_cost, change["new"], key="cost")

    def _add_cost(self, difference: Difference) -> None:
        if difference is self.difference:
            before, after = measure(difference.a), measure(difference.b)
            rows = () if before.error or after.error else (before.rows, after.rows)
            self.publish({**body_of(difference), **_places(difference, *rows), "summary": list(difference.summary)})

    def find_architecture(self, key: str) -> Architecture | None:
        """The second or the first architecture when it has that key."""
        shown: Any = self.difference
        return next((arch for arch in (shown.b, shown.a) if arch.key == key), None)

    def fallback(self) -> str:
        """The marked text and the edits."""
        return repr(self.difference)


def body_of(difference: Difference) -> dict[str, Any]:
    """Return what the page draws, without the change of cost; see ``DifferenceBody`` in the front end."""
    dot, problem = "", ""
    try:
        dot = difference.to_dot()
    except BuildError as error:
        problem = f"No common graph: {error.message}"
    edits = difference.edits
    return {
        "key": difference.b.key,
        "old_key": difference.a.key,
        "pieces": [list(piece) for piece in difference.pieces],
        **_places(difference),
        "dot": dot,
        "problem": problem,
        "note": folded_words(dot),
        "summary": list(difference.summary[:1]) if not edits else [f"{len(edits)} edit{'s' if len(edits) > 1 else ''}"],
        "python": python_of(difference),
    }


def _places(difference: Difference, *rows: Sequence[CostRow]) -> dict[str, Any]:
    found = place_changes(difference.a.term, difference.b.term, difference.tree_edit, *rows)
    return {"places": [change.to_json() for change in found[:MOST]], "more": max(0, len(found) - MOST)}


def folded_words(dot: str) -> str:
    """Return in words which subterms a picture of a difference draws as one box with changes inside, or ""."""
    n = dot.count("nv-op nv-changed")
    return f"{n} subterm{'s' if n > 1 else ''} with changes inside {'are' if n > 1 else 'is'} one box (±)" if n else ""


def python_of(difference: Difference) -> str:
    """Return Python code that makes a difference again; operators of one's own are named, to be defined before.

    Examples
    --------
    >>> from nasviz.spaces import diff, parse
    >>> print(python_of(diff(parse("conv"), parse("relu"))))
    nv.diff(nv.parse('conv'), nv.parse('relu'))
    """
    a, b = difference.a, difference.b
    own = list(dict.fromkeys(op for arch in (a, b) for op in arch.term.operators if op not in STANDARD and op.result == "map"))
    if not own:
        return f"nv.diff({_parsed(a)}, {_parsed(b)})"
    names = ", ".join(variable_of(op) for op in own)
    lines = [f"# define first, under these names: {names} (your own operators)"]
    if a.space == b.space:
        return "\n".join([*lines, _made(a.space, "space", names), f"nv.diff(space.parse({str(a)!r}), space.parse({str(b)!r}))"])
    lines += [_made(a.space, "space_a", names), _made(b.space, "space_b", names)]
    return "\n".join([*lines, f"nv.diff(space_a.parse({str(a)!r}), space_b.parse({str(b)!r}))"])


def _parsed(arch: Architecture) -> str:
    shape, classes = arch.space.input_shape, arch.space.num_classes
    task = "" if (shape, classes) == ((3, 32, 32), 10) else f", input_shape={shape}, num_classes={classes}"
    return f"nv.parse({str(arch)!r}{task})"


def _made(space: SearchSpace, name: str, operators: str) -> str:
    if space.grammar is not None:
        return python_code(space).strip().replace("space = ", f"{name} = ", 1)
    return f"{name} = nv.SearchSpace.free({space.input_shape}, {space.num_classes}, operators=[{operators}])"
