from nasviz.view.frame import frame


def test_rows_keep_their_order_and_their_objects():
    table = frame([{"name": "b", "shape": (3, 8, 8), "n": 10**400}, {"name": "a", "shape": (1,), "n": 2}], "name")
    assert list(table.index) == ["b", "a"]
    assert list(table.columns) == ["shape", "n"]
    assert table.loc["b", "shape"] == (3, 8, 8)
    assert table.loc["b", "n"] == 10**400


def test_no_rows_are_an_empty_table():
    assert list(frame([], "name").index) == []
