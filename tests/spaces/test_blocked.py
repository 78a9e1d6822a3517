"""With torch, optuna and plotly blocked every space counts, samples, parses, stores and draws."""

import subprocess
import sys

SCRIPT = """
import sys
for name in ("torch", "optuna", "plotly", "gpytorch", "botorch", "pandas", "anywidget", "ipywidgets", "scipy", "sklearn"):
    sys.modules[name] = None
import nasviz as nv
from nasviz.spaces import Architecture
from nasviz.errors import NasvizError
from nasviz.spaces import SPACES
assert len(SPACES) >= 13
for make in SPACES:
    space = make()
    assert space.count() > 100 and space.count("derivations") > 100
    arch = space.sample(seed=0)
    assert space.parse(str(arch)) == arch and space.mutate(arch, 0) != arch
    assert Architecture.from_json(arch.to_json()) == arch
    assert "digraph" in arch.derivation.to_dot() and "digraph" in arch.graph(fold=1).to_dot()
paper = nv.parse("Linear(Residual(conv, id, conv), Residual(conv, id, conv), fc)")
assert "nv-join" in paper.graph().to_dot()
assert paper._repr_mimebundle_() == {"text/plain": str(paper)}
for make in nv.known.KNOWN.values():
    assert "nv-op" in make().graph().to_dot()
assert str(nv.nearest_known(nv.known.resnet20())) == "This is ResNet-20."
try:
    paper.to_torch()
except NasvizError as error:
    print(error)
assert not any(sys.modules.get(name) for name in ("torch", "optuna", "plotly"))
"""


def test_spaces_need_no_torch():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "to_torch needs the package 'torch', which is not installed here. Type: pip install torch"
