"""The Keras model of an architecture against its torch network."""

import copy
import inspect
import random
import subprocess
import sys
import textwrap

import numpy as np
import pytest
import torch
from torch import nn

from nasviz import spaces
from nasviz.errors import BuildError, NasvizError, ShapeError
from nasviz.graph import topology
from nasviz.nn import primitive
from nasviz.nn.keras_build import load_keras, to_keras
from nasviz.nn.keras_layers import PLAIN
from nasviz.spaces import SearchSpace, parse
from nasviz.spaces.operators import linear_stem

pytestmark = pytest.mark.tensorflow

OF_SPACES = [
    getattr(spaces, name)
    for name in spaces.__all__
    if inspect.isfunction(getattr(spaces, name))
    and list(inspect.signature(getattr(spaces, name)).parameters)[:2] == ["input_shape", "num_classes"]
]


def inputs(shape, batch=4):
    return torch.randn(batch, *shape, generator=torch.Generator().manual_seed(0))


def difference(net, model, shape):
    """The greatest difference of two networks' outputs, relative where they are above 1."""
    x = inputs(shape)
    with torch.no_grad():
        expected = net.eval()(x).numpy()
    y = np.asarray(model(x.numpy(), training=False))
    assert y.shape == expected.shape
    return np.abs(y - expected).max() / max(1, np.abs(expected).max())


def trained_a_little(arch, seed=0):
    """A network whose statistics, scales and shifts are no longer 0 and 1."""
    net = arch.to_torch(seed=seed).train()
    with torch.no_grad():
        net(inputs(arch.space.input_shape))
        for name, p in net.named_parameters():
            p += 0.1 * torch.randn(p.shape, generator=torch.Generator().manual_seed(len(name)))
    return net


def built(space):
    """Draws that can be built; those of some spaces are cut by zero."""
    for seed in range(100):
        arch = space.sample(seed=seed)
        try:
            arch.output_shape()
        except (BuildError, ShapeError):
            continue
        yield arch


def stable(net, shape):
    """Whether the output hangs neither on last bits of the input or of torch's own arithmetic nor on huge numbers inside."""
    x = inputs(shape).double()
    last_bits = x * (1 + 1e-6 * torch.randn(x.shape, generator=torch.Generator().manual_seed(1)))
    exact, peaks = copy.deepcopy(net.eval()).double(), [0.0]
    for module in exact.modules():
        module.register_forward_hook(lambda module, x, y: peaks.append(float(y.abs().max())))
    with torch.no_grad():
        y, near, single = exact(x), exact(last_bits), net(x.float())
    change = max((y - near).abs().max(), (y - single).abs().max()) / max(1, y.abs().max())
    return bool(change < 1e-5 and max(peaks) < 1e4)


def test_the_papers_term():
    arch = parse("Linear(Residual(conv, id, conv), Residual(conv, id, conv), fc)")
    model = arch.to_keras(seed=0)
    assert difference(arch.to_torch(seed=0), model, (3, 32, 32)) < 1e-4
    keras = load_keras()
    assert isinstance(model, keras.Model)
    assert model.input_shape == (None, 3, 32, 32)
    assert [layer.name for layer in model.layers] == [
        *("x", "channels_last", "stem", "p_0_0", "p_0_1", "p_0_2", "j1_p_0"),
        *("p_1_0", "p_1_1", "p_1_2", "j1_p_1", "p_2", "head"),
    ]


@pytest.mark.parametrize("space_of", OF_SPACES, ids=lambda f: f.__name__)
def test_sampled_architectures_compute_the_same(space_of):
    space = space_of()
    if len(space.input_shape) == 3:
        space = space_of(input_shape=(space.input_shape[0], 16, 16))
    compared = 0
    for arch in built(space):
        net = trained_a_little(arch)
        if difference(net, arch.to_keras(weights_from=net), space.input_shape) < 1e-4:
            compared += 1
        else:  # 19 activation functions like exp(x) + x³ in a row agree in no two frameworks
            assert not stable(net, space.input_shape), arch
        if compared == 10:
            return
    raise AssertionError(f"only {compared} networks of {space.name} agree")


def test_all_spaces_are_tried():
    assert {"hierarchical_nb201", "nb201", "nested_convnet", "digits_cells"} <= {f.__name__ for f in OF_SPACES}


