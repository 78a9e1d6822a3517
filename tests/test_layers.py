"""The house: each layer imports only what stands above it, and only the third-party packages it may."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "nasviz"

LAYERS = {
    "errors": set[str](),
    "extension": set[str](),
    "numbers": set[str](),
    "records": {"numpy"},
    "algebra": {"numpy"},
    "grammar": {"numpy", "lark"},
    "graph": {"numpy", "graphviz", "networkx"},
    "spaces": {"numpy"},
    "nn": {"numpy", "torch", "keras", "safetensors"},
    "evaluation": {"numpy", "torch", "sklearn", "pandas", "scipy"},
    "surrogate": {"numpy", "scipy", "torch", "gpytorch", "botorch", "linear_operator"},
    "search": {"numpy", "pandas", "scipy", "optuna", "sqlalchemy"},
    "jobs": {"numpy", "torch", "cloudpickle", "safetensors", "psutil"},
    "view": {"numpy", "plotly", "pandas"},
    "widgets": {"numpy", "pandas", "plotly", "anywidget", "ipywidgets", "traitlets", "IPython"},
    "exercises": set[str](),
    "jupyter": {"IPython", "ipykernel", "jupyter_client"},
    "cli": {"IPython", "jupyterlab", "jupyter_client", "psutil", "torch"},
}
"""Each layer, from above to below, with the third-party packages it may import."""

ONLY = {
    "view": {"errors", "numbers", "records", "algebra", "grammar", "graph"},
    "exercises": {
        "errors",
        "numbers",
        "records",
        "algebra",
        "grammar",
        "graph",
        "spaces",
        "surrogate",
        "search",
        "view",
        "widgets",
    },
    "jupyter": None,
    "cli": None,
}
"""Layers that may import less (or, with None, everything) than what stands above them."""

APART = {"testing"}
"""Folders that are no layer: `testing` may import all and is imported by none."""


def allowed(layer: str) -> set[str]:
    only = ONLY.get(layer, set())
    if only is None:
        return set(LAYERS)
    above = list(LAYERS)[: list(LAYERS).index(layer) + 1]
    return (only or set(above)) | {layer}


def imports(source: str) -> list[tuple[int, str]]:
    """Every imported module with its line; imports in functions and under TYPE_CHECKING count."""
    found: list[tuple[int, str]] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                found.append((node.lineno, "." * node.level + (node.module or "")))
            elif node.module == "nasviz":
                found += [(node.lineno, f"nasviz.{alias.name}") for alias in node.names]
            else:
                found.append((node.lineno, node.module or ""))
    return found


def violations(layer: str, source: str, name: str = "") -> list[str]:
    wrong: list[str] = []
    for line, module in imports(source):
        top, _, rest = module.partition(".")
        if not top:
            wrong.append(f"{name}:{line}: relative import {module}")
        elif top == "nasviz":
            target = rest.partition(".")[0]
            if target not in allowed(layer) and target != "__version__":
                wrong.append(f"{name}:{line}: {layer} may not import {module}")
        elif top not in sys.stdlib_module_names and top not in LAYERS[layer]:
            wrong.append(f"{name}:{line}: {layer} may not import the package {top}")
    return wrong


def files(layer: str) -> list[Path]:
    single = PACKAGE / f"{layer}.py"
    return [single] if single.exists() else sorted((PACKAGE / layer).rglob("*.py"))


@pytest.mark.parametrize("layer", LAYERS)
def test_layer_imports_only_what_stands_above(layer: str) -> None:
    paths = files(layer)
    assert paths, f"the layer {layer} has no file"
    wrong = [v for path in paths for v in violations(layer, path.read_text(), str(path.relative_to(PACKAGE)))]
    assert not wrong, "\n".join(wrong)


def test_every_folder_is_a_layer() -> None:
    found = {p.name for p in PACKAGE.iterdir() if p.is_dir() and any(p.rglob("*.py"))} - {"frontend", "__pycache__"}
    assert found <= set(LAYERS) | APART, found - set(LAYERS)


@pytest.mark.parametrize(
    ("layer", "source", "words"),
    [
        ("algebra", "from nasviz.grammar import Grammar", "algebra may not import nasviz.grammar"),
        ("algebra", "def f():\n    import torch", "algebra may not import the package torch"),
        ("grammar", "from nasviz import spaces", "grammar may not import nasviz.spaces"),
        ("search", "if TYPE_CHECKING:\n    from nasviz.jobs import Job", "search may not import nasviz.jobs"),
        ("view", "from nasviz.nn import cost", "view may not import nasviz.nn"),
        ("spaces", "import nasviz.nn.cost", "spaces may not import nasviz.nn.cost"),
        ("graph", "from . import fold", "relative import"),
    ],
)
def test_it_can_fail(layer: str, source: str, words: str) -> None:
    assert any(words in v for v in violations(layer, source))
