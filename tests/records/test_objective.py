"""Choosing the objective of a study."""

import pytest

from nasviz.errors import NasvizError
from nasviz.records import seen_by


class Study:
    def seen_by(self, objective):
        return f"seen by {objective}"


def test_a_study_chooses_and_none_leaves_it():
    study = Study()
    assert seen_by(study, "ms") == "seen by ms"
    assert seen_by(study, 0) == "seen by 0"
    assert seen_by(study, None) is study


def test_what_is_no_study_has_none_to_choose_from():
    assert seen_by(3, None) == 3
    with pytest.raises(NasvizError, match="an int has none to choose from, so leave objective= out"):
        seen_by(3, "ms")
