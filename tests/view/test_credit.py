import pytest

from nasviz.records.credit import Credit, Verdict
from nasviz.view.credit import credit_info


def credit(verdict: Verdict, value: float = -0.1, trials: int = 7) -> Credit:
    return Credit((0,), "conv", value, 0.02, value, 0.02, trials, 0.03, verdict)


def test_a_credit_in_words_with_its_evidence() -> None:
    info = credit_info([], log=True, minimize=True, base=0.5)
    assert info.words(credit("helps")).replace("\xa0", " ") == "helps: −9.5 % ± 1.9 %, in 7 trials"
    assert info.words(credit("unsure", trials=1)).endswith("in 1 trial")
    assert info.words(credit("none")) == "no credit: the surrogate counts nothing here"


@pytest.mark.parametrize(("minimize", "value"), [(True, 0.1), (False, -0.1)])
def test_what_helps_is_positive(minimize: bool, value: float) -> None:
    data = credit_info([credit("helps"), credit("none")], log=False, minimize=minimize, base=0.5).to_json()
    assert data["value"] == [value, None]
    assert data["amount"] == ["−0.100 ± 0.020", ""]
    assert data["gradient"] == ["+0.0300", ""]
    assert data["verdict"] == ["helps", "none"]


def test_the_note_says_the_unit_and_what_is_better() -> None:
    assert credit_info([], log=True, minimize=True, base=0.5).note == (
        "Changes from 0.500, the geometric mean of the trials, in per cent of the value; smaller values are better."
    )
    assert (
        "2.00, the mean of the trials, in units of the objective; larger values are better"
        in credit_info([], log=False, minimize=False, base=2.0).note
    )


def test_each_measure_is_a_sentence() -> None:
    data = credit_info([], log=True, minimize=True, base=0.5).to_json()
    assert all(words.endswith(".") for words in data["measures"].values())
    assert set(data["measures"]) == {"credit", "gradient", "trials"}
