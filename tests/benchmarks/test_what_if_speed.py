"""What if: a term is edited, and mean, sd, acquisition and credits move; n = 500 trials on hierarchical NAS-Bench-201.

In processor time, which a busy machine does not change.
"""

import time

import numpy as np
import pytest

from nasviz.spaces import hierarchical_nb201
from nasviz.surrogate import GP, FlatWL, HierarchicalWL
from nasviz.surrogate.basis import Basis

pytestmark = pytest.mark.slow
LIMIT = 0.050


@pytest.mark.parametrize("kernel", [FlatWL(2), HierarchicalWL(iterations=(1, 2, 2, 2, 2, 2))], ids=["flat", "hierarchical"])
def test_an_edit_at_500_trials(kernel, record_property) -> None:
    space = hierarchical_nb201()
    archs = space.sample(500, seed=0)
    gp = GP(kernel).fit(archs, [0.3 * 0.99 ** str(arch).count("conv3x3") for arch in archs])
    basis = Basis(gp)
    edited = [space.mutate(archs[0], seed) for seed in range(12)]
    took: dict[str, list[float]] = {"belief": [], "credits": []}
    basis.accountant.account(edited[0])
    basis.beliefs(edited[:1])
    for arch in edited[1:]:
        began = time.process_time()
        basis.beliefs([arch])
        took["belief"].append(time.process_time() - began)
        began = time.process_time()
        basis.accountant.account(arch)
        took["credits"].append(time.process_time() - began)
    found = {name: float(np.quantile(times, 0.25)) for name, times in took.items()}
    print(f"\n{type(kernel).__name__}: " + ", ".join(f"{name} {1000 * seconds:.0f} ms" for name, seconds in found.items()))
    record_property("seconds", found)
    assert found["belief"] <= LIMIT
    assert found["credits"] <= 2 * LIMIT
