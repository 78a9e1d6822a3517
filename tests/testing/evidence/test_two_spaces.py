"""Two spaces compared at equal budgets: what a search keeps, and the table."""

import numpy as np
import pytest

from nasviz.testing.evidence import two_spaces
from nasviz.testing.evidence.kept import Kept
from nasviz.testing.evidence.two_spaces import Search, compare_spaces, spaces_summary


def test_summary_is_mean_and_sd_by_space():
    found = [
        Search("hierarchical", 0, (0.5, 0.4), 0.4, 0.5, 1000, 10.0),
        Search("hierarchical", 1, (0.2, np.nan), 0.2, 0.3, 3000, 20.0),
        Search("cell-based", 0, (0.6,), 0.6, 0.7, 500, 5.0),
    ]
    table = spaces_summary(found)
    row = table.loc["hierarchical"]
    assert (row["validation"], row["test"], row["parameters"], row["searches"], row["seconds"]) == pytest.approx(
        (30, 40, 2000, 2, 15)
    )
    assert row["validation sd"] == pytest.approx(np.std([40, 20], ddof=1))
    assert np.isnan(table.loc["cell-based", "test sd"])


def test_both_spaces_are_searched_with_every_seed(tmp_path, monkeypatch):
    asked = []

    def search(space, seed, total, epochs):
        asked.append((space, seed, total, epochs))
        return {"values": [0.5, None], "validation": 0.5, "test": 0.6, "parameters": 10, "term": "", "seconds": 1.0}

    monkeypatch.setattr(two_spaces, "search", search)
    found = compare_spaces(range(2), Kept(tmp_path), total=2, epochs=1)
    assert asked == [(space, seed, 2, 1) for seed in range(2) for space in ("hierarchical", "cell-based")]
    assert np.isnan(found[0].values[1])
    assert compare_spaces(range(2), Kept(tmp_path), total=2, epochs=1)[3].seed == 1
    assert len(asked) == 4


@pytest.mark.slow
def test_a_search_of_the_smaller_space():
    found = two_spaces.search("cell-based", 0, total=2, epochs=1)
    assert found["validation"] == min(found["values"])
    assert 0 <= found["test"] <= 1
    assert found["parameters"] > 1000
