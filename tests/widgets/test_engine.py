import re

import pytest

from nasviz.errors import NasvizError
from nasviz.widgets import engine as module


def test_one_engine_for_each_kernel():
    assert module.engine() is module.engine()
    assert module.plot_engine() is module.plot_engine()
    assert module.engine() is not module.plot_engine()


def test_a_closed_engine_is_replaced():
    old = module.engine()
    old.close()
    assert module.engine() is not old
    assert module.engine()._esm == old._esm


def test_the_code_is_text_and_small_enough():
    code = module.engine()._esm
    assert type(code) is str
    assert len(code.encode()) <= 1_500_000


@pytest.mark.parametrize("stem", ["engine", "grammar", "architecture", "standalone"])
def test_no_bundle_knows_another_machine(stem):
    hosts = set(re.findall(r"(?:https?|wss?)://([\w.-]+)", module.bundle(stem)))
    assert hosts <= {"www.w3.org"}  # names of XML namespaces


def test_a_missing_bundle_says_what_to_type():
    with pytest.raises(NasvizError, match=r"the front end of 'nothing' is not built.*pip install -e \."):
        module.bundle("nothing")
