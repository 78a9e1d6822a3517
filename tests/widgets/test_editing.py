import pytest

from nasviz.errors import NasvizError, TermError
from nasviz.search import RandomSearch, Study
from nasviz.spaces import SearchSpace, digits_cells, parse
from nasviz.widgets.architecture import ArchitectureView
from nasviz.widgets.gallery import Gallery
from nasviz.widgets.workspace import WORKSPACE

GRAMMAR = "S ::= Linear(B, B) | Residual(B, B, B)\nB ::= conv3x3 | avg_pool | id"


@pytest.fixture(scope="module")
def small():
    return SearchSpace(GRAMMAR)


@pytest.fixture
def view(small):
    view = ArchitectureView(small.parse("Linear(id, id)"))
    WORKSPACE.flush()
    yield view
    view.close()


def test_a_subterm_is_replaced_and_selected(view):
    first = view.arch
    assert view.replace((1,), "conv3x3") is view.arch
    assert str(view.arch) == "Linear(id, conv3x3)"
    assert view.selection == (view.arch, (1,))
    assert view.edit_state()["said"] == "replaced id at (1,) by conv3x3"
    with pytest.raises(TermError, match="B is expected at") as caught:
        view.replace((1,), "Linear(id, id)")
    assert "It can be: B ::= conv3x3 | avg_pool | id" in str(caught.value)
    with pytest.raises(NasvizError, match=r"no position \(7,\)"):
        view.replace((7,), "id")
    assert view.space.parse(str(view.arch)) == view.arch != first


def test_edits_are_undone_and_done_again(view):
    shown = [str(view.arch)]
    for position, text in [((0,), "conv3x3"), ((1,), "avg_pool"), ((), "Residual(id, id, id)")]:
        view.replace(position, text)
        shown.append(str(view.arch))
    back = []
    for _ in range(5):
        view.undo()
        back.append(str(view.arch))
    assert back == [*shown[2::-1], shown[0], shown[0]]
    assert view.selection == (view.arch, (0,))
    for _ in range(5):
        view.redo()
    assert str(view.arch) == shown[-1]
    view.undo()
    view.replace((0,), "id")
    view.redo()
    assert str(view.arch) == "Linear(id, avg_pool)"
    words = [words for _, words, _ in view.edit_state()["history"]]
    assert words == [
        "the first",
        "replaced id at (0,) by conv3x3",
        "replaced id at (1,) by avg_pool",
        "replaced conv3x3 at (0,) by id",
    ]


def test_a_mutation_at_a_position_repeats_with_a_seed(view, small):
    found = {str(view.mutate((1,), seed=k)) for k in range(8) if not view.undo()}
    assert {"Linear(id, conv3x3)", "Linear(id, avg_pool)"} <= found
    view.arch = small.parse("Linear(id, id)")
    one = view.mutate(seed=5)
    view.undo()
    assert view.mutate(seed=5) == one
    with pytest.raises(NasvizError, match="no position"):
        view.mutate((9,))


def test_crossover_with_another_architecture_or_its_text(view, small):
    other = small.parse("Residual(conv3x3, conv3x3, avg_pool)")
    assert str(view.crossover(other, (1,), (2,))) == "Linear(id, avg_pool)"
    view.undo()
    assert str(view.crossover(str(other), (0,), (0,))) == "Linear(conv3x3, id)"
    view.undo()
    assert view.crossover(other, seed=1) in small
    view.undo()
    with pytest.raises(NasvizError, match="no nonterminal begins both at the root here and"):
        view.crossover(other, (), (0,))
    with pytest.raises(TermError, match="the other architecture is not in this space: unknown operator"):
        view.crossover("Linear(idd, id)")
    with pytest.raises(NasvizError, match="There is no crossover: "):
        view.crossover("Linear(id, id)")


def test_partners_are_known_from_many_places(small):
    archs = [small.parse(f"Linear({a}, {b})") for a in ("id", "conv3x3") for b in ("id", "avg_pool")]
    gallery = Gallery(archs)
    view = ArchitectureView(archs[0], partners=gallery)
    view.pinned = archs[3]
    assert [(str(a), source) for a, source in view.partners()] == [
        ("Linear(conv3x3, avg_pool)", "pinned"),
        ("Linear(id, avg_pool)", "given"),
        ("Linear(conv3x3, id)", "given"),
    ]
    view.replace((), "Residual(id, id, id)")
    assert ("Linear(id, id)", "given") in [(str(a), source) for a, source in view.partners()]
    with pytest.raises(NasvizError, match="partners are architectures, a gallery or a study, found int"):
        ArchitectureView(archs[0], partners=[3])
    view.close()
    gallery.close()


def test_the_pinned_one_is_compared_with(view, small):
    with pytest.raises(NasvizError, match="nothing is pinned to compare with: press p"):
        view.difference.edits  # noqa: B018
    view.pinned = view.arch
    view.replace((0,), "conv3x3")
    assert [str(edit) for edit in view.difference.edits] == ["replace id at (0,) by conv3x3"]
    with pytest.raises(NasvizError, match="shows an Architecture, found str"):
        view.pinned = "conv"


def test_an_empty_view_says_so():
    view = ArchitectureView(digits_cells())
    for edit in (lambda: view.replace((), "id"), view.mutate, lambda: view.crossover("id")):
        with pytest.raises(NasvizError, match="this view shows no architecture yet"):
            edit()
    view.undo()
    view.redo()
    view.close()


def test_the_free_space_takes_any_operator_of_the_sort():
    view = ArchitectureView(parse("Linear(conv, fc)"))
    assert str(view.replace((0,), "Residual(conv, id, conv)")) == "Linear(Residual2(conv, id, conv), fc)"
    with pytest.raises(TermError, match="add is a merge; a map is expected"):
        view.replace((0,), "add")
    with pytest.raises(NasvizError, match="nothing to mutate"):
        view.mutate()
    assert str(view.crossover("relu", (1,), ())) == "Linear(Residual2(conv, id, conv), relu)"
    view.close()


def test_the_trials_of_a_study_are_partners(small):
    study = Study(small, lambda arch: len(str(arch)), strategy=RandomSearch(), seed=0)
    study.run(total=4, executor="inline")
    view = ArchitectureView(small.parse("Linear(id, id)"), partners=study)
    assert {source for _, source in view.partners()} == {"given"}
    assert {str(arch) for arch, _ in view.partners()} == {t.term for t in study.trials} - {"Linear(id, id)"}
    view.close()
