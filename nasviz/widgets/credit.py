"""What a surrogate believes of the architecture that a view shows: credits at once, reasons a moment later."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from nasviz import numbers
from nasviz.algebra import position_text
from nasviz.errors import NasvizError, a_or_an, said
from nasviz.records import Belief
from nasviz.spaces import Architecture
from nasviz.surrogate import GP
from nasviz.surrogate.basis import Basis, basis_of
from nasviz.surrogate.why import Explanation, explain
from nasviz.view.credit import credit_info
from nasviz.widgets.architecture import ArchitectureView
from nasviz.widgets.base import expect

NEAREST = 3
"""Nearest trials that are told."""


class Believer:
    """The newest surrogate of a study, or a given one, asked about one architecture after another.

    Parameters
    ----------
    source
        A study, a fitted Gaussian process, or what explanations rest on.

    Raises
    ------
    NasvizError
        If it is none of these.
    """

    def __init__(self, source: Any) -> None:
        fixed = isinstance(source, (Basis, GP))
        if not fixed and not (callable(getattr(source, "surrogate", None)) and hasattr(source, "trials")):
            raise NasvizError(f"credits are those of a study or a fitted GP, found {a_or_an(type(source).__name__)}")
        self._study: Any = None if fixed else source
        self._basis: Basis | None = basis_of(source) if fixed else None
        self._alone = threading.RLock()
        self._learned = -1
        self._learning = False
        self._trouble = ""
        self._now: Explanation | None = None
        self._before: tuple[Architecture, Belief] | None = None

    def learn(self, done: Callable[[], object]) -> None:
        """Fit again in a thread where the study has other trials than at the last fit; call `done` then."""
        if self._study is None or self._learning:
            return
        usable = sum(1 for trial in self._study.trials if trial.usable)
        if usable == self._learned:
            return
        self._learned, self._learning = usable, True
        threading.Thread(target=self._fit, args=(done,), name="nasviz-credit", daemon=True).start()

    def _fit(self, done: Callable[[], object]) -> None:
        try:
            self._basis, self._trouble = basis_of(self._study), ""
        except Exception as error:
            self._trouble = said(error, name=not isinstance(error, NasvizError))
        self._learning = False
        done()

    def quick(self, arch: Architecture) -> dict[str, Any]:
        """Return belief and credits of an architecture as JSON data, without reasons."""
        if self._basis is None:
            return {"waiting": not self._trouble, "trouble": self._trouble}
        try:
            with self._alone:
                found = self._explained(arch)
                return self._quick(found)
        except NasvizError as error:
            return {"waiting": False, "trouble": str(error)}

    def _quick(self, found: Explanation) -> dict[str, Any]:
        body = {"waiting": False, "trouble": "", **self._believed(found), "sentences": [], "nearest": []}
        return {**body, **self._credits(found)}

    def reasons(self, arch: Architecture) -> dict[str, Any]:
        """Return the sentences and the nearest trials of an architecture as JSON data."""
        if self._basis is None:
            return {}
        with self._alone:
            return self._reasons(self._explained(arch))

    def _reasons(self, found: Explanation) -> dict[str, Any]:
        nearest = [
            {
                "name": found.basis.called(n.index),
                "similarity": f"{n.similarity:.2f}",
                "value": numbers.measure(n.value),
                "term": str(n.arch),
                "shared": [list(position) for position in n.shared],
                "places": ", ".join(position_text(p) for p in n.shared[:6]) + (" …" if len(n.shared) > 6 else ""),
            }
            for n in found.nearest(NEAREST)
        ]
        return {"sentences": list(found.sentences), "nearest": nearest}

    def _explained(self, arch: Architecture) -> Explanation:
        """The explanation of an architecture by the newest surrogate; what was believed of the one before is kept."""
        assert self._basis is not None
        now = self._now
        if now is None or now.arch != arch or now.basis is not self._basis:
            if now is not None and now.arch != arch:
                self._before = now.arch, now.belief
            now = self._now = explain(self._basis, arch)
        return now

    def _believed(self, found: Explanation) -> dict[str, Any]:
        now, moved = found.belief, ""
        if self._before is not None and self._before[0] != found.arch:
            then = self._before[1]
            moved = f"before {numbers.spread(then.mean, then.sd)}"
        return {
            "about": found.basis.value_name,
            "belief": numbers.spread(now.mean, now.sd),
            "gain": "" if now.acquisition is None else numbers.measure(now.acquisition),
            "gain_before": "" if not moved else numbers.measure(self._before[1].acquisition or 0.0) if self._before else "",
            "moved": moved,
            "learned": len(found.basis.gp.y),
        }

    def _credits(self, found: Explanation) -> dict[str, Any]:
        try:
            credits = found.credits
        except NasvizError as error:
            return {"credits": None, "note": str(error)}
        info = credit_info(credits, log=found.log, minimize=found.basis.direction == "minimize", base=found.base)
        return {"credits": info.to_json(), "note": info.note}


class CreditView(ArchitectureView):
    """An explanation, drawn on the term, the derivation and the graph of its architecture.

    Parameters
    ----------
    explanation
        What ``nv.explain(study, arch)`` gave.
    """

    def __init__(self, explanation: Explanation, **kwargs: Any) -> None:
        expect(explanation, Explanation, "an explanation, nv.explain(study, arch),")
        self._as_text = repr(explanation)
        super().__init__(explanation.arch, study=explanation.basis, **kwargs)

    def fallback(self) -> str:
        """The explanation as text."""
        return self._as_text
