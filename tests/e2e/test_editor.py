"""The grammar editor in a real JupyterLab: help while writing, repair, files, keys alone, hostile text, and its speed."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

TEXT = "S ::= Linear(B, B)\nB ::= conv3x3 | id"
CELL = "from nasviz.widgets.grammar import GrammarEditor\neditor = GrammarEditor({!r}, input_shape=(1, 8, 8))\neditor"


class Editor:
    """The editor in one output, as a person meets it."""

    def __init__(self, lab, index=0):
        self.lab = lab
        self.out = lab.output(index)
        self.text = self.out.locator(".cm-content")
        self.count = self.out.locator(".nv-count")
        self.note = self.out.locator(".nv-bar [role=status]")
        lab.wait_for(lambda: self.text.count() == 1, what="the editor")

    def press(self, *keys):
        for key in keys:
            self.lab.page.keyboard.press(key)

    def type(self, text):
        self.lab.page.keyboard.type(text)

    def write(self, text):
        """Replace the whole text by hand, without completion getting in the way."""
        self.text.focus()
        self.press("Control+a")
        self.lab.page.keyboard.insert_text(text)

    def to(self, word, offset=0):
        """Put the cursor before the first occurrence of a word."""
        value = self.value
        self.text.focus()
        self.press("Control+Home")
        at = value.index(word) + offset
        self.press(*["ArrowRight"] * at)

    @property
    def value(self):
        return "\n".join(self.out.locator(".cm-line").all_text_contents())

    def wait(self, condition, what):
        return self.lab.wait_for(condition, 10, what)


def open_editor(lab, text=TEXT, cells=(), name="editor.ipynb"):
    lab.open([CELL.format(text), *cells], name).run_all()
    return Editor(lab)


def test_help_while_writing(lab):
    editor = open_editor(lab)
    page = lab.page
    editor.wait(lambda: editor.count.text_content() == "4", "the count")
    editor.text.focus()
    editor.press("Control+End")
    editor.type(" | Resid")
    options = page.locator(".cm-tooltip-autocomplete li")
    editor.wait(lambda: options.filter(has_text="Residual2").count() == 1, "the completion")
    assert "(map, map, map) → map" in options.filter(has_text="Residual2").text_content()
    while "Residual2" not in page.locator(".cm-tooltip-autocomplete li[aria-selected]").text_content():
        editor.press("ArrowDown")
    editor.wait(lambda: page.locator(".cm-completionInfo").count() == 1, "the documentation of the completion")
    lab.shot("editor-completion")
    page.wait_for_timeout(120)
    editor.press("Enter")
    editor.wait(lambda: editor.value.endswith(" | Residual2(, , )"), "the template")
    for operand in ("id", "id", "relu"):
        page.keyboard.insert_text(operand)
        editor.press("Tab")
    editor.wait(lambda: editor.count.text_content() == "9", "the count of three")

    editor.to("conv3x3", 2)
    editor.press("F1")
    doc = page.locator(".nv-doc")
    editor.wait(lambda: doc.count() == 1, "the documentation by key")
    assert "ReLU, 3×3 convolution" in doc.text_content()
    assert "Dong & Yang 2020" in doc.text_content()
    editor.to("B, B", 0)
    editor.press("F1")
    editor.wait(lambda: "Derives 3 terms, in 3 derivations" in (doc.text_content() if doc.count() else ""), "what B derives")
    editor.press("Escape")
    editor.wait(lambda: doc.count() == 0, "the documentation closed")
    editor.out.locator(".cm-line .nv-tok-operator").first.hover()
    editor.wait(lambda: "Composition" in " ".join(doc.all_text_contents()), "the documentation on hover")
    page.mouse.move(5, 5)

    editor.press("F12")
    editor.type("X")
    editor.wait(lambda: "\nX ::=" in editor.value, "the definition selected by F12")
    editor.press("Control+z")
    editor.press("Control+Home")
    editor.out.locator(".cm-line .nv-tok-nonterminal", has_text="B").first.click(modifiers=["Control"])
    editor.type("Y")
    editor.wait(lambda: "\nY ::=" in editor.value, "the definition selected by Ctrl-click")
    editor.press("Control+z")

    editor.to("B, B")
    editor.press("F2")
    field = editor.out.locator(".nv-rename input")
    editor.wait(lambda: field.count() == 1, "the field of the new name")
    assert field.evaluate("e => e === document.activeElement")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("id")
    editor.press("Enter")
    editor.wait(lambda: editor.note.text_content() == "id is an operator.", "why not")
    editor.to("B, B")
    editor.press("F2")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("BLOCK")
    editor.press("Enter")
    editor.wait(lambda: editor.value.startswith("S ::= Linear(BLOCK, BLOCK)\nBLOCK ::="), "the new name everywhere")
    editor.press("Control+z")
    editor.wait(lambda: editor.value.startswith("S ::= Linear(B, B)\nB ::="), "one step of undo")
    editor.press("Control+y")
    editor.wait(lambda: "BLOCK ::=" in editor.value, "redo")
    editor.press("Shift+Alt+F")
    editor.wait(lambda: editor.value.startswith("S     ::= Linear(BLOCK, BLOCK)\nBLOCK ::="), "the formatted text")
    editor.wait(lambda: lab.kernel("editor.value").startswith("S     ::="), "the formatted text in Python")
    assert not lab.console


def test_mistakes_are_repaired_by_key_and_by_button(lab):
    editor = open_editor(lab)
    editor.write("S ::= Linear(con3x3, B)\nB := id | relu\n")
    marks = editor.out.locator(".cm-lintRange-error")
    editor.wait(lambda: marks.count() == 2, "the marks")
    lab.shot("editor-errors", editor.out)
    assert editor.count.text_content() == "4"
    editor.press("Control+Home", "Control+.")
    editor.wait(lambda: "Linear(conv3x3, B)" in editor.value, "the first repair")
    assert editor.note.text_content() == "Done: write conv3x3."
    editor.out.get_by_role("button", name="write ::=").click()
    editor.wait(lambda: "B ::= id" in editor.value, "the second repair")
    editor.wait(lambda: editor.count.text_content() == "2", "the count")
    editor.press("Control+z", "Control+z")
    editor.wait(lambda: editor.value == "S ::= Linear(con3x3, B)\nB := id | relu\n", "undone")
    assert editor.count.text_content() == "2"
    assert lab.kernel("editor.space.count()") == 2


def test_examples_and_drawn_architectures(lab):
    editor = open_editor(lab)
    out, page = editor.out, lab.page
    field = out.get_by_role("textbox", name="A term")
    field.fill("Linear(conv3x3, id)")
    field.press("Enter")
    row = out.locator(".nv-example")
    editor.wait(lambda: row.count() == 1, "the example")
    assert row.get_by_role("img", name="as it must be").text_content() == "✓"
    field.fill("Linear(id, relu)")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    editor.wait(lambda: row.count() == 2, "the second example")
    field.fill("Linear(id, <script>window.evil = 1</script>)")
    field.press("Enter")
    editor.wait(lambda: row.count() == 3, "the third example")
    assert "unexpected character '<'" in row.nth(2).text_content()
    assert lab.kernel("editor.examples[1]") == ("Linear(id, relu)", False)
    editor.write(TEXT + " | relu")
    broken = out.locator(".nv-is-broken")
    editor.wait(lambda: broken.count() == 1, "the broken example")
    assert "the grammar derives it" in broken.text_content()
    assert out.get_by_text("1 of 3 hold").count() == 1
    broken.get_by_role("button", name="must not derive").press("Enter")
    editor.wait(lambda: broken.count() == 0, "the example turned round")
    out.get_by_role("button", name="Remove the example Linear(id, <script>").click()
    editor.wait(lambda: row.count() == 2, "the example removed")

    thumbs = out.locator(".nv-thumb button")
    editor.wait(lambda: out.locator(".nv-thumb svg").count() == 5, "five thumbnails")
    thumbs.nth(2).press("Enter")
    term = thumbs.nth(2).get_attribute("aria-label").partition(": ")[2]
    editor.wait(lambda: lab.kernel("str(editor.arch)") == term, "the chosen architecture in Python")
    assert lab.kernel("editor.selection == (editor.arch, ())") is True
    assert out.locator(".nv-chosen .nv-code").text_content() == term
    out.get_by_role("button", name="Draw again").click()
    editor.wait(lambda: thumbs.nth(0).get_attribute("aria-label") is not None, "others")
    assert lab.kernel("str(editor.arch)") == term


FILES = f"""
from nasviz.spaces import SearchSpace
from nasviz.widgets.edit import edit, draft_of
SearchSpace({TEXT!r}, input_shape=(1, 8, 8), name='mine').save('mine.grammar')
"""


def test_a_file_survives_the_kernel_and_other_writers(lab):
    lab.open([FILES, "from nasviz.widgets.edit import edit\neditor = edit('mine.grammar')\neditor"], "files.ipynb").run_all()
    editor = Editor(lab, 1)
    path, draft = lab.server.folder / "mine.grammar", lab.server.folder / ".mine.grammar.draft"
    name = editor.out.locator(".nv-file")
    assert name.text_content() == "mine.grammar saved"
    editor.write(TEXT + " | relu")
    editor.wait(lambda: "not saved" in name.text_content(), "the sign of what is not saved")
    editor.press("Control+s")
    editor.wait(lambda: name.text_content() == "mine.grammar saved", "saved by key")
    assert path.read_text().startswith("# nasviz:")
    assert path.read_text().endswith(TEXT + " | relu")
    editor.wait(lambda: editor.out.locator(".nv-change").count() == 0, "the new point of comparison")

    editor.write(TEXT + " | relu | mish")
    editor.wait(draft.exists, "the draft")
    lab.find("[data-jp-item-name='restart']").click()
    lab.page.locator(".jp-Dialog .jp-mod-accept").click()
    lost = editor.out.get_by_text("kernel of this view")
    lab.wait_for(lost.count, 30, "the state without a kernel")
    lab.shot("editor-lost", editor.out)
    editor.out.get_by_role("button", name="Run this cell again").click()
    lab.wait_for(lambda: lost.count() == 0 and editor.out.locator(".nv-file").count() == 1, 60, "the view again")
    editor.wait(lambda: editor.value == TEXT + " | relu | mish", "the draft again")
    note = editor.out.locator(".nv-note")
    assert "unsaved draft of your last session. It is kept in .mine.grammar.draft" in note.text_content()
    lab.shot("editor-draft", editor.out)

    path.write_text(path.read_text() + "  # by somebody else")
    editor.wait(lambda: "changed on disk since it was read" in note.text_content(), "the conflict")
    editor.text.focus()
    editor.press("Control+s")
    lab.page.wait_for_timeout(500)
    assert path.read_text().endswith("# by somebody else")
    note.get_by_role("button", name="Load the file").click()
    editor.wait(lambda: editor.value.endswith("# by somebody else"), "the file")
    editor.wait(lambda: not draft.exists(), "no draft")


HOSTILE = """
from nasviz.algebra import Operator
from nasviz.widgets.grammar import GrammarEditor
own = Operator('evil', doc='<img src=x onerror="window.evil = 1">', source='javascript:window.evil=1')
editor = GrammarEditor('S ::= evil | id  # <script>window.evil = 1</script>', [own], examples=[('<img src=x>', True)])
editor
"""


def test_hostile_text_is_text(lab):
    lab.open([HOSTILE], "hostile.ipynb").run_all()
    editor = Editor(lab)
    page = lab.page
    editor.to("evil", 1)
    editor.press("F1")
    doc = page.locator(".nv-doc")
    editor.wait(lambda: doc.count() == 1, "the documentation")
    assert '<img src=x onerror="window.evil = 1">' in doc.text_content()
    editor.press("Control+End")
    editor.type("\nevi")
    editor.wait(lambda: page.locator(".cm-tooltip-autocomplete").count() == 1, "the completion")
    editor.wait(lambda: page.locator(".cm-completionInfo").count() == 1, "its documentation")
    editor.press("Escape")
    long = "N" * 100_000
    for text in (
        f"S ::= {long}\n{long} ::= id",
        "S ::= <script>window.evil = 1</script>",
        "start javascript:window.evil=1",
        "S ::= Linear(" * 2000,
        "\u202e\x00\ud83d\ude00 ::= id",
    ):
        editor.write(text)
        editor.wait(lambda: lab.kernel("editor.findings[0].severity") == "error", "a finding")
        editor.wait(lambda: editor.out.locator(".nv-finding").count() >= 1, "the finding in the page")
    assert page.evaluate("() => window.evil === undefined")
    bad = ".nasviz :is(script, [onerror], iframe, object, a[href^='javascript'], img:not(.cm-widgetBuffer))"
    assert page.locator(bad).count() == 0
    editor.write("S ::= evil | relu")
    editor.wait(lambda: editor.count.text_content() == "2", "it goes on")
    assert not lab.console
