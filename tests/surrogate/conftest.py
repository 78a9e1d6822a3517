from collections.abc import Callable

import numpy as np
import pytest

from nasviz.spaces import Architecture, is_connected, nb201


@pytest.fixture(scope="session")
def archs() -> list[Architecture]:
    """Sixty distinct connected architectures of NAS-Bench-201."""
    drawn = dict.fromkeys(nb201().sample(200, seed=0))
    return [arch for arch in drawn if is_connected(arch.term)][:60]


@pytest.fixture(scope="session")
def error() -> Callable[[list[Architecture], int], np.ndarray]:
    """A made-up validation error: convolutions help, pooling hurts, a little noise."""

    def values(archs: list[Architecture], seed: int) -> np.ndarray:
        rng = np.random.default_rng(seed)
        text = [str(arch) for arch in archs]
        clean = [0.3 * 0.97 ** t.count("conv3x3") * 1.02 ** t.count("avg_pool") for t in text]
        return np.array(clean) * np.exp(0.02 * rng.normal(size=len(archs)))

    return values
