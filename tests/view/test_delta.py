import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nasviz.view.delta import apply, changes

values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=3),
    max_leaves=12,
)


@given(values, values)
def test_applying_the_changes_gives_the_new_value(old, new):
    assert json.dumps(apply(old, changes(old, new)), sort_keys=True) == json.dumps(new, sort_keys=True)


@given(values)
def test_nothing_changed(value):
    assert changes(value, value) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"x": [1, 2]}, {"x": [1, 2, 3, 4]}, [[["x"], "extend", [3, 4]]]),
        ({"x": [1, 2]}, {"x": [1, 9, 3]}, [[["x"], "set", [1, 9, 3]]]),
        ({"x": [1, 2]}, {"x": [1]}, [[["x"], "set", [1]]]),
        ({"x": []}, {"x": [1]}, [[["x"], "set", [1]]]),
        ({"a": 1, "b": 2}, {"b": 2}, [[["a"], "drop", None]]),
        ({"b": 2}, {"a": 1, "b": 2}, [[["a"], "set", 1]]),
        ([{"y": [1]}, {"y": [5]}], [{"y": [1, 2]}, {"y": [5]}], [[[0, "y"], "extend", [2]]]),
        ([{"y": 1}], [{"y": 1}, {"y": 2}], [[[], "extend", [{"y": 2}]]]),
        (1, True, [[[], "set", True]]),
    ],
)
def test_changes_are_the_smallest_for_what_a_live_figure_does(old, new, expected):
    assert changes(old, new) == expected


def test_the_given_value_is_left_alone():
    old = {"x": [1], "deep": {"y": [1]}}
    apply(old, changes(old, {"x": [1, 2], "deep": {"y": [1, 2]}}))
    assert old == {"x": [1], "deep": {"y": [1]}}


def test_the_same_object_is_not_looked_into():
    class Closed(dict):
        def __iter__(self):
            raise AssertionError("looked into")

    part = Closed(x=[1])
    assert changes({"figure": part, "n": 1}, {"figure": part, "n": 2}) == [[["n"], "set", 2]]
