"""Spaces and data small enough that a processor trains one network in seconds."""

from __future__ import annotations

import numpy as np
from torch import nn

from nasviz.evaluation.data import SizedDataset, Splits, as_dataset, digits
from nasviz.evaluation.objective import TrainingObjective
from nasviz.nn import primitive
from nasviz.spaces import SearchSpace
from nasviz.spaces.hierarchical_nb201 import GRAMMAR as HIERARCHICAL
from nasviz.spaces.nb201 import GRAMMAR as CELLS
from nasviz.spaces.operators import bn_relu_pool_linear, plain_conv1x1, plain_conv3x3

WIDTH = 8
FEW = 500
"""Examples that a network is trained on."""
MOST = 20
"""The largest sum of three digits that is a class."""


@primitive(widen=None)
def narrow_stem(c_in: int) -> nn.Module:
    """3×3 convolution to 8 channels without bias, batch normalisation: the published stem at half its width."""
    return nn.Sequential(nn.Conv2d(c_in, WIDTH, 3, padding=1, bias=False), nn.BatchNorm2d(WIDTH))


def hierarchical_space(channels: int = 1, num_classes: int = 10) -> SearchSpace:
    """Return hierarchical NAS-Bench-201, connected, for images of 8 by 8 pixels, at half its width.

    >>> hierarchical_space().input_shape
    (1, 8, 8)
    """
    return SearchSpace(
        HIERARCHICAL + "require connected\n",
        (plain_conv1x1, plain_conv3x3),
        (channels, 8, 8),
        num_classes,
        stem=narrow_stem,
        head=bn_relu_pool_linear,
        name="hierarchical",
    )


def cell_based_space(channels: int = 1, num_classes: int = 10) -> SearchSpace:
    """Return NAS-Bench-201, connected, for images of 8 by 8 pixels, at half its width.

    >>> cell_based_space().count()
    15284
    """
    return SearchSpace(
        CELLS + "require connected\n",
        (),
        (channels, 8, 8),
        num_classes,
        stem=narrow_stem,
        head=bn_relu_pool_linear,
        name="cell-based",
    )


def small_objective(data: Splits, epochs: int = 2) -> TrainingObjective:
    """Return the validation error after a few epochs of ten steps on the first 500 examples, on the processor."""
    train = as_dataset([part[:FEW] for part in as_arrays(data.train)])
    return TrainingObjective((train, data.val), epochs=epochs, batch_size=50, optimizer="adam", lr=5e-3, device="cpu")


def as_arrays(part: SizedDataset) -> tuple[np.ndarray, np.ndarray]:
    """Return the examples of a data set as arrays, x (n, C, H, W) and y (n,).

    >>> [a.shape for a in as_arrays(digits().val)]
    [(397, 1, 8, 8), (397,)]
    """
    pairs = [part[i] for i in range(len(part))]
    return np.stack([np.asarray(x) for x, _ in pairs]), np.array([int(y) for _, y in pairs])


def sums_of_digits(largest: int = 9, seed: int = 0, sizes: tuple[int, int, int] = (FEW, 500, 1000)) -> Splits:
    """Return a set like AddNIST: three digits, one a channel, and the class is their sum less one (Schrodi et al. 2023).

    As there, sums of 0 and of more than 20 are drawn again, so with all digits there are 20 classes; with smaller digits the
    same task is learned in fewer steps. The digits are scikit-learn's, and those of one part occur in no other.

    Parameters
    ----------
    largest
        The largest digit, 1 … 9.
    seed
        Which triples, and which split of the digits.
    sizes
        Numbers of training, validation and test examples.

    Returns
    -------
    Splits
        Three ``TensorDataset``: x float32 (n, 3, 8, 8) in [0, 1], y int64 (n,) in [0, `number_of_sums(largest)`).

    Examples
    --------
    >>> x, y = sums_of_digits(sizes=(50, 10, 10)).train[7]
    >>> tuple(x.shape), 0 <= int(y) < 20
    ((3, 8, 8), True)
    """
    rng = np.random.default_rng(seed)
    parts = [_composed(part, largest, size, rng) for part, size in zip(digits(seed), sizes, strict=True)]
    return Splits(*(as_dataset(part) for part in parts))


def number_of_sums(largest: int) -> int:
    """Return the number of classes of :func:`sums_of_digits`.

    >>> number_of_sums(9), number_of_sums(2)
    (20, 6)
    """
    return min(MOST, 3 * largest)


def _composed(part: SizedDataset, largest: int, size: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Images (size, 3, 8, 8) and classes (size,) of triples of digits."""
    images, labels = as_arrays(part)
    triples = rng.choice(np.flatnonzero(labels <= largest), size=(4 * size, 3))
    sums = labels[triples].sum(axis=1)
    kept = np.flatnonzero((sums >= 1) & (sums <= MOST))[:size]
    return images[triples[kept]][:, :, 0], sums[kept] - 1