def test_a_term_of_a_single_operator(arch_of):
    arch = arch_of("conv3x3")
    model = arch.to_keras(seed=0)
    assert [layer.name for layer in model.layers] == ["x", "channels_last", "stem", "p", "head"]
    assert difference(arch.to_torch(seed=0), model, (3, 32, 32)) < 1e-4


def test_an_input_that_is_not_square(arch_of):
    arch = arch_of("Linear(conv3x3, down, down, layer)", input_shape=(2, 9, 20), num_classes=3)
    assert difference(arch.to_torch(seed=0), arch.to_keras(seed=0), (2, 9, 20)) < 1e-4


def test_joins_are_named_by_position(arch_of):
    model = arch_of("Linear(Cell(id, id, id, id, id, id), id)", input_shape=(1, 6, 6)).to_keras(seed=0)
    assert [layer.name for layer in model.layers if layer.name.startswith("j")] == ["j1_p_0", "j2_p_0"]
    concat = topology("Both", "1>2 1>2", merge="concat")
    arch = arch_of("Both(id, Both(relu, id))", [concat], (5, 6), stem=linear_stem)
    assert difference(arch.to_torch(seed=0), arch.to_keras(seed=0), (5, 6)) < 1e-4


def test_sequences_and_vectors(arch_of):
    text = "Linear(class_token, position, Residual2(layer_norm, id, attention(2)), mlp(8), transpose, linear(6), first_token)"
    arch = arch_of(text, input_shape=(5, 6), num_classes=3, stem=linear_stem)
    assert difference(arch.to_torch(seed=0), arch.to_keras(seed=0), (5, 6)) < 1e-4
    arch = arch_of("Linear(linear(4), gelu)", input_shape=(7,), num_classes=3, stem=linear_stem)
    assert difference(arch.to_torch(seed=0), arch.to_keras(seed=0), (7,)) < 1e-4


def test_a_seed_decides_the_weights_and_nothing_global_changes(arch_of):
    arch = arch_of("Linear(conv3x3, down)")
    states = random.getstate(), torch.get_rng_state(), np.random.get_state()[1].copy()  # noqa: NPY002
    first, again, other = (arch.to_keras(seed=s).get_weights() for s in (1, 1, 2))
    assert random.getstate() == states[0]
    assert torch.equal(torch.get_rng_state(), states[1])
    assert np.array_equal(np.random.get_state()[1], states[2])  # noqa: NPY002
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert any(not np.array_equal(a, b) for a, b in zip(first, other, strict=True))
    fresh = arch.to_keras().get_weights()
    assert any(not np.array_equal(a, b) for a, b in zip(fresh, arch.to_keras().get_weights(), strict=True))


@pytest.mark.parametrize(("share", "names"), [(True, ["p_0_0"]), ("equal", ["p_0_0"]), (False, ["p_0_0", "p_1_0"])])
def test_shared_weights_are_one_layer(share, names):
    space = SearchSpace("S ::= Linear(C, C)\nshared C ::= Linear(B, relu)\nB ::= conv3x3 | conv1x1", (), (1, 6, 6))
    arch = space.parse("Linear(Linear(conv3x3, relu), Linear(conv3x3, relu))")
    net = arch.to_torch(seed=0, share=share)
    with torch.no_grad():
        net.train()(inputs((1, 6, 6)))
    model = arch.to_keras(weights_from=net, share=share)
    assert [layer.name for layer in model.layers if layer.name.endswith("_0")] == names
    assert difference(net, model, (1, 6, 6)) < 1e-4


def test_weights_of_another_architecture(arch_of):
    arch, net = arch_of("Linear(conv3x3, avg_pool)"), arch_of("Linear(conv3x3, conv1x1)").to_torch(seed=0)
    for arguments, words in (
        (
            {"weights_from": net},
            "weights_from is a network of another architecture; it is one that arch.to_torch() or a training ",
        ),
        ({"weights_from": {}}, "weights_from is a network made by arch.to_torch(), found dict"),
        ({"weights_from": net, "seed": 0}, "seed draws new weights and weights_from takes trained ones: give one of them"),
    ):
        with pytest.raises(BuildError) as error:
            arch.to_keras(**arguments)
        assert words in str(error.value)


