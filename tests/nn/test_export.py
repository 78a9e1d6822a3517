"""The exported file, loaded where nasviz cannot be imported."""

import json
import subprocess
import sys
import textwrap

import pytest
import torch

from nasviz.errors import BuildError
from nasviz.graph import merge
from nasviz.nn import export_program, primitive, to_torch

READER = textwrap.dedent(
    """
    import sys
    sys.modules["nasviz"] = None
    import torch
    extra = {"architecture.json": ""}
    net = torch.export.load(sys.argv[1], extra_files=extra).module()
    for size in (1, 2, 5):
        x = torch.linspace(-1, 1, size * 64).reshape(size, 1, 8, 8)
        torch.save(net(x), f"{sys.argv[2]}/{size}.pt")
    print(extra["architecture.json"])
    """
)


@pytest.mark.slow
def test_the_file_runs_without_nasviz(arch_of, tmp_path):
    arch = arch_of("Linear(Residual2(conv3x3, id, avg_pool), down)", input_shape=(1, 8, 8))
    net = to_torch(arch, seed=0)
    net(torch.rand(16, 1, 8, 8))
    file = export_program(net, arch, tmp_path / "net.pt2")
    assert net.training
    run = subprocess.run(
        [sys.executable, "-I", "-c", READER, str(file), str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=tmp_path,
    )
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == json.loads(json.dumps(arch.to_json()))
    net.eval()
    for size in (1, 2, 5):
        x = torch.linspace(-1, 1, size * 64).reshape(size, 1, 8, 8)
        assert torch.allclose(torch.load(tmp_path / f"{size}.pt"), net(x), atol=1e-6)


def test_the_name_and_the_folder_must_be_right(arch_of, tmp_path):
    arch = arch_of("conv3x3", input_shape=(1, 8, 8))
    net = to_torch(arch, seed=0)
    with pytest.raises(BuildError, match=r"the file name must end in .pt2, found 'net.pt'"):
        export_program(net, arch, tmp_path / "net.pt")
    with pytest.raises(BuildError, match=r"the folder '.*absent' does not exist"):
        export_program(net, arch, tmp_path / "absent" / "net.pt2")


GATED = "Linear(Binary(gate, Residual2(conv1x1, id, avg_pool), relu), Residual2(conv1x1, id, avg_pool))"


@pytest.mark.slow
@pytest.mark.parametrize("share", [False, "equal"])
def test_a_merge_of_ones_own_and_shared_weights_are_exported(arch_of, tmp_path, share):
    gate = merge(lambda a, b: a * torch.sigmoid(b), name="gate")
    arch = arch_of(GATED, [gate], input_shape=(1, 8, 8))
    net = to_torch(arch, seed=0, share=share)
    program = torch.export.load(export_program(net, arch, tmp_path / "net.pt2"))
    x = torch.randn(3, 1, 8, 8)
    assert torch.allclose(program.module()(x), net.eval()(x), atol=1e-6)
    kept = sum(p.numel() for p in net.parameters())
    assert sum(p.numel() for p in program.parameters()) == kept == arch.cost(share=share).parameters


class Branching(torch.nn.Module):
    def forward(self, x):
        return x if x.sum().item() > 0 else -x


def test_what_cannot_be_exported_says_why(arch_of, tmp_path):
    arch = arch_of("branching", [primitive(Branching, name="branching")], input_shape=(1, 8, 8))
    with pytest.raises(BuildError, match="branching cannot be exported: "):
        export_program(to_torch(arch, seed=0), arch, tmp_path / "net.pt2")


def test_what_is_no_network_or_no_file(arch_of, tmp_path):
    arch = arch_of("id", input_shape=(1, 8, 8))
    with pytest.raises(BuildError, match=r"a network made by arch\.to_torch\(\) is written, found a NoneType"):
        export_program(None, arch, tmp_path / "net.pt2")
    net = to_torch(arch, seed=0)
    for other in (None, "id", net):
        with pytest.raises(BuildError, match=r"^the second argument is the architecture of the network, found "):
            export_program(net, other, tmp_path / "net.pt2")
    for other in (None, 3, b"net.pt2"):
        with pytest.raises(BuildError, match=r"^the third argument is the name of a file, e\.g\. 'net\.pt2', found "):
            export_program(net, arch, other)
    (tmp_path / "folder.pt2").mkdir()
    with pytest.raises(BuildError, match=r"folder\.pt2' is a folder; give the name of a file"):
        export_program(net, arch, tmp_path / "folder.pt2")
