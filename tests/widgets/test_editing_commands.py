import pytest

from nasviz.errors import NasvizError
from nasviz.spaces import SearchSpace, hierarchical_nb201, parse
from nasviz.widgets.architecture import ArchitectureView
from nasviz.widgets.editing_commands import KEPT
from nasviz.widgets.workspace import WORKSPACE

GRAMMAR = "S ::= Linear(B, B, down) | Residual(B, B, B)\nB ::= conv3x3 | avg_pool | id"


@pytest.fixture(scope="module")
def small():
    return SearchSpace(GRAMMAR)


@pytest.fixture
def shown(page, small):
    shown = page(ArchitectureView(small.parse("Linear(id, id, down)"), partners=[small.parse("Linear(conv3x3, id, down)")]))
    WORKSPACE.flush(60)
    return shown


def measured(view, keys):
    """Ask as the page does, until all are told."""
    costs = {}
    while missing := [key for key in keys if key not in costs]:
        costs |= view.do_measure({"keys": missing})["costs"]
    return costs


def test_replacements_are_listed_measured_and_taken(shown):
    view = shown.view
    answer = view.do_replacements({"position": [1]})
    assert [(o["text"], o["how"], o["pieces"]) for o in answer["offers"]] == [
        ("conv3x3", "exchange", [["-", "id"], ["+", "conv3x3"]]),
        ("avg_pool", "exchange", [["-", "id"], ["+", "avg_pool"]]),
    ]
    assert (answer["count"], answer["nonterminal"], answer["expected"]) == (
        "2 replacements",
        ["B", 1],
        "B ::= conv3x3 | avg_pool | id",
    )
    assert (answer["ranges"], answer["shared"], answer["typed"], answer["fault"]) == ([[11, 13]], 0, None, None)
    keys = [o["key"] for o in answer["offers"]]
    costs = measured(view, [*keys, "gone"])
    assert costs[keys[0]]["words"].replace("\xa0", " ") == "+2.3 k parameters · +4.7 M FLOPs"
    assert costs["gone"] is None
    assert view.do_preview({"key": keys[0]}) == {"pieces": [["-", "id"], ["+", "conv3x3"]]}
    shown.command("apply", key=keys[0])
    assert str(view.arch) == "Linear(id, conv3x3, down)"
    assert shown.state["said"] == "replaced id at (1,) by conv3x3"
    assert (shown.state["past"], shown.state["future"]) == (True, False)
    assert shown.state["python"] == "arch = space.parse('Linear(id, conv3x3, down)')"
    shown.command("apply", key=keys[1])
    assert shown.errors == ["this edit is no longer offered: open the list again"]


def test_what_cannot_be_built_is_said(page):
    shown = page(ArchitectureView(parse("Residual(conv, id, conv)"), parts=("term",)))
    WORKSPACE.flush(60)
    answer = shown.view.do_replacements({"position": [1], "query": "down"})
    key = answer["typed"]["key"]
    cost = measured(shown.view, [key])[key]
    assert cost["words"] == "cannot be built"
    assert "(16, 32, 32)" in cost["fault"]
    assert answer["reason"] == "The free space has no grammar: any map may stand here."


def test_a_typed_text_is_taken_or_explained(shown):
    fault = shown.view.do_replacements({"position": [1], "query": "relu"})["fault"]
    assert fault["message"].startswith("B is expected at (1,)")
    typed = shown.view.do_replacements({"position": [1], "query": "conv3x3"})["typed"]
    assert (typed["text"], typed["how"]) == ("conv3x3", "typed")
    same = shown.view.do_replacements({"position": [1], "query": " id "})
    assert same["fault"]["message"] == "This is what stands there."
    away = shown.view.do_replacements({"position": [2]})
    assert (away["offers"], away["nonterminal"], away["nearest"], away["count"]) == ([], None, [], "no replacement")


def test_mutations_are_drawn_at_a_position_or_anywhere(shown):
    at = shown.view.do_mutations({"position": [0], "seed": 0})
    assert {o["text"] for o in at["offers"]} == {"conv3x3", "avg_pool"}
    assert (at["ranges"], at["note"]) == ([[7, 9]], "2 draws at (0,)")
    assert shown.view.do_mutations({"position": [0], "seed": 0}) == at
    anywhere = shown.view.do_mutations({"position": None, "seed": 1})
    assert anywhere["note"].endswith("anywhere")
    none = shown.view.do_mutations({"position": [2]})
    assert "down is part of the body of S" in none["note"]
    shown.command("apply", key=at["offers"][0]["key"])
    assert shown.state["said"] == "mutated at (0,)"


