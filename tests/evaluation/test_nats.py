"""Reading the official files: numbers yes, code no."""

import bz2
import os
import pickle
from collections import OrderedDict, defaultdict

import numpy as np
import pytest

from nasviz.errors import DataError
from nasviz.evaluation.nats import cell_results, read_plain


def packed(tmp_path, data, protocol=4):
    path = tmp_path / "table.pickle.pbz2"
    path.write_bytes(bz2.compress(pickle.dumps(data, protocol=protocol)))
    return path


@pytest.mark.parametrize("protocol", [2, 4, 5])
def test_numbers_texts_and_dictionaries_are_read(tmp_path, protocol):
    data = OrderedDict(a=[1, 2.5, None, True], b={("cifar10", 777): "x"}, c={1, 2})
    assert read_plain(packed(tmp_path, data, protocol)) == data
    plain = tmp_path / "table.pickle"
    plain.write_bytes(pickle.dumps(data))
    assert read_plain(plain) == data


def test_numbers_of_numpy_are_read_as_numbers(tmp_path):
    kinds = [np.float64(0.1), np.float32(0.5), np.int64(-7), np.uint8(200), np.bool_(True), np.array(2.25, ">f8")[()]]
    found = read_plain(packed(tmp_path, kinds))
    assert found == [k.item() for k in kinds]
    assert all(type(x) in (int, float, bool) for x in found)


class Evil:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (os.mkdir, (self.path,))


@pytest.mark.parametrize("what", ["evil", "array", "defaultdict"])
def test_nothing_else_is_read_and_nothing_is_run(tmp_path, what):
    target = tmp_path / "made"
    data = {"evil": Evil(str(target)), "array": np.zeros(3), "defaultdict": defaultdict(list)}[what]
    with pytest.raises(DataError, match=r"table.pickle.pbz2 was not read: it asks for \S+, which no table of numbers needs"):
        read_plain(packed(tmp_path, {"x": [data]}))
    assert not target.exists()


@pytest.mark.parametrize("bytes_", [b"", b"no bz2", bz2.compress(b"no pickle"), bz2.compress(pickle.dumps([1] * 99))[:30]])
def test_a_damaged_file_is_said(tmp_path, bytes_):
    path = tmp_path / "x.pbz2"
    path.write_bytes(bytes_)
    with pytest.raises(DataError, match=r"x.pbz2 is no table of NATS-Bench that can be read: "):
        read_plain(path)


def run(epochs, times=1.0, **accuracies):
    names = {"val": "x-valid", "test": "x-test", "all": "ori-test"}
    return {
        "epochs": epochs,
        "eval_acc1es": {f"{names[k]}@{e}": v if e == epochs - 1 else 0.0 for k, v in accuracies.items() for e in range(epochs)},
        "train_times": dict.fromkeys(range(epochs), times),
        "params": 0.3,
        "flop": 47.1,
    }


def test_means_over_seeds_of_the_sets_that_the_authors_report():
    long = {
        ("cifar10-valid", 777): run(200, 10.0, val=90, all=1),
        ("cifar10-valid", 888): run(200, 12.0, val=92, all=1),
        ("cifar10", 777): run(200, 99.0, all=94),
        ("cifar100", 777): run(200, 10.0, val=70, test=71, all=1),
    }
    short = {("ImageNet16-120", 777): run(12, val=20, test=21, all=1)}
    found = cell_results({"12": {"all_results": short}, "200": {"all_results": long}, "90": None})
    assert found == pytest.approx(
        {
            "c10_val": 91,
            "c10_test": 94,
            "c10_time": 2200,
            "c100_val": 70,
            "c100_test": 71,
            "c100_time": 2000,
            "in16_val_12": 20,
            "in16_test_12": 21,
            "in16_time_12": 12,
            "params": 0.3,
            "flops": 47.1,
        }
    )


@pytest.mark.parametrize("wrong", [{"200": {}}, {"200": {"all_results": {("cifar10", 1): {}}}}, {"12": None}])
def test_results_of_another_form(wrong):
    with pytest.raises(DataError, match="a cell's results have another form than NATS-Bench's: "):
        cell_results(wrong)
