import time

import pytest

from nasviz.algebra import Operator
from nasviz.errors import GrammarError, NasvizError
from nasviz.numbers import THIN
from nasviz.spaces import SearchSpace, digits_cells, hierarchical_nb201, parse
from nasviz.widgets.grammar import SAMPLES, SETTLED, GrammarEditor, python_code
from nasviz.widgets.workspace import WORKSPACE

TEXT = "S ::= Linear(B, B)\nB ::= conv3x3 | id"


def edit(page, text):
    """What the page does when someone types."""
    page.view.set_state({"value": text, "revision": page.view.revision + 1})
    WORKSPACE.flush()
    return page.state


@pytest.fixture
def shown(page):
    return page(GrammarEditor(TEXT, input_shape=(1, 8, 8)))


def test_sizes_change_as_one_types(shown):
    assert shown.state["space"]["terms"]["text"] == "4"
    state = edit(shown, TEXT + " | avg_pool")
    assert state["space"]["terms"]["text"] == "9"
    assert state["space"]["change"] == "+5 architectures"
    assert state["version"] == 1
    assert shown.view.space.count() == 9


def test_an_endless_space_is_counted_up_to_a_height(shown):
    state = edit(shown, "S ::= Linear(B, S) | B\nB ::= conv3x3 | id")
    assert state["space"]["terms"]["text"] == "∞ · 126 up to height 6"
    assert state["space"]["change"] == "was 4, now endless"


def test_a_broken_grammar_never_disturbs_the_last_good_one(shown):
    good = shown.view.space
    state = edit(shown, TEXT + " | conv3x4")
    assert shown.view.space is good
    assert state["space"]["terms"]["text"] == "4"
    (finding,) = state["findings"]
    assert (finding["severity"], finding["hint"]) == ("error", "did you mean conv3x3?")
    assert finding["start"] == len(TEXT) + 3
    assert edit(shown, TEXT)["findings"] == []


def test_findings_belong_to_a_version(shown):
    assert [edit(shown, TEXT + " |" * k)["version"] for k in (1, 2, 0)] == [1, 2, 3]


def test_of_many_edits_only_the_newest_is_checked(shown):
    for k in range(30):
        shown.view.set_state({"value": TEXT + " | id" * k, "revision": k + 1})
    WORKSPACE.flush()
    assert shown.state["version"] == 30
    assert len(shown.sent) < 10


@pytest.mark.slow
def test_accept_is_the_new_point_of_comparison(shown):
    edit(shown, TEXT + " | avg_pool")
    shown.command("accept")
    WORKSPACE.flush()
    assert shown.state["space"]["change"] == ""
    assert edit(shown, TEXT)["space"]["change"] == "−5 architectures"


def test_the_value_can_be_set_and_observed(shown):
    seen = []
    shown.view.observe(lambda change: seen.append(change["new"]), "value")
    shown.view.value = "S ::= conv3x3"
    WORKSPACE.flush()
    assert seen == ["S ::= conv3x3"]
    assert shown.view.space.count() == 1


def test_sample_draws_from_the_last_good_space(shown):
    shown.command("sample")
    WORKSPACE.flush()
    samples = shown.state["samples"]
    assert len({s["key"] for s in samples}) == len(samples) == 4 < SAMPLES
    assert all(s["dot"].startswith("digraph") for s in samples)
    assert all(shown.view.space.parse(s["term"]) for s in samples)


def test_a_text_that_was_never_right_has_no_space_yet(page):
    shown = page(GrammarEditor("S ::= con3x3"))
    assert shown.state["space"] is None
    with pytest.raises(GrammarError, match=r"(?s)line 1, column 7: undefined name 'con3x3'.*did you mean conv3x3"):
        shown.view.space  # noqa: B018
    edit(shown, "S ::= conv3x3")
    assert shown.view.space.count() == 1


def test_a_start_that_is_no_map_is_a_finding(page):
    shown = page(GrammarEditor("S ::= 3 | 4"))
    assert "an architecture is a map" in shown.state["findings"][0]["message"]


def test_the_free_space_has_nothing_to_edit():
    with pytest.raises(NasvizError, match="the free space has no grammar to edit"):
        GrammarEditor(parse("conv").space)


def test_own_operators_are_known_and_kept(page):
    swish = Operator("swish3")
    shown = page(GrammarEditor("S ::= swish3 | conv3x3", operators=[swish]))
    assert shown.state["findings"] == []
    assert {"name": "swish3", "signature": "map", "operands": 0, "doc": "", "source": ""} in shown.state["operators"]
    assert "operators=[swish3]," in shown.view.code()


def run(code, **names):
    """Read the call as Python, without running code from a text: only the constructor's arguments are literals."""
    import ast

    (assignment,) = ast.parse(code).body
    call = assignment.value
    values = {k.arg: ast.literal_eval(k.value) for k in call.keywords if k.arg != "operators"}
    return ast.literal_eval(call.args[0]), values


@pytest.mark.parametrize("text", [TEXT, TEXT + '\n# a "quoted" end"', 'S ::= id  # """ and \\ here'])
def test_code_gives_the_space_back(text):
    space = SearchSpace(text, input_shape=(1, 8, 8), num_classes=4)
    written, options = run(python_code(space))
    assert SearchSpace(written, **options) == space


def test_code_of_a_published_space_names_it(page):
    shown = page(GrammarEditor(hierarchical_nb201()))
    assert shown.state["space"]["terms"]["text"] == "10^375.85"
    assert shown.state["space"]["derivations"]["text"] == "10^446.09"
    assert len(shown.state["space"]["terms"]["exact"]) == 376
    assert shown.view.code().startswith(
        "space = nv.spaces.hierarchical_nb201(input_shape=(3, 32, 32), num_classes=10).with_grammar("
    )


