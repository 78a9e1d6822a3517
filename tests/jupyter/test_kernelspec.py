"""The kernelspec that nasviz ships is one that Jupyter can start."""

import json
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_kernelspec_names_the_environments_python() -> None:
    spec = json.loads((ROOT / "kernels" / "nasviz" / "kernel.json").read_text(encoding="utf-8"))
    assert spec["argv"] == ["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    assert spec["display_name"] == "nasviz (Python 3)"
    assert spec["language"] == "python"


def test_jupyter_reads_it() -> None:
    from jupyter_client.kernelspec import KernelSpecManager

    manager = KernelSpecManager(kernel_dirs=[str(ROOT / "kernels")])
    assert manager.get_kernel_spec("nasviz").display_name == "nasviz (Python 3)"


def test_a_readme_says_what_the_folder_is() -> None:
    text = (ROOT / "kernels" / "README.md").read_text(encoding="utf-8")
    assert text.startswith("# Jupyter kernelspecs")
    assert "covariance" in text
