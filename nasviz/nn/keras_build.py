"""The Keras model of an architecture, for TensorFlow: the same walk, the same positions, the same weights as in torch."""

from __future__ import annotations

import random
import secrets
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from torch import fx, nn

from nasviz.algebra import position_text
from nasviz.errors import BuildError, NasvizError, ShapeError, said
from nasviz.graph import Join
from nasviz.nn.keras_merging import merge_layer
from nasviz.nn.keras_primitives import channels_last, standard_layer
from nasviz.nn.keras_weights import keras_name, keras_position, transfer
from nasviz.nn.primitive import Factory, Primitive, Shape, channels, describe, meaning_of_factory
from nasviz.nn.shapes import Site, Where, visit
from nasviz.nn.sharing import Share
from nasviz.nn.torch_build import to_torch

if TYPE_CHECKING:
    from nasviz.spaces import Architecture

__all__ = ["to_keras"]


def to_keras(arch: Architecture, seed: int | None = None, weights_from: nn.Module | None = None, share: Share = False) -> Any:
    """Build the network of an architecture as a functional ``keras.Model`` on TensorFlow, stem and head included.

    The layer of the operator at position (0, 2, 1) is ``model.get_layer("p_0_2_1")``, of () ``"p"``, beside ``"stem"`` and
    ``"head"``. The model takes (B, C, H, W), as torch does, and turns it once to (B, H, W, C) in its layer
    ``"channels_last"``, since TensorFlow convolves (B, C, H, W) on graphics cards only. Its weights are those of
    :func:`nasviz.nn.to_torch`, so that both networks of a seed compute the same; a saved model loads where nasviz is not
    installed.

    Parameters
    ----------
    arch : Architecture
    seed : int, optional
        The weights are those of ``to_torch(arch, seed)``; None draws fresh ones. No global random state changes.
    weights_from : nn.Module, optional
        Take the weights and the statistics of batch normalisation of this network, trained or not, as made by
        :func:`nasviz.nn.to_torch` of the same architecture.
    share : bool or "equal"
        Which positions share weights, as for :func:`nasviz.nn.to_torch`; a shared layer is named by its first position and
        called at each of them.

    Returns
    -------
    keras.Model
        (B, C, H, W) -> (B, num_classes), float32.

    Raises
    ------
    ShapeError, BuildError
        As :func:`infer_shapes`; also when a user's primitive has no Keras form, or one of other shapes or weights.
    NasvizError
        When Keras or TensorFlow is not installed, or Keras runs on another backend; says what to type.
    """
    keras = load_keras()
    if seed is not None and weights_from is not None:
        raise BuildError("seed draws new weights and weights_from takes trained ones: give one of them")
    seed = secrets.randbits(63) if seed is None else seed
    net = to_torch(arch, seed, share)
    if weights_from is not None:
        _load(net, weights_from)
    x = keras.Input(tuple(arch.space.input_shape), name="x")
    start = keras.layers.Permute((2, 3, 1), name="channels_last")(x) if len(arch.space.input_shape) == 3 else x
    layers = _Layers(keras, net, start, arch.space.num_classes)
    with _seeded(seed):
        value, _ = visit(arch, layers.enter, layers.merge)
        model = keras.Model(x, value, name="network")
    transfer(net, model)
    return model


class _Layers:
    """The layers of a network, made as its places are visited; `start` is what the first ones read."""

    def __init__(self, keras: Any, net: fx.GraphModule, start: Any, num_classes: int) -> None:
        self.keras, self.net, self.start, self.num_classes = keras, net, start, num_classes
        self.paths = {node.meta["where"]: str(node.target) for node in net.graph.nodes if node.op == "call_module"}
        self.built: dict[str, Any] = {}
        self.owners: dict[int, Where] = {}
        self.met: Counter[str] = Counter()

    def enter(self, site: Site, value: Any) -> Any:
        """Call the layer of a site; it is made unless another place shares it."""
        path = self.paths[site.where]
        new = path not in self.built
        if new:
            layer = _layer(self.keras, site, self.net.get_submodule(path), self.num_classes)
            _check_new(site, layer, self.built)
            layer.name = keras_name(site.where)
            self.built[path] = layer
        try:
            y = self.built[path](self.start if value is None else value)
        except Exception as reason:  # whatever a user's layer raises
            raise _not_built(site, reason) from reason
        _check_shape(site, tuple(y.shape[1:]))
        if new:
            _check_weights(site, self.built[path], self.owners)
        return y

    def merge(self, join: Join, values: list[Any], _: Shape) -> Any:
        """Merge at a join; several joins may stand at one position."""
        place = keras_name(join.position)
        self.met[place] += 1
        return merge_layer(self.keras, join, values, f"j{self.met[place]}_{place}")


