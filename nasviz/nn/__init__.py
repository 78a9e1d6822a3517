"""Networks: the torch meaning of terms.

A *primitive* is an operator with a module behind it: a function of the number of channels (or of the whole shape) that makes
a new module at each place where the operator stands. Because the term says how modules are put together, one forward pass
over its graph gives everything else: with shapes as values it is shape inference, with fx nodes it is the network, with
counters it is the cost. Shapes come from the *meta device*, on which torch computes sizes and nothing else, once for each
primitive and input shape. A network is an ``fx.GraphModule``; the module of the operator at position (0, 2) is
``net._0._2.own``, so a picture, a cost row, an error and a weight are found from one another. Where paths of different
shapes meet, the error names the place and both shapes. `to_torch` builds, `infer_shapes` and `cost` only count,
`export_program` writes a file that runs without this package.
"""

from nasviz.nn.code import CodeLine, forward_code
from nasviz.nn.cost import CostTable, cost, partial_cost
from nasviz.nn.export import export_program
from nasviz.nn.primitive import Meaning, Primitive, primitive
from nasviz.nn.shapes import Shapes, infer_shapes
from nasviz.nn.sharing import shared_positions
from nasviz.nn.torch_build import module_path, to_torch

__all__ = [
    "CodeLine",
    "CostTable",
    "Meaning",
    "Primitive",
    "Shapes",
    "cost",
    "export_program",
    "forward_code",
    "infer_shapes",
    "module_path",
    "partial_cost",
    "primitive",
    "shared_positions",
    "to_torch",
]