def test_crossings_show_both_children(shown):
    (partner,) = shown.view.do_partners({})["partners"]
    assert (partner["text"], partner["from"]) == ("Linear(conv3x3, id, down)", "given")
    answer = shown.view.do_crossings({"key": partner["key"], "position": None})
    assert (answer["fault"], answer["reason"], answer["text"]) == (None, "", "Linear(conv3x3, id, down)")
    assert [(name[0], len(here), len(there)) for name, here, there in answer["meetings"]] == [("S", 1, 1), ("B", 2, 2)]
    pair = next(p for p in answer["pairs"] if p["here"] == [1])
    assert (pair["there"], pair["old"], pair["new"], pair["ranges"], pair["others"]) == (
        [0],
        "id",
        "conv3x3",
        [[11, 13]],
        [[7, 14]],
    )
    keys = [p[child]["key"] for p in answer["pairs"] for child in ("first", "second")]
    assert len(keys) == len(set(keys))
    assert pair["first"]["pieces"] == [["-", "id"], ["+", "conv3x3"]]
    assert pair["second"]["pieces"] == [["-", "conv3x3"], ["+", "id"]]
    shown.command("apply", key=pair["second"]["key"])
    assert str(shown.view.arch) == "Linear(id, id, down)"
    pasted = shown.view.do_crossings({"text": "Linear(conv3x4"})
    assert "the other architecture is not in this space" in pasted["fault"]["message"]
    nothing = shown.view.do_crossings({"text": str(shown.view.arch), "position": [2]})
    assert nothing["reason"]
    with pytest.raises(NasvizError, match="not known here: paste its term"):
        shown.view.do_crossings({"key": "nobody"})


def test_pin_difference_and_steps(shown):
    shown.command("difference")
    assert shown.errors.pop() == "nothing is pinned to compare with: press p, or set view.pinned = arch"
    shown.command("pin")
    assert shown.state["pinned"] == {"key": shown.view.arch.key, "text": "Linear(id, id, down)"}
    shown.view.replace((0,), "conv3x3")
    answer = shown.view.do_difference({})
    assert [piece for piece in answer["pieces"] if piece[0] != " "] == [["-", "id"], ["+", "conv3x3"]]
    assert answer["summary"][0] == "1 edit"
    shown.command("step", by=-1)
    assert str(shown.view.arch) == "Linear(id, id, down)"
    shown.command("forward")
    shown.command("step", by=4)
    assert shown.errors.pop() == "there is no such step in the history"
    shown.command("pin", off=True)
    assert shown.state["pinned"] is None


BAD = [
    ("replacements", {"position": "0"}, "a position is a list of child indices"),
    ("replacements", {"position": [True]}, "a position is a list of child indices"),
    ("replacements", {"position": [-1]}, "a position is a list of child indices"),
    ("replacements", {"position": [9]}, "no position (9,)"),
    ("replacements", {"position": [10**30]}, "no position"),
    ("replacements", {"position": [0] * 10**5}, "no position"),
    ("replacements", {"position": [0], "query": 5}, "a term is typed as text"),
    ("replacements", {"position": [0], "query": "x" * 10**6}, "a text of 1,000,000 characters was sent; at most 100,000"),
    ("replacements", {"position": [0], "seed": -1}, "a seed is a whole number from 0 on"),
    ("replacements", {"position": [0], "nonterminal": "<b>"}, "not from <b>"),
    ("mutations", {"position": {}}, "a position is a list of child indices"),
    ("mutations", {"position": None, "seed": "x"}, "a seed is a whole number"),
    ("crossings", {}, "not known here"),
    ("crossings", {"text": "x" * 10**6}, "a text of 1,000,000 characters"),
    ("preview", {"key": 3}, "no longer offered"),
    ("measure", {"keys": "all"}, "a list of keys"),
    ("measure", {"keys": [1]}, "a list of keys"),
    ("apply", {}, "no longer offered"),
    ("apply", {"key": "constructor"}, "no longer offered"),
    ("step", {"by": True}, "no such step"),
    ("step", {"by": 1e300}, "no such step"),
    ("edit", {"text": "y" * 10**6}, "a text of 1,000,000 characters"),
]


@pytest.mark.parametrize(("command", "body", "words"), BAD)
def test_what_the_page_sends_is_checked(shown, command, body, words):
    before = shown.view.arch
    shown.command(command, **body)
    assert words in shown.errors[0]
    assert shown.view.arch == before


@pytest.mark.slow
def test_no_more_offers_are_kept_than_can_be_taken(page):
    space = hierarchical_nb201()
    shown = page(ArchitectureView(space.sample(seed=1), parts=("term",)))
    for seed in range(16):
        shown.view.do_replacements({"position": [], "seed": seed})
    assert len(shown.view._offers) <= KEPT
    shown.command("sample")
    assert shown.view._offers == {}


def test_answers_are_short_on_the_hierarchical_space(page, bounded):
    space = hierarchical_nb201(connected=True)
    a, b = space.sample(2, seed=3)
    shown = page(ArchitectureView(a, parts=("term",), partners=[b]))
    WORKSPACE.flush(60)
    view = shown.view
    asks = {
        "replacements": lambda: view.do_replacements({"position": [0]}),
        "typed": lambda: view.do_replacements({"position": [0], "query": "Linear(id, fc)"}),
        "mutations": lambda: view.do_mutations({"position": [0]}),
        "crossings": lambda: view.do_crossings({"key": b.key}),
    }
    for ask in asks.values():
        ask()
        with bounded(0.4):
            ask()
