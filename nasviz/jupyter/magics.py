"""``%%grammar NAME``: a cell whose text is a grammar."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from nasviz.algebra import Operator
from nasviz.errors import NasvizError

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from nasviz.spaces import SearchSpace

_WORD = re.compile(r"[A-Za-z_]\w*")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise NasvizError(f"%%grammar: {message}. Type: {self.format_usage().removeprefix('usage: ').strip()}")


def grammar_space(line: str, text: str, names: Mapping[str, Any]) -> tuple[str, SearchSpace]:
    """Return what ``%%grammar`` defines: a name and a search space.

    Parameters
    ----------
    line
        What follows ``%%grammar``: a name, then ``--input-shape C,H,W`` (default 3,32,32) and ``--classes N`` (default 10).
    text
        The grammar.
    names
        The notebook's variables; operators among them whose name stands in the grammar are the space's own.

    Raises
    ------
    NasvizError
        If the line cannot be read.
    GrammarError
        If the grammar cannot.

    Examples
    --------
    >>> name, space = grammar_space("mine --input-shape 1,8,8", "S ::= conv | Linear(S, S)", {})
    >>> name, space.input_shape
    ('mine', (1, 8, 8))
    """
    from nasviz.spaces import SearchSpace

    parser = _Parser(prog="%%grammar", add_help=False)
    parser.add_argument("name")
    parser.add_argument("--input-shape", default="3,32,32", metavar="C,H,W", type=_shape)
    parser.add_argument("--classes", default=10, metavar="N", type=int)
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise NasvizError(f"%%grammar: {error}") from None
    options = parser.parse_args(words)
    if not options.name.isidentifier():
        raise NasvizError(f"%%grammar: {options.name!r} is not a name. Type: %%grammar space")
    known = {value.name: value for value in names.values() if isinstance(value, Operator)}
    own = [known[word] for word in sorted({*_WORD.findall(text)} & known.keys())]
    shape, classes = options.input_shape, options.classes
    return options.name, SearchSpace(text, operators=own, input_shape=shape, num_classes=classes)


def _shape(text: str) -> tuple[int, ...]:
    shape = tuple(int(part) for part in text.split(","))
    if not 1 <= len(shape) <= 3 or min(shape) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no shape: C,H,W of images, L,C of sequences, C of vectors")
    return shape


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Add the magic to `shell`; called by ``%load_ext nasviz.jupyter``."""
    from IPython.core.error import UsageError

    def grammar(line: str, cell: str) -> SearchSpace:
        """``%%grammar NAME [--input-shape C,H,W] [--classes N]`` makes the search space NAME of the cell's text."""
        try:
            name, space = grammar_space(line, cell, shell.user_ns)
        except NasvizError as error:
            raise UsageError(str(error)) from None
        shell.push({name: space})
        return space

    shell.magics_manager.register_function(grammar, magic_kind="cell", magic_name="grammar")
