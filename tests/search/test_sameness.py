"""A stored study goes on only with values that are made as those that it has."""

from typing import Any

import numpy as np
import pytest

from nasviz.errors import NasvizWarning, StorageError
from nasviz.search import Study
from nasviz.spaces import SearchSpace


class Counted:
    """An objective that says how its values are made."""

    def __init__(self, value: float = 0.5, **settings: Any) -> None:
        self.settings = settings
        self.data = ((np.full((4, 1), value), np.zeros(4)),)

    def protocol(self) -> dict[str, Any]:
        return self.settings

    def __call__(self, arch: Any) -> float:
        return float(len(str(arch)))


def test_another_setting_of_the_objective_is_refused(space: SearchSpace, url: str) -> None:
    Study(space, Counted(epochs=4, lr=None), storage=url, name="first")
    text = (
        r"begun with an objective of epochs=4, now it is 12: the values would not compare. "
        r"Take epochs=4 to go on, or take a new name, e.g. name='first-2'"
    )
    with pytest.raises(StorageError, match=text):
        Study(space, Counted(epochs=12, lr=None), storage=url, name="first")
    with pytest.raises(StorageError, match=r"an objective of lr=None, now it is 0\.1"):
        Study(space, Counted(epochs=4, lr=0.1), storage=url, name="first")


def test_what_only_one_of_them_says_is_not_compared(space: SearchSpace, url: str) -> None:
    Study(space, Counted(epochs=4), storage=url, name="first")
    for objective in (None, len, Counted(), Counted(epochs=4, crop=2)):
        assert Study(space, objective, storage=url, name="first").storage.protocol["settings"] == {"epochs": 4}


def test_a_changed_grammar_does_not_hide_another_setting(space: SearchSpace, url: str) -> None:
    Study(space, Counted(epochs=4), storage=url, name="first")
    other = SearchSpace("S ::= conv3x3 | relu", input_shape=space.input_shape, num_classes=space.num_classes, stem=space.stem)
    with pytest.raises(StorageError, match="an objective of epochs=4, now it is 5"):
        Study(other, Counted(epochs=5), storage=url, name="first")


def test_other_data_are_said(space: SearchSpace, url: str) -> None:
    Study(space, Counted(0.5), storage=url, name="first")
    Study(space, Counted(0.5), storage=url, name="first")
    text = r"was begun on 4 examples, sha256 \w+, the objective now has 4 examples, sha256 \w+: values compare only if"
    with pytest.warns(NasvizWarning, match=text) as caught:
        Study(space, Counted(0.75), storage=url, name="first")
    assert caught[0].filename == __file__
