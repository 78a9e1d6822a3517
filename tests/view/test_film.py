import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from nasviz.algebra import Operator, Sort, Term
from nasviz.errors import NasvizError
from nasviz.grammar import Grammar, Partial
from nasviz.grammar.trail import complete
from nasviz.spaces import hierarchical_nb201
from nasviz.view.film import LARGEST, Film, Look, Node, film_html, film_of, film_svg, save_film

F = Operator("f", (Sort.MAP, Sort.MAP))
OPERATORS = [F, *map(Operator, "xyz")]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def partial():
    grammar = Grammar.parse("S ::= f(A, C)\nC ::= A\nA ::= x | f(y, A)", OPERATORS)
    return Partial.begin(grammar).expand((), 0).expand((1,), 0).expand((1,), 1).expand((0,), 0)


def test_each_node_shows_what_stood_there(partial):
    film = film_of(partial)
    assert film.frames == 5
    assert [[(k.text, k.above, k.open, k.first, k.until) for k in node.looks] for node in film.nodes] == [
        [("S", "", True, 0, 1), ("f", "S", False, 1, None)],
        [("A", "", True, 1, 4), ("x", "A", False, 4, None)],
        [("C", "", True, 1, 2), ("A", "", True, 2, 3), ("f", "C › A", False, 3, None)],
        [("y", "", False, 3, None)],
        [("A", "", True, 3, None)],
    ]
    assert film.captions[2] == "C → A at (1,)"
    assert film.terms == ("S", "f(A, C)", "f(A, A)", "f(A, f(y, A))", "f(x, f(y, A))")


def test_nodes_stand_beside_each_other(partial):
    grammar = partial.grammar
    for seed in range(10):
        film = film_of(complete(Partial.begin(grammar), np.random.default_rng(seed)))
        rows = {}
        for node in film.nodes:
            assert node.x - node.width / 2 >= 0
            assert node.x + node.width / 2 <= film.width
            assert 0 < node.y < film.height
            rows.setdefault(node.y, []).append((node.x - node.width / 2, node.x + node.width / 2))
            if node.parent >= 0:
                assert film.nodes[node.parent].y < node.y
        for row in rows.values():
            row.sort()
            assert all(a[1] <= b[0] for a, b in pairwise(row))


def test_the_drawing_is_xml_that_moves_and_can_rest(partial):
    text = film_svg(film_of(partial))
    root = ElementTree.fromstring(text)
    assert root.tag == SVG + "svg"
    assert "prefers-reduced-motion:reduce" in text
    assert "infinite" in text
    named = set(re.findall(r"animation-name:(\w+)", text))
    assert named <= set(re.findall(r"@keyframes (\w+)", text))
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text)
    assert "<script" not in text


def test_the_page_loads_nothing_and_steps(partial):
    page = film_html(film_of(partial))
    assert "default-src 'none'" in page
    assert not re.search(r"@[A-Z]+@", page)
    assert page.count("<li>") == 5
    assert 'max="4"' in page
    assert "prefers-reduced-motion" in page
    assert not re.search(r"(src|href)=", page)


def test_what_stands_in_names_is_text():
    odd = '</text><script>alert("1")</script>\x00@SVG@'
    look = Look(odd, odd, 9, True, 0, 1)
    film = Film((Node(50, 50, 40, -1, (look, replace(look, first=1, until=None))),), 100, 100, (odd, odd), (odd, odd))
    for write in (film_svg, film_html):
        text = write(film)
        assert "<script>alert" not in text
        assert "&lt;/text&gt;&lt;script&gt;alert(&quot;1&quot;)" in text
        assert "\x00" not in text
        assert text.count("<svg") == 1
    ElementTree.fromstring(film_svg(film))


def test_files(partial, tmp_path):
    assert save_film(partial, tmp_path / "a.svg").read_text(encoding="utf-8").startswith("<svg")
    assert save_film(partial, tmp_path / "a.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    with pytest.raises(NasvizError, match=r"saved as \.svg or \.html, found '\.gif'"):
        save_film(partial, tmp_path / "a.gif")
    with pytest.raises(NasvizError, match="found 'no ending'"):
        save_film(partial, tmp_path / "a")
    with pytest.raises(NasvizError, match="cannot be written"):
        save_film(partial, tmp_path / "missing" / "a.svg")


def test_large_derivations():
    space = hierarchical_nb201()
    whole = complete(space.begin(), np.random.default_rng(0))
    film = film_of(whole)
    assert film.frames > 300
    assert len(film_svg(film)) < 2_000_000
    long = Term.from_preorder([F] * LARGEST + [OPERATORS[1]] * (LARGEST + 1), [2] * LARGEST + [0] * (LARGEST + 1))
    with pytest.raises(NasvizError, match=f"at most {LARGEST} nodes"):
        film_of(Partial(Grammar.parse("S ::= x", OPERATORS), long, ()))
