from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from nasviz.errors import NasvizError
from nasviz.records import Belief, Trial
from nasviz.records.credit import Verdict
from nasviz.spaces import Architecture, diff, hierarchical_nb201
from nasviz.surrogate import GP, FlatWL
from nasviz.surrogate.basis import Basis, basis_of
from nasviz.surrogate.hierarchical import HierarchicalWL
from nasviz.surrogate.numeric import Numeric
from nasviz.surrogate.why import Explanation, explain, in_trials

Error = Callable[[list[Architecture], int], np.ndarray]


@pytest.fixture(scope="module")
def gp(archs: list[Architecture], error: Error) -> GP:
    return GP(FlatWL(1)).fit(archs[:40], error(archs[:40], 0))


@pytest.fixture(scope="module")
def trials(gp: GP) -> tuple[Trial, ...]:
    return tuple(
        Trial(k, str(arch), arch.fingerprint, "finished", float(y), proposed_by="random", belief=Belief(0.3, 0.01))
        for k, (arch, y) in enumerate(zip(gp.archs, gp.y, strict=True), start=100)
    )


@pytest.fixture(scope="module")
def found(gp: GP, trials: tuple[Trial, ...], archs: list[Architecture]) -> Explanation:
    return explain(Basis(gp, "minimize", trials), archs[50])


def test_the_table_has_a_row_for_each_subterm(found: Explanation, gp: GP) -> None:
    table, term = found.table, found.arch.term
    assert table.index.tolist() == [term.position(i) for i in range(len(term))]
    assert table.columns.tolist() == ["subterm", "credit", "sd", "own", "trials", "gradient", "verdict"]
    assert table.own.sum() == pytest.approx(gp.posterior([found.arch])[0][0] * gp.target.scale, abs=1e-9)
    assert np.log(found.base) + table.credit.iloc[0] == pytest.approx(
        gp.target.centre + gp.target.scale * gp.posterior([found.arch])[0][0]
    )


def test_equal_values_are_said_and_no_part_gets_credit(archs: list[Architecture]) -> None:
    found = explain(GP(FlatWL(1)).fit(archs[:10], [0.5] * 10), archs[20])
    assert found.sentences[0].startswith("Predicted 0.500 ± 0.")
    assert found.sentences[1] == "All 10 values are 0.5: that is predicted everywhere, and its sd follows from their number."
    assert {credit.verdict for credit in found.credits} <= {"none", "unsure"}
    assert (found.base, found.belief.mean, found.log) == (0.5, 0.5, False)


def test_evidence_counts_the_trials_that_contain_a_subterm(found: Explanation, gp: GP) -> None:
    texts = [{str(arch[p]) for p in every(arch)} for arch in gp.archs[:40]]
    for credit in found.credits[:30]:
        assert credit.trials == sum(credit.term in those for those in texts)


def every(arch: Architecture) -> list[tuple[int, ...]]:
    return [arch.term.position(i) for i in range(len(arch.term))]


def test_verdicts_follow_the_direction(found: Explanation) -> None:
    other = explain(replace(found.basis, direction="maximize"), found.arch)
    turned = {"helps": "hurts", "hurts": "helps"}
    assert {c.verdict for c in found.credits} >= {"helps", "none"}
    for credit, opposite in zip(found.credits, other.credits, strict=True):
        assert opposite.verdict == turned.get(credit.verdict, credit.verdict)
        if credit.verdict in turned:
            assert abs(credit.value) > credit.sd
        if credit.verdict == "helps":
            assert credit.value < 0


def test_what_is_not_counted_has_no_verdict(found: Explanation) -> None:
    for credit in found.credits:
        if credit.term in ("id", "zero"):
            assert (credit.value, credit.verdict) == (0.0, "none")


def test_the_sentences_say_why(found: Explanation, trials: tuple[Trial, ...]) -> None:
    text = "\n".join(found.sentences)
    best = trials[found.basis.best].number
    assert text.startswith("Predicted 0.")
    assert f"(trial {best})" in text
    assert "Helps: " in text
    assert "% (in " in text
    assert f"From the best (trial {best}) it is " in text
    assert "Most alike: trial 1" in text


def test_of_many_edits_only_the_number_is_told(monkeypatch: pytest.MonkeyPatch, found: Explanation) -> None:
    def told() -> str:
        return next(words for words in explain(found.basis, found.arch).sentences if "From the best" in words)

    edits = diff(found.basis.gp.archs[found.basis.best], found.arch).edits
    assert len(edits) > 12
    assert told().endswith(f" it is {len(edits)} edits away.")
    monkeypatch.setattr("nasviz.surrogate.why._MANY", len(edits))
    assert f" it is {len(edits)} edits away: " in told()
    assert told().endswith(f"; and {len(edits) - 3} more.")


def test_a_trial_says_who_proposed_it(gp: GP, trials: tuple[Trial, ...]) -> None:
    basis = Basis(gp, "minimize", trials)
    sentences = explain(basis, gp.archs[3]).sentences
    assert sentences[1].startswith("It is trial 103, proposed by random, when 0.300 ± 0.010 was believed of it; observed 0.")
    assert "It is the best so far." in explain(basis, gp.archs[basis.best]).sentences


