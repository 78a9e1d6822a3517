"""Contracts that users run on their own spaces, and hypothesis strategies for terms.

`check_space` runs what every space must keep: it samples, prints, parses, stores and draws. It needs nothing beyond nasviz.
The strategies are in `nasviz.testing.strategies`, which needs the package hypothesis.
"""

from nasviz.testing.spaces import check_space

__all__ = ["check_space"]
