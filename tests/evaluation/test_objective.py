"""The training objective, and whether a search on it is worth while."""

import cloudpickle
import numpy as np
import pytest
import torch
from scipy.stats import kendalltau

from nasviz.errors import DataError, NasvizError, TrainingError
from nasviz.evaluation import TrainingObjective, digits
from nasviz.evaluation.device import describe
from nasviz.spaces import SearchSpace, digits_cells


@pytest.fixture(scope="module")
def space():
    return digits_cells()


@pytest.fixture(scope="module")
def objective():
    return TrainingObjective(digits()[:2], epochs=2, device="cpu")


def test_the_value_is_an_error_and_the_seed_decides_it(space, objective):
    arch = space.parse("Linear(conv3x3, conv1x1)")
    before = torch.get_rng_state()
    first, again, other = (objective(arch, seed=s) for s in (0, 0, 1))
    assert 0 <= first <= 1
    assert first == again
    assert first != other
    assert torch.equal(before, torch.get_rng_state())


def test_only_an_architecture_is_trained(objective):
    for call in (objective, objective.estimate):
        with pytest.raises(NasvizError, match=r"an architecture is expected, e\.g\. space\.parse\(text\); found 'conv3x3'"):
            call("conv3x3")


def test_other_metrics(space):
    arch = space.parse("conv3x3")
    values = {m: TrainingObjective(digits(), epochs=1, metric=m, device="cpu")(arch) for m in ("error", "accuracy", "loss")}
    assert values["error"] == pytest.approx(1 - values["accuracy"])
    assert values["loss"] > 0


def test_it_reports_and_stops(space):
    steps = []
    objective = TrainingObjective(digits(), epochs=9, device="cpu")
    value = objective(space.parse("conv3x3"), report=lambda step, _: steps.append(step) or ("stop" if step == 3 else None))
    assert steps == [1, 2, 3]
    assert 0 <= value <= 1


def test_it_travels_by_cloudpickle(space, objective):
    arch = space.parse("Linear(conv3x3, avg_pool)")
    sent = cloudpickle.loads(cloudpickle.dumps(objective))
    assert sent(arch, seed=3) == objective(arch, seed=3)


def test_the_estimate_is_of_the_right_size(space):
    objective = TrainingObjective(digits(), epochs=4, device="cpu")
    arch = space.parse("conv3x3")
    reports = []
    objective(arch, report=lambda *r: reports.append(r))
    estimate = objective.estimate(arch)
    began = torch.get_rng_state()
    assert estimate > 0
    assert estimate < 60
    assert torch.equal(began, torch.get_rng_state())
    assert TrainingObjective(digits(), epochs=40, device="cpu").estimate(arch) > 2 * estimate


@pytest.mark.slow
def test_a_result_is_confirmed_on_data_that_the_search_never_saw(space):
    objective = TrainingObjective(digits()[:2], epochs=3, device="cpu")
    arch = space.parse("Linear(conv3x3, conv1x1)")
    splits = digits()
    found = objective.confirm(arch, 7, splits.test)
    assert 0 < found < 0.3
    assert found == objective.confirm(arch, 7, splits.test.tensors)
    assert objective.confirm(arch, 7, splits.val) == objective(arch, seed=7)
    x, y = splits.test.tensors
    assert objective.confirm(arch, 7, (x, (y + 1) % 10)) > 0.8
    with pytest.raises(DataError, match="test: labels run from 0 to 11, the space has 10 classes"):
        objective.confirm(arch, 7, (splits.test.tensors[0][:2], [0, 11]))


def test_the_device_in_words(objective):
    assert objective.device_name() == describe("cpu")


def test_data_that_do_not_fit(objective):
    space = digits_cells(input_shape=(1, 9, 9))
    with pytest.raises(DataError, match=r"train: examples have shape \(1, 8, 8\), the space expects \(1, 9, 9\)"):
        objective(space.parse("conv3x3"))


def test_settings_that_make_no_sense(space):
    with pytest.raises(TrainingError, match="metric must be error, loss or accuracy, found 'acc'"):
        TrainingObjective(digits(), metric="acc")
    for wrong in ({"epochs": 0}, {"batch_size": 0.5}, {"lr": -1.0}, {"optimizer": "sdg"}):
        with pytest.raises(TrainingError, match=f"{next(iter(wrong))} must be"):
            TrainingObjective(digits(), **wrong)
    with pytest.raises(DataError, match=r"data must be \(train, val\) or \(train, val, test\), found 1 parts"):
        TrainingObjective([digits().train])