def test_named_parts_are_small_and_apart(found: Explanation) -> None:
    named = found.leading("helps", 4)
    assert named
    for k, credit in enumerate(named):
        i = found.arch.term.index(credit.position)
        assert 3 * found.arch.term.size[i] <= len(found.arch.term)
        for other in named[:k]:
            assert credit.position[: len(other.position)] != other.position
            assert abs(other.value) >= abs(credit.value)


@pytest.fixture(scope="module")
def varied() -> Explanation:
    """Of a space whose terms have many different parts."""
    archs = list(dict.fromkeys(hierarchical_nb201().sample(41, seed=0)))
    y = [0.3 * 0.98 ** str(arch).count("conv3x3") * 1.02 ** str(arch).count("avg_pool") for arch in archs[:-1]]
    return explain(GP(FlatWL(1)).fit(archs[:-1], y), archs[-1])


@pytest.mark.parametrize("verdict", ["helps", "hurts"])
def test_named_parts_are_the_greatest_there_are(varied: Explanation, verdict: Verdict) -> None:
    """Chosen once more, step by step, from those that may still be named."""
    term = varied.arch.term
    left = [c for c in varied.credits if c.verdict == verdict and 3 * term.size[term.index(c.position)] <= len(term)]
    expected: list[float] = []
    while left:
        best = max(left, key=lambda c: abs(c.value))
        expected.append(best.value)
        n = len(best.position)
        left = [
            c
            for c in left
            if c.term != best.term and c.position[:n] != best.position and best.position[: len(c.position)] != c.position
        ]
    assert len(expected) > 3
    for most in (1, 2, len(term)):
        assert [c.value for c in varied.leading(verdict, most)] == expected[:most]


def test_nothing_sure_is_said(archs: list[Architecture]) -> None:
    flat = explain(GP(HierarchicalWL()).fit(archs[:5], [1.0] * 5), archs[10])
    assert "No part helps or hurts by more than one standard deviation." in flat.sentences


@pytest.mark.slow
def test_a_kernel_without_counts_is_explained_without_credits(archs: list[Architecture], error: Error) -> None:
    found = explain(GP(Numeric("depth")).fit(archs[:8], error(archs[:8], 0)), archs[10])
    assert any(s.startswith("No credits: the kernel Numeric") for s in found.sentences)
    with pytest.raises(NasvizError, match="counts nothing"):
        _ = found.table
    table = found.occlusion(alternatives=2)
    assert len(table) == len(explain(GP().fit(archs[:8], error(archs[:8], 0)), archs[10]).occlusion(alternatives=2))
    assert table["credit"].isna().all()
    assert table["neighbours"].notna().any()


def test_a_study_is_a_basis(gp: GP, trials: tuple[Trial, ...], archs: list[Architecture]) -> None:
    class Study:
        direction = "maximize"
        trials: tuple[Trial, ...] = ()

        def surrogate(self) -> GP:
            return gp

    study = Study()
    study.trials = trials[::-1]
    basis = basis_of(study)
    assert basis.direction == "maximize"
    assert [t and t.number for t in basis.trials] == [t.number for t in trials]
    assert basis.called(2) == "trial 102"
    assert basis_of(gp).called(2) == "architecture 2"
    assert basis_of(basis) is basis


def test_pruned_trials_and_those_of_other_studies_are_called_so(gp: GP, archs: list[Architecture]) -> None:
    pruned = Trial(4, str(archs[0]), "", "pruned", proposed_by="random", rank=0.5)
    basis = Basis(gp, "minimize", (pruned, *[None] * (len(gp.archs) - 1)))
    assert [basis.called(k) for k in (0, 1)] == ["trial 4 (pruned)", "known from another study"]
    assert "It is trial 4, proposed by random; pruned." in explain(basis, archs[0]).sentences


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (3, "explanations need a study or a fitted GP, found a int"),
        (GP(), "this Gaussian process has seen no data"),
    ],
)
def test_what_is_no_basis(source: object, words: str, archs: list[Architecture]) -> None:
    with pytest.raises(NasvizError, match=words):
        explain(source, archs[0])


def test_what_is_no_architecture(gp: GP, archs: list[Architecture]) -> None:
    with pytest.raises(NasvizError, match=r"an architecture is explained, .* found a str"):
        explain(gp, "conv")  # pyright: ignore[reportArgumentType]
    with pytest.raises(NasvizError, match=r"an architecture is explained, .* found a Trial"):
        explain(gp, Trial(0, "conv", "f", "finished"))  # pyright: ignore[reportArgumentType]
    with pytest.raises(NasvizError, match="direction is 'down'"):
        explain(gp, archs[0], direction="down")  # pyright: ignore[reportArgumentType]


@pytest.mark.slow
def test_text_and_tables(found: Explanation) -> None:
    assert repr(found).splitlines()[1:] == list(found.sentences)
    near = found.nearest_table(3)
    assert len(near) == 3
    assert near.similarity.is_monotonic_decreasing
    table = found.occlusion(alternatives=3)
    assert table.columns.tolist() == ["subterm", "neighbours", "spread", "alternatives", "id", "credit"]
    assert in_trials(0) == "in no trial"
