"""What an architecture costs, by position and in total, without building it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from nasviz.errors import BuildError, ShapeError
from nasviz.extension import lower
from nasviz.nn.shapes import Site, sites, visit
from nasviz.nn.sharing import Key, Share, Sharing
from nasviz.records import CostRow

if TYPE_CHECKING:
    from nasviz.spaces import Architecture

__all__ = ["CostTable", "cost", "partial_cost"]

BYTES = 4  # of a number in float32


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

    @property
    def memory(self) -> int:
        """Bytes of the activations of one example in float32: what all layers give out, stem and head included.

        Sums and other merges keep nothing of their own and are not counted.
        """
        return sum(row.memory for row in self.rows)

    def frame(self) -> Any:
        """Return the table as a ``pandas.DataFrame``, a row for each operation; see :func:`nasviz.view.cost.cost_table`."""
        return lower("cost_table")(self.rows)

    def _repr_html_(self) -> str:
        return self.frame()._repr_html_()

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return (
            f"CostTable({len(self.rows)} operations, {self.parameters:,} parameters, {self.flops:,} FLOPs, "
            f"{self.memory:,} bytes of activations)"
        )


def cost(arch: Architecture, share: Share = False) -> CostTable:
    """Parameters, FLOPs and activation memory of an architecture, stem and head included.

    Every primitive is measured once for each input shape, on the meta device; the network itself is not built. FLOPs are
    those of ``torch.utils.flop_counter`` (convolutions and matrix products), 2 for a multiply-add.

    Parameters
    ----------
    arch : Architecture
    share : bool or "equal"
        As :func:`to_torch`: parameters that several positions share count at the first of them.

    Raises
    ------
    ShapeError, BuildError
        As :func:`infer_shapes`; BuildError also when there is nothing to share.
    """
    found = sites(arch)
    rows = [_row(site) for site in found]
    if share is not False:
        sharing, seen = Sharing(arch, share), set[Key]()
        for k, site in enumerate(found):
            key = sharing.key(site)
            if key is not None and key in seen:
                rows[k] = replace(rows[k], parameters=0)
            elif key is not None:
                seen.add(key)
    return CostTable(tuple(rows))


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
        BYTES * site.measured.activations,
    )
