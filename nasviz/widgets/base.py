"""What all views share: state out, commands in, one selection, errors shown where they belong."""

from __future__ import annotations

import math
import operator
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any, ClassVar

import anywidget
import traitlets

from nasviz.errors import NasvizError, StorageError, a_or_an, said
from nasviz.records import Message, Selection
from nasviz.view.delta import changes
from nasviz.widgets.engine import Addressed, bundle, engine, plot_engine
from nasviz.widgets.workspace import WORKSPACE

INTERVAL = 0.1
"""Least time between two updates of one view, in seconds."""


class Ready(dict[str, Any]):
    """JSON data that nobody changes any more: large states are put together from such parts without copying them."""


def plain(value: Any) -> Any:
    """Return `value` as JSON data: tuples as lists, numpy's numbers and arrays as Python's, NaN and infinities as None."""
    if isinstance(value, Ready):
        return value
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    raise TypeError(f"{type(value).__name__} has no JSON form")


def expect(value: Any, kind: type | tuple[type, ...], wanted: str) -> None:
    """Refuse what a view cannot show.

    Raises
    ------
    NasvizError
        If `value` is not of `kind`; says what is `wanted` and what was found.
    """
    if not isinstance(value, kind):
        raise NasvizError(f"{wanted} is expected here, found {a_or_an(type(value).__name__)}")


