"""Data sets and the checks before a training."""

from importlib import import_module
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch.utils.data import Dataset, TensorDataset

from nasviz.errors import DataError, NasvizError
from nasviz.evaluation import as_dataset, check_data, digits
from nasviz.evaluation.data import _digits

SPACE = SimpleNamespace(input_shape=(1, 8, 8), num_classes=10)


def arrays(n=6, shape=(1, 8, 8)):
    return np.linspace(0, 1, n * int(np.prod(shape))).reshape(n, *shape), np.arange(n)


def test_the_digits_are_the_ones_of_scikit_learn_split_in_equal_shares():
    splits = digits()
    assert [len(part) for part in splits] == [1000, 397, 400]
    for part in splits:
        x, y = part.tensors
        assert x.dtype == torch.float32
        assert x.shape[1:] == (1, 8, 8)
        assert 0 <= x.min() < x.max() <= 1
        shares = torch.bincount(y, minlength=10) / len(y)
        assert shares.min() > 0.09
        assert shares.max() < 0.11


def test_no_digit_is_in_two_parts_and_none_is_lost():
    from sklearn.datasets import load_digits

    rows = torch.cat([part.tensors[0].flatten(1) for part in digits()])
    given = torch.as_tensor(load_digits().data, dtype=torch.float32) / 16
    assert sorted(map(tuple, rows.tolist())) == sorted(map(tuple, given.tolist()))


def test_a_seed_decides_the_split():
    assert torch.equal(digits(3).train.tensors[0], _digits.__wrapped__(3).train.tensors[0])
    assert not torch.equal(digits(0).train.tensors[0], digits(1).train.tensors[0])


def test_arrays_become_float32_and_int64_and_are_copied():
    x, y = arrays()
    data = as_dataset((x, y))
    x[:] = 7
    assert data.tensors[0].dtype == torch.float32
    assert data.tensors[1].dtype == torch.int64
    assert data.tensors[0].max() == 1


def test_a_dataset_stays_itself():
    data = TensorDataset(torch.zeros(3, 1, 8, 8), torch.zeros(3, dtype=torch.int64))
    assert as_dataset(data) is data


X, Y = arrays()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("digits", "train: expected a torch Dataset or a pair (X, y) of arrays, found str"),
        (X, "train: expected a torch Dataset or a pair (X, y) of arrays, found ndarray"),
        ((X, Y[:4]), "train: X has 6 examples and y has 4"),
        ((X, Y[:, None]), "train: y must have shape (n,), one class number an example; found (6, 1)"),
        ((X, Y + 0.5), "train: labels must be whole numbers from 0, found 0.5"),
        ((X, Y - 1), "train: labels must be whole numbers from 0, found -1.0"),
        ((np.where(X[2, 0, 0, 0] == X, np.nan, X), Y), "train: NaN or infinite values in 1 examples, first in number 2"),
        ((np.array(["a"]), np.array([0])), "train: X and y must be arrays of numbers"),
        ((3.0, 1), "train: y must have shape (n,), one class number an example; found ()"),
    ],
)
def test_what_is_no_data_set(data, message):
    with pytest.raises(DataError) as error:
        as_dataset(data, "train")
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (3, "data must be (train, val) or (train, val, test), found int"),
        ([(X, Y)], "data must be (train, val) or (train, val, test), found 1 parts"),
        (((X, Y), (X[:0], Y[:0])), "val: there are no examples"),
        (((X[:, 0], Y), (X, Y)), "train: examples have shape (8, 8), the space expects (1, 8, 8); add the channel axis"),
        (
            ((X, Y), (X.transpose(0, 2, 3, 1), Y)),
            "val: examples have shape (8, 8, 1), the space expects (1, 8, 8); channels come first",
        ),
        (((X[..., :7], Y), (X, Y)), "train: examples have shape (1, 8, 7), the space expects (1, 8, 8)"),
        (((X, Y), (X, Y + 5)), "val: labels run from 5 to 10, the space has 10 classes (0 to 9)"),
    ],
)
def test_data_that_do_not_fit_the_space(data, message):
    with pytest.raises(DataError) as error:
        check_data(SPACE, data)
    assert message in str(error.value)


