import pytest

from nasviz.records import CostRow
from nasviz.view.cost import COLUMNS, cost_cells, cost_summary, cost_table

ROWS = [
    CostRow((), "conv_stem", (3, 32, 32), (16, 32, 32), 432, 884_736, part="stem"),
    CostRow((0, 2), "conv3x3", (16, 32, 32), (16, 32, 32), 2304, 4_718_592, memory=65_536),
    CostRow((1,), "id", (16, 32, 32), (16, 32, 32), 0, 0),
]


def test_table_has_a_row_for_each_operation():
    table = cost_table(ROWS)
    assert tuple(table.columns) == COLUMNS
    assert table.parameters.sum() == 2736
    assert table.share.sum() == pytest.approx(1)
    assert list(table.position) == [(), (0, 2), (1,)]


def test_summary_and_cells():
    assert cost_summary(ROWS).replace("\u00a0", " ") == "2.7 k parameters · 5.6 M FLOPs"
    assert [cell.replace("\u00a0", " ") for cell in cost_cells(ROWS)[1]] == [
        "0.2", "conv3x3", "body", "16×32×32", "16×32×32", "2.3 k", "84 %", "4.7 M", "66 k",
    ]  # fmt: skip


def test_nothing_costs_nothing():
    assert len(cost_table([])) == 0
    assert cost_table(ROWS[2:]).share[0] == 0
