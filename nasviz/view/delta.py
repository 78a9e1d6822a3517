"""What has changed between two JSON values: the smallest message that turns one into the other.

A live figure is sent once; after that only the points that are new travel. A change is a list `[path, how, value]`: the
path is a list of keys and indices; `how` is "set", "extend" (a list grew at its end) or "drop" (a key is gone).
"""

from typing import Any

Change = list[Any]
"""`[path, "set" | "extend" | "drop", value]`."""


def changes(old: Any, new: Any) -> list[Change]:
    """Changes that turn `old` into `new`.

    Parameters
    ----------
    old
        A JSON value (None, bool, number, text, list, dict).
    new
        A JSON value.

    Returns
    -------
        Changes in an order in which they can be applied; none when both are equal.

    >>> changes({"x": [1, 2], "name": "a"}, {"x": [1, 2, 3], "name": "a"})
    [[['x'], 'extend', [3]]]
    """
    found: list[Change] = []
    _compare(old, new, [], found)
    return found


def apply(value: Any, change_list: list[Change]) -> Any:
    """The value after the changes; the given one stays as it is.

    Parameters
    ----------
    value
        A JSON value.
    change_list
        From `changes`.

    >>> apply({"x": [1]}, [[["x"], "extend", [2]]])
    {'x': [1, 2]}
    """
    for path, how, new in change_list:
        value = _applied(value, path, how, new)
    return value


def _compare(old: Any, new: Any, path: list[str | int], found: list[Change]) -> None:
    if old is new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in old:
            if key not in new:
                found.append([[*path, key], "drop", None])
        for key, value in new.items():
            if key in old:
                _compare(old[key], value, [*path, key], found)
            else:
                found.append([[*path, key], "set", value])
    elif isinstance(old, list) and isinstance(new, list) and 0 < len(old) <= len(new) and _alike(old, new):
        for i, (a, b) in enumerate(zip(old, new, strict=False)):
            if isinstance(b, dict | list):
                _compare(a, b, [*path, i], found)
        if len(new) > len(old):
            found.append([path, "extend", new[len(old) :]])
    elif not _same(old, new):
        found.append([path, "set", new])


def _alike(old: list[Any], new: list[Any]) -> bool:
    """Whether element by element only containers of one kind differ, so that going deeper is worth it."""
    return all(
        (isinstance(a, dict) and isinstance(b, dict)) or (isinstance(a, list) and isinstance(b, list)) or _same(a, b)
        for a, b in zip(old, new, strict=False)
    )


def _same(a: Any, b: Any) -> bool:
    """Equal as JSON: 1 and True differ, 1 and 1.0 do not."""
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(_same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_same(x, b[key]) for key, x in a.items())
    return a == b and isinstance(a, bool) == isinstance(b, bool)


def _applied(value: Any, path: list[str | int], how: str, new: Any) -> Any:
    if path:
        key, rest = path[0], path[1:]
        copy: Any = list(value) if isinstance(value, list) else dict(value)
        if how == "drop" and not rest:
            del copy[key]
        elif how == "set" and not rest:
            copy[key] = new
        else:
            copy[key] = _applied(copy[key], rest, how, new)
        return copy
    return [*value, *new] if how == "extend" else new
