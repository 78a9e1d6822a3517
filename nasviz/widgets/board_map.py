"""The map of a search board: where trials, candidates and the architecture shown lie, and what is believed of them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import cast

from nasviz.surrogate.space_map import KernelMap
from nasviz.view.space_map import Colour, Spot, space_map_figure, space_map_info
from nasviz.view.surrogate_plots import known_networks
from nasviz.widgets.board_tabs import Asked, Drawn

COLOURS: Mapping[str, str] = MappingProxyType({"mean": "mean", "sd": "sd", "acquisition": "log expected improvement"})
"""What the colour of the map can say, and what that is called."""

CANDIDATES = 200
"""Architectures that are drawn on the map beside the trials."""


def placed(asked: Asked, before: KernelMap | None) -> KernelMap:
    """Return where everything lies; what was on the map before stays on its side."""
    maximize = asked.seen.direction == "maximize"
    return asked.basis.gp.map(candidates=CANDIDATES, maximize=maximize, previous=before)


def draw_map(asked: Asked, where: KernelMap) -> Drawn:
    """Draw the map with the architecture that is shown."""
    info = space_map_info(
        where.record,
        asked.seen.trials,
        direction=asked.seen.direction,
        value_name=asked.seen.value_name,
        baselines=known_networks(where, asked.seen.trials),
        known={str(arch): name for name, arch in where.known.items()},
        current=_current(asked, where),
    )
    return space_map_figure(info, cast("Colour", asked.colour), menu=False), info.summary


def _current(asked: Asked, where: KernelMap) -> Spot | None:
    """Where the architecture that is shown lies, unless the map has it already."""
    if asked.arch is None or str(asked.arch) in where.record.terms:
        return None
    (belief,) = asked.basis.beliefs([asked.arch])
    ((x, y),) = where.place([asked.arch]).tolist()
    gain = float("nan") if belief.acquisition is None else belief.acquisition
    return Spot(str(asked.arch), x, y, belief.mean, belief.sd, gain)
