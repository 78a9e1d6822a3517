"""Data sets: scikit-learn's digits, split once and for all by a seed, and the checks that stand before every training.

A data set is any ``torch.utils.data.Dataset`` of pairs (x, y): x numbers of shape (C, H, W), y an integer class in
[0, num_classes); other types of numbers are converted. Arrays ``(X, y)`` become one with :func:`as_dataset`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple, Protocol, cast

import numpy as np
import torch
from torch.utils.data import Dataset, TensorDataset

from nasviz.algebra.arguments import shown, whole
from nasviz.errors import DataError, NasvizError, said

__all__ = ["SizedDataset", "Splits", "as_dataset", "as_parts", "check_data", "digits"]

NAMES = ("train", "val", "test")
PROBED = 64  # examples of a general Dataset that check_data looks at; a TensorDataset is checked whole


class SizedDataset(Protocol):
    """A map-style data set: pairs (x, y) by number, and how many there are."""

    def __getitem__(self, index: int, /) -> Any:
        """Example ``index``."""
        ...

    def __len__(self) -> int:
        """Number of examples."""
        ...


class Splits(NamedTuple):
    """Training, validation and test set: search on the first two, report on the third."""

    train: SizedDataset
    val: SizedDataset
    test: SizedDataset


class HasInput(Protocol):
    """What :func:`check_data` needs of a space."""

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of one example, (C, H, W)."""
        ...

    @property
    def num_classes(self) -> int:
        """Number of classes."""
        ...


def digits(seed: int = 0) -> Splits:
    """Scikit-learn's 1,797 handwritten digits as 1,000 training, 397 validation and 400 test examples.

    Parameters
    ----------
    seed : int
        Which split; every split is stratified, so that each holds the ten classes in equal shares (± 1).

    Returns
    -------
    Splits
        Three ``TensorDataset``: x float32 (n, 1, 8, 8) in [0, 1], y int64 (n,) in [0, 10).

    Raises
    ------
    NasvizError
        If `seed` is no whole number, or not in [0, 2^32).

    References
    ----------
    E. Alpaydin, C. Kaynak, *Optical Recognition of Handwritten Digits*, UCI (1998), test part.

    Examples
    --------
    >>> [len(part) for part in digits()]
    [1000, 397, 400]
    """
    if whole(seed, "seed", 0) >= 2**32:
        raise NasvizError(f"seed is {shown(seed)}; it must be below 2^32")
    return _digits(int(seed))


@lru_cache(maxsize=4)
def _digits(seed: int) -> Splits:
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    x, y = load_digits(return_X_y=True)
    images = (np.asarray(x, dtype=np.float32) / 16.0).reshape(-1, 1, 8, 8)
    labels = np.asarray(y, dtype=np.int64)
    rest, test = train_test_split(np.arange(len(labels)), test_size=400, stratify=labels, random_state=seed)
    train, val = train_test_split(rest, test_size=397, stratify=labels[rest], random_state=seed)
    return Splits(*(as_dataset((images[part], labels[part])) for part in (train, val, test)))


def as_dataset(data: object, name: str = "data") -> SizedDataset:
    """A Dataset from a Dataset (unchanged) or from a pair of arrays ``(X, y)``.

    Parameters
    ----------
    data : Dataset, or (X, y)
        X of shape (n, C, H, W), any number type; y of shape (n,), whole numbers from 0.
    name : str
        What errors call it.

    Returns
    -------
    Dataset
        For arrays a ``TensorDataset`` of float32 and int64 copies.

    Raises
    ------
    DataError
        When it is neither, the lengths differ, a value is NaN or infinite, or a label is no whole number ≥ 0.

    Examples
    --------
    >>> len(as_dataset((np.zeros((5, 1, 8, 8)), np.zeros(5))))
    5
    """
    if isinstance(data, Dataset):
        if not hasattr(data, "__len__"):
            raise DataError(f"{name}: the Dataset has no length; a training needs a map-style Dataset")
        return cast("SizedDataset", data)
    if not (isinstance(data, Sequence) and not isinstance(data, str) and len(data) == 2):
        raise DataError(
            f"{name}: expected a torch Dataset or a pair (X, y) of arrays, found {type(data).__name__}; "
            "write data=((X_train, y_train), (X_val, y_val))"
        )
    x, raw = _as_tensor(data[0], name, np.float32), _as_tensor(data[1], name, np.float64)
    if raw.ndim != 1:
        raise DataError(f"{name}: y must have shape (n,), one class number an example; found {tuple(raw.shape)}")
    if x.ndim == 0 or len(x) != len(raw):
        raise DataError(f"{name}: X has {len(x) if x.ndim else 0} examples and y has {len(raw)}")
    if not torch.isfinite(raw).all() or (raw != raw.round()).any() or (raw < 0).any():
        raise DataError(f"{name}: labels must be whole numbers from 0, found {_odd_label(raw)}")
    _check_finite(x, name)
    return TensorDataset(x, raw.to(torch.int64))