def load_keras() -> Any:
    """Return the module keras, running on TensorFlow.

    Raises
    ------
    NasvizError
        When a package is missing or Keras runs on another backend.
    """
    try:
        import keras  # pyright: ignore[reportMissingImports]
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("keras", "tensorflow"):
            raise
        raise NasvizError(
            f"Keras models need the package {(error.name or '').partition('.')[0]!r}, which is not installed here. "
            'Type: pip install "nasviz[tensorflow]"'
        ) from error
    backend = keras.backend.backend()
    if backend != "tensorflow":
        raise NasvizError(
            f"Keras runs on {backend} here, nasviz builds for TensorFlow. Before anything imports keras (in a notebook: after "
            'a restart of the kernel), type: import os; os.environ["KERAS_BACKEND"] = "tensorflow"'
        )
    return keras


@contextmanager
def _seeded(seed: int) -> Generator[None]:
    """Keras draws the seeds of its layers from Python's own generator; it is put back as it was."""
    state = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(state)


def _load(net: nn.Module, weights_from: object) -> None:
    if not isinstance(weights_from, nn.Module):
        raise BuildError(f"weights_from is a network made by arch.to_torch(), found {type(weights_from).__name__}")
    try:
        net.load_state_dict(weights_from.state_dict())
    except RuntimeError as error:
        first = str(error).strip().splitlines()[1:2]
        raise BuildError(
            "weights_from is a network of another architecture; it is one that arch.to_torch() or a training of the same "
            f"architecture gave, with the same share=: {' '.join(first).strip()[:200]}"
        ) from error


def _layer(keras: Any, site: Site, module: nn.Module, num_classes: int) -> Any:
    if isinstance(site.operator, Primitive):
        layer = _own_form(keras, site, site.operator.forms, num_classes)
    else:
        try:
            layer = standard_layer(keras, site.operator.name, module, site.shape_in)
        except NasvizError as reason:
            place, position = _place(site.where)
            raise BuildError(f"{site.operator.name} at {place} has no Keras form: {reason}", position) from reason
    return layer


def _own_form(keras: Any, site: Site, forms: dict[str, Factory], num_classes: int) -> Any:
    name, (place, position) = site.operator.name, _place(site.where)
    factory = forms.get("keras")
    if factory is None:
        takes = ", ".join((*site.meaning.takes, *site.meaning.numbers))
        raise BuildError(
            f"{name} at {place} has no Keras form; write one that returns a layer: @{name}.keras def _({takes}): ...", position
        )
    try:
        layer = factory(**_arguments(site, factory, num_classes))
    except Exception as reason:  # whatever a user's function raises
        raise _not_built(site, reason) from reason
    if not isinstance(layer, keras.layers.Layer):
        raise BuildError(f"the Keras form of {name} at {place} returned {describe(layer)}, expected a keras layer", position)
    return layer


def _check_new(site: Site, layer: Any, layers: dict[str, Any]) -> None:
    first = next((keras_position(other.name) for other in layers.values() if other is layer), None)
    if first is not None:
        place, position = _place(site.where)
        raise BuildError(
            f"the Keras form of {site.operator.name} at {place} returned the layer that already stands at {_place(first)[0]}: "
            "weights would be shared by accident; make a new layer inside the function",
            position,
        )


def _check_weights(site: Site, layer: Any, owners: dict[int, Where]) -> None:
    """Refuse a layer that holds a weight of another one: an inner layer made outside the function."""
    for weight in layer.weights:
        first = owners.setdefault(id(weight), site.where)
        if first != site.where:
            place, position = _place(site.where)
            raise BuildError(
                f"the Keras form of {site.operator.name} at {place} holds the weight {weight.path} of the layer at "
                f"{_place(first)[0]}: weights would be shared by accident; make every layer inside the function",
                position,
            )


def _not_built(site: Site, reason: Exception) -> BuildError:
    place, position = _place(site.where)
    line = " ".join(said(reason, name=False).split())[:300]
    return BuildError(
        f"the Keras form of {site.operator.name} at {place} cannot be built for {site.shape_in}: {line}", position
    )


def _arguments(site: Site, factory: Factory, num_classes: int) -> dict[str, Any]:
    form = meaning_of_factory(factory, numbers=len(site.values), widen=1)
    known = {
        "shape": site.shape_in,
        "c_in": channels(site.shape_in),
        "c_out": channels(site.shape_out),
        "widen": site.meaning.widen,
        "halve": site.meaning.halve,
        "num_classes": num_classes,
    }
    return dict(zip(form.numbers, site.values, strict=True)) | {name: known[name] for name in form.takes}


def _check_shape(site: Site, found: Shape) -> None:
    expected = channels_last(site.shape_out)
    if found != expected:
        place, position = _place(site.where)
        raise ShapeError(
            f"the Keras form of {site.operator.name} at {place} gives {found}, its torch module {site.shape_out}, which is "
            f"{expected} with the channels last; at stride 1 torch's padding is padding='same'",
            position,
            site.operator.name,
            (found, expected),
        )


def _place(where: Where) -> tuple[str, tuple[int, ...]]:
    return (where, ()) if isinstance(where, str) else (position_text(where), where)
