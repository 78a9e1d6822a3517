"""Contracts that users run on their own spaces and operators, and hypothesis strategies for terms.

`check_space` runs what every space must keep: it samples, prints, parses, stores and draws. `check_primitive`,
`check_topology` and `check_merge` do the same for an operator of your own, before it is searched with::

    from nasviz.testing import check_primitive

    def test_swish3():
        check_primitive(swish3, shapes=[(16, 8, 8), (16, 7, 9)])

They need nothing beyond nasviz. The strategies are in `nasviz.testing.strategies`, which needs the package hypothesis.
"""

from nasviz.testing.primitives import check_primitive
from nasviz.testing.spaces import check_space
from nasviz.testing.topologies import check_merge, check_topology

__all__ = ["check_merge", "check_primitive", "check_space", "check_topology"]
