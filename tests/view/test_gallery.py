import pandas as pd

from nasviz.view.gallery import Card, gallery_table


def test_caption():
    assert Card("k", "id").caption == "…"
    assert Card("k", "id", parameters=78_000).caption == "78\u00a0k\u00a0parameters"
    assert Card("k", "id", parameters=78_000, reason="no path").caption == "cannot be built"


def test_table_keeps_the_order_and_what_is_missing():
    table = gallery_table([Card("b", "id", parameters=3, output=(10,)), Card("a", "zero", reason="no path")])
    assert list(table.index) == ["b", "a"]
    assert table.parameters["b"] == 3
    assert table.parameters["a"] is pd.NA
    assert table.reason["a"] == "no path"
