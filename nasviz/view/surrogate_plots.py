"""Figures of what a surrogate believes, in one call each; public as ``nv.plots.calibration`` and so on."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Protocol, cast, runtime_checkable

import plotly.graph_objects as go

from nasviz.errors import NasvizError
from nasviz.records import Calibration, KernelWeights, Similarity, Trial, Which, matched
from nasviz.view.calibration import CalibrationInfo, calibration_figure, calibration_info
from nasviz.view.gram import GramInfo, gram_figure, gram_info
from nasviz.view.numbered import numbers_of
from nasviz.view.objective import aimed
from nasviz.view.space_map import COLOURS, Colour, SpaceMapInfo, Spot, space_map_figure, space_map_info
from nasviz.view.surrogate import SurrogateInfo, surrogate_figure, surrogate_info
from nasviz.view.weights import WeightsInfo, weights_figure, weights_info


@runtime_checkable
class Surrogate(Protocol):
    """A fitted Gaussian process."""

    @property
    def archs(self) -> Sequence[Any]: ...

    @property
    def y(self) -> Any: ...

    @property
    def equal(self) -> str: ...

    def leave_one_out(self) -> tuple[Any, Any]: ...

    def calibration(self, archs: Any = None, y: Any = None) -> Calibration: ...

    def weights(self) -> KernelWeights: ...

    def similarity(self, most: int = 300) -> Similarity: ...

    def map(self, candidates: int = 200, seed: int = 0, *, maximize: bool = False) -> Any: ...


@runtime_checkable
class Searched(Protocol):
    """A study: what was tried, and what is believed."""

    @property
    def trials(self) -> Sequence[Trial]: ...

    @property
    def direction(self) -> str: ...

    def surrogate(self) -> Any: ...


def leave_one_out(
    source: Searched | Surrogate, *, objective: Which = None, value_name: str = "", dark: bool = False
) -> go.Figure:
    """Each value predicted from all the others, against what was measured, with ± one standard deviation.

    Parameters
    ----------
    source
        A study, or a fitted Gaussian process.
    objective
        Which one where the study has several, by its name or its place; the first when None.
    value_name
        What is measured; the name of the objective where the study has several, else "value".
    dark
        For a dark page.

    Raises
    ------
    NasvizError
        If the study has no such objective, or there is none.
    """
    source, value_name = aimed(source, objective, value_name)
    gp, trials = _learned(source)
    if gp is None:
        return surrogate_figure(SurrogateInfo(value_name=value_name), dark=dark)
    terms = [str(arch) for arch in gp.archs]
    mean, sd = gp.leave_one_out()
    those = matched(terms, gp.y, trials) if trials else ()
    info = surrogate_info(
        gp.y,
        mean,
        sd,
        trials=numbers_of(those),
        terms=terms,
        value_name=value_name,
        known=["" if trial is None else trial.baseline for trial in those],
        equal=gp.equal,
    )
    return surrogate_figure(info, dark=dark)


def calibration(
    source: Searched | Surrogate,
    archs: Sequence[Any] | None = None,
    y: Sequence[float] | None = None,
    *,
    objective: Which = None,
    dark: bool = False,
) -> go.Figure:
    """Whether the uncertainty is honest: shares of values in intervals, and the probability integral transform.

    The title says "overconfident" or the like only where the bands of an honest surrogate say so.

    Parameters
    ----------
    source
        A study, or a fitted Gaussian process.
    archs, y
        Architectures that were held out and their values, ``(m,)``; None leaves each trial out in turn.
    objective
        Which one where the study has several, by its name or its place; the first when None.
    dark
        For a dark page.

    Raises
    ------
    NasvizError
        If the study has no such objective, or there is none.
    """
    source, value_name = aimed(source, objective)
    gp, _ = _learned(source)
    found = None if gp is None else gp.calibration(archs, y)
    info = CalibrationInfo() if gp is None or found is None else calibration_info(found, value_name=value_name, equal=gp.equal)
    return calibration_figure(info, dark=dark)


def kernel_weights(source: Searched | Surrogate, *, objective: Which = None, dark: bool = False) -> go.Figure:
    """What the kernel looks at: the weight of each fold level and part, with its iterations or length scale, and the noise.

    Parameters
    ----------
    source
        A study, or a fitted Gaussian process.
    objective
        Which one where the study has several, by its name or its place; the first when None.
    dark
        For a dark page.

    Raises
    ------
    NasvizError
        If the study has no such objective, or there is none.
    """
    source, value_name = aimed(source, objective)
    gp, _ = _learned(source)
    info = WeightsInfo() if gp is None else weights_info(gp.weights(), value_name=value_name)
    return weights_figure(info, dark=dark)


def gram(
    source: Searched | Surrogate, *, most: int = 300, objective: Which = None, value_name: str = "", dark: bool = False
) -> go.Figure:
    """Who is like whom: similarities of the trials as a heat map, like beside like, and their values.

    Parameters
    ----------
    source
        A study, or a fitted Gaussian process.
    most
        Of more trials the last `most` are shown.
    objective
        Which one where the study has several, by its name or its place; the first when None.
    value_name
        What is measured; the name of the objective where the study has several, else "value".
    dark
        For a dark page.

    Raises
    ------
    NasvizError
        If the study has no such objective, or there is none.
    """
    source, value_name = aimed(source, objective, value_name)
    gp, trials = _learned(source)
    info = GramInfo(value_name=value_name) if gp is None else gram_info(gp.similarity(most), trials, value_name=value_name)
    return gram_figure(info, dark=dark)


def space_map(
    source: Searched | Surrogate,
    colour: Colour = "mean",
    *,
    candidates: int = 200,
    seed: int = 0,
    direction: str = "minimize",
    objective: Which = None,
    value_name: str = "",
    dark: bool = False,
) -> go.Figure:
    """Map of the space by exact kernel PCA of the trials and of architectures drawn at random beside them.

    Parameters
    ----------
    source
        A study, or a fitted Gaussian process.
    colour
        "mean", "sd" or "acquisition" (log expected improvement); buttons change it.
    candidates
        How many architectures are drawn, ≥ 0.
    seed
        From which they are drawn.
    direction
        Which way is better, for a Gaussian process; a study knows.
    objective
        Which one where the study has several, by its name or its place; the first when None.
    value_name
        What is measured; the name of the objective where the study has several, else "value".
    dark
        For a dark page.

    Raises
    ------
    NasvizError
        If `colour` or `direction` is another word, or the study has no such objective.
    """
    source, value_name = aimed(source, objective, value_name)
    if colour not in COLOURS:
        raise NasvizError(f"no colour {colour!r} on the map: choose {', '.join(COLOURS[:-1])} or {COLOURS[-1]}")
    gp, trials = _learned(source)
    direction = getattr(source, "direction", direction)
    if direction not in ("minimize", "maximize"):
        raise NasvizError(f"direction is {direction!r}, expected 'minimize' or 'maximize'")
    if gp is None:
        return space_map_figure(SpaceMapInfo(value_name=value_name), colour, dark=dark)
    found = gp.map(candidates, seed, maximize=direction == "maximize")
    others = known_networks(found, trials)
    names = {str(arch): name for name, arch in found.known.items()}
    info = space_map_info(found.record, trials, direction=direction, value_name=value_name, baselines=others, known=names)
    return space_map_figure(info, colour, dark=dark)


def _learned(source: Searched | Surrogate) -> tuple[Surrogate | None, Sequence[Trial]]:
    """The fitted process and the trials that it may know; no process where no trial has a value."""
    if isinstance(source, Surrogate):
        return source, ()
    if not isinstance(source, Searched):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise NasvizError(f"this figure needs a study or a fitted GP, found {type(source).__name__}")
    trials = list(source.trials)
    own = any(trial.usable and not getattr(trial, "foreign", False) for trial in trials)
    if not own and not getattr(source, "known", ()):
        return None, trials
    return cast(Surrogate, source.surrogate()), trials


def known_networks(found: Any, trials: Sequence[Trial]) -> list[Spot]:
    """Return known networks that a process did not learn from, placed on its map.

    These are the baselines of a study, of whatever grammar, evaluated or not, and those that the space derives.

    Parameters
    ----------
    found
        The map.
    trials
        Trials of the study.
    """
    learned = set(found.record.terms[: len(found.record.values)])
    those: dict[str, tuple[str, int | None, Any]] = {}
    for trial in trials:
        if trial.baseline and (getattr(trial, "foreign", False) or trial.term not in learned):
            with suppress(NasvizError):  # a study that was opened without its operators has terms only
                those[trial.term] = trial.baseline, trial.number, getattr(trial, "arch", None)
    for name, arch in found.known.items():
        if str(arch) not in learned:
            those.setdefault(str(arch), (name, None, arch))
    return [spot for name, number, arch in those.values() if arch is not None for spot in _placed(found, name, number, arch)]


def _placed(found: Any, name: str, number: int | None, arch: Any) -> list[Spot]:
    """One network on the map; none where a kernel on numbers cannot build it."""
    try:
        ((x, y),), (belief,) = found.place([arch]).tolist(), found.beliefs([arch])
    except NasvizError:
        return []
    return [Spot(str(arch), x, y, belief.mean, belief.sd, belief.acquisition, name, number)]
