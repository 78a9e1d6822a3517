"""What a user installs: the sdist, the wheel made from it, and an empty environment with nothing but that wheel."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
ROOT = Path(__file__).parents[1]
STEMS = sorted(p.stem for p in (ROOT / "nasviz/frontend/src").glob("*.ts*") if not p.name.endswith(".d.ts"))
NOTEBOOKS = sorted(p.name for p in (ROOT / "notebooks").glob("*.ipynb"))


def run(*command: object, cwd: Path, **env: str) -> str:
    """Standard output of a command; AssertionError with what it wrote where it fails."""
    done = subprocess.run(list(map(str, command)), cwd=cwd, env=os.environ | env, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@dataclass(frozen=True)
class Built:
    """The two archives and the names of the files in them."""

    sdist: Path
    wheel: Path

    @property
    def in_sdist(self) -> set[str]:
        with tarfile.open(self.sdist) as tar:
            return {name.partition("/")[2] for name in tar.getnames()}

    @property
    def in_wheel(self) -> set[str]:
        return set(zipfile.ZipFile(self.wheel).namelist())

    def in_data(self, name: str) -> str:
        """A file that the wheel installs under `share`, as text."""
        (found,) = [n for n in self.in_wheel if n.endswith(f".data/data/{name}")]
        return zipfile.ZipFile(self.wheel).read(found).decode()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The sdist of the working tree and the wheel of that sdist, with no network and no Node for the second step."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, ROOT, cwd=out, npm_config_offline="true")
    return Built(*out.glob("*.tar.gz"), *out.glob("*.whl"))


@pytest.fixture(scope="module")
def python(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment with the wheel in it, and the dependencies lent from the one running this."""
    home = tmp_path_factory.mktemp("env")
    run(sys.executable, "-m", "venv", "--without-pip", home, cwd=home)
    python = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index"]
    run(*pip, built.wheel, cwd=home)
    own = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=home).strip()
    Path(own, "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


@pytest.mark.parametrize("stem", STEMS)
def test_front_end_is_in_both(built, stem):
    assert f"nasviz/widgets/static/{stem}.js" in built.in_wheel
    assert f"nasviz/widgets/static/{stem}.js" in built.in_sdist


def test_wheel_holds_what_runs_and_no_more(built):
    assert {"nasviz/py.typed", "nasviz/cli.py", "nasviz/__init__.py"} <= built.in_wheel
    assert {f"nasviz/notebooks/{name}" for name in NOTEBOOKS} <= built.in_wheel
    outside = {n for n in built.in_wheel if not re.match(r"nasviz/|nasviz-[^/]+\.(dist-info|data)/", n)}
    assert not outside
    assert not [n for n in built.in_wheel if re.search(r"/(frontend|node_modules|__pycache__|tests)/|\.map$", n)]


def test_sdist_can_be_changed_and_built_again(built):
    assert {"nasviz/frontend/hatch_build.py", "nasviz/frontend/package-lock.json", "LICENSE"} <= built.in_sdist
    assert not [n for n in built.in_sdist if re.search(r"node_modules|\.venv|__pycache__", n)]


def test_wheel_stays_small(built):
    assert built.wheel.stat().st_size < 5_000_000


def test_kernelspec_is_data(built):
    spec = json.loads(built.in_data("share/jupyter/kernels/nasviz/kernel.json"))
    assert spec["argv"][0] == "python"
    assert spec["language"] == "python"


def test_metadata_names_no_host_but_the_project(built):
    (name,) = [n for n in built.in_wheel if n.endswith(".dist-info/METADATA")]
    head = zipfile.ZipFile(built.wheel).read(name).decode().partition("\n\n")[0]
    assert "Requires-Python: >=3.11" in head
    assert "License-Expression: Apache-2.0" in head
    assert not [line for line in head.splitlines() if line.startswith("Requires-Dist") and "@" in line]


def test_empty_environment_runs_the_installed_files(python, tmp_path):
    where = run(python, "-c", "import nasviz; print(nasviz.__file__)", cwd=tmp_path).strip()
    assert Path(where).is_relative_to(python.parents[1])
    code = "import nasviz as nv; print(nv.parse('Linear(conv, id, fc)'))"
    assert run(python, "-c", code, cwd=tmp_path).strip() == "Linear(conv, id, fc)"


def test_empty_environment_has_kernelspec_and_notebooks(python):
    home = python.parents[1]
    assert (home / "share/jupyter/kernels/nasviz/kernel.json").is_file()
    (package,) = home.rglob("nasviz/__init__.py")
    assert sorted(p.name for p in (package.parent / "notebooks").glob("*.ipynb")) == NOTEBOOKS


def test_empty_environment_is_well_by_its_own_word(python, tmp_path):
    command = python.with_name("nasviz.exe" if os.name == "nt" else "nasviz")
    said = run(command, "doctor", cwd=tmp_path, HOME=str(tmp_path))
    assert "torch" in said
