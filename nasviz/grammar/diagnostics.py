"""What is wrong or remarkable in a grammar text, as data: a place, a severity, words, and where possible a fix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from nasviz.errors import GrammarError

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True)
class Fix:
    """An edit that repairs what a diagnostic says: replace the characters ``[start, end)`` by `text`."""

    start: int
    end: int
    text: str
    label: str

    def to_json(self) -> dict[str, Any]:
        """Return the edit as JSON data."""
        return {"start": self.start, "end": self.end, "text": self.text, "label": self.label}

    def apply(self, text: str) -> str:
        """Return `text` with the edit made.

        >>> Fix(6, 11, "conv3x3", "write conv3x3").apply("B ::= convx")
        'B ::= conv3x3'
        """
        return text[: self.start] + self.text + text[self.end :]


@dataclass(frozen=True)
class Diagnostic:
    """One finding about a grammar text.

    Parameters
    ----------
    code
        What kind of finding, e.g. "undefined" or "unreachable".
    severity
        "error" (the text defines no grammar), "warning" (probably not meant) or "info".
    message
        One sentence: what was found, what was expected.
    start, end
        Range of characters ``[start, end)`` in the text.
    hint
        What to type instead, or "".
    fix
        The edit that does it, or None.
    """

    code: str
    severity: Severity
    message: str
    start: int
    end: int
    hint: str = ""
    fix: Fix | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the finding as JSON data."""
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "start": self.start,
            "end": self.end,
            "hint": self.hint,
            "fix": self.fix.to_json() if self.fix else None,
        }

    def error(self, text: str) -> GrammarError:
        """Return the finding as an error with line, column and caret in `text`."""
        return GrammarError(self.message, text=text, start=self.start, end=self.end, hint=self.hint)


def quoted(name: str, limit: int = 60) -> str:
    """Return a name in quotes as a message shows it: escaped, cut when long.

    >>> quoted("a" * 100, 5)
    "'aaaaa…'"
    """
    return repr(name if len(name) <= limit else name[:limit] + "…")
