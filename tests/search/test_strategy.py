import numpy as np

from nasviz.search.strategy import Seen, unseen
from nasviz.spaces import SearchSpace, parse


def test_unseen_draws_until_something_is_new(space: SearchSpace) -> None:
    rng = np.random.default_rng(0)
    seen = Seen()
    for _ in range(100):
        arch = unseen(lambda r: space.sample(seed=r), seen, rng)
        assert arch is not None
        assert arch not in seen
        seen.add(arch)


def test_unseen_gives_up(space: SearchSpace) -> None:
    arch = space.sample(seed=0)
    draws: list[int] = []

    def draw(rng: np.random.Generator) -> object:
        draws.append(1)
        return arch

    assert unseen(draw, Seen([str(arch)]), np.random.default_rng(0), tries=7) is None  # type: ignore[arg-type]
    assert len(draws) == 7


def test_equal_functions_are_known_whatever_their_terms() -> None:
    seen = Seen(forms=[parse("Residual(conv, id, relu)").canonical_key])
    assert parse("Residual(id, Linear(conv, relu), id)") in seen
    assert parse("Residual(relu, id, conv)") not in seen
