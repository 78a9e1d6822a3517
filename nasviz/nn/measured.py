"""One trial run of a primitive: on the meta device, where torch computes sizes and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any, cast

import torch
from torch import nn
from torch.nn.parameter import UninitializedParameter
from torch.utils.flop_counter import FlopCounterMode

from nasviz.errors import NasvizError, a_or_an, said
from nasviz.nn.primitive import Meaning, Shape, channels

__all__ = ["BATCH", "Measured", "declaring", "measure", "shown"]

BATCH = 2


@dataclass(frozen=True)
class Measured:
    """What one trial run of a primitive tells: its output shape, its cost for one example, and a note.

    ``activations`` are the numbers that its layers give out, its own output included; what only passes counts nothing.
    ``promised`` is the shape that its declaration says, where the module gives another; None where they agree.
    """

    shape: Shape
    parameters: int
    flops: int
    activations: int = 0
    note: str = ""
    promised: tuple[int | None, ...] | None = None


@lru_cache(maxsize=8192)
def measure(meaning: Meaning, values: tuple[int | float, ...], shape: Shape, num_classes: int) -> Measured:
    """Run a primitive once for a shape: on the meta device, or where that fails on the CPU in eval mode at batch 2.

    Raises
    ------
    NasvizError
        When it cannot be built or run there either; the sentence is the reason.
    """
    try:
        measured = trial(meaning, values, shape, num_classes, "meta")
    except NasvizError:
        raise
    except (Exception, SystemExit) as meta_reason:
        try:
            measured = trial(meaning, values, shape, num_classes, "cpu")
        except NasvizError:
            raise
        except (Exception, SystemExit) as reason:
            raise NasvizError(_one_line(reason)) from reason
        name = getattr(meaning.factory, "__name__", "a primitive")
        note = f"{name} cannot run on the meta device ({_one_line(meta_reason)}); it ran once on the CPU"
        measured = replace(measured, note=note)
    expected = meaning.expected(shape)
    if expected is None or _fits(measured.shape, expected):
        return measured
    return replace(measured, promised=expected)


def trial(meaning: Meaning, values: tuple[int | float, ...], shape: Shape, num_classes: int, device: str) -> Measured:
    """Build a primitive and run it on zeros.

    Raises
    ------
    NasvizError
        When it gives no single tensor of float32 with the batch axis first, makes parameters while it runs, or changes its
        input.
    """
    with torch.random.fork_rng(devices=[]), torch.device(device), torch.no_grad():
        module = meaning.build(shape, num_classes, values).eval()
        made = _parameters(module)
        with FlopCounterMode(display=False) as counter:
            x = torch.zeros((BATCH, *shape))
            y, activations = _run(module, x)
        _parameters(module, made)
    if x._version:
        raise NasvizError("it changes its input, which other paths read, too; leave out inplace=True")
    if not isinstance(y, torch.Tensor):
        raise NasvizError(f"it returned {a_or_an(type(y).__name__)}, expected one tensor")
    if y.ndim < 2 or y.shape[0] != BATCH:
        raise NasvizError(f"its output {tuple(y.shape)} has lost the batch axis of {BATCH} examples")
    if y.dtype != torch.float32:
        raise NasvizError(f"it makes float32 into {str(y.dtype).removeprefix('torch.')}; end it with .float()")
    parameters = sum(p.numel() for p in module.parameters())
    return Measured(tuple(y.shape[1:]), parameters, counter.get_total_flops() // BATCH, activations // BATCH)


def _parameters(module: nn.Module, known: set[str] | None = None) -> set[str]:
    """Return the names of the parameters; complain of those that are made at the first pass only."""
    parameters = dict(module.named_parameters())
    late = [name for name, p in parameters.items() if isinstance(p, UninitializedParameter)]
    late += [name for name in parameters if known is not None and name not in known]
    if late:
        raise NasvizError(
            f"its parameter {late[0]} is made during the first forward pass, when an optimiser has already missed it; make it "
            "together with the module, from shape or c_in"
        )
    return set(parameters)


def _run(module: nn.Module, x: torch.Tensor) -> tuple[Any, int]:
    """Return the output, and how many numbers the innermost modules and the whole gave out; each tensor counts once."""
    given: dict[int, torch.Tensor] = {id(x): x}

    def keep(_: nn.Module, inputs: object, output: object) -> None:
        for tensor in cast("Iterable[object]", output if isinstance(output, tuple | list) else (output,)):
            if isinstance(tensor, torch.Tensor):
                given.setdefault(id(tensor), tensor)

    for part in module.modules():
        if part is module or not any(True for _ in part.children()):
            part.register_forward_hook(keep)
    y = module(x)
    return y, sum(tensor.numel() for tensor in given.values()) - x.numel()


def declaring(shape_in: Shape, shape_out: Shape) -> str:
    """What to declare of a primitive that makes one shape into another.

    Examples
    --------
    >>> declaring((16, 9, 9), (32, 5, 5)), declaring((16, 8, 8), (8, 8, 8))
    ('widen=2, halve=1', 'widen=Fraction(1, 2), halve=0')
    >>> declaring((3, 32, 32), (64, 48))
    'widen=None, halve=None'
    """
    factor = Fraction(channels(shape_out), channels(shape_in))
    widen = factor.numerator if factor.denominator == 1 else factor
    for halve in range(max(shape_in).bit_length() + 1):
        if Meaning(object, widen=widen, halve=halve).expected(shape_in) == shape_out:
            return f"widen={widen!r}, halve={halve}"
    return "widen=None, halve=None"


def shown(shape: tuple[int | None, ...]) -> str:
    """A shape as text, with a question mark for what is not known."""
    return f"({', '.join('?' if n is None else str(n) for n in shape)}{',' if len(shape) == 1 else ''})"


def _fits(found: Shape, expected: tuple[int | None, ...]) -> bool:
    return len(found) == len(expected) and all(e is None or e == f for f, e in zip(found, expected, strict=True))


def _one_line(error: BaseException) -> str:
    text = " ".join(said(error, name=isinstance(error, KeyError)).split())
    text = text.split(" Exception raised from ")[0]  # what torch adds of its own C++ code
    return text if len(text) <= 300 else text[:297] + "..."
