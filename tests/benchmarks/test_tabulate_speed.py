"""How long a table of 116 cells takes on this machine, printed; the aim is two minutes on two cores."""

import time

import pytest

import nasviz as nv


@pytest.mark.benchmark
@pytest.mark.timeout(1200)
def test_116_cells_on_the_digits() -> None:
    began = time.perf_counter()
    table = nv.tabulate(nv.spaces.three_node_cells(), nv.TrainingObjective(nv.data.digits(), device="cpu"), workers=2).wait(
        1000
    )
    values = table.frame["value"]
    print(f"\n116 cells in {time.perf_counter() - began:.0f} s; errors {values.min():.3f} to {values.max():.3f}")
    assert len(table) == 116
    assert values.max() - values.min() > 0.3
