import numpy as np

from nasviz.search.strategy import unseen
from nasviz.spaces import SearchSpace


def test_unseen_draws_until_something_is_new(space: SearchSpace) -> None:
    rng = np.random.default_rng(0)
    seen: set[str] = set()
    for _ in range(200):
        arch = unseen(lambda r: space.sample(seed=r), seen, rng)
        assert arch is not None
        assert str(arch) not in seen
        seen.add(str(arch))


def test_unseen_gives_up(space: SearchSpace) -> None:
    arch = space.sample(seed=0)
    draws: list[int] = []

    def draw(rng: np.random.Generator) -> object:
        draws.append(1)
        return arch

    assert unseen(draw, {str(arch)}, np.random.default_rng(0), tries=7) is None  # type: ignore[arg-type]
    assert len(draws) == 7
