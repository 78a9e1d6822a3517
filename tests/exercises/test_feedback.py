"""What a check says: as truth value, as text, and as a box with everything escaped."""

from __future__ import annotations

import pytest

from nasviz.exercises import Feedback


@pytest.mark.parametrize(("state", "truth", "words"), [("right", True, "✓"), ("wrong", False, "→"), ("open", False, "…")])
def test_truth_and_mark(state, truth, words):
    feedback = Feedback("01.2", "Count by hand", state, "Look at C.")
    assert bool(feedback) is truth
    assert repr(feedback).startswith(f"{words} 01.2 Count by hand: ")
    assert words in feedback._repr_html_()
    assert f"nv-{state}" in feedback._repr_html_()


def test_text():
    assert repr(Feedback("01.1", "Write", "right")) == "✓ 01.1 Write: right"
    assert repr(Feedback("01.1", "Write", "open", "write a grammar.")) == "… 01.1 Write: not answered yet: write a grammar."
    assert repr(Feedback("01.1", "Write", "wrong", "Unreadable:", "a\n^")) == "→ 01.1 Write: not yet. Unreadable:\na\n^"


def test_markup_is_shown_and_not_read():
    html = Feedback("<i>", "<b>t</b>", "wrong", "<script>alert(1)</script>", "</pre><img src=x>")._repr_html_()
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "&lt;/pre&gt;&lt;img src=x&gt;" in html


def test_state_is_said_in_words_too():
    html = Feedback("01.1", "Write", "wrong", "x")._repr_html_()
    assert "not yet" in html
    assert 'role="status"' in html
