import numpy as np
import torch
from torch.utils.data import Dataset, TensorDataset

from nasviz.search import RandomSearch, Study
from nasviz.search.provenance import data_digest, digest_of, settings_of, versions
from nasviz.spaces import SearchSpace


class Holder:
    def __init__(self, *parts: object) -> None:
        self.data = parts


def tensors(value: float, n: int = 5) -> TensorDataset:
    return TensorDataset(torch.full((n, 1, 2, 2), value), torch.zeros(n, dtype=torch.int64))


class Lazy(Dataset[tuple[np.ndarray, int]]):
    def __init__(self, n: int, odd: int = -1) -> None:
        self.n, self.odd = n, odd

    def __len__(self) -> int:
        return self.n

    def __getitem__(self, index: int) -> tuple[np.ndarray, int]:
        return np.full(3, float(index)), int(index == self.odd)


def test_equal_data_have_equal_digests() -> None:
    one = data_digest(Holder(tensors(1.0), tensors(2.0, 3)))
    assert one.startswith("5 + 3 examples, sha256 ")
    assert one == data_digest(Holder(tensors(1.0), tensors(2.0, 3)))
    assert one != data_digest(Holder(tensors(1.0), tensors(2.5, 3)))
    assert one != data_digest(Holder(tensors(2.0, 3), tensors(1.0)))


def test_data_sets_without_tensors_are_read_or_sampled() -> None:
    assert data_digest(Holder(Lazy(7))) != data_digest(Holder(Lazy(7, odd=3)))
    assert data_digest(Holder(Lazy(5000))).startswith("5000 examples, sha256 of 1000 examples each ")


def test_data_that_are_drawn_anew_have_no_digest() -> None:
    class Cropped(Lazy):
        def __getitem__(self, index: int) -> tuple[np.ndarray, int]:
            return np.random.default_rng().random(3), 0

    assert data_digest(Holder(Cropped(7), Lazy(3))) == "7 + 3 examples, drawn anew at each look"


def test_no_data_and_odd_data() -> None:
    assert data_digest(lambda arch: 1.0) == ""
    assert data_digest(Holder(object())) == "of a kind that has no digest"
    assert data_digest(None) == ""


def test_versions_name_what_computes() -> None:
    found = versions()
    assert found["numpy"] == np.__version__
    assert {"python", "system", "processor", "nasviz", "torch", "optuna"} <= set(found)


def test_the_settings_of_an_objective_are_what_it_says_of_itself() -> None:
    class Own:
        def __init__(self, told: object) -> None:
            self.told = told

        def protocol(self) -> object:
            if isinstance(self.told, Exception):
                raise self.told
            return self.told

    assert settings_of(Own({"epochs": 4, "sizes": (1, 2)})) == {"epochs": 4, "sizes": [1, 2]}
    for told in (None, [1], {"net": object()}, ValueError("no")):
        assert settings_of(Own(told)) == {}
    assert settings_of(lambda arch: 1.0) == {}


def test_a_confirmation_says_on_what_data(space: SearchSpace) -> None:
    class Own(Holder):
        def __call__(self, arch: object) -> float:
            return 0.5

        def confirm(self, arch: object, seed: int, data: object) -> float:
            return 0.25

    study = Study(space, Own(tensors(1.0)), strategy=RandomSearch())
    study.run(1, "inline")
    for data, said in ((tensors(3.0), f" on {digest_of((tensors(3.0),))} "), (None, " (the search"), (100.0, " (the search")):
        study.confirm(top=1, seeds=1, data=data, executor="inline")
        assert f"over 1 seed{said}" in str(study.report())
