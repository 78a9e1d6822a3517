import json
import math

import pytest

from nasviz.errors import NasvizError
from nasviz.spaces import SearchSpace, hierarchical_nb201, nb201, nested_convnet


def test_a_published_space():
    card = nb201().card()
    assert str(card) == "\n".join(
        [
            "NAS-Bench-201",
            "  distinct terms  15,625",
            "  derivations     15,625",
            "  grammar         7 nonterminals, 11 productions, 8 operators",
            "  height          5 … 5",
            "  criticality     0",
            f"  expected size   {card.expected_size:.4g} operators a draw",
            "  sizes           119 █ 119 operators, median 119 (distinct terms, counted exactly)",
            "  task            input 3×32×32, 10 classes",
            f"  source          {card.source}",
            f"  fingerprint     {card.fingerprint[:16]}",
            *(f"  {line}" for line in card.bibtex.rstrip().splitlines()),
        ]
    )
    assert repr(card) == str(card)


def test_a_large_space_is_counted_exactly():
    space = hierarchical_nb201()
    card = space.card()
    assert card.sizes_of == "distinct terms, counted exactly"
    assert sum(n for _, n in card.sizes) == space.count()
    assert card.heights == (5, 6)
    rows = dict(card.rows())
    assert (rows["distinct terms"], rows["derivations"]) == ("10^375.85", "10^446.09")


def test_an_endless_space_is_drawn_from():
    card = nested_convnet().card()
    assert (card.terms, card.heights) == (math.inf, (1, math.inf))
    assert card.sizes_of == "1,000 draws by productions, seed 0"
    assert sum(n for _, n in card.sizes) == 1_000
    assert card.expected_size == pytest.approx(22)
    assert dict(card.rows())["height"] == "1 … endless"
    assert nested_convnet().card() == card


def test_a_space_whose_draws_may_not_end():
    card = SearchSpace("S ::= Residual(S, S, S) [0.9] | conv3x3").card()
    assert (card.sizes, card.sizes_of) == ((), "not known: drawing may never end")
    assert dict(card.rows())["expected size"] == "infinite"
    with pytest.raises(NasvizError, match="no sizes are known"):
        card.quantile(0.5)


def test_names_are_data():
    card = SearchSpace("S ::= conv3x3 | id", name="<script>a|b</script>", source="A & B\n<i>", bibtex="@misc{<b>}").card()
    page = card._repr_html_()
    assert "<caption>&lt;script&gt;a|b&lt;/script&gt;</caption>" in page
    assert "<td>A &amp; B\n&lt;i&gt;</td>" in page
    assert page.endswith("<pre>@misc{&lt;b&gt;}</pre>")
    text = card._repr_markdown_()
    assert text.startswith("**&lt;script&gt;a\\|b&lt;/script&gt;**\n\n| | |\n|---|---|\n| distinct terms | 2 |")
    assert "| source | A &amp; B &lt;i&gt; |" in text
    assert "<" not in text.split("    @misc")[0]


def test_json():
    data = json.loads(json.dumps(nested_convnet().card().to_json()))
    assert (data["kind"], data["terms"], data["heights"]) == ("card", "inf", [1, "inf"])
    assert all(isinstance(n, str) for _, n in data["sizes"])


def test_quantiles():
    card = SearchSpace("S ::= Linear(id) | Linear(id, id) | Linear(id, id, id) | id").card()
    assert card.sizes == ((1, 1), (2, 1), (3, 1), (4, 1))
    assert [card.quantile(q) for q in (0, 0.25, 0.5, 0.51, 1)] == [1, 1, 2, 3, 4]


def test_the_free_space_has_no_card():
    with pytest.raises(NasvizError, match="the free space has no grammar, so no card"):
        SearchSpace.free().card()
