"""The generated forward code of an architecture, line by line, with the position that each line belongs to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from nasviz.nn.shapes import Where
from nasviz.nn.torch_build import to_torch

if TYPE_CHECKING:
    from nasviz.spaces import Architecture

__all__ = ["CodeLine", "forward_code"]

_RELEASE = re.compile(r";\s+[\w\s=]+ = None$")
_TARGET = re.compile(r"\s+(\w+) = ")


@dataclass(frozen=True)
class CodeLine:
    """One line of code.

    Attributes
    ----------
    text
        The line, without its end.
    where
        Position of the operation or join that it computes, "stem", "head", or None.
    """

    text: str
    where: Where | None


def forward_code(arch: Architecture) -> tuple[CodeLine, ...]:
    """Return the forward code that torch.fx generates for an architecture, as ``arch.to_torch().code`` holds it.

    The network is built on the meta device, so no weight is allocated. Assignments of None that only release memory are left
    out.

    Raises
    ------
    ShapeError, BuildError
        As :func:`nasviz.nn.infer_shapes`.

    Examples
    --------
    >>> from nasviz.spaces import parse
    >>> for line in forward_code(parse("Linear(conv, fc)")):
    ...     print(f"{str(line.where):7}{line.text}")
    None   def forward(self, x):
    stem       stem = self.stem(x)
    (0,)       _0_own = self._0.own(stem)
    (1,)       _1_own = self._1.own(_0_own)
    head       head = self.head(_1_own)
    None       return head
    """
    with torch.device("meta"):
        net = to_torch(arch, seed=0)
    where: dict[str, Where] = {node.name: node.meta["where"] for node in net.graph.nodes if "where" in node.meta}
    lines = [_RELEASE.sub("", line) for line in net.code.strip().splitlines()]
    return tuple(CodeLine(line, where.get(_target(line))) for line in lines)


def _target(line: str) -> str:
    found = _TARGET.match(line)
    return found.group(1) if found else ""
