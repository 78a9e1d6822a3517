"""compare: start the comparison of two spaces, its arguments checked."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from operator import index
from typing import cast

from nasviz.errors import NasvizError
from nasviz.grammar import Law
from nasviz.jobs.comparison import Comparison
from nasviz.jobs.executor import default_executor
from nasviz.search.evaluate import Objective
from nasviz.spaces import SearchSpace

__all__ = ["compare"]


def compare(
    space_a: SearchSpace,
    space_b: SearchSpace,
    n: int = 200,
    *,
    objective: Objective | None = None,
    law: Law = "productions",
    seed: int = 0,
    names: Sequence[str] | None = None,
    executor: Executor | None = None,
    workers: int = 1,
) -> Comparison:
    """Compare two spaces by what is drawn from them: parameters, FLOPs, depth, the share that builds; also errors.

    It works in the background and returns at once; the last line of a cell draws it. Asking for a result waits for it.

    Parameters
    ----------
    space_a, space_b : SearchSpace
    n : int
        Draws from each.
    objective : callable, optional
        As of a study, e.g. ``nv.TrainingObjective(data, epochs=4)``: evaluates every network that builds, in worker processes.
        Errors are then compared at equal complexity (Radosavovic et al. 2019).
    law : str
        By which law is drawn; see :meth:`SearchSpace.sample`. Other laws compare other populations.
    seed : int
        Of the draws and of the evaluations, ≥ 0.
    names : two str, optional
        What the spaces are called; by default their own names.
    executor : Executor, optional
        Where the objective runs; the default are `workers` warm worker processes of this machine.
    workers : int
        How many evaluations run at once.

    Returns
    -------
    Comparison

    Raises
    ------
    NasvizError
        If a space cannot be drawn from, `n`, `workers` or `seed` are no such numbers, the executor is none, the names are not
        two different ones, or an objective is to compare spaces of different tasks.

    Examples
    --------
    >>> narrow = SearchSpace("S ::= Linear(B, B)\\nB ::= conv3x3 | id", input_shape=(1, 8, 8), name="narrow")
    >>> wide = SearchSpace("S ::= Linear(B, B)\\nB ::= conv3x3 | down", input_shape=(1, 8, 8), name="wide")
    >>> compare(narrow, wide, n=20).summary().builds.to_list()
    [1.0, 1.0]
    """
    spaces = (space_a, space_b)
    _check_spaces(spaces)
    for name, value, least in (("n", n, 1), ("seed", seed, 0), ("workers", workers, 1)):
        _check_whole(name, value, least)
    if objective is not None:
        _check_objective(objective, spaces)
    if executor is not None and not callable(getattr(executor, "submit", None)):
        raise NasvizError(f"an executor has a method submit, as nv.LocalExecutor() does; found {type(executor).__name__}")
    labels = _labels(spaces, names)
    for space in spaces:
        space.sample(seed=seed, law=law)
    chosen = (executor or default_executor(workers)) if objective is not None else None
    comparison = Comparison(spaces, labels, n, seed, law, objective, chosen, workers)
    comparison.start()
    return comparison


def _check_spaces(spaces: tuple[SearchSpace, SearchSpace]) -> None:
    for name, space in zip(("space_a", "space_b"), spaces, strict=True):
        if not isinstance(space, SearchSpace):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise NasvizError(f"{name} is a search space, found {type(space).__name__}; type: nv.compare(space_a, space_b)")


def _check_whole(name: str, value: object, least: int) -> None:
    try:
        number = least - 1 if isinstance(value, bool) else index(value)  # pyright: ignore[reportArgumentType]
    except TypeError:
        number = least - 1
    if number < least:
        raise NasvizError(f"{name} is a whole number of {least} or more, found {repr(value)[:60]}")


def _check_objective(objective: object, spaces: tuple[SearchSpace, SearchSpace]) -> None:
    if not callable(objective):
        raise NasvizError(f"an objective is a function of an architecture, found {type(objective).__name__}")
    tasks = [f"input {space.input_shape}, {space.num_classes} classes" for space in spaces]
    if tasks[0] != tasks[1]:
        raise NasvizError(
            f"errors of different tasks cannot be compared: {tasks[0]} and {tasks[1]}. "
            "Make both spaces with the same input_shape and num_classes"
        )


def _labels(spaces: tuple[SearchSpace, SearchSpace], names: Sequence[str] | None) -> tuple[str, str]:
    if names is not None:
        listed = cast("Sequence[object]", names) if isinstance(names, list | tuple) else ()
        given = [name for name in listed if isinstance(name, str) and name]
        if len(listed) != 2 or len(given) != 2 or given[0] == given[1]:
            raise NasvizError(f"names are two different texts, e.g. names=('narrow', 'wide'), found {str(names)[:60]!r}")
        return given[0], given[1]
    first, second = (space.name or f"space {letter}" for space, letter in zip(spaces, "ab", strict=True))
    return (first, second) if first != second else (f"{first} (a)", f"{second} (b)")
