"""Maps and similarities as a live board draws them: 500 trials of hierarchical NAS-Bench-201, 200 architectures beside."""

import time

import numpy as np
import pytest

from nasviz.records import Trial
from nasviz.spaces import hierarchical_nb201
from nasviz.surrogate import GP, HierarchicalWL
from nasviz.view.gram import gram_figure, gram_info
from nasviz.view.space_map import space_map_figure, space_map_info

pytestmark = pytest.mark.slow
LIMIT = 0.5


def test_maps_and_similarities_at_500_trials(record_property) -> None:
    archs = hierarchical_nb201().sample(500, seed=0)
    values = [0.3 * 0.99 ** str(arch).count("conv3x3") for arch in archs]
    trials = [Trial(i, str(arch), "f", "finished", value) for i, (arch, value) in enumerate(zip(archs, values, strict=True))]
    kernel = HierarchicalWL(iterations=(1, 2, 2, 2, 2, 2))
    gp = GP(kernel).fit(archs[:499], values[:499])
    took: dict[str, list[float]] = {"first map": [], "later map": [], "map drawn": [], "similarities drawn": []}

    def timed(name, what):
        began = time.process_time()
        found = what()
        took[name].append(time.process_time() - began)
        return found

    first = timed("first map", lambda: gp.map(seed=1))
    later = GP(kernel, store=gp.store).fit(archs, values)
    for _ in range(5):
        found = timed("later map", lambda: later.map(seed=1, previous=first))
        timed("map drawn", lambda: space_map_figure(space_map_info(found.record, trials)))  # noqa: B023
        timed("similarities drawn", lambda: gram_figure(gram_info(later.similarity(), trials)))
    seconds = {name: float(np.quantile(times, 0.25)) for name, times in took.items()}
    print("\n" + ", ".join(f"{name} {1000 * t:.0f} ms" for name, t in seconds.items()))
    record_property("seconds", seconds)
    assert len(found.record.x) > 600
    assert seconds["first map"] <= 2 * LIMIT, "200 architectures are drawn and their features counted"
    assert seconds["later map"] + seconds["map drawn"] <= LIMIT
    assert seconds["similarities drawn"] <= LIMIT
