"""The whole trip in plain Python, without Jupyter: from a grammar to a file that runs alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

import nasviz as nv

ALONE = """
import sys, torch
sys.modules["nasviz"] = None
net = torch.export.load(sys.argv[1]).module()
print(tuple(net(torch.zeros(5, 1, 8, 8)).shape))
"""


@pytest.mark.slow
@pytest.mark.timeout(280)
def test_from_a_grammar_with_own_operators_to_a_file(tmp_path: Path) -> None:
    @nv.primitive
    def swish3(c_in, c_out):
        return nn.Sequential(nn.Conv2d(c_in, c_out, 3, padding=1), nn.SiLU())

    diamond = nv.topology("Diamond", "1>2 1>3 2>4 3>4")
    text = "S ::= Diamond(B, B, B, B) | Linear(B, B) | Linear(B, down, B)\nB ::= swish3 [0.5] | avg_pool | id"
    space = nv.SearchSpace(text, operators=[swish3, diamond], input_shape=(1, 8, 8), num_classes=10)
    assert space.count() == 3**4 + 2 * 3**2

    train, val, test = nv.data.digits()
    objective = nv.TrainingObjective(data=(train, val), epochs=2)
    storage = f"sqlite:///{tmp_path}/trip.db"
    study = nv.Study(space, objective, strategy=nv.BayesOpt(n_init=3, candidates=50), storage=storage, name="trip")
    study.run(total=5)
    assert [trial.state for trial in study.trials] == ["finished"] * 5
    assert 0 <= study.best_value < 0.9

    again = nv.Study(space, objective, strategy=nv.BayesOpt(n_init=3, candidates=50), storage=storage, name="trip")
    again.run(total=5)
    assert len(again.trials) == 5

    confirmed = study.confirm(top=1, seeds=2, data=test)
    assert "±" in confirmed["result"][0]

    job = nv.train(study.best_trial.arch, data=(train, val), epochs=2, seed=0).wait()
    assert job.state == "done"
    file = job.export(tmp_path / "best.pt2")
    alone = subprocess.run([sys.executable, "-c", ALONE, str(file)], capture_output=True, text=True, check=True)
    assert alone.stdout.strip() == "(5, 10)"
    assert job.model(torch.zeros(2, 1, 8, 8)).shape == (2, 10)
