"""parse: a term alone is an architecture."""

import pytest

from nasviz.errors import TermError
from nasviz.spaces import parse


def test_the_task_is_kept():
    arch = parse("Linear(conv, fc)", input_shape=(1, 8, 8), num_classes=3)
    assert (arch.space.input_shape, arch.space.num_classes) == ((1, 8, 8), 3)
    assert arch == parse("Sequential(conv, fc)")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Linear(conv3x4, fc)", "did you mean conv3x3?"),
        ("Residual(conv, id)", "Residual takes 3 operands or 4 operands, found 2"),
        ("Linear(conv", "the '(' of Linear is never closed"),
        ("Binary(conv, conv, conv)", "merge"),
        ("", "an empty term; type an operator"),
    ],
)
def test_mistakes_are_marked(text, words):
    with pytest.raises(TermError) as caught:
        parse(text)
    assert words in str(caught.value)
