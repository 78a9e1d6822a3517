"""What an architecture costs, by position and in total, without building it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nasviz.errors import BuildError, ShapeError
from nasviz.nn.shapes import Site, sites, visit
from nasviz.records import CostRow

if TYPE_CHECKING:
    from nasviz.spaces import Architecture

__all__ = ["CostTable", "cost", "partial_cost"]


@dataclass(frozen=True)
class CostTable:
    """Cost of one forward pass of one example, a row for each operation in forward order.

    Attributes
    ----------
    rows : tuple of CostRow
    """

    rows: tuple[CostRow, ...]

    @property
    def parameters(self) -> int:
        """Number of trainable numbers, stem and head included."""
        return sum(row.parameters for row in self.rows)

    @property
    def flops(self) -> int:
        """Floating-point operations of convolutions and matrix products, 2 for a multiply-add, stem and head included."""
        return sum(row.flops for row in self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return f"CostTable({len(self.rows)} operations, {self.parameters:,} parameters, {self.flops:,} FLOPs)"


def cost(arch: Architecture) -> CostTable:
    """Parameters and FLOPs of an architecture, stem and head included.

    Every primitive is measured once for each input shape, on the meta device; the network itself is not built. FLOPs are
    those of ``torch.utils.flop_counter`` (convolutions and matrix products), 2 for a multiply-add.

    Raises
    ------
    ShapeError, BuildError
        As :func:`infer_shapes`.
    """
    return CostTable(tuple(_row(site) for site in sites(arch)))


def partial_cost(arch: Architecture) -> tuple[CostTable, ShapeError | BuildError | None]:
    """Parameters and FLOPs as far as the architecture can be built, and the error that ends it, or None.

    Operations before the error in the order of the forward pass have their rows; so a picture can show which shapes meet.
    """
    found: list[Site] = []
    error: ShapeError | BuildError | None = None
    try:
        visit(arch, lambda site, _: None, lambda join, values, shape: None, found)
    except (ShapeError, BuildError) as reason:
        error = reason
    return CostTable(tuple(_row(site) for site in found)), error


def _row(site: Site) -> CostRow:
    position, part = ((), site.where) if isinstance(site.where, str) else (site.where, "body")
    return CostRow(
        position,
        site.operator.name,
        site.shape_in,
        site.shape_out,
        site.measured.parameters,
        site.measured.flops,
        part,
    )
