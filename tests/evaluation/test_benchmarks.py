"""NAS-Bench-201 as an objective: a small table of both forms, and the real one where it is."""

import bz2
import pickle
from importlib import import_module
from pathlib import Path

import cloudpickle
import numpy as np
import pytest
from scipy.stats import kendalltau

from nasviz.errors import DataError, NasvizError
from nasviz.evaluation.benchmarks import NASBench201
from nasviz.evaluation.nb201_table import macro_of, term_of
from nasviz.search import RandomSearch, Study
from nasviz.spaces import nb201, nb201_string, parse

REAL = Path(__file__).parents[3] / "shared" / "data" / "nb201_cifar10.csv"
real = pytest.mark.skipif(not REAL.exists(), reason="the table of NAS-Bench-201 is not here")

TEXT = """\
cell,c10_val_12,c10_val,c10_test,c10_time,c100_val,c100_test,c100_time_12,params
333333,80,90,93,1000,70,71,30,1.1
000012,10,20,30,500,5,6,20,
"""


@pytest.fixture
def path(tmp_path):
    (tmp_path / "small.csv").write_text(TEXT)
    return tmp_path / "small.csv"


@pytest.fixture
def bench(path):
    return NASBench201(path)


BEST = int("333333", 5)


def test_without_a_table_it_says_where_to_get_one():
    with pytest.raises(
        NasvizError, match=r"NAS-Bench-201 is not part of nasviz. Get its results from https://github.com/D-X-Y/"
    ):
        NASBench201()
    with pytest.raises(NasvizError, match="MIT licence"):
        NASBench201()


def test_the_name_of_its_file_is_text():
    with pytest.raises(NasvizError, match=r"the name of a file is text or a path, e\.g\. 'nb201\.csv', found 3"):
        NASBench201(3)


def test_the_value_is_an_error_of_the_whole_network_and_of_the_cell(bench):
    assert bench(nb201().parse(macro_of(BEST))) == pytest.approx(0.10)
    assert bench(parse(term_of(BEST))) == pytest.approx(0.10)
    assert bench.at(metric="accuracy")(parse(term_of(7))) == pytest.approx(0.20)


def test_fidelities_splits_and_data_sets(bench):
    arch = parse(term_of(BEST))
    assert bench.datasets == ("cifar10", "cifar100")
    assert bench.at(epochs=12)(arch) == pytest.approx(0.20)
    assert bench.at(split="test")(arch) == pytest.approx(0.07)
    assert bench.at(dataset="cifar100", split="test")(arch) == pytest.approx(0.29)
    assert bench.confirm(arch, 5, "test") == pytest.approx(0.07)
    assert bench.at(epochs=12).confirm(arch, 5) == pytest.approx(0.07)
    assert bench.space.num_classes == 10
    assert bench.at(dataset="cifar100").space.num_classes == 100


def test_time_is_a_cost(bench):
    arch = parse(term_of(BEST))
    assert bench.seconds(arch) == 1000
    assert bench.at(epochs=12).seconds(arch) == pytest.approx(60)
    assert np.isnan(bench.at(dataset="cifar100").seconds(arch))
    rows = []
    bench(arch, report=lambda *row: rows.append(row))
    assert rows == [(200, {"epoch": 200.0, "val_error": pytest.approx(0.1), "simulated_seconds": 1000.0})]


def test_a_data_set_with_a_time_of_its_own_for_12_epochs(tmp_path):
    (tmp_path / "t.csv").write_text("cell,tiny_val_12,tiny_time_12\n333333,50,30\n")
    bench = NASBench201(tmp_path / "t.csv", epochs=12)
    assert bench.datasets == ("tiny",)
    assert bench.seconds(parse(term_of(BEST))) == 30
    with pytest.raises(DataError, match="the table has no column tiny_val: no val results of tiny after 200 epochs"):
        NASBench201(tmp_path / "t.csv")


def test_the_best_and_the_frame(bench, tmp_path):
    arch, value = bench.best()
    assert str(arch) == macro_of(BEST)
    assert value == pytest.approx(0.1)
    frame = bench.frame
    assert list(frame.index) == [term_of(7), term_of(BEST)]
    assert frame.loc[term_of(BEST), "params"] == 1.1
    assert np.isnan(frame.loc[term_of(7), "params"])
    bench.save(tmp_path / "again.csv")
    assert NASBench201(tmp_path / "again.csv").frame.equals(frame)


def test_it_says_what_it_is_and_travels(bench):
    assert repr(bench) == "NASBench201(2 cells, cifar10, val error after 200 epochs)"
    sent = cloudpickle.loads(cloudpickle.dumps(bench.at(epochs=12)))
    assert sent(parse(term_of(BEST))) == pytest.approx(0.2)