class View(Addressed):
    """Base of the views.

    A subclass names its `stem`, publishes its state with :meth:`publish`, and has a method ``do_NAME(self, body)`` for each
    command of the page; what that returns (a dict or None) answers the page's request. Such methods run in the writer
    thread of `workspace`, one after another; they must be short.

    Attributes
    ----------
    selection
        ``(Architecture, Position)`` or None; readable, settable and observable.
    selected
        The same as JSON, synchronised with the page; can be linked with ``jslink``.
    """

    stem: ClassVar[str] = ""
    plots: ClassVar[bool] = False
    _own_layout: bool = False
    interval: ClassVar[float] = INTERVAL

    _esm = traitlets.Unicode().tag(sync=True)
    engine = anywidget.WidgetTrait().tag(sync=True)
    plot_engine = anywidget.WidgetTrait().tag(sync=True)
    snapshot = traitlets.Dict().tag(sync=True)
    selected = traitlets.Dict(default_value=None, allow_none=True).tag(sync=True)
    selection = traitlets.Any(default_value=None, allow_none=True)

    def __init__(self, **kwargs: Any) -> None:
        self._lock = threading.RLock()
        self._seq = 0
        self._body: dict[str, Any] | None = None
        self._sent: dict[str, Any] | None = None
        self._revision = 0
        self._sent_at = -math.inf
        self._own_layout = "layout" not in kwargs
        kwargs.setdefault("layout", {"width": "100%"})
        kwargs.setdefault("engine", engine())
        if self.plots:
            kwargs.setdefault("plot_engine", plot_engine())
        super().__init__(**kwargs)
        self.on_msg(View._receive)

    @traitlets.default("_esm")
    def _default_esm(self) -> str:
        return bundle(self.stem)

    def close(self) -> None:
        """End the view in the page and forget it here, with the layout that was made for it."""
        layout = self.layout if self._own_layout else None
        super().close()
        if layout is not None:
            layout.close()

    # what the page shows

    def publish(self, body: dict[str, Any]) -> None:
        """Show a new state: the whole of it, as JSON data; only changes travel, at most ten times a second."""
        with self._lock:
            self._body = body
            wait = self._sent_at + self.interval - time.monotonic()
        if wait <= 0:
            self._flush()
        else:
            WORKSPACE.submit(self, View._flush, after=wait, key="flush")

    def _flush(self) -> None:
        with self._lock:
            if self._body is None or self._body is self._sent:
                return
            body, old = plain(self._body), self._sent
            self._sent_at = time.monotonic()
            self._body = self._sent = body
            if old is None:
                self.snapshot = self._message("state", {**body, "rev": self._revision}).to_json()
                return
            difference = changes(old, body)
            if difference:
                self._revision += 1
                self.post("update", {"changes": difference, "rev": self._revision})

    def whole_snapshot(self) -> dict[str, Any]:
        """Return the newest state as the message that carries it, {} before the first; the trait holds only the first."""
        with self._lock:
            body = self._body
            return {} if body is None else self._message("state", {**plain(body), "rev": self._revision}).to_json()

    def post(self, kind: Any, body: dict[str, Any]) -> None:
        """Send one message to the page at once; for what is no state, e.g. an event."""
        with self._lock:
            self.send(self._message(kind, plain(body)).to_json())

    def _message(self, kind: Any, body: dict[str, Any]) -> Message:
        self._seq += 1
        return Message(view=self.stem, seq=self._seq - 1, kind=kind, body=body)

    def show_error(self, error: BaseException, re: int | None = None) -> None:
        """Show in the view that a handler failed: the words, and the traceback to copy."""
        words = said(error, name=not isinstance(error, NasvizError))
        lines = traceback.format_exception(type(error), error, error.__traceback__)
        body: dict[str, Any] = {"message": words, "traceback": "".join(lines)}
        self.post("error", body if re is None else {**body, "re": re})

    # what the person does

    @staticmethod
    def _receive(view: View, content: Any, _buffers: Any) -> None:
        WORKSPACE.submit(view, View._handle, content)

    def _handle(self, content: Any) -> None:
        message = Message.from_json(content)
        if message.view != self.stem:
            raise StorageError(f"a message for {message.view[:40]!r} came to {self.stem!r}")
        if message.kind == "ready":
            self._refresh()
        elif message.kind == "command":
            self._command(message)
        else:
            raise StorageError(f"the page may send ready and command, found {message.kind!r}")

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take the values of shared traits that the page sends; what is no such value is refused in the view's error line."""
        before = {name: getattr(self, name) for name in sync_data if name in self.keys}
        try:
            super().set_state(sync_data)
        except Exception as error:
            self.show_error(error)
            for name, value in before.items():
                self.set_trait(name, value)
            self.send_state(list(before))

    def _refresh(self) -> None:
        with self._lock:
            if self._sent is not None:
                self.post("state", {**self._sent, "rev": self._revision})

    def _command(self, message: Message) -> None:
        name = message.body.get("name")
        do: Callable[[dict[str, Any]], Any] | None = None
        if isinstance(name, str) and name.isidentifier():
            do = getattr(self, f"do_{name}", None)
        try:
            if do is None:
                raise StorageError(f"this view has no command {str(name)[:40]!r}")
            answer = do(message.body)
            self.post("update", {**(answer or {}), "re": message.seq})
        except BaseException as error:
            self.show_error(error, re=message.seq)

    # the selection

    def find_architecture(self, key: str) -> Any:
        """Return the architecture with that key that this view shows, or None."""
        return None

    @traitlets.validate("selected")
    def _check_selected(self, proposal: Any) -> Any:
        value = proposal["value"]
        return None if value is None else Selection.from_json(value).to_json()

    @traitlets.observe("selected")
    def _selected_changed(self, change: Any) -> None:
        if change["new"] is None:
            self.selection = None
            return
        chosen = Selection.from_json(change["new"])
        arch = self.find_architecture(chosen.architecture)
        if arch is None:
            return
        try:
            self.selection = (arch, chosen.position)
        except NasvizError as error:
            self.show_error(error)

    @traitlets.validate("selection")
    def _check_selection(self, proposal: Any) -> Any:
        value = proposal["value"]
        if value is None:
            return None
        if not isinstance(value, tuple) or len(value) != 2:
            raise NasvizError("a selection is a pair (architecture, position), e.g. (arch, (0, 2)), or None")
        arch, position = value
        try:
            where = tuple(operator.index(k) for k in position)
            arch.term.index(where)
        except (AttributeError, TypeError):
            raise NasvizError("a selection is a pair (architecture, position), e.g. (arch, (0, 2)), or None") from None
        return arch, where

    @traitlets.observe("selection")
    def _selection_changed(self, change: Any) -> None:
        value = change["new"]
        self.selected = None if value is None else Selection(value[0].key, value[1]).to_json()

    # in a saved notebook

    def fallback(self) -> str:
        """Plain text for places without widgets, e.g. a saved notebook."""
        return f"{type(self).__name__}()"

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        found = super()._repr_mimebundle_(**kwargs)
        if found is not None:
            found[0]["text/plain"] = self.fallback()
        return found