def _as_tensor(values: object, name: str, kind: type[np.floating[Any]]) -> torch.Tensor:
    """A copy of anything like an array, whatever its type, byte order, strides or device."""
    if isinstance(values, torch.Tensor):
        values = values.detach().cpu()
    try:
        found = np.asarray(values)
        if np.iscomplexobj(found):
            raise TypeError("they are complex")
        return torch.from_numpy(np.array(found, dtype=kind, order="C"))
    except (TypeError, ValueError, RuntimeError) as error:
        raise DataError(f"{name}: X and y must be arrays of numbers ({error})") from error


def check_data(space: HasInput, data: object) -> tuple[SizedDataset, ...]:
    """The parts of ``data`` as Datasets that fit the space, or an error that says what does not fit.

    Parameters
    ----------
    space : SearchSpace
        Anything with ``input_shape`` and ``num_classes``.
    data : sequence
        (train, val) or (train, val, test); each a Dataset or arrays (X, y).

    Raises
    ------
    DataError
        When there are not two or three parts, one is empty or does not give pairs, the shape of an example differs from the
        space's input shape, a label is no class number in [0, num_classes) or a value is NaN or infinite.
    """
    parts = as_parts(data)
    for name, part in zip(NAMES, parts, strict=False):
        _check_part(space, part, name)
    return parts


def as_parts(data: object) -> tuple[SizedDataset, ...]:
    """(train, val) or (train, val, test) as Datasets, not yet compared with any space.

    Raises
    ------
    DataError
        When there are not two or three parts, or one is no data set.
    """
    if not isinstance(data, Sequence) or isinstance(data, str) or len(data) not in (2, 3):
        found = f"{len(data)} parts" if isinstance(data, Sequence) else type(data).__name__
        raise DataError(f"data must be (train, val) or (train, val, test), found {found}")
    return tuple(as_dataset(part, name) for name, part in zip(NAMES, data, strict=False))


def _check_part(space: HasInput, part: SizedDataset, name: str) -> None:
    x, y = _examples(part, name)
    found, expected = tuple(x.shape[1:]), tuple(space.input_shape)
    if found != expected:
        hint = ""
        if found == expected[1:]:
            hint = "; add the channel axis: X[:, None]"
        elif found == (*expected[1:], expected[0]):
            hint = "; channels come first: X.transpose(0, 3, 1, 2)"
        raise DataError(f"{name}: examples have shape {found}, the space expects {expected}{hint}")
    if y.ndim != 1:
        raise DataError(f"{name}: a label must be one class number, found an array of shape {tuple(y.shape[1:])}")
    odd = y[~torch.isfinite(y) | (y != y.round())] if y.is_floating_point() else y[:0]
    if len(odd):
        raise DataError(f"{name}: labels must be whole numbers from 0, found {float(odd[0])}")
    low, high = int(y.min()), int(y.max())
    if low < 0 or high >= space.num_classes:
        raise DataError(
            f"{name}: labels run from {low} to {high}, the space has {space.num_classes} classes (0 to {space.num_classes - 1})"
        )
    _check_finite(x, name)


def _examples(part: SizedDataset, name: str) -> tuple[torch.Tensor, torch.Tensor]:
    """All of a TensorDataset, the first examples of another, stacked: x (n, …), y (n, …)."""
    try:
        size = len(part)
        if size == 0:
            raise DataError(f"{name}: there are no examples")
        if isinstance(part, TensorDataset) and len(part.tensors) == 2:
            x, y = part.tensors
        else:
            pairs = [(torch.as_tensor(x), torch.as_tensor(y)) for x, y in (part[i] for i in range(min(size, PROBED)))]
            x, y = (torch.stack(column) for column in zip(*pairs, strict=True))
    except DataError:
        raise
    except Exception as error:  # whatever a user's Dataset raises
        raise DataError(f"{name}: the Dataset does not give pairs (x, y) of one shape: {said(error)}") from error
    if x.is_complex() or y.is_complex():
        raise DataError(f"{name}: x and y must be real numbers, found complex ones")
    return x, y


def _check_finite(x: torch.Tensor, name: str) -> None:
    finite = torch.isfinite(x).flatten(1).all(1) if x.ndim > 1 else torch.isfinite(x)
    if not finite.all():
        bad = torch.nonzero(~finite).flatten()
        raise DataError(f"{name}: NaN or infinite values in {len(bad)} examples, first in number {int(bad[0])}")


def _odd_label(raw: torch.Tensor) -> float:
    odd = raw[~torch.isfinite(raw) | (raw != raw.round()) | (raw < 0)]
    return float(odd[0])


def __dir__() -> list[str]:
    return __all__
