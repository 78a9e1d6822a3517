"""The contract of a primitive, to run on your own."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from importlib.util import find_spec

import cloudpickle
import torch
from torch import nn

from nasviz.errors import NasvizError
from nasviz.extension import lower
from nasviz.graph import ID
from nasviz.nn import Primitive, cost, infer_shapes, to_torch
from nasviz.spaces import Architecture, SearchSpace
from nasviz.testing.contract import check, check_kind, given_seed, given_shapes, given_values

Shape = tuple[int, ...]
Numbers = Sequence[int | float]

BATCH = 3
CLOSE = 1e-4
"""How far the outputs of two frameworks may be apart."""


def check_primitive(
    primitive: Primitive, shapes: Sequence[Shape] = ((16, 8, 8),), values: Numbers = (), *, seed: int = 0
) -> tuple[str, ...]:
    """Check what every primitive must keep; put it in a test of your own.

    For each shape: it builds, twice without a weight in common; gives the shape that it declares (``widen``, ``halve``), here
    and on the meta device; runs forward and backward with finite numbers, every weight with a gradient; leaves its input as it
    is, since other paths read it, too; has equal weights for equal seeds; treats the examples of a batch one by one in
    evaluation mode; keeps its state in a ``state_dict``; costs what is counted; and travels to a worker by value. A Keras form
    gives the same numbers, where Keras and TensorFlow are installed.

    Parameters
    ----------
    primitive
        As ``nv.primitive`` makes it.
    shapes
        Shapes of one example that it takes: (C, H, W), (L, C) or (C,). Odd sizes are worth a try: (16, 7, 9).
    values
        Its numbers, where it has operands.
    seed
        Seed of weights and inputs.

    Returns
    -------
    tuple of str
        Notes: what could not run on the meta device, and whether the Keras form was not compared.

    Raises
    ------
    AssertionError
        If something does not hold; the sentence says what, and for which shape.

    Examples
    --------
    >>> import nasviz as nv
    >>> from torch import nn
    >>> @nv.primitive
    ... def swish3(c_in, c_out):
    ...     return nn.Sequential(nn.Conv2d(c_in, c_out, 3, padding=1), nn.SiLU())
    >>> check_primitive(swish3, shapes=[(16, 8, 8), (3, 7, 9)])
    ()
    """
    notes: list[str] = []
    check_kind(primitive, Primitive, "primitive")
    given, numbers, start = given_shapes(shapes), given_values(values), given_seed(seed)
    with torch.random.fork_rng(devices=[]):
        for shape in given:
            torch.manual_seed(start)
            notes += _check_at(primitive, shape, numbers, start)
    return tuple(dict.fromkeys(notes))


def _check_at(primitive: Primitive, shape: Shape, values: Numbers, seed: int) -> list[str]:
    where = f"{primitive.name} at {shape}"
    arch = alone(primitive, shape, values)
    try:
        shapes = infer_shapes(arch)
        net, twin, other = (_own(to_torch(arch, seed=s)) for s in (seed, seed, seed + 1))
    except NasvizError as error:
        raise AssertionError(f"{where}: {error}") from error
    shape_out = shapes[()][1]
    common = {id(p) for p in net.parameters()} & {id(p) for p in twin.parameters()}
    check(not common, f"{where}: two modules have a weight in common; make a new module inside the function")
    for (name, one), same in zip(net.state_dict().items(), twin.state_dict().values(), strict=True):
        check(torch.equal(one, same), f"{where}: {name} differs between two modules of one seed; draw it by torch alone")
    counted = next(row for row in cost(arch).rows if row.part == "body").parameters
    held = sum(p.numel() for p in net.parameters())
    check(counted == held, f"{where}: {counted} parameters are counted, the module has {held}")
    _check_training(net, shape, shape_out, where)
    _check_evaluation(net.eval(), shape, where)
    other.load_state_dict(net.state_dict())
    x = torch.randn((BATCH, *shape))
    with torch.no_grad():
        same = torch.allclose(net(x), other.eval()(x), atol=1e-6)
    check(same, f"{where}: its state_dict does not hold all of its state")
    _check_travel(primitive, shape, values, shape_out, where)
    return [*shapes.notes, *_check_keras(arch, where)]


def alone(primitive: Primitive, shape: Shape, values: Numbers = ()) -> Architecture:
    """Return the architecture that is nothing but a primitive, with no stem before it.

    >>> import nasviz as nv
    >>> str(alone(nv.primitive(nn.SiLU, name="swish"), (3, 8, 8)))
    'swish'
    """
    text = f"{primitive.name}({', '.join(map(repr, values))})" if values else primitive.name
    return SearchSpace(f"S ::= {text}", [primitive], shape, 3, stem=ID).parse(text)


def _own(net: nn.Module) -> nn.Module:
    return net.get_submodule("own")


def _check_training(module: nn.Module, shape: Shape, shape_out: Shape, where: str) -> None:
    x = torch.randn((BATCH, *shape))
    try:
        spoilt = _in_place(module.train(), x)
        check(not spoilt, f"{where}: it changes its input, which other paths read, too; leave out inplace=True")
        y = module(x.requires_grad_())
    except AssertionError:
        raise
    except Exception as error:
        raise AssertionError(f"{where}: it does not run in training mode: {error}") from error
    check(tuple(y.shape[1:]) == shape_out, f"{where}: it gives {tuple(y.shape[1:])} in training mode, {shape_out} elsewhere")
    check(bool(torch.isfinite(y).all()), f"{where}: it gives numbers that are not finite for normal inputs")
    if y.requires_grad:
        y.square().mean().backward()
    for name, p in module.named_parameters():
        if p.requires_grad:
            check(p.grad is not None, f"{where}: the parameter {name} gets no gradient: it is counted, but never used")
            check(p.grad is None or bool(torch.isfinite(p.grad).all()), f"{where}: the gradient of {name} is not finite")
    check(x.grad is None or bool(torch.isfinite(x.grad).all()), f"{where}: the gradient of its input is not finite")


def _in_place(module: nn.Module, x: torch.Tensor) -> bool:
    given = x.clone()
    with torch.no_grad():
        module(given)
    return not torch.equal(given, x)


def _check_evaluation(module: nn.Module, shape: Shape, where: str) -> None:
    x = torch.randn((BATCH, *shape))
    with torch.no_grad():
        whole, again = module(x), module(x)
        parts = torch.cat([module(x[k : k + 1]) for k in range(BATCH)])
    check(torch.equal(whole, again), f"{where}: two passes in evaluation mode differ")
    apart = torch.allclose(whole, parts, atol=1e-5, rtol=1e-4)
    check(apart, f"{where}: in evaluation mode an example's output depends on the others of its batch")


def _check_travel(primitive: Primitive, shape: Shape, values: Numbers, shape_out: Shape, where: str) -> None:
    try:
        copy: Primitive = pickle.loads(cloudpickle.dumps(primitive))
    except Exception as error:
        raise AssertionError(f"{where}: it cannot be sent to a worker: {error}") from error
    check(copy == primitive, f"{where}: its copy in a worker is another primitive")
    made = infer_shapes(alone(copy, shape, values))[()][1]
    check(made == shape_out, f"{where}: its copy in a worker gives {made}, not {shape_out}")


def _check_keras(arch: Architecture, where: str) -> list[str]:
    primitive = arch.term.operators[0]
    if not isinstance(primitive, Primitive) or "keras" not in primitive.forms:
        return []
    if find_spec("keras") is None or find_spec("tensorflow") is None:
        return [f"the Keras form of {primitive.name} was not compared: Keras or TensorFlow is not installed"]
    net = to_torch(arch, seed=0).eval()
    x = torch.randn((BATCH, *arch.space.input_shape))
    try:
        model = lower("to_keras")(arch, weights_from=net)
    except NasvizError as error:
        raise AssertionError(f"{where}: {error}") from error
    with torch.no_grad():
        wanted = net(x)
    found = torch.from_numpy(model(x.numpy(), training=False).numpy())
    far = float((wanted - found).abs().max())
    check(far <= CLOSE, f"{where}: its Keras form is {far:.2g} away from torch, at most {CLOSE} is allowed")
    return []
