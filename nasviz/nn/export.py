"""A trained network as one file that runs where nasviz is not installed."""

from __future__ import annotations

import copy
import json
import os
from pathlib import Path

import torch
from torch import nn

from nasviz.algebra.arguments import shown
from nasviz.errors import BuildError, a_or_an
from nasviz.spaces import Architecture

__all__ = ["export_program"]


def export_program(net: nn.Module, arch: Architecture, path: str | Path) -> Path:
    """Write a network as a ``torch.export`` program with a free batch size, in evaluation mode.

    Whoever has torch reads it with ``torch.export.load(path).module()``; the file also carries the architecture as JSON, in
    the extra file ``architecture.json``.

    Parameters
    ----------
    net : nn.Module
        As made by :func:`to_torch`, trained or not; it is left as it is.
    arch : Architecture
        Says the shape of the input.
    path : str or Path
        Ends in ``.pt2``.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    BuildError
        When `net` is no module, `arch` no architecture or `path` no path, the name does not end in .pt2 or is that of a
        folder, the folder is missing, or a module cannot be exported; says why.
    """
    if not isinstance(net, nn.Module):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise BuildError(f"a network made by arch.to_torch() is written, found {a_or_an(type(net).__name__)}")
    if not isinstance(arch, Architecture):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise BuildError(f"the second argument is the architecture of the network, found {shown(arch)}")
    if not isinstance(path, str | os.PathLike):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise BuildError(f"the third argument is the name of a file, e.g. 'net.pt2', found {shown(path)}")
    file = Path(path)
    if file.suffix != ".pt2":
        raise BuildError(f"the file name must end in .pt2, found {file.name!r}")
    if not file.parent.is_dir():
        raise BuildError(f"the folder {str(file.parent)!r} does not exist")
    if file.is_dir():
        raise BuildError(f"{str(file)!r} is a folder; give the name of a file")
    still = copy.deepcopy(net).cpu().eval()
    example = torch.zeros((2, *arch.space.input_shape))
    batch = torch.export.Dim("batch", min=1)
    try:
        program = torch.export.export(still, (example,), dynamic_shapes=({0: batch},))
    except Exception as reason:  # whatever a user's module raises
        line = " ".join(str(reason).split())[:300]
        raise BuildError(f"{arch.term.text[:120]} cannot be exported: {line}") from reason
    torch.export.save(program, file, extra_files={"architecture.json": json.dumps(arch.to_json())})
    return file
