"""Every capability of the table exists, and a missing package is named with the line to type."""

from __future__ import annotations

import sys

import pytest

from nasviz.errors import NasvizError
from nasviz.extension import CAPABILITIES, lower


@pytest.mark.parametrize("name", CAPABILITIES)
def test_capability_exists(name: str) -> None:
    assert callable(lower(name))


def test_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in [m for m in sys.modules if m.startswith("nasviz.nn")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(NasvizError, match=r"needs the package 'torch'.*pip install torch"):
        lower("to_torch")
