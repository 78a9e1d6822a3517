"""The code of the README runs as it stands, only with fewer trials and epochs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

README = Path(__file__).parent.parent / "README.md"
SMALLER = {
    "study.best_trial.arch.to_torch()": "study.run(total=2); study.best_trial.arch.to_torch()",
    "total=50": "total=2",
    "epochs=20": "epochs=1",
    "epochs=4": "epochs=1",
    "seeds=3": "seeds=2",
    "sample(100": "sample(5",
}


@pytest.mark.slow
def test_the_code_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = README.read_text()
    for old, new in SMALLER.items():
        assert old in text
        text = text.replace(old, new)
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(blocks) == 5
    monkeypatch.chdir(tmp_path)
    first, tune, inspect, own, operators = blocks
    names: dict[str, Any] = {}
    exec(first, names)
    searched = names["space"]
    exec(tune, names)
    assert names["cells"].count() == 15_284
    names["space"] = searched
    exec(inspect, names)
    assert names["mean"].shape == (5,)
    rng = np.random.default_rng(0)
    for part in ("train", "val", "test"):
        names[f"X_{part}"] = rng.random((60, 3, 28, 28), dtype=np.float32)
        names[f"y_{part}"] = rng.integers(0, 20, 60)
    exec(own, names)
    assert (tmp_path / "best.pt2").exists()
    exec(operators, names)
    assert names["arch"].to_torch(seed=0)(torch.rand(2, 3, 28, 28)).shape == (2, 10)


def test_ones_own_data_operator_topology_and_space_take_twenty_lines() -> None:
    block = re.search(r"## Your own data.*?```python\n(.*?)```", README.read_text(), re.DOTALL)
    assert block is not None
    lines = [line for line in block[1].splitlines() if line.strip()]
    assert len(lines) <= 20
    for word in ("@nv.primitive", "nv.topology(", "nv.SearchSpace(", "data="):
        assert word in block[1]


def test_the_picture_of_the_readme_exists() -> None:
    for path in re.findall(r"!\[[^]]*\]\(([^)]+)\)", README.read_text()):
        assert (README.parent / path).is_file()
