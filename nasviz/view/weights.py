"""What a fitted kernel looks at: the weight of each part, and in words what it compares.

A weight is a share of the prior variance: 60 % on level 1 says that 60 % of what makes values differ is expected to be told
by the outermost two productions. Beside the parts stands the noise, as a share of the same variance.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

import plotly.graph_objects as go

from nasviz import numbers
from nasviz.records import KernelPart, KernelWeights
from nasviz.view import theme

PATTERNS = {"graph": "", "productions": ".", "number": "/", "product": "x", "other": "-"}
"""Pattern of a bar by what its part compares, so that colour does not say it alone."""


@dataclass(frozen=True)
class WeightsInfo:
    """Weights of a kernel as plain data.

    Attributes
    ----------
    names
        What the parts are called, ``(k,)``, in the order of the kernel; parts of a product follow it.
    weights
        Shares of the prior variance, of a product's factors shares of these, ``(k,)``, 0…1.
    within
        Whether each is part of a product, ``(k,)``.
    brief
        What each compares in a few words, ``(k,)``.
    words
        What each compares and what was learned of it, ``(k,)``.
    labels
        What stands beside each bar, ``(k,)``: share, iterations, length scale.
    kinds
        See `nasviz.records.kernel.PartKind`, ``(k,)``.
    noise
        Variance of the noise over the prior variance.
    left_out
        Which parts were left out, for they repeat another or all trials look alike to them, in a sentence, or "".
    summary
        One line: what weighs most, noise and evidence.
    value_name
        What the kernel was fitted to, where there are several objectives; else "value".
    """

    names: tuple[str, ...] = ()
    weights: tuple[float, ...] = ()
    within: tuple[bool, ...] = ()
    brief: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    noise: float = 0.0
    left_out: str = ""
    summary: str = field(default="no prediction yet")
    value_name: str = "value"


def weights_info(found: KernelWeights, *, value_name: str = "value") -> WeightsInfo:
    """Collect what the figure of weights shows.

    Parameters
    ----------
    found
        From ``gp.weights()``.
    value_name
        What the kernel was fitted to.

    Examples
    --------
    >>> info = weights_info(KernelWeights((KernelPart("level 1", 1.0, "graph", level=1, h=2),), 1.0, 0.05, 9, -3.0))
    >>> info.names, info.labels[0].replace(numbers.GAP, " ")
    (('level 1',), '100 % · h = 2')
    """
    return WeightsInfo(
        names=tuple(_short(part.name) for part in found.parts),
        weights=tuple(part.weight for part in found.parts),
        within=tuple(bool(part.within) for part in found.parts),
        brief=tuple(_brief(part) for part in found.parts),
        words=tuple(_words(part) for part in found.parts),
        labels=tuple(_label(part) for part in found.parts),
        kinds=tuple(part.kind for part in found.parts),
        noise=found.noise / found.outputscale,
        left_out=_omitted(found.left_out),
        summary=_summary(found),
        value_name=value_name,
    )


def compares(part: KernelPart) -> str:
    """What a part compares, in words.

    >>> compares(KernelPart("level 1", 0.5, "graph", level=1, h=0))
    'fold 1: the term cut below nesting level 1, deeper subterms by their names; counts which operations it has'
    """
    if part.kind == "graph":
        return f"{_cut(part.level)}; {_sight(part.h or 0)}"
    if part.kind == "productions":
        return "how often each production of the grammar is used; it knows no graph"
    if part.kind == "number":
        what = f"the logarithm of {part.name}" if part.rule.startswith("log ") else part.name
        return f"{what}: near numbers, like values"
    return "like only where all its factors say so" if part.kind == "product" else "a kernel of your own"


def _brief(part: KernelPart) -> str:
    if part.kind == "graph":
        return "every operation" if part.level is None else f"cut below level {part.level}" if part.level else "the outermost"
    brief = {"productions": "how often used", "number": "near numbers", "product": "all factors alike"}
    return brief.get(part.kind, "your own")


def _cut(level: int | None) -> str:
    if level is None:
        return "full graph: every operation of the network, nothing folded"
    if level == 0:
        return "fold 0: the outermost production, its subterms by their names"
    return f"fold {level}: the term cut below nesting level {level}, deeper subterms by their names"


def _sight(h: int) -> str:
    if h == 0:
        return "counts which operations it has"
    steps = "what is directly before and after it" if h == 1 else f"all that is up to {h} steps before and after it"
    return f"counts each operation with {steps}"


def _words(part: KernelPart) -> str:
    share = f"{numbers.share(part.weight)} of the {'factor' if part.within else 'prior variance'}"
    lines = [f"{theme.clipped(part.name)}: {share}", theme.clipped(compares(part))]
    if part.h is not None:
        lines.append(f"h = {part.h} iterations of Weisfeiler-Lehman")
    if part.lengthscale is not None:
        near = 0.61 if part.rule.endswith("rbf") else 0.52
        lines.append(f"{numbers.measure(part.lengthscale)} standard deviations apart, similarity is {near}")
    if math.isfinite(part.similarity):
        apart = ": it tells nothing apart" if part.similarity > 0.9995 else ""
        lines.append(f"mean similarity of two trials {part.similarity:.2f}{apart}")
    return "<br>".join(lines)


def _label(part: KernelPart) -> str:
    said = [numbers.share(part.weight)]
    if part.h is not None:
        said.append(f"h{numbers.GAP}={numbers.GAP}{part.h}")
    if part.lengthscale is not None:
        said.append(f"length{numbers.GAP}scale{numbers.GAP}{numbers.measure(part.lengthscale, 2)}{numbers.GAP}sd")
    return " · ".join(said)


def _short(name: str) -> str:
    """A name with runs of levels drawn together: "level 0 + level 1 + level 2" is "levels 0–2"."""
    run = re.compile(r"level (\d+)(?: \+ level \d+)* \+ level (\d+)")
    return run.sub(lambda found: f"levels {found[1]}–{found[2]}", name)


def _omitted(names: tuple[str, ...]) -> str:
    return f"left out, since they tell nothing beside the others: {_short(' + '.join(names))}" if names else ""


def _summary(found: KernelWeights) -> str:
    top = max((part for part in found.parts if not part.within), key=lambda part: part.weight)
    noise = numbers.share(found.noise / found.outputscale)
    values = f"{found.n} value{'s' * (found.n != 1)}"
    first = f"{numbers.share(top.weight)} on {_short(top.name)} · noise {noise} of the prior variance"
    return f"{first} · log evidence {numbers.measure(found.evidence)} nats for {values}"


def weights_figure(info: WeightsInfo, *, dark: bool = False) -> go.Figure:
    """A bar for each part of the kernel, coarse to fine from the top, and one for the noise.

    Parameters
    ----------
    info
        From `weights_info`.
    dark
        See `nasviz.view.theme.template`.

    Returns
    -------
        Traces "share of the prior variance", "share within the product" and "noise", always these three in this order.
    """
    outer = [i for i, within in enumerate(info.within) if not within]
    inner = [i for i, within in enumerate(info.within) if within]
    noise = go.Bar(
        x=[info.noise] if info.names else [],
        y=["noise"] if info.names else [],
        orientation="h",
        name="noise",
        marker={"color": theme.faded(theme.BASELINE, 0.6), "line": {"color": theme.BASELINE, "width": 1}},
        text=[numbers.share(info.noise)],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="noise of an observation: its variance as a share of the prior variance<extra></extra>",
        showlegend=False,
    )
    fig = theme.figure(
        _bars(info, outer, "share of the prior variance", theme.OBSERVED, bool(inner)),
        _bars(info, inner, "share within the product", theme.KNOWN, bool(inner)),
        noise,
        x="share of the prior variance" + _of(info) + f"<br><sup>{info.left_out}</sup>" * bool(info.left_out),
        y="",
        dark=dark,
    )
    longest = max([*info.weights, info.noise, 0.1])
    rows = [*_rows(info), "noise"] if info.names else []
    fig.update_yaxes(
        type="category",
        categoryorder="array",
        categoryarray=rows[::-1],
        tickmode="array",
        tickvals=rows,
        ticktext=[*_ticks(info), "noise "] if rows else [],
        showgrid=False,
        ticks="",
    )
    step = next((step for step in (0.02, 0.05, 0.1, 0.2, 0.5) if longest <= 6 * step), 2.0)
    ticks = [i * step for i in range(int(longest / step + 1e-9) + 1)]
    fig.update_xaxes(range=[0, 1.3 * longest], tickformat=".0%", tickvals=ticks)
    fig.update_layout(barmode="overlay", bargap=0.3)
    if not info.names:
        theme.note(fig, "The kernel is fitted once a trial has a value")
    return fig


def _of(info: WeightsInfo) -> str:
    return "" if info.value_name == "value" else f" of {theme.clipped(info.value_name, 24, 1)}"


def _rows(info: WeightsInfo) -> list[str]:
    """What the bars are called; equal names within a product and outside are told apart by the dot."""
    return theme.apart(["· " * within + name for name, within in zip(info.names, info.within, strict=True)])


def _ticks(info: WeightsInfo) -> list[str]:
    """What stands at the left of each bar: its name and, small, what it compares."""
    rows = zip(info.names, info.within, info.brief, strict=True)
    return ["· " * within + f"{theme.clipped(name, 24, 3)} <br><sup>{brief}</sup> " for name, within, brief in rows]


def _bars(info: WeightsInfo, kept: list[int], name: str, colour: str, legend: bool) -> go.Bar:
    rows = _rows(info)
    return go.Bar(
        x=[info.weights[i] for i in kept],
        y=[rows[i] for i in kept],
        orientation="h",
        name=name,
        marker={
            "color": theme.faded(colour, 0.75),
            "line": {"color": colour, "width": 1},
            "pattern": {"shape": [PATTERNS.get(info.kinds[i], "-") for i in kept], "fillmode": "overlay", "size": 6},
        },
        text=[info.labels[i] for i in kept],
        textposition="outside",
        cliponaxis=False,
        hovertext=[info.words[i] for i in kept],
        hovertemplate="%{hovertext}<extra></extra>",
        showlegend=legend,
    )