class Listed(Dataset):
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __len__(self):
        return len(self.y)

    def __getitem__(self, i):
        return self.x[i], self.y[i]


def test_arrays_of_any_byte_order_strides_and_type_are_taken():
    read_only = np.broadcast_to(X[:1], X.shape)
    for x in (
        X[::-1],
        X.astype(">f4"),
        (255 * X).astype("u1"),
        X > 0.5,
        read_only,
        torch.tensor(X, requires_grad=True),
        X.tolist(),
    ):
        found, labels = as_dataset((x, Y.astype(">i8")[::-1])).tensors
        assert (found.dtype, labels.dtype) == (torch.float32, torch.int64)
        assert found.is_contiguous()
        assert np.allclose(found, np.asarray(torch.as_tensor(x).detach() if isinstance(x, torch.Tensor) else x))
        assert labels.tolist() == Y[::-1].tolist()
    with pytest.raises(DataError, match=r"train: X and y must be arrays of numbers \(they are complex\)"):
        as_dataset((X * 1j, Y), "train")


ZEROS = torch.zeros(1, 8, 8)


class Bad(Dataset):
    """Gives what is no pair."""

    def __init__(self, item, size=5):
        self.item, self.size = item, size

    def __len__(self):
        return self.size

    def __getitem__(self, i):
        return self.item(i)


@pytest.mark.parametrize(
    ("part", "message"),
    [
        (Bad(lambda i: None), "the Dataset does not give pairs (x, y) of one shape: TypeError"),
        (Bad(lambda i: ZEROS), "the Dataset does not give pairs (x, y) of one shape: ValueError"),
        (Bad(lambda i: 1 / 0), "the Dataset does not give pairs (x, y) of one shape: ZeroDivisionError: division by zero"),
        (Bad(lambda i: (ZEROS, "cat")), "the Dataset does not give pairs (x, y) of one shape"),
        (Bad(lambda i: (torch.zeros(1, 8, 8 + i), 0)), "the Dataset does not give pairs (x, y) of one shape"),
        (Bad(lambda i: (ZEROS, 0), -1), "the Dataset does not give pairs (x, y) of one shape"),
        (TensorDataset(torch.zeros(5, 1, 8, 8)), "the Dataset does not give pairs (x, y) of one shape"),
        (TensorDataset(*[torch.zeros(5, 1, 8, 8)] * 3), "the Dataset does not give pairs (x, y) of one shape"),
        (Bad(lambda i: (ZEROS, torch.tensor([0]))), "a label must be one class number, found an array of shape (1,)"),
        (
            TensorDataset(torch.zeros(5, 1, 8, 8), torch.zeros(5, 10)),
            "a label must be one class number, found an array of shape (10,)",
        ),
        (TensorDataset(torch.zeros(5, 1, 8, 8), torch.full((5,), 0.5)), "labels must be whole numbers from 0, found 0.5"),
        (TensorDataset(torch.zeros(5, 1, 8, 8), torch.full((5,), torch.nan)), "labels must be whole numbers from 0, found nan"),
        (TensorDataset(torch.zeros(5, 1, 8, 8) * 1j, torch.zeros(5)), "x and y must be real numbers, found complex ones"),
    ],
)
def test_a_dataset_that_gives_no_examples_is_said_to(part, message):
    with pytest.raises(DataError) as error:
        check_data(SPACE, ((X, Y), part))
    assert f"val: {message}" in str(error.value)


def test_a_general_dataset_is_probed():
    good = Listed(torch.zeros(5, 1, 8, 8), [0, 1, 2, 3, 4])
    assert check_data(SPACE, (good, good)) == (good, good)
    bad = Listed(torch.full((5, 1, 8, 8), float("nan")), [0] * 5)
    with pytest.raises(DataError, match="val: NaN or infinite values in 5 examples"):
        check_data(SPACE, (good, bad))


@pytest.mark.parametrize("seed", ["x", -1, 1.5, [3], {}, 2**32, 10**30])
def test_a_split_has_a_seed_that_numpy_takes(seed):
    with pytest.raises(NasvizError, match=r"^seed is .*; it must be "):
        digits(seed)


def test_completion_offers_what_is_public():
    module = import_module("nasviz.evaluation.data")
    assert dir(module) == sorted(module.__all__)
