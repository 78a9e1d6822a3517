"""Where upper layers find what lower layers add to them.

`Architecture.to_torch` belongs to the person who holds an architecture, its meaning to the layer of torch, which may not be
imported from above. This table names, for each such capability, the function that gives it; it is imported on first use.
It is the only place at which an upper layer reaches a lower one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any

from nasviz.errors import NasvizError

CAPABILITIES: dict[str, str] = {
    "to_torch": "nasviz.nn.torch_build:to_torch",
    "to_keras": "nasviz.nn.keras_build:to_keras",
    "infer_shapes": "nasviz.nn.shapes:infer_shapes",
    "cost": "nasviz.nn.cost:cost",
    "cost_table": "nasviz.view.cost:cost_table",
    "comparison_frame": "nasviz.view.comparison:comparison_frame",
    "comparison_summary": "nasviz.view.comparison:comparison_summary",
    "comparison_info": "nasviz.view.comparison:comparison_info",
    "comparison_figure": "nasviz.view.comparison:comparison_figure",
    "latency": "nasviz.evaluation.latency:latency",
    "partial_cost": "nasviz.nn.cost:partial_cost",
    "reach": "nasviz.nn.reach:Reach",
    "frame": "nasviz.view.frame:frame",
    "forward_code": "nasviz.nn.code:forward_code",
    "study_report": "nasviz.view.report:Report",
    "default_executor": "nasviz.jobs.executor:default_executor",
    "local_executor": "nasviz.jobs.executor:LocalExecutor",
    "view_mimebundle": "nasviz.widgets.show:view_mimebundle",
}

_LOADING = threading.RLock()


def load(module: str) -> ModuleType:
    """Import a module on first use, one thread at a time.

    Views load torch in threads of their own. Two threads that import modules of one package at once may each wait for the
    other; Python then hands out modules that are only half there.

    Raises
    ------
    ModuleNotFoundError
        As ``importlib.import_module``.
    """
    with _LOADING:
        return import_module(module)


def lower(name: str) -> Callable[..., Any]:
    """Return the function of a lower layer that gives the capability `name`.

    Raises
    ------
    NasvizError
        If a package that the capability needs is not installed; the sentence says which.
    """
    module, function = CAPABILITIES[name].split(":")
    try:
        return getattr(load(module), function)
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] == "nasviz":
            raise
        raise NasvizError(
            f"{name} needs the package {error.name!r}, which is not installed here. Type: pip install {error.name}"
        ) from error
