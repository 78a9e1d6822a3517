"""The grammar editor: findings and sizes as one types, and the last good space to go on with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import traitlets

from nasviz.algebra import Operator
from nasviz.errors import BuildError, GrammarError, NasvizError
from nasviz.grammar import Diagnostic, Grammar
from nasviz.grammar.lint import lint
from nasviz.spaces import (
    STANDARD,
    Architecture,
    SearchSpace,
    digits_cells,
    hierarchical_nb201,
    nb201,
    nested_convnet,
    signature,
)
from nasviz.view.grammar import grammar_info
from nasviz.view.graph import graph_info
from nasviz.widgets.base import View
from nasviz.widgets.workspace import WORKSPACE

SAMPLES = 5
"""Architectures that the button Sample draws."""

PUBLISHED = (hierarchical_nb201, nb201, nested_convnet, digits_cells)
"""Spaces that code names instead of listing their operators."""

_THUMBNAIL = 60


class GrammarEditor(View):
    """An editor for the grammar of a search space.

    Mistakes are marked where they are, with the nearest known name; beside the text stand the exact number of architectures
    and of derivations, what each nonterminal derives, and the change against the accepted version. A text with errors never
    disturbs the last good space.

    Parameters
    ----------
    space
        A :class:`~nasviz.spaces.SearchSpace`, or the text of a grammar (which may have errors).
    operators
        Operators of your own that the grammar may use; a space brings its own.
    input_shape, num_classes
        The task, when `space` is a text.

    Attributes
    ----------
    value : str
        The text, as it stands in the editor; settable, observable, linkable.

    Examples
    --------
    >>> editor = GrammarEditor("S ::= Linear(B, B)\\nB ::= conv3x3 | id")      # doctest: +SKIP
    >>> editor.space.count()                                                    # doctest: +SKIP
    4
    """

    stem = "grammar"
    value = traitlets.Unicode().tag(sync=True)
    revision = traitlets.Int(0).tag(sync=True)

    def __init__(
        self,
        space: SearchSpace | str,
        operators: Iterable[Operator] = (),
        input_shape: tuple[int, ...] = (3, 32, 32),
        num_classes: int = 10,
        **kwargs: Any,
    ) -> None:
        own = tuple(operators)
        if isinstance(space, str):
            self._base = SearchSpace.free(input_shape, num_classes, own)
            text = space
        else:
            if space.grammar is None:
                raise NasvizError("the free space has no grammar to edit; give a text, e.g. GrammarEditor('S ::= conv3x3')")
            self._base = space
            text = space.grammar.text
        self._signature = self._base.signature.with_(own) if own else self._base.signature
        self._space: SearchSpace | None = None
        self._accepted: Grammar | None = None
        self._state: dict[str, Any] = {
            "version": -1,
            "findings": [],
            "space": None,
            "operators": [[op.name, op.doc] for op in self._signature],
            "samples": [],
            "python": "",
        }
        super().__init__(value=text, **kwargs)
        self._check()
        self.accept()
        self.observe(GrammarEditor._edited, ["value", "revision"])

    @property
    def space(self) -> SearchSpace:
        """The space of the last text without errors.

        Raises
        ------
        GrammarError
            If there was none yet; the error says what is wrong with the text.
        """
        if self._space is None:
            raise next(f.error(self.value) for f in lint(self.value, self._signature) if f.severity == "error")
        return self._space

    @property
    def findings(self) -> list[Diagnostic]:
        """What is wrong or remarkable in the text as it stands."""
        return lint(self.value, self._signature)

    def accept(self) -> None:
        """Compare sizes with the last good version from now on."""
        if self._space is not None:
            self._accepted = self._space.grammar
            self._describe()

    def code(self) -> str:
        """Return Python code that makes the last good space again."""
        return python_code(self.space, self._base)

    @staticmethod
    def _edited(change: Any) -> None:
        WORKSPACE.submit(change["owner"], GrammarEditor._check, key="check")

    def _check(self) -> None:
        version, text = self.revision, self.value
        findings = lint(text, self._signature)
        self._state = {**self._state, "version": version, "findings": [f.to_json() for f in findings]}
        if not any(f.severity == "error" for f in findings):
            try:
                self._take(text)
            except GrammarError as error:
                found = Diagnostic("space", "error", error.message, error.start, error.end, error.hint)
                self._state = {**self._state, "findings": [found.to_json()]}
        self.publish(self._state)

    def _take(self, text: str) -> None:
        grammar = Grammar.parse(text, self._signature)
        if self._space is not None and self._space.grammar is not None and self._space.grammar.text == text:
            return
        base = self._base
        keep: dict[str, Any] = {"stem": base.stem, "head": base.head, "name": base.name if base.grammar else ""}
        self._space = SearchSpace(grammar, self._own(grammar), base.input_shape, base.num_classes, **keep)
        self._describe()

    def _own(self, grammar: Grammar) -> tuple[Operator, ...]:
        standard = signature()
        return tuple(op for op in grammar.operators if op.name not in standard or op not in STANDARD)

    def _describe(self) -> None:
        if self._space is None or self._space.grammar is None:
            return
        info = grammar_info(self._space.grammar, self._accepted)
        self._state = {**self._state, "space": info.to_json(), "python": self.code()}
        self.publish(self._state)

    def do_accept(self, body: dict[str, Any]) -> None:
        """The button Accept."""
        self.accept()

    def do_sample(self, body: dict[str, Any]) -> None:
        """The button Sample."""
        drawn = self.space.sample(SAMPLES)
        self._state = {**self._state, "samples": [_sample(arch) for arch in drawn]}
        self.publish(self._state)

    def fallback(self) -> str:
        """The text of the grammar."""
        return self.value


def _sample(arch: Architecture) -> dict[str, str]:
    dot = ""
    if len(arch.term) <= 4 * _THUMBNAIL:
        try:
            info = graph_info(arch.term, boxes=False, largest=_THUMBNAIL)
            dot = info.dot
        except BuildError:
            dot = ""
    return {"term": arch.term.text, "dot": dot}


def python_code(space: SearchSpace, base: SearchSpace | None = None) -> str:
    """Return Python code that makes `space` again.

    Parameters
    ----------
    space
        A space with a grammar.
    base
        The space that it was edited from: a published one is named, and its operators are not listed.
    """
    if space.grammar is None:
        return f"nv.SearchSpace.free(input_shape={space.input_shape}, num_classes={space.num_classes})"
    text = _literal(space.grammar.text)
    published = None if base is None else next((f for f in PUBLISHED if f().name == base.name), None)
    task = f"input_shape={space.input_shape}, num_classes={space.num_classes}"
    if published is not None:
        return f"space = nv.spaces.{published.__name__}({task}).with_grammar({text})\n"
    own = [op for op in space.grammar.operators if op not in STANDARD]
    listed = f"    operators=[{', '.join(_variable(op) for op in own)}],\n" if own else ""
    return f"space = nv.SearchSpace(\n    {text},\n{listed}    {task.replace(', num', ',' + chr(10) + '    num')},\n)\n"


def _literal(text: str) -> str:
    if '"""' in text or "\\" in text or text.endswith('"'):
        return repr(text)
    return f'"""\n{text.strip(chr(10))}\n"""'


def _variable(operator: Operator) -> str:
    """The name under which a notebook holds the operator; else the operator's own."""
    try:
        from IPython.core.getipython import get_ipython
    except ImportError:
        return operator.name
    shell = get_ipython()
    names = dict(getattr(shell, "user_ns", {}))
    for name, value in names.items():
        if value is operator and not name.startswith("_"):
            return name
    return operator.name
