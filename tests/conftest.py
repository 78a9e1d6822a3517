"""How many examples a law is tried on: `full` by default, `quick` by `--hypothesis-profile quick`, as `make quick` asks."""

from hypothesis import settings

settings.register_profile("full", max_examples=80, deadline=None)
settings.register_profile("quick", max_examples=20, deadline=None)
settings.load_profile("full")
