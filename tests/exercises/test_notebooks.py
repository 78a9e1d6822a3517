"""Exercises and notebooks fit: each notebook has two or more, each is asked where it belongs, and its cell is safe to run."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from nasviz.exercises import EXERCISES, notebook_01, notebook_02, notebook_04

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def sources(path, kind):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == kind]


def asked(path):
    return [number for source in sources(path, "code") for number in re.findall(r'nv\.check\("([^"]*)"', source)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_each_exercise_is_asked_in_its_notebook_in_order(path):
    number = path.stem[:2]
    own = [key for key in EXERCISES if key.startswith(f"{number}.")]
    assert asked(path) == own
    assert len(own) >= 2


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_answers_are_placeholders_and_titles_stand_above(path):
    code, text = sources(path, "code"), "\n".join(sources(path, "markdown"))
    for number in asked(path):
        (cell,) = [source for source in code if f'nv.check("{number}"' in source]
        assert re.search(r"^\w+ = \.\.\.", cell, re.M)
        assert f"**Exercise {number} · {EXERCISES[number].title}.**" in text


def test_no_solution_stands_in_a_notebook():
    for path in NOTEBOOKS:
        whole = "\n".join(sources(path, "code"))
        assert "nv.solution(" not in whole
        for exercise in EXERCISES.values():
            assert str(exercise.solution) not in whole or len(str(exercise.solution)) < 6


@pytest.mark.parametrize("name", ["TWICE", "BLOCKS", "AMBIGUOUS"])
def test_grammars_of_the_exercises_are_those_of_the_notebook(name):
    assert getattr(notebook_01, name) in "\n".join(sources(FOLDER / "01_grammars.ipynb", "code"))


def test_the_tour_holds_the_grammar_and_the_networks_of_its_exercises():
    whole = "\n".join(sources(FOLDER / "02_workbench.ipynb", "code"))
    assert notebook_02.BROKEN in whole
    assert notebook_02.EDITED in whole
    assert f"`{notebook_02.TARGET}`" in "\n".join(sources(FOLDER / "02_workbench.ipynb", "markdown"))


def test_every_file_of_exercises_has_a_notebook():
    assert {key[:2] for key in EXERCISES} <= {path.stem[:2] for path in NOTEBOOKS}


def test_the_notebook_on_search_asks_what_its_exercises_judge():
    text = "\n".join(sources(FOLDER / "04_search.ipynb", "markdown"))
    for term in notebook_04.PAIR:
        assert f"`{term}`" in text
    assert notebook_04.NESTED in "\n".join(sources(FOLDER / "04_search.ipynb", "code"))
    said = [f"{x:g}".replace("-", "−") for x in (notebook_04.ALIKE, notebook_04.OBSERVED, notebook_04.NOISE)]
    assert "k = {} was observed at z = {} (a small error), with noise variance σ² = {}".format(*said) in text
    for mean, sd in (notebook_04.SAFE, notebook_04.OPEN):
        assert f"mean −{-mean:g} and standard deviation {sd:g}" in text
