import pytest

from nasviz.records import Trial


@pytest.fixture
def make_trial():
    def make(number, value=None, state=None, **kwargs):
        kwargs.setdefault("term", f"op{number}")
        return Trial(
            number=number,
            fingerprint="free",
            state=state or ("finished" if value is not None else "running"),
            value=value,
            **kwargs,
        )

    return make