def test_it_trains_and_is_exported(arch_of, tmp_path):
    arch = arch_of("Linear(conv3x3, Residual2(mish, id, scale))", input_shape=(1, 6, 6), num_classes=2)
    model = arch.to_keras(seed=0)
    keras = load_keras()
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    before = model.get_weights()
    model.fit(inputs((1, 6, 6), 8).numpy(), np.arange(8) % 2, batch_size=4, verbose=0)
    changed = [not np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True)]
    assert sum(changed) >= len(changed) - 1  # shift of a normalisation before another one
    model.export(tmp_path / "saved", verbose=False)
    assert (tmp_path / "saved" / "saved_model.pb").is_file()


LOAD = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("nasviz", "torch"):
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Blocked())
import keras, numpy as np
model = keras.models.load_model({path!r})
y = model(np.load({x!r}), training=False)
assert np.abs(np.asarray(y) - np.load({y!r})).max() < 1e-5
print([layer.name for layer in model.layers][-3:])
"""


def run(code):
    return subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=200)


def test_a_saved_model_loads_without_nasviz_and_torch(tmp_path):
    image = "Linear(down, sep_conv3x3, squeeze_excite(4), max_pool2d(3, 2), subsample(40, 2), sinc, shift)"
    tokens = "Linear(patches(2), class_token, position, Residual2(attention(2), id, mlp(8)), layer_norm, first_token)"
    arch = parse(f"Linear({image}, {tokens})", input_shape=(3, 32, 32), num_classes=4)
    model, x = arch.to_keras(seed=0), inputs((3, 32, 32)).numpy()
    paths = {name: str(tmp_path / name) for name in ("net.keras", "x.npy", "y.npy")}
    model.save(paths["net.keras"])
    np.save(paths["x.npy"], x)
    np.save(paths["y.npy"], np.asarray(model(x, training=False)))
    done = run(LOAD.format(path=paths["net.keras"], x=paths["x.npy"], y=paths["y.npy"]))
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip() == "['p_1_4', 'p_1_5', 'head']"


def test_without_keras(arch_of, monkeypatch):
    monkeypatch.setitem(sys.modules, "keras", None)
    with pytest.raises(NasvizError) as error:
        arch_of("conv3x3").to_keras()
    assert str(error.value) == (
        "Keras models need the package 'keras', which is not installed here. Type: pip install \"nasviz[tensorflow]\""
    )


def test_without_tensorflow():
    done = run(
        """
        import sys
        sys.modules["tensorflow"] = None
        import nasviz
        try:
            nasviz.parse("conv").to_keras()
        except nasviz.NasvizError as error:
            print(error)
        """
    )
    assert done.stdout.strip() == (
        "Keras models need the package 'tensorflow', which is not installed here. Type: pip install \"nasviz[tensorflow]\""
    ), done.stderr[-2000:]


def test_another_backend(arch_of, monkeypatch):
    monkeypatch.setattr(load_keras().backend, "backend", lambda: "jax")
    with pytest.raises(NasvizError) as error:
        arch_of("conv3x3").to_keras()
    assert str(error.value) == (
        "Keras runs on jax here, nasviz builds for TensorFlow. Before anything imports keras (in a notebook: after a restart "
        'of the kernel), type: import os; os.environ["KERAS_BACKEND"] = "tensorflow"'
    )


def swish3(c_in, c_out):
    return nn.Sequential(nn.Conv2d(c_in, c_out, 3, padding=1), nn.BatchNorm2d(c_out), nn.SiLU())


def with_form(form, name="swish3", **more):
    op = primitive(swish3, name=name, **more)
    op.keras(form)
    return op


def good(c_in, c_out):
    k = load_keras().layers
    parts = [k.Conv2D(c_out, 3, padding="same"), k.BatchNormalization(), k.Activation("silu"), k.Dropout(0.5)]
    return load_keras().Sequential(parts)


def test_a_users_primitive():
    op = with_form(good)
    grammar = "S ::= Residual2(B, id, B) | Linear(B, avg_pool, B)\nB ::= swish3 | conv1x1"
    space = SearchSpace(grammar, [op], input_shape=(1, 8, 8))
    arch = space.parse("Residual2(swish3, id, swish3)")
    net = trained_a_little(arch)
    model = arch.to_keras(weights_from=net)
    assert difference(net, model, (1, 8, 8)) < 1e-4
    norm = model.get_layer("p_0").layers[1]
    assert (norm.epsilon, norm.momentum) == (1e-5, 0.9)
    first, again = (arch.to_keras(seed=3)(inputs((1, 8, 8)).numpy(), training=True) for _ in range(2))
    assert np.array_equal(first, again)


def test_a_users_primitive_with_numbers(arch_of):
    wide = primitive(lambda c_in, n: nn.Conv2d(c_in, n, 1), name="wide", operands=["int"], widen=None)

    @wide.keras
    def _(shape, c_out, n):
        assert (shape, c_out) == ((16, 8, 8), n)
        return load_keras().layers.Conv2D(n, 1)

    arch = arch_of("Linear(wide(5), conv1x1)", [wide], (1, 8, 8))
    assert difference(arch.to_torch(seed=0), arch.to_keras(seed=0), (1, 8, 8)) < 1e-4


def test_a_users_primitive_without_a_form(arch_of):
    op = primitive(swish3)
    with pytest.raises(BuildError) as error:
        arch_of("Linear(conv3x3, swish3)", [op]).to_keras()
    assert str(error.value) == (
        "swish3 at (1,) has no Keras form; write one that returns a layer: @swish3.keras def _(c_in, c_out): ..."
    )
    assert error.value.position == (1,)


def test_a_standard_operator_without_a_form(arch_of, monkeypatch):
    monkeypatch.delitem(PLAIN, nn.Mish)
    with pytest.raises(BuildError) as error:
        arch_of("Linear(id, mish)").to_keras(seed=0)
    assert str(error.value) == "mish at (1,) has no Keras form: Keras has nothing for the module Mish()"
    assert error.value.position == (1,)


BAD_FORMS = {
    "nothing": (lambda: None, "the Keras form of swish3 at (1,) returned None (is a return missing?), expected a keras layer"),
    "a module": (lambda: nn.SiLU(), "the Keras form of swish3 at (1,) returned a SiLU, expected a keras layer"),
    "an error": (lambda: 1 / 0, "the Keras form of swish3 at (1,) cannot be built for (16, 8, 8): division by zero"),
    "a call that fails": (
        lambda: load_keras().layers.Conv1D(4, 3),
        "the Keras form of swish3 at (1,) cannot be built for (16, 8, 8): ",
    ),
    "other shape": (
        lambda: load_keras().layers.Conv2D(16, 3),
        "the Keras form of swish3 at (1,) gives (6, 6, 16), its torch module (16, 8, 8), which is (8, 8, 16) with the channels "
        "last; at stride 1 torch's padding is padding='same'",
    ),
    "other weights": (
        lambda: load_keras().layers.Conv2D(16, 3, padding="same"),
        "at (1,) the Keras form has the weights (3, 3, 16, 16), (16,), the torch module (16, 16, 3, 3), (16,), (16,), (16,), "
        "(16,), (16,); write both with the same layers in the same order",
    ),
}


@pytest.mark.parametrize("case", BAD_FORMS)
def test_a_form_that_does_not_fit(arch_of, case):
    form, words = BAD_FORMS[case]
    with pytest.raises((BuildError, ShapeError)) as error:
        arch_of("Linear(id, swish3)", [with_form(form)], (1, 8, 8)).to_keras(seed=0)
    assert words in str(error.value)
    assert error.value.position == (1,)


def test_a_form_that_returns_one_layer_twice(arch_of):
    same = good(16, 16)
    with pytest.raises(BuildError) as error:
        arch_of("Linear(swish3, id, swish3)", [with_form(lambda: same)], (1, 8, 8)).to_keras(seed=0)
    assert "swish3 at (2,) returned the layer that already stands at (0,): weights would be shared by accident" in str(
        error.value
    )


def test_a_form_that_holds_one_layer_twice(arch_of):
    conv = load_keras().layers.Conv2D(16, 3, padding="same")

    def form():
        k = load_keras()
        return k.Sequential([conv, k.layers.BatchNormalization()])

    with pytest.raises(BuildError) as error:
        arch_of("Linear(swish3, id, swish3)", [with_form(form)], (1, 8, 8)).to_keras(seed=0)
    said = str(error.value)
    assert said.startswith("the Keras form of swish3 at (2,) holds the weight ")
    assert said.endswith("of the layer at (0,): weights would be shared by accident; make every layer inside the function")
    assert error.value.position == (2,)


def test_shapes_that_do_not_fit_are_told_first(arch_of):
    with pytest.raises(ShapeError, match="meet in Residual2 at the root"):
        to_keras(arch_of("Residual2(conv3x3, id, down)"))