def test_what_it_has_not(bench):
    with pytest.raises(DataError, match=r"the table has no c10_val of Cell\(zero, zero"):
        bench(parse(term_of(0)))
    with pytest.raises(DataError, match="the table has no data set 'cifar1', it has cifar10, cifar100; did you mean cifar10"):
        bench.at(dataset="cifar1")
    with pytest.raises(DataError, match="the table has no column c10_test_12"):
        bench.at(epochs=12, split="test")
    for wrong in ({"epochs": 90}, {"split": "train"}, {"metric": "loss"}):
        with pytest.raises(NasvizError, match=f"{next(iter(wrong))} must be .* or .*, found {next(iter(wrong.values()))!r}"):
            bench.at(**wrong)


def test_a_study_searches_on_it(bench):
    study = Study(nb201(), bench, strategy=RandomSearch())
    study.enqueue(nb201().parse(macro_of(BEST)))
    study.enqueue(nb201().parse(macro_of(0)))
    study.run(2, "inline")
    assert study.best_value == pytest.approx(0.1)
    assert study.trials[0].curve[-1].metrics["simulated_seconds"] == 1000
    assert study.trials[1].state == "failed"
    assert "the table has no c10_val of" in study.trials[1].reason
    assert study.confirm(top=1, seeds=1, data="test", executor="inline")["mean"][0] == pytest.approx(0.07)


def run(epochs, value):
    return {
        "epochs": epochs,
        "eval_acc1es": {f"x-valid@{epochs - 1}": np.float64(value)},
        "train_times": {0: 5.0},
        "params": 0.1,
        "flop": 15.0,
    }


@pytest.fixture
def official(tmp_path):
    """Two cells in both official forms: a folder of files, and one file."""
    cells = [nb201_string(nb201().parse(macro_of(code))) for code in (BEST, 7)]
    infos = {
        k: {e: {"all_results": {("cifar10-valid", 777): run(int(e), 10 * k + 80)}} for e in ("12", "200")} for k in range(2)
    }
    folder = tmp_path / "NATS-tss-simple"
    folder.mkdir()

    def write(path, data):
        path.write_bytes(bz2.compress(pickle.dumps(data)))

    write(folder / "meta.pickle.pbz2", {"meta_archs": cells, "total_archs": 2})
    for k, info in infos.items():
        write(folder / f"{k:06d}.pickle.pbz2", info)
    write(tmp_path / "NATS-tss.pickle.pbz2", {"meta_archs": cells, "arch2infos": infos, "evaluated_indexes": [0, 1]})
    return tmp_path


@pytest.mark.parametrize("name", ["NATS-tss-simple", "NATS-tss.pickle.pbz2"])
def test_official_files(official, name):
    bench = NASBench201(official / name)
    assert repr(bench).startswith("NASBench201(2 cells, cifar10")
    assert bench(parse(term_of(7))) == pytest.approx(0.1)
    assert bench.at(epochs=12).seconds(parse(term_of(7))) == 5.0
    bench.save(official / "kept.csv")
    assert NASBench201(official / "kept.csv").frame.equals(bench.frame)


def test_an_official_folder_is_read_by_cell(official):
    folder = official / "NATS-tss-simple"
    (folder / "000000.pickle.pbz2").write_bytes(b"damaged")
    bench = NASBench201(folder)
    assert bench(parse(term_of(7))) == pytest.approx(0.1)
    with pytest.raises(DataError, match=r"000000.pickle.pbz2 is no table of NATS-Bench that can be read"):
        bench(parse(term_of(BEST)))


def test_folders_that_are_none(tmp_path):
    with pytest.raises(DataError, match=r"has no file meta.pickle.pbz2, so it is none of NATS-Bench"):
        NASBench201(tmp_path)
    (tmp_path / "meta.pickle.pbz2").write_bytes(bz2.compress(pickle.dumps({"meta_archs": ["|no~0|"]})))
    with pytest.raises(DataError, match=r"meta.pickle.pbz2 lists '\|no~0\|', which is no cell of NAS-Bench-201"):
        NASBench201(tmp_path)
    (tmp_path / "meta.pickle.pbz2").write_bytes(bz2.compress(pickle.dumps([1])))
    with pytest.raises(DataError, match="does not list cells under 'meta_archs'"):
        NASBench201(tmp_path)


@real
def test_the_real_table():
    bench = NASBench201(REAL)
    assert repr(bench) == "NASBench201(15,625 cells, cifar10, val error after 200 epochs)"
    assert bench.best()[1] == pytest.approx(1 - 0.91607)
    assert bench.best("test")[1] == pytest.approx(1 - 0.94373)
    archs = nb201().sample(200, seed=0)
    short = [bench.at(epochs=12)(a) for a in archs]
    assert kendalltau(short, [bench(a) for a in archs]).statistic > 0.6
    assert bench.at(epochs=12).seconds(archs[0]) == pytest.approx(0.06 * bench.seconds(archs[0]))


def test_completion_offers_what_is_public():
    module = import_module("nasviz.evaluation.benchmarks")
    assert dir(module) == sorted(module.__all__)