def test_an_edited_space_keeps_its_task(page):
    shown = page(GrammarEditor(digits_cells()))
    assert shown.state["space"]["terms"]["text"] == f"6{THIN}135"
    edit(shown, "S ::= conv3x3")
    assert shown.view.space.input_shape == (1, 8, 8)


def test_the_text_remains_in_a_saved_notebook(shown):
    assert shown.view._repr_mimebundle_()[0]["text/plain"] == TEXT


def test_examples_are_judged_again_after_each_edit(shown):
    shown.view.examples = [
        ("Linear( id,conv3x3 )", True),
        ("Linear(relu, id)", True),
        ("Linear(relu, id)", False),
        ("id(", True),
    ]
    WORKSPACE.flush()
    states = [e["state"] for e in shown.state["examples"]]
    assert states == ["kept", "broken", "kept", "unread"]
    assert [e["state"] for e in edit(shown, TEXT + " | relu")["examples"]] == ["kept", "kept", "broken", "unread"]
    assert [e["state"] for e in edit(shown, TEXT + " | rel")["examples"]] == ["kept", "kept", "broken", "unread"]


def test_examples_are_added_and_removed_in_the_page(shown):
    seen = []
    shown.view.observe(lambda change: seen.append(change["new"]), "examples")
    shown.command("add_example", term="Linear(id, id)", must=True)
    shown.command("add_example", term=" Linear(id, id) ", must=False)
    assert shown.view.examples == [("Linear(id, id)", False)]
    assert shown.state["examples"][0]["why"] == "the grammar derives it"
    shown.command("remove_example", term="Linear(id, id)")
    assert shown.view.examples == []
    assert len(seen) == 3
    shown.command("add_example", term="  ", must=True)
    assert shown.errors == ["an example is the text of a term, found an empty text"]


@pytest.mark.slow
def test_a_drawn_architecture_can_be_chosen(shown):
    key = shown.state["samples"][0]["key"]
    shown.view.selected = {"v": 1, "architecture": key, "position": []}
    assert shown.view.arch.key == key
    assert shown.view.selection == (shown.view.arch, ())
    edit(shown, "S ::= relu")
    time.sleep(SETTLED + 0.2)
    WORKSPACE.flush()
    assert [s["term"] for s in shown.state["samples"]] == ["relu"]
    assert shown.view.find_architecture(key) == shown.view.arch


def test_format(shown):
    edit(shown, "S::=Linear( B,B )\nlonger ::= id\nB::=id|conv3x4")
    shown.command("format")
    answer = shown.sent[-1][1]["body"]
    assert answer["text"] == "S      ::= Linear(B, B)\nlonger ::= id\nB      ::= id | conv3x4\n"
    assert answer["revision"] == 1
    edit(shown, "S ::= (")
    shown.command("format")
    assert shown.sent[-1][1]["body"]["note"].startswith("The text can be formatted as soon as")


def test_what_changed_since_accept_is_listed(shown):
    space = edit(shown, "S ::= Linear(B, B)\nB ::= conv3x3 | relu | id")["space"]
    assert (space["change"], space["change_derivations"]) == ("+5 architectures", "+5 derivations")
    assert "+ B ::= relu" in space["edits"]


def test_a_slow_count_keeps_no_finding_waiting(shown):
    shown.view._counting = 1.0
    shown.sent.clear()
    edit(shown, TEXT + " | relu")
    assert shown.state["version"] == shown.state["counted"] == 1


def test_the_good_space_can_be_observed(shown):
    seen = []
    shown.view.observe(lambda change: seen.append(change["new"].count()), "good")
    edit(shown, TEXT + " | relu")
    edit(shown, TEXT + " | rel")
    assert seen == [9]


def test_a_draw_that_is_impossible_says_why(page):
    shown = page(GrammarEditor("S ::= Residual(S, S, S) [0.999] | id"))
    assert shown.state["samples"] == []
    assert "a draw passed" in shown.state["problem"]


def test_what_has_no_thumbnail_says_why(page):
    shown = page(GrammarEditor("S ::= Linear(zero, id) | Linear(id, id)"))
    assert sorted((s["problem"], bool(s["dot"])) for s in shown.state["samples"]) == [
        ("", True),
        ("no path from input to output", False),
    ]
    large = page(GrammarEditor(hierarchical_nb201()))
    assert any(s["dot"] and s["size"].endswith("operators, folded") for s in large.state["samples"])


def test_a_command_brings_the_text_that_it_is_about(shown):
    shown.command("accept", text=TEXT + " | relu", revision=1)
    assert shown.view.space.count() == 9
    assert shown.state["space"]["change"] == ""
    shown.command("format", text="S ::= id", revision=0)
    assert shown.view.value == TEXT + " | relu"


def test_an_undone_and_redone_edit_is_formatted_though_python_saw_neither(shown):
    text = edit(shown, "S::=Linear( B,B )\nB::=id") and shown.view.value
    shown.command("format", text=text, revision=3)
    answers = [body for _, message in shown.sent if "text" in (body := message.get("body", {}))]
    assert answers[-1]["revision"] == 3
    assert shown.view.revision == 3


def test_what_has_no_grammar_is_refused_and_a_byte_order_mark_left_out():
    with pytest.raises(NasvizError, match="a search space, or the text of a grammar, is expected here, found an int"):
        GrammarEditor(3)
    editor = GrammarEditor("\ufeffS ::= conv3x3")
    assert editor.value == "S ::= conv3x3"
    editor.close()
