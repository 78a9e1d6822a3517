"""What the page asks of a search board: each answer is short, and every argument is checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import traitlets

from nasviz.algebra import Position
from nasviz.errors import NasvizError, TermError
from nasviz.search import Study
from nasviz.search.explaining import Explaining
from nasviz.view.folding import Folding, derived_from, nearest_foldable
from nasviz.widgets.base import View
from nasviz.widgets.board_detail import stepped
from nasviz.widgets.editing_commands import checked_position, checked_text, fault_json


class BoardCommands(View):
    """The commands of the page; :class:`nasviz.widgets.board.Board` is the rest."""

    trial: Any = traitlets.Int(None, allow_none=True).tag(sync=True)
    total: Any = traitlets.Int(20, min=1).tag(sync=True)
    arch: Any = traitlets.Any(default_value=None, allow_none=True)

    study: Study
    _stopping = False
    _folding = Folding()
    _folded: Sequence[int] = ()

    @property
    def _seen(self) -> Explaining:
        """The study as the objective that is shown sees it."""
        return self.study

    def _show(self) -> None:
        raise NotImplementedError

    # ---- the search

    def do_start(self, body: dict[str, Any]) -> None:
        """The button Start or Go on: run until ``body["total"]`` trials are finished."""
        total = body.get("total")
        if not isinstance(total, int) or isinstance(total, bool) or not 1 <= total <= 10**6:
            raise NasvizError(f"a budget is a whole number of trials from 1 to 1,000,000, found {str(total)[:40]!r}")
        self.total = total
        if self.study.paused:
            self.study.resume()
        self.study.start(total=total)
        self._show()

    def do_pause(self, body: dict[str, Any]) -> None:
        """The button Pause: evaluations that run go on, no new one begins."""
        self.study.pause()
        self._show()

    def do_resume(self, body: dict[str, Any]) -> None:
        """The button Resume."""
        self.study.resume()
        self._show()

    def do_stop(self, body: dict[str, Any]) -> None:
        """The button Stop: what runs is ended and queued again."""
        self._stopping = self.study.running
        self.study.stop()
        self._show()

    def do_enqueue(self, body: dict[str, Any]) -> None:
        """The button Enqueue: evaluate the architecture shown next."""
        if self.arch is None:
            raise NasvizError("no architecture is shown that could be evaluated: click a point of the map, or edit one")
        self.study.enqueue(self.arch, reason="enqueued on the board")
        self.trial = next((t.number for t in self.study.trials if t.term == str(self.arch)), None)

    # ---- what is selected

    def do_choose(self, body: dict[str, Any]) -> None:
        """A click on a point that is a trial: select it; without a number, select none."""
        number = body.get("trial")
        if number is None and "trial" in body:
            self._select_none()
            return
        if not isinstance(number, int) or isinstance(number, bool):
            raise NasvizError(f"a trial is chosen by its number, found {str(number)[:40]!r}")
        self.trial = number

    def _select_none(self) -> None:
        self.trial = self.selection = self.arch = None

    def do_step(self, body: dict[str, Any]) -> None:
        """The keys j and k, or arrows: the next trial, or the one before."""
        by = body.get("by")
        if not isinstance(by, int) or isinstance(by, bool) or abs(by) != 1:
            raise NasvizError(f"one steps by 1 or by -1, found {str(by)[:40]!r}")
        number = stepped(self.study.trials, self.trial, by)
        if number is not None:
            self.trial = number

    def do_best(self, body: dict[str, Any]) -> None:
        """The key b: the best trial."""
        self.trial = self._seen.best_trial.number

    def do_look(self, body: dict[str, Any]) -> None:
        """A click on a point that is no trial: show that architecture."""
        self.arch = self.study.space.parse(checked_text(body.get("term")))

    # ---- what if

    def do_check(self, body: dict[str, Any]) -> dict[str, Any]:
        """Show the architecture of a text that is being edited, as soon as it is one; else what is wrong with it:
        ``{"fault": {...} or None}``.
        """
        arch, answer = self._read(checked_text(body.get("text", "")))
        if arch is not None:
            self.arch = arch
        return answer

    do_edit = do_check

    def _read(self, text: str) -> tuple[Any, dict[str, Any]]:
        try:
            return self.study.space.parse(text), {"fault": None}
        except TermError as error:
            return None, {"fault": fault_json(error)}
        except NasvizError as error:
            return None, {"fault": {"message": str(error), "excerpt": "", "hint": "", "at": 0}}

    # ---- the picture

    def do_fold(self, body: dict[str, Any]) -> None:
        """Fold the subterm at a position or the nearest around it; open it when it is folded. Enter, or a double click."""
        if self.arch is None:
            return
        term, position = self.arch.term, checked_position(body.get("position"))
        i = term.index(position)
        if i in self._folded:
            self._fold([position], False)
        else:
            self._fold([term.position(nearest_foldable(term, i))], True)

    def do_fold_name(self, body: dict[str, Any]) -> None:
        """Fold all expansions of a nonterminal, or open them when ``on`` is false."""
        if self.arch is not None:
            term, labels = self.arch.term, self.arch.derivation.labels
            nodes = [i for i in derived_from(labels, str(body.get("nonterminal"))) if term.arity[i]]
            self._fold([term.position(i) for i in nodes], body.get("on") is not False)

    def do_unfold(self, body: dict[str, Any]) -> None:
        """Open all that was folded."""
        self._draw_folded(Folding())

    def do_unroll(self, body: dict[str, Any]) -> None:
        """Draw the chain of equal operations that begins at a position one by one."""
        if self.arch is not None:
            position = checked_position(body.get("position"))
            self.arch.term.index(position)
            self._draw_folded(self._folding.with_unrolled(position))

    def _fold(self, positions: Sequence[Position], on: bool) -> None:
        self._draw_folded(self._folding.with_folded(positions, on))

    def _draw_folded(self, folding: Folding) -> None:
        self._folding = folding
        self._show()