@pytest.mark.slow
def test_two_seeds_rank_thirty_architectures_alike(space):
    """Kendall's tau between two seeds is at least 0.5: the objective has a spread that a search can follow."""
    objective = TrainingObjective(digits()[:2], device="cpu")
    archs = space.sample(30, seed=0)
    values = [[objective(arch, seed=seed) for seed in (0, 1)] for arch in archs]
    tau = kendalltau(*zip(*values, strict=True)).statistic
    assert tau >= 0.5
    assert max(max(pair) for pair in values) - min(min(pair) for pair in values) > 0.05


def test_digits_as_vectors():
    x, y = (part.numpy() for part in digits()[0].tensors)
    space = SearchSpace("S ::= Linear(linear(64), A, linear(64), A)\nA ::= relu | gelu", input_shape=(64,))
    data = (x[:800].reshape(-1, 64), y[:800]), (x[800:].reshape(-1, 64), y[800:])
    assert TrainingObjective(data, epochs=6, device="cpu")(space.sample(seed=0)) < 0.15


@pytest.mark.parametrize(
    ("mix", "least", "most"), [("Linear(transpose, mlp(32), transpose)", 0.0, 0.15), ("mlp(32)", 0.3, 0.7)]
)
def test_a_task_of_sequences_needs_an_operator_that_mixes_tokens(mix, least, most):
    """Is the first token greater than the last? Each token by itself cannot tell."""
    x = np.random.default_rng(0).normal(size=(1200, 12, 3)).astype(np.float32)
    y = (x[:, 0, 0] > x[:, -1, 0]).astype(np.int64)
    text = f"S ::= Linear(Residual(id, id, {mix}), relu)"
    arch = SearchSpace(text, input_shape=(12, 3), num_classes=2).sample(seed=0)
    error = TrainingObjective(((x[:1000], y[:1000]), (x[1000:], y[1000:])), epochs=12, device="cpu")(arch)
    assert least <= error <= most


@pytest.mark.slow
def test_several_seeds_give_the_mean_and_report_the_spread(space):
    arch = space.parse("Linear(conv3x3, conv1x1)")
    one = TrainingObjective(digits(), epochs=1, device="cpu")
    three = TrainingObjective(digits(), epochs=1, seeds=3, device="cpu")
    rows = []
    value = three(arch, seed=5, report=lambda *row: rows.append(row))
    naive = [one(arch, seed=seed) for seed in (5, 6, 7)]
    assert three.repeats(arch, 5).values == tuple(naive)
    assert value == pytest.approx(np.mean(naive))
    assert rows[-1][1]["val_error_sd"] == pytest.approx(np.std(naive, ddof=1)) == three.repeats(arch, 5).sd
    assert rows[-1][1]["val_error"] == value
    steps, epochs = [step for step, _ in rows], [metrics["epoch"] for _, metrics in rows]
    assert steps == sorted(steps)
    assert steps[:-1] == list(range(1, 49))
    assert epochs == sorted(epochs)
    assert epochs[-1] == 3.0
    assert three.protocol() == one.protocol() | {"seeds": 3}


def test_a_stop_ends_all_seeds(space):
    steps = []
    objective = TrainingObjective(digits(), epochs=1, seeds=3, device="cpu")
    objective(space.parse("conv3x3"), report=lambda step, _: steps.append(step) or ("stop" if step == 18 else None))
    assert steps[:18] == list(range(1, 19))
    assert len(steps) == 19, "the means of two seeds follow, and no third seed"
    assert np.isnan(TrainingObjective(digits(), epochs=1, device="cpu").repeats(space.parse("id")).sd)


def test_early_stopping_takes_the_best_epoch(space):
    arch = space.parse("avg_pool")
    errors = []
    objective = TrainingObjective(digits(), epochs=40, lr=1.0, patience=1, device="cpu")
    value = objective(arch, report=lambda _, m: errors.append(m["val_error"]) if "val_error" in m else None)
    assert len(errors) < 40
    assert value == min(errors)
    assert errors[-1] >= min(errors)
    x, y = digits().val.tensors
    assert objective.confirm(arch, 0, (x, y)) == value, "the network confirmed is that of the best epoch"


def test_seeds_and_patience_that_make_no_sense():
    with pytest.raises(TrainingError, match="seeds must be at least 1, found 0"):
        TrainingObjective(digits(), seeds=0)
    with pytest.raises(TrainingError, match=r"patience must be a whole number, found 1.5"):
        TrainingObjective(digits(), patience=1.5)
