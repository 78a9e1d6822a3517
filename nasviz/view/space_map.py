"""A map of the search space as the surrogate sees it: near means alike to the kernel.

Kernel principal components of the trials and of architectures drawn at random beside them (Schölkopf, Smola & Müller
1998), exact. The axes say how much of the variance they explain; what they leave out may separate points that seem near.
Colour is what is believed: mean, standard deviation, or the logarithm of the improvement expected.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go

from nasviz import numbers
from nasviz.errors import NasvizError
from nasviz.records import SpaceMap, Trial, matched
from nasviz.view import theme
from nasviz.view.numbered import called, numbers_of

Colour = Literal["mean", "sd", "acquisition"]
COLOURS: tuple[Colour, ...] = ("mean", "sd", "acquisition")
DEEPEST = 12.0
"""Colours of the logarithm of expected improvement end this far below the best: e^−12 of its gain is as good as none."""


@dataclass(frozen=True)
class Spot:
    """A place on the map that is shown beside the others: an architecture that is looked at, or a known network.

    Attributes
    ----------
    term
        Its term.
    x, y
        Where it is placed.
    mean, sd
        What is believed of it.
    acquisition
        Logarithm of the improvement expected of it.
    name
        What it is called, or "".
    trial
        Number of its trial, or None.
    """

    term: str
    x: float
    y: float
    mean: float
    sd: float
    acquisition: float = math.nan
    name: str = ""
    trial: int | None = None


@dataclass(frozen=True)
class SpaceMapInfo:
    """A map of a search space, as plain data.

    Attributes
    ----------
    found
        Terms, coordinates and beliefs: the trials first, then what was drawn.
    trials
        Number of each trial, ``(n,)``; None for what another study found.
    names
        What each is called, ``(n,)``.
    baselines
        Known networks: baselines of the study, and those that the space derives.
    current
        The architecture that is looked at, or None.
    minimize
        Whether smaller values are better.
    value_name
        What is measured.
    """

    found: SpaceMap = field(default_factory=SpaceMap)
    trials: tuple[int | None, ...] = ()
    names: tuple[str, ...] = ()
    baselines: tuple[Spot, ...] = ()
    current: Spot | None = None
    minimize: bool = True
    value_name: str = "value"

    @property
    def summary(self) -> str:
        """One line: how many points, and how much of the variance the two axes explain."""
        n, m = len(self.trials), len(self.found.terms)
        if not n:
            return "no map yet"
        trials = f"{n} trial{'s' * (n != 1)} and {m - n} architectures drawn at random"
        if not any(self.found.shares):
            return f"{trials} · the kernel tells none of them apart"
        return f"{trials} · the axes explain {numbers.share(sum(self.found.shares))} of the variance · exact kernel PCA"


def space_map_info(
    found: SpaceMap,
    trials: Sequence[Trial] = (),
    *,
    direction: str = "minimize",
    value_name: str = "value",
    baselines: Sequence[Spot] = (),
    known: Mapping[str, str] = MappingProxyType({}),
    current: Spot | None = None,
) -> SpaceMapInfo:
    """Collect what the map shows.

    Parameters
    ----------
    found
        From ``gp.map().record``.
    trials
        Trials of the study, which give numbers and names; without them the architectures are numbered as learned.
    direction
        Whether less or more is better.
    value_name
        What is measured.
    baselines
        Known networks that were not learned from, placed on the map; those that are among the trials are found.
    known
        Names of known networks by their terms: what was learned of one is marked, too.
    current
        The architecture that is looked at.
    """
    n = len(found.values)
    of = matched(found.terms[:n], found.values, trials)
    named = [(trial and trial.baseline) or known.get(term, "") for trial, term in zip(of, found.terms[:n], strict=True)]
    own = [_spot(found, i, name, of[i]) for i, name in enumerate(named) if name]
    return SpaceMapInfo(
        found=found,
        trials=numbers_of(of),
        names=tuple(called(trial) for trial in of) if trials else tuple(f"architecture {i}" for i in range(n)),
        baselines=(*own, *baselines),
        current=current,
        minimize=direction == "minimize",
        value_name=value_name,
    )


def _spot(found: SpaceMap, i: int, name: str, trial: Trial | None) -> Spot:
    belief = (found.mean[i], found.sd[i], found.acquisition[i])
    return Spot(found.terms[i], found.x[i], found.y[i], *belief, name=name, trial=None if trial is None else trial.number)


def with_current(info: SpaceMapInfo, current: Spot | None) -> SpaceMapInfo:
    """Return the same map with another architecture looked at."""
    return replace(info, current=current)


def space_map_figure(info: SpaceMapInfo, colour: Colour = "mean", *, menu: bool = True, dark: bool = False) -> go.Figure:
    """Points in the plane: drawn ones small, trials ringed, the best a star, known networks named.

    Parameters
    ----------
    info
        From `space_map_info`.
    colour
        What is shown at first: "mean", "sd" or "acquisition".
    menu
        Whether the figure has buttons that change it.
    dark
        See `nasviz.view.theme.template`.

    Returns
    -------
        Traces "drawn", "trial", "best", "known network" and "this architecture", always these five in this order.
        `customdata` is the number of a trial, and the term of what is none.

    Raises
    ------
    NasvizError
        If `colour` is none of these.
    """
    if colour not in COLOURS:
        raise NasvizError(f"no colour {colour!r} on the map: choose {', '.join(COLOURS[:-1])} or {COLOURS[-1]}")
    n = len(info.trials)
    shares, components = info.found.shares, info.found.components
    titles = [f"component {c} · {numbers.share(s)} of the variance" for c, s in zip(components, shares, strict=True)]
    fig = theme.figure(*_points(info, n, colour), *_marked(info), x=titles[0], y=titles[1], dark=dark)
    fig.update_layout(coloraxis=_scale(info, colour), legend={"itemsizing": "trace"})
    fig.update_yaxes(scaleanchor="x", scaleratio=1)
    if menu:
        fig.update_layout(updatemenus=[_menu(info, n, colour)], margin={"t": 78})
    if not n:
        theme.note(fig, "The map needs a finished trial")
    elif not any(shares):
        fig.add_annotation(
            text="The kernel tells none of them apart", showarrow=False, xref="paper", yref="paper", x=0.5, y=0.9, name="note"
        )
    return fig


def _points(info: SpaceMapInfo, n: int, colour: Colour) -> list[go.Scatter]:
    found = info.found
    values = _values(info, colour)
    drawn = go.Scatter(
        x=found.x[n:],
        y=found.y[n:],
        mode="markers",
        name="drawn at random",
        marker={
            "color": values[n:],
            "coloraxis": "coloraxis",
            "size": 6,
            "symbol": "circle",
            "opacity": 0.9,
            "line": {"width": 0.5, "color": theme.BASELINE},
        },
        customdata=found.terms[n:],
        text=[f"drawn, not evaluated<br>{_belief(info, i)}" for i in range(n, len(found.x))],
        hovertemplate="%{text}<extra></extra>",
    )
    trials = go.Scatter(
        x=found.x[:n],
        y=found.y[:n],
        mode="markers",
        name="trial",
        marker={
            "color": values[:n],
            "coloraxis": "coloraxis",
            "size": 11,
            "symbol": ["circle-x" if i in found.aside else "circle" for i in range(n)],
            "line": {"width": 2.2, "color": theme.OBSERVED},
        },
        customdata=info.trials,
        text=[
            f"{info.names[i]}: {theme.clipped(info.value_name)} {numbers.measure(found.values[i])}<br>"
            + "lets nothing through<br>" * (i in found.aside)
            + _belief(info, i)
            for i in range(n)
        ],
        hovertemplate="%{text}<extra></extra>",
    )
    return [drawn, trials]


def _marked(info: SpaceMapInfo) -> list[go.Scatter]:
    found, best = info.found, info.found.best
    star = [] if best is None else [best]
    starred = go.Scatter(
        x=[found.x[i] for i in star],
        y=[found.y[i] for i in star],
        mode="markers",
        name="best",
        marker={"color": theme.INCUMBENT, "size": 17, "symbol": "star", "line": {"width": 0}},
        customdata=[info.trials[i] for i in star],
        text=[f"best, {info.names[i]}: {numbers.measure(found.values[i])}<br>{_belief(info, i)}" for i in star],
        hovertemplate="%{text}<extra></extra>",
    )
    known = go.Scatter(
        x=[spot.x for spot in info.baselines],
        y=[spot.y for spot in info.baselines],
        mode="markers+text",
        name="known network",
        marker={"color": theme.KNOWN, "size": 14, "symbol": theme.KNOWN_SYMBOL, "line": {"width": 0}},
        text=[theme.clipped(spot.name, 32, 1) for spot in info.baselines],
        textposition="top center",
        customdata=[spot.term if spot.trial is None else spot.trial for spot in info.baselines],
        hovertext=[_spoken(spot, spot.name) for spot in info.baselines],
        hovertemplate="%{hovertext}<extra></extra>",
        showlegend=bool(info.baselines),
    )
    now = [] if info.current is None else [info.current]
    current = go.Scatter(
        x=[spot.x for spot in now],
        y=[spot.y for spot in now],
        mode="markers",
        name="this architecture",
        marker={"color": theme.INCUMBENT, "size": 16, "symbol": "diamond-open", "line": {"width": 3}},
        customdata=[spot.term for spot in now],
        text=[_spoken(spot, spot.name or "this architecture") for spot in now],
        hovertemplate="%{text}<extra></extra>",
        showlegend=bool(now),
    )
    return [starred, known, current]


def _values(info: SpaceMapInfo, colour: Colour) -> list[float]:
    """The numbers that are shown by colour, to four figures: a live figure sends them often."""
    return [float(f"{value:.4g}") for value in getattr(info.found, colour)]


def _scale(info: SpaceMapInfo, colour: Colour) -> dict[str, Any]:
    """Scale of colours, bright where it is interesting: a good mean, a large deviation, a large gain."""
    values = np.asarray([v for v in _values(info, colour) if math.isfinite(v)] or [0.0, 1.0])
    low, high = float(values.min()), float(values.max())
    deep = colour == "acquisition" and low < high - DEEPEST
    return {
        "colorscale": theme.SEQUENTIAL,
        "reversescale": colour == "mean" and info.minimize,
        "cmin": high - DEEPEST if deep else low,
        "cmax": high if high > low else low + (0.1 * abs(low) or 1.0),
        "colorbar": {
            "title": {"text": _title(info, colour), "font": {"size": 12}},
            "thickness": 12,
            "outlinewidth": 0,
            "tickfont": {"size": 11},
            "nticks": 6,
        },
    }


def _title(info: SpaceMapInfo, colour: Colour) -> str:
    name = theme.clipped(info.value_name, 24, 1)
    of = "" if name == "value" else f"<br>of {name}"
    return {"mean": f"{name},<br>mean", "sd": f"{name},<br>sd", "acquisition": f"log expected<br>improvement{of}"}[colour]


def _menu(info: SpaceMapInfo, n: int, colour: Colour) -> dict[str, Any]:
    """Buttons that put other numbers into the first two traces; light in both themes, since plotly lightens what is pressed."""
    buttons: list[dict[str, Any]] = []
    for kind in COLOURS:
        values = _values(info, kind)
        buttons.append(
            {
                "label": kind,
                "method": "update",
                "args": [{"marker.color": [values[n:], values[:n]]}, {"coloraxis": _scale(info, kind)}, [0, 1]],
            }
        )
    return {
        "type": "buttons",
        "direction": "right",
        "active": COLOURS.index(colour),
        "buttons": buttons,
        "x": 1,
        "xanchor": "right",
        "y": 1.1,
        "yanchor": "bottom",
        "pad": {"t": 0, "b": 4},
        "font": {"color": "#212121", "size": 12},
        "bgcolor": "#d5d9dd",
        "bordercolor": theme.BASELINE,
        "borderwidth": 1,
    }


def _belief(info: SpaceMapInfo, i: int) -> str:
    found = info.found
    return _believed(found.mean[i], found.sd[i], found.acquisition[i], found.terms[i])


def _spoken(spot: Spot, name: str) -> str:
    return f"{theme.clipped(name)}<br>{_believed(spot.mean, spot.sd, spot.acquisition, spot.term)}"


def _believed(mean: float, sd: float, acquisition: float, term: str) -> str:
    gain = f"<br>log expected improvement {numbers.measure(acquisition)}" if math.isfinite(acquisition) else ""
    return f"{numbers.spread(mean, sd)} believed{gain}<br>{theme.clipped(term)}"
