import json

from nasviz.errors import GrammarError
from nasviz.grammar import Diagnostic, Fix
from nasviz.grammar.diagnostics import quoted


def test_json_form():
    finding = Diagnostic("undefined", "error", "undefined name 'x'", 3, 4, "did you mean y?", Fix(3, 4, "y", "write y"))
    assert json.loads(json.dumps(finding.to_json())) == {
        "code": "undefined",
        "severity": "error",
        "message": "undefined name 'x'",
        "start": 3,
        "end": 4,
        "hint": "did you mean y?",
        "fix": {"start": 3, "end": 4, "text": "y", "label": "write y"},
    }
    assert Diagnostic("c", "info", "m", 0, 0).to_json()["fix"] is None


def test_error_form():
    error = Diagnostic("c", "error", "message", 6, 7, "hint").error("S ::= x")
    assert isinstance(error, GrammarError)
    assert str(error) == "line 1, column 7: message\n    S ::= x\n          ^\nhint"


def test_quoted_names_are_escaped():
    assert quoted("a\x07\n") == "'a\\x07\\n'"
