"""Usual slips in the exercises of 02_workbench, and what each is told; a view is an answer, too."""

from __future__ import annotations

import pytest

from nasviz.exercises import check, solution
from nasviz.exercises.answers import grammar
from nasviz.exercises.notebook_02 import BROKEN, EDITED, MOST, REPAIRED, TARGET
from nasviz.grammar import parse_derivation
from nasviz.grammar.lint import lint
from nasviz.spaces import digits_cells, signature
from nasviz.widgets.architecture import ArchitectureView
from nasviz.widgets.grammar import GrammarEditor
from nasviz.widgets.stepper import Stepper


@pytest.mark.parametrize(
    ("number", "answer"),
    [
        ("02.1", "N ::= B | Linear(B, N)\nB ::= O | Residual2(O, id, O)\nO ::= avg_pool | conv3x3 [0.5] | conv1x1"),
        ("02.1", REPAIRED + "POOL ::= max_pool\n"),
        ("02.2", digits_cells().parse(TARGET)),
        ("02.3", [1]),
        ("02.3", (digits_cells().parse(EDITED), (1,))),
        ("02.4", EDITED.replace("id, conv3x3", "id, avg_pool")),
        ("02.4", digits_cells().parse(EDITED.replace("id, conv3x3", "id, dconv3x3"))),
    ],
)
def test_other_right_answers(number, answer):
    assert check(number, answer)


@pytest.mark.parametrize(
    ("number", "answer", "words"),
    [
        ("02.1", BROKEN, "the nonterminal 'NET' derives no finite term"),
        ("02.1", REPAIRED.replace("| BLOCK\n", "| Linear(BLOCK, BLOCK)\n"), "Your grammar does not derive "),
        ("02.1", REPAIRED.replace("conv1x1", "max_pool"), "Your grammar does not derive conv1x1."),
        ("02.1", REPAIRED + "OP2 ::= id\nNET ::= OP2", "'NET' is defined twice"),
        ("02.1", REPAIRED.replace(" [0.5]", ""), "conv1x1 is drawn 1 times as often as conv3x3; wanted is 0.5."),
        ("02.1", REPAIRED.replace("avg_pool", "avg_pool [0.3]"), "conv1x1 is drawn 0.4 times as often as conv3x3"),
        (
            "02.2",
            "Linear(conv3x3, conv3x3)",
            "At the root you have Linear with 2 operands, the network has Linear with 3",
        ),
        ("02.2", TARGET.replace("dconv3x3", "conv3x3"), "At (2, 0) you have conv3x3, the network has dconv3x3: go back"),
        ("02.2", 7, "found an int"),
        ("02.3", (2, 2), "conv3x3 at (2, 2) has 9 280 parameters; another operation has more."),
        ("02.3", (0,), "At (0,) stand 3 operations: select a single one."),
        ("02.3", (9,), "no position (9,)"),
        ("02.3", "down", "Expected the selection of the view"),
        ("02.3", (digits_cells().parse(TARGET), ()), "This selection is of another network"),
        ("02.4", EDITED, "This is the network as it was"),
        ("02.4", EDITED.replace("dconv3x3", "id"), "One operator has changed, and 26 874 parameters are left: too many."),
        ("02.4", TARGET, "differs in more than one operator"),
        ("02.4", EDITED.replace("id, conv3x3", "id, relu"), "no rule of the grammar derives the subterm relu at (2, 2)"),
    ],
)
def test_usual_slips(number, answer, words):
    feedback = check(number, answer)
    assert not feedback
    assert words in f"{feedback.message} {feedback.excerpt}".replace("\u202f", " ")


def test_a_stepper_is_an_answer_and_is_told_where_it_went_wrong():
    stepper = Stepper(digits_cells(), cost="operators")
    assert "You are on the way, at NET: 1 place is still open." in repr(check("02.2", stepper))
    choices = parse_derivation(digits_cells().grammar, digits_cells().parse(TARGET).term).macro
    assert len(choices) == 7
    for k in choices[:-1]:
        stepper.expand(stepper.partial.frontier[0], k)
    assert "1 place is still open" in repr(check("02.2", stepper))
    stepper.expand(stepper.partial.frontier[0], choices[-1])
    assert check("02.2", stepper)
    assert check("02.2", stepper.arch)
    stepper.undo()
    stepper.expand(stepper.partial.frontier[0], 0)
    assert "At (2, 1) you have conv3x3, the network has avg_pool" in repr(check("02.2", stepper))
    stepper.close()


def test_views_and_editors_are_answers():
    view = ArchitectureView(digits_cells().parse(EDITED), parts=("term",))
    assert "Nothing is selected" in repr(check("02.3", view))
    view.selection = (view.arch, (1,))
    assert check("02.3", view)
    assert check("02.3", view.selection)
    assert not check("02.4", view)
    view.replace((2, 2), "conv1x1")
    assert check("02.4", view)
    editor = GrammarEditor(BROKEN)
    assert not check("02.1", editor)
    editor.value = REPAIRED
    editor._check()
    assert check("02.1", editor)
    for made in (view, editor):
        made.close()


def test_what_the_exercises_say_is_so():
    assert sum(f.severity == "error" for f in lint(BROKEN, signature())) == 5
    assert grammar(REPAIRED).start == "NET"
    edited = digits_cells().parse(EDITED)
    assert edited.cost().parameters == 27162
    assert max(edited.cost().rows, key=lambda row: row.parameters).position == (1,)
    assert digits_cells().parse(solution("02.4").answer).cost().parameters <= MOST < edited.cost().parameters
