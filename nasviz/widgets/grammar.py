"""The grammar editor: findings and sizes as one types, and the last good space to go on with."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import traitlets

from nasviz.algebra import Operator
from nasviz.errors import BuildError, GrammarError, NasvizError
from nasviz.grammar import Diagnostic, Grammar
from nasviz.grammar.lint import lint
from nasviz.grammar.notation import BYTE_ORDER_MARK, read, write
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
from nasviz.view.grammar import Sizes, cut, grammar_info
from nasviz.view.graph import graph_info
from nasviz.view.operators import operator_infos
from nasviz.widgets.base import View, expect
from nasviz.widgets.examples import Example, checked_examples, judge
from nasviz.widgets.workspace import WORKSPACE

SAMPLES = 5
"""Architectures that are drawn beside the text."""

SLOW = 0.05
"""Seconds of counting from which on findings are shown before the counts."""

SETTLED = 0.4
"""Seconds between a change and the architectures that are drawn from it."""

PUBLISHED = (hierarchical_nb201, nb201, nested_convnet, digits_cells)
"""Spaces that code names instead of listing their operators."""

_THUMBNAIL = 24
_FOLDED = 8
_LARGEST = 5000


class GrammarEditor(View):
    """An editor for the grammar of a search space.

    Mistakes are marked where they are, with the edit that repairs them; names are completed, explained and renamed. Beside the
    text stand the exact numbers of architectures and of derivations, their change against the accepted version, what each
    nonterminal derives, example terms that the grammar must or must not derive, and five architectures drawn from it. A text
    with errors never disturbs the last good space.

    Parameters
    ----------
    space
        A :class:`~nasviz.spaces.SearchSpace`, or the text of a grammar (which may have errors).
    operators
        Operators of your own that the grammar may use; a space brings its own.
    input_shape, num_classes
        The task, when `space` is a text.
    examples
        Pairs (text of a term, whether the grammar must derive it).

    Attributes
    ----------
    value : str
        The text, as it stands in the editor; settable, observable, linkable.
    good : SearchSpace or None
        The space of the last text without errors; observable.
    examples : list of (str, bool)
        The examples; settable and observable.
    arch : Architecture or None
        The drawn architecture that was chosen last; observable, as `selection`.

    Examples
    --------
    >>> editor = GrammarEditor("S ::= Linear(B, B)\\nB ::= conv3x3 | id")      # doctest: +SKIP
    >>> editor.examples = [("Linear(id, id)", True), ("id", False)]             # doctest: +SKIP
    >>> editor.space.count()                                                    # doctest: +SKIP
    4
    """

    stem = "grammar"
    value = traitlets.Unicode().tag(sync=True, echo_update=False)
    revision = traitlets.Int(0).tag(sync=True, echo_update=False)
    good = traitlets.Any(default_value=None, allow_none=True)
    examples = traitlets.List()
    arch = traitlets.Any(default_value=None, allow_none=True)

    def __init__(
        self,
        space: SearchSpace | str,
        operators: Iterable[Operator] = (),
        input_shape: tuple[int, ...] = (3, 32, 32),
        num_classes: int = 10,
        examples: Iterable[Example] = (),
        **kwargs: Any,
    ) -> None:
        own = tuple(operators)
        expect(space, (SearchSpace, str), "a search space, or the text of a grammar,")
        if isinstance(space, str):
            self._base = SearchSpace.free(input_shape, num_classes, own)
            text = space.removeprefix(BYTE_ORDER_MARK)
        else:
            if space.grammar is None:
                raise NasvizError("the free space has no grammar to edit; give a text, e.g. GrammarEditor('S ::= conv3x3')")
            self._base = space
            text = space.grammar.text
        text = kwargs.pop("value", text)
        self._signature = self._base.signature.with_(own) if own else self._base.signature
        self._sizes: Sizes | None = None
        self._accepted: Sizes | None = None
        self._drawn: dict[str, Architecture] = {}
        self._seed = 0
        self._counting = 0.0
        self._state: dict[str, Any] = self._first_state()
        self._complete = False
        super().__init__(value=text, **kwargs)
        self.examples = list(examples)
        self._check()
        self._draw()
        self._compare_from_now()
        self._complete = True
        self._update()
        self.observe(GrammarEditor._edited, ["value", "revision"])
        self.observe(GrammarEditor._judge_again, "examples")

    def _first_state(self) -> dict[str, Any]:
        return {
            "version": -1,
            "counted": -1,
            "findings": [],
            "space": None,
            "operators": [info.__dict__ for info in operator_infos(self._signature)],
            "attributes": list(self._signature.attributes),
            "examples": [],
            "samples": [],
            "problem": "",
            "file": None,
            "python": "",
        }

    def _update(self, **changes: Any) -> None:
        with self._lock:
            self._state = {**self._state, **changes}
            if self._complete:
                self.publish(self._state)

    @property
    def space(self) -> SearchSpace:
        """The space of the last text without errors.

        Raises
        ------
        GrammarError
            If there was none yet; the error says what is wrong with the text.
        """
        if self.good is None:
            raise next(f.error(self.value) for f in lint(self.value, self._signature) if f.severity == "error")
        return self.good

    @property
    def findings(self) -> list[Diagnostic]:
        """What is wrong or remarkable in the text as it stands."""
        return lint(self.value, self._signature)

    def accept(self) -> None:
        """Compare sizes with the last good version from now on."""
        self._compare_from_now()

    def _compare_from_now(self) -> None:
        if self._sizes is not None:
            self._accepted = self._sizes
            self._describe()

    def code(self) -> str:
        """Return Python code that makes the last good space again."""
        return python_code(self.space, self._base)

    # what follows an edit

    @staticmethod
    def _edited(change: Any) -> None:
        WORKSPACE.submit(change["owner"], GrammarEditor._check, key="check")

    def _check(self) -> None:
        version, text = self.revision, self.value
        findings = lint(text, self._signature)
        shown: dict[str, Any] = {"version": version, "findings": [f.to_json() for f in findings]}
        shown |= self._besides()
        if any(f.severity == "error" for f in findings):
            self._update(**shown)
            return
        if self._counting > SLOW:
            self._update(**shown)
        try:
            grammar = Grammar.parse(text, self._signature)
            if self.good is None or self.good.grammar is None or self.good.grammar.text != text:
                self._take(grammar)
        except GrammarError as error:
            found = Diagnostic("space", "error", error.message, error.start, error.end, error.hint)
            self._update(**{**shown, "findings": [found.to_json()]})
            return
        self._describe(**shown, counted=version)

    def _besides(self) -> dict[str, Any]:
        """What else changes in the state when the text does."""
        return {}

    def _take(self, grammar: Grammar) -> None:
        good = self._space_of(grammar)
        begin = time.perf_counter()
        self._sizes = Sizes.of(grammar)
        self._counting = time.perf_counter() - begin
        first = self.good is None
        self.good = good
        if not first:
            WORKSPACE.submit(self, GrammarEditor._draw, after=SETTLED, key="draw")

    def _space_of(self, grammar: Grammar) -> SearchSpace:
        base = self._base
        keep: dict[str, Any] = {"stem": base.stem, "head": base.head, "name": base.name if base.grammar else ""}
        return SearchSpace(grammar, self._own(grammar), base.input_shape, base.num_classes, **keep)

    def _own(self, grammar: Grammar) -> tuple[Operator, ...]:
        standard = signature()
        return tuple(op for op in grammar.operators if op.name not in standard or op not in STANDARD)

    def _describe(self, **changes: Any) -> None:
        if self._sizes is None:
            return
        info = grammar_info(self._sizes, self._accepted)
        self._update(**changes, space=info.to_json(), python=self.code(), examples=self._verdicts())

    def _draw(self) -> None:
        if self.good is None:
            return
        problem = ""
        found: dict[str, Architecture] = {}
        try:
            for arch in self.good.sample(3 * SAMPLES, seed=self._seed):
                found.setdefault(arch.key, arch)
        except NasvizError as error:
            problem = cut(str(error), 300)
        self._drawn = dict(list(found.items())[:SAMPLES])
        self._update(samples=[_sample(arch) for arch in self._drawn.values()], problem=problem)

    def find_architecture(self, key: str) -> Architecture | None:
        """The drawn architecture with that key, or the one that was chosen."""
        if self.arch is not None and self.arch.key == key:
            return self.arch
        return self._drawn.get(key)

    @traitlets.observe("selection")
    def _chosen(self, change: Any) -> None:
        if change["new"] is not None:
            self.arch = change["new"][0]

    # examples

    @traitlets.validate("examples")
    def _check_examples(self, proposal: Any) -> Any:
        return checked_examples(proposal["value"])

    def _verdicts(self) -> list[dict[str, Any]]:
        return [judge(self.good, example).to_json() for example in self.examples]

    @staticmethod
    def _judge_again(change: Any) -> None:
        view = change["owner"]
        view._update(examples=view._verdicts())

    # what the person does

    def _catch_up(self, body: dict[str, Any]) -> None:
        """Take the text that a command is about: it may come before the text itself."""
        text, revision = body.get("text"), body.get("revision")
        if not isinstance(text, str) or not isinstance(revision, int) or revision < self.revision:
            return
        if (text, revision) != (self.value, self.revision):
            self.set_state({"value": text, "revision": revision})
            self._check()

    def do_accept(self, body: dict[str, Any]) -> None:
        """The button Accept."""
        self._catch_up(body)
        self.accept()

    def do_sample(self, body: dict[str, Any]) -> None:
        """The button Draw again."""
        self._seed += 1
        self._draw()

    def do_format(self, body: dict[str, Any]) -> dict[str, Any]:
        """The button Format: the text anew, or why not."""
        self._catch_up(body)
        text = self.value
        document = read(text)
        if document.problems:
            return {"note": "The text can be formatted as soon as every rule can be read."}
        return {"text": write(document), "revision": self.revision}

    def do_add_example(self, body: dict[str, Any]) -> None:
        """A new example, or another opinion on an old one."""
        term, must = body.get("term"), body.get("must")
        if not isinstance(term, str) or not isinstance(must, bool):
            raise NasvizError("an example is a term and whether it must be derived")
        (fresh,) = checked_examples([(term, must)])
        self.examples = [*(e for e in self.examples if e[0] != fresh[0]), fresh]

    def do_remove_example(self, body: dict[str, Any]) -> None:
        """The button beside an example."""
        self.examples = [e for e in self.examples if e[0] != body.get("term")]

    def fallback(self) -> str:
        """The text of the grammar."""
        return self.value


def _sample(arch: Architecture) -> dict[str, Any]:
    n = len(arch.term)
    shown = {"key": arch.key, "term": cut(arch.term.text, 4000), "dot": "", "problem": ""}
    size = f"{n} operator" if n == 1 else f"{n} operators"
    if n > _LARGEST:
        return {**shown, "problem": "too large to draw", "size": size}
    try:
        info = graph_info(arch.term, boxes=False, largest=_THUMBNAIL)
        if info.level is not None:
            info = graph_info(arch.term, boxes=False, largest=_FOLDED)
    except BuildError:
        return {**shown, "problem": "no path from input to output", "size": size}
    return {**shown, "dot": info.dot, "size": size if info.level is None else f"{size}, folded"}


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
    listed = f"    operators=[{', '.join(variable_of(op) for op in own)}],\n" if own else ""
    return f"space = nv.SearchSpace(\n    {text},\n{listed}    {task.replace(', num', ',' + chr(10) + '    num')},\n)\n"


def _literal(text: str) -> str:
    if '"""' in text or "\\" in text or text.endswith('"'):
        return repr(text)
    return f'"""\n{text.strip(chr(10))}\n"""'


def variable_of(operator: Operator) -> str:
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
