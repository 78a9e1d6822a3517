"""A small space, small data, and a folder for detached jobs that is not the user's."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nasviz.jobs import folder, start
from nasviz.spaces import Architecture, SearchSpace, parse


@pytest.fixture(scope="session")
def arch() -> Architecture:
    """Cheap to train, on images (1, 4, 4) of three classes."""
    return parse("Linear(conv1x1, relu)", input_shape=(1, 4, 4), num_classes=3)


@pytest.fixture(scope="session")
def data() -> tuple[Any, Any]:
    """(train, val) with 48 and 24 examples whose class is how bright they are."""
    rng = np.random.default_rng(0)
    parts = []
    for n in (48, 24):
        y = np.arange(n) % 3
        parts.append((y[:, None, None, None] + 0.1 * rng.standard_normal((n, 1, 4, 4)), y))
    return tuple(parts)


@pytest.fixture
def bad_arch() -> Any:
    """A function from what a module shall do to an architecture that does it."""
    from torch import nn

    from nasviz.nn import primitive

    def make(action: Any, text: str = "S ::= bad") -> Architecture:
        class Bad(nn.Module):
            def forward(self, x: Any) -> Any:
                if not x.is_meta and self.training:
                    return action(x)
                return x

        @primitive
        def bad(c_in: int, c_out: int) -> nn.Module:
            return Bad()

        return SearchSpace(text, operators=[bad], input_shape=(1, 4, 4), num_classes=3).sample(seed=0)

    return make


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's folder of jobs, empty."""
    place = tmp_path / "jobs"
    for module in (folder, start):
        monkeypatch.setattr(module, "data_folder", lambda: place)
    return place
