"""A space restricted to the completions of a partial derivation."""

from __future__ import annotations

import os
from typing import Any

from nasviz.errors import NasvizError
from nasviz.grammar import Grammar
from nasviz.spaces.space import SearchSpace


class RestrictedSpace(SearchSpace):
    """Some architectures of a space. Made by :meth:`SearchSpace.restrict`.

    It has two grammars: `grammar`, that of the whole space, says what an architecture *is* (its fingerprint, its derivation),
    and `drawn_grammar`, the narrower one, says which are drawn, counted and contained. So an architecture found here equals
    the same architecture of the whole space, and trials of one search serve the other.

    Parameters
    ----------
    whole
        The space.
    completions
        A grammar over the same operators whose terms are terms of the space.
    """

    def __init__(self, whole: SearchSpace, completions: Grammar) -> None:
        grammar = whole.grammar or whole.known_grammar("restrict")
        super().__init__(
            grammar,
            whole._own,
            whole.input_shape,
            whole.num_classes,
            stem=whole.stem,
            head=whole.head,
            name=whole.name,
            source=whole.source,
            bibtex=whole.bibtex,
        )
        self._completions = completions

    @property
    def drawn_grammar(self) -> Grammar:
        """The grammar of the completions."""
        return self._completions

    def to_json(self) -> dict[str, Any]:
        """Return the space as JSON data; see :meth:`SearchSpace.to_json`."""
        return {**super().to_json(), "completions": self._completions.text}

    def save(self, path: str | os.PathLike[str]) -> None:
        """Refuse: a file says what a space is, not what of it is searched.

        Raises
        ------
        NasvizError
            Always.
        """
        raise NasvizError("a restricted space has no file of its own: save the whole space, or keep to_json()")

    def _identity(self) -> tuple[object, ...]:
        return (*super()._identity(), self._completions.fingerprint)

    def __repr__(self) -> str:
        return super().__repr__().replace("SearchSpace(", "RestrictedSpace(", 1)
