"""Primitives: operators whose meaning is a torch module, written as a function or as an ``nn.Module`` class."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from numbers import Integral, Rational
from typing import Any, overload

from torch import nn

from nasviz.algebra import Operator, Sort
from nasviz.errors import BuildError, a_or_an

__all__ = ["Factory", "Meaning", "Primitive", "channels", "meaning_of_factory", "primitive"]

Factory = Callable[..., Any]
Shape = tuple[int, ...]

ALLOWED = ("shape", "c_in", "c_out", "widen", "halve", "num_classes")

VECTOR, SEQUENCE, IMAGE = 1, 2, 3
KINDS = {VECTOR: "a vector (C,)", SEQUENCE: "a sequence (L, C)", IMAGE: "an image (C, H, W)"}
"""What an example with so many axes is."""

ALL_RANKS = tuple(KINDS)


def channels(shape: Shape) -> int:
    """Number of channels of a shape without its batch axis: C of (C, H, W) and of (C,), and C of a sequence (L, C).

    Examples
    --------
    >>> channels((16, 8, 8)), channels((10,)), channels((50, 32))
    (16, 10, 32)
    """
    return shape[-1] if len(shape) == 2 else shape[0]


@dataclass(frozen=True, eq=False)
class Meaning:
    """What an operator stands for: a factory of modules and what it does to shapes.

    Two meanings are equal only when they are the same object, so that a cache never confuses a primitive with its redefinition.

    Parameters
    ----------
    factory : callable
        Makes a new module at every call; takes any of ``shape``, ``c_in``, ``c_out``, ``widen``, ``halve``, ``num_classes``
        by name, and the operator's numbers by the names in ``numbers``.
    takes : tuple of str
        Which of the six names the factory takes.
    numbers : tuple of str
        Names of the parameters that take the operator's own numbers.
    widen : int, Fraction or None
        Factor on the number of channels; None says nothing about it.
    halve : int or None
        How often the resolution is halved, odd sizes rounded up; None says nothing about it.
    ranks : tuple of int
        How many axes an example may have: 1 of a vector (C,), 2 of a sequence (L, C), 3 of an image (C, H, W).
    """

    factory: Factory
    takes: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    widen: int | Fraction | None = None
    halve: int | None = None
    ranks: tuple[int, ...] = ALL_RANKS

    def build(self, shape: Shape, num_classes: int = 10, values: Sequence[int | float] = ()) -> nn.Module:
        """A new module for examples of a shape.

        Parameters
        ----------
        shape : tuple of int
            Of one example, without the batch axis: (C, H, W), (L, C) or (C,).
        num_classes : int
            Number of classes of the task.
        values : sequence of numbers
            The operator's own numbers, in the order of its operands.

        Raises
        ------
        BuildError
            When the operator does not take such examples, the factory returns no ``nn.Module``, or ``widen`` gives no whole
            number of channels.
        """
        if len(shape) not in self.ranks and len(shape) in KINDS:
            taken = " or ".join(KINDS[rank] for rank in self.ranks)
            raise BuildError(f"it takes {taken}, found {KINDS[len(shape)]}{_way(len(shape), self.ranks)}")
        arguments: dict[str, Any] = dict(zip(self.numbers, values, strict=True))
        known = {
            "shape": shape,
            "c_in": channels(shape),
            "widen": self.widen,
            "halve": self.halve,
            "num_classes": num_classes,
        }
        for name in self.takes:
            arguments[name] = self._c_out(shape) if name == "c_out" else known[name]
        module = self.factory(**arguments)
        if not isinstance(module, nn.Module):
            raise BuildError(f"the factory returned {describe(module)}, expected a torch.nn.Module")
        return module

    def _c_out(self, shape: Shape) -> int:
        wide = channels(shape) * Fraction(1 if self.widen is None else self.widen)
        if wide.denominator != 1:
            raise BuildError(f"widen={self.widen} of {channels(shape)} channels is no whole number")
        return int(wide)

    def expected(self, shape: Shape) -> tuple[int | None, ...] | None:
        """The shape that the declaration promises; None stands for what it says nothing about.

        Examples
        --------
        >>> Meaning(nn.Identity, widen=2, halve=1).expected((16, 7, 7))
        (32, 4, 4)
        >>> Meaning(nn.Identity, widen=2, halve=1).expected((50, 16))
        (25, 32)
        """
        if self.widen is None and self.halve is None:
            return None
        wide = None if self.widen is None else self._c_out(shape)
        sizes = shape[:1] if len(shape) == SEQUENCE else shape[1:]
        step = None if self.halve is None else 2**self.halve
        halved = tuple(None if step is None else -(-n // step) for n in sizes)
        return (*halved, wide) if len(shape) == SEQUENCE else (wide, *halved)


def meaning_of_factory(
    factory: Factory,
    *,
    numbers: int = 0,
    widen: int | Fraction | None = None,
    halve: int | None = None,
    ranks: tuple[int, ...] = ALL_RANKS,
) -> Meaning:
    """Read a factory's signature.

    Parameters
    ----------
    factory : callable
        A function or an ``nn.Module`` class.
    numbers : int
        How many numbers the operator has; that many further parameters are expected.
    widen, halve, ranks
        As of :class:`Meaning`.

    Raises
    ------
    BuildError
        When the factory is a module instead of something that makes modules, or a parameter is unknown or missing.
    """
    if isinstance(factory, nn.Module):
        raise BuildError(
            f"a primitive is a function or a class that makes modules, found {a_or_an(type(factory).__name__)} module: one "
            "module used in two places would share its weights; write lambda: ... or pass the class, with name="
        )
    if not callable(factory):
        raise BuildError(f"a primitive is a function or an nn.Module class, found {describe(factory)}")
    if isinstance(factory, type) and not issubclass(factory, nn.Module):
        raise BuildError(f"the class {factory.__name__} is no subclass of torch.nn.Module")
    positional = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    try:
        signature = inspect.signature(factory)
    except ValueError:
        raise BuildError(f"the parameters of {factory!r:.60} are not known; call it in a function of your own") from None
    parameters = [p for p in signature.parameters.values() if p.kind in positional]
    takes = tuple(p.name for p in parameters if p.name in ALLOWED)
    others = [p for p in parameters if p.name not in ALLOWED]
    label = getattr(factory, "__name__", type(factory).__name__)
    unknown = [p.name for p in others[numbers:] if p.default is inspect.Parameter.empty]
    if unknown:
        raise BuildError(
            f"{label}: unknown parameter{'s' if len(unknown) > 1 else ''} {', '.join(unknown)}; a primitive takes any of "
            f'{", ".join(ALLOWED)} by name, numbers of its own with operands=("int", ...), and others with a default'
        )
    if len(others) < numbers:
        raise BuildError(f"{label}: {numbers} operands are declared, but only {len(others)} parameters take them")
    if widen is None and "c_out" in takes:
        raise BuildError(f"{label}: takes c_out, so widen must say how many times c_in it is")
    return Meaning(factory, takes, tuple(p.name for p in others[:numbers]), widen, halve, ranks)


def keeping(factory: Factory, *ranks: int, numbers: int = 0) -> Meaning:
    """The meaning of an operator that keeps shapes; of examples with so many axes, any by default."""
    return meaning_of_factory(factory, numbers=numbers, widen=1, halve=0, ranks=ranks or ALL_RANKS)


def reading(factory: Factory, *ranks: int, numbers: int = 0) -> Meaning:
    """The meaning of an operator whose output shape is read from its module."""
    return meaning_of_factory(factory, numbers=numbers, ranks=ranks or ALL_RANKS)


@dataclass(frozen=True)
class Primitive(Operator):
    """An operator with its own torch meaning, made by :func:`primitive`.

    Equality and hash compare the declaration (name, operands, ``widen``, ``halve``, …), never the code: a space keeps its
    identity when a notebook cell is run again.
    """

    widen: int | Fraction | None = 1
    halve: int | None = 0
    meaning: Meaning = field(compare=False, repr=False, default=Meaning(nn.Identity))
    forms: dict[str, Factory] = field(compare=False, repr=False, default_factory=dict[str, Factory])

    def declaration(self) -> dict[str, Any]:
        """What identifies the primitive, as JSON data: the operator's and what it does to channels and resolution."""
        widen = None if self.widen is None else str(self.widen)
        return {**super().declaration(), "widen": widen, "halve": self.halve}

    def build(self, shape: Shape, num_classes: int = 10, values: Sequence[int | float] = ()) -> nn.Module:
        """A new torch module for examples of a shape, e.g. (C, H, W); see :meth:`Meaning.build`."""
        return self.meaning.build(shape, num_classes, values)

    def keras(self, factory: Factory) -> Factory:
        """Decorator that stores the Keras form: the same parameters by name, returning a new Keras layer.

        The layer takes an image as (B, H, W, C), where torch has (B, C, H, W); sequences (B, L, C) and vectors (B, C) are
        alike. A parameter ``shape`` is that of nasviz, (C, H, W). It has the weights of the torch form layer by layer in the
        same order, so that they can be carried over; epsilon and momentum of normalisations are carried over, too::

            @swish3.keras
            def _(c_in, c_out):
                conv = keras.layers.Conv2D(c_out, 3, padding="same")
                return keras.Sequential([conv, keras.layers.Activation("silu")])

        At stride 1 torch's ``padding=k // 2`` is ``padding="same"``; at larger strides that pads otherwise, so put a
        ``ZeroPadding2D(k // 2)`` before and no padding into the convolution.

        Raises
        ------
        BuildError
            When its signature has parameters that the torch form may not have either.
        """
        meaning_of_factory(factory, numbers=len(self.operands), widen=1)
        self.forms["keras"] = factory
        return factory


@overload
def primitive(
    factory: Factory,
    /,
    *,
    name: str | None = None,
    widen: int | Fraction | None = 1,
    halve: int | None = 0,
    operands: Sequence[Sort | str] = (),
) -> Primitive: ...


@overload
def primitive(
    *,
    name: str | None = None,
    widen: int | Fraction | None = 1,
    halve: int | None = 0,
    operands: Sequence[Sort | str] = (),
) -> Callable[[Factory], Primitive]: ...


def primitive(
    factory: Factory | None = None,
    /,
    *,
    name: str | None = None,
    widen: int | Fraction | None = 1,
    halve: int | None = 0,
    operands: Sequence[Sort | str] = (),
) -> Primitive | Callable[[Factory], Primitive]:
    """Make an operator of a function or an ``nn.Module`` class; usable as a decorator, bare or with arguments.

    Parameters
    ----------
    factory : function or nn.Module class
        Returns a new module (B, c_in, H, W) -> (B, c_out, H', W') at every call; takes any of ``shape`` (of one example: an
        image (C, H, W), a sequence (L, C) or a vector (C,)), ``c_in``, ``c_out``, ``widen``, ``halve`` and ``num_classes``
        by name.
    name : str, optional
        How terms write it; default the function's or class's own name.
    widen : int, Fraction or None
        c_out / c_in. None: not declared, whatever the module gives.
    halve : int or None
        How often height and width, or the number of tokens, are halved, odd sizes rounded up. None: not declared.
    operands : sequence of Sort or str
        Sorts of numbers that the operator takes in a term, ``("int", "float")``; the factory's further parameters receive
        them in order.

    Returns
    -------
    Primitive

    Raises
    ------
    BuildError
        When the signature has unknown parameters, the name is no identifier, an operand is no number, or `widen` or `halve`
        makes no sense.

    Examples
    --------
    >>> @primitive
    ... def swish3(c_in, c_out):
    ...     return nn.Sequential(nn.Conv2d(c_in, c_out, 3, padding=1), nn.SiLU())
    >>> swish3.name, type(swish3.build((16, 8, 8))).__name__
    ('swish3', 'Sequential')
    >>> primitive(nn.SiLU, name="swish").name
    'swish'
    """
    if factory is None:
        return lambda f: primitive(f, name=name, widen=widen, halve=halve, operands=operands)
    sorts = _number_sorts(operands)
    meaning = meaning_of_factory(factory, numbers=len(sorts), widen=widen, halve=halve)
    if widen is not None and not (isinstance(widen, Rational) and widen > 0):
        raise BuildError(f"widen is c_out / c_in, a positive whole number, a Fraction or None; found {widen!r}")
    if halve is not None and not (isinstance(halve, Integral) and halve >= 0):
        raise BuildError(f"halve counts halvings of height and width, 0 or more, or is None; found {halve!r}")
    label = name or getattr(factory, "__name__", type(factory).__name__)
    if not (isinstance(label, str) and label.isidentifier()):
        raise BuildError(f"{label!r} cannot be written in a term; give the primitive a name: nv.primitive(..., name='mine')")
    doc = (inspect.getdoc(factory) or "").strip().split("\n")[0] if inspect.isfunction(factory) else ""
    return Primitive(name=label, operands=sorts, doc=doc, widen=widen, halve=halve, meaning=meaning)


def _number_sorts(operands: Sequence[Sort | str]) -> tuple[Sort, ...]:
    listed = isinstance(operands, list | tuple)
    if not listed or not all(sort in (Sort.INT, Sort.FLOAT) for sort in operands):
        raise BuildError(
            "the operands of a primitive are numbers ('int', 'float'); nv.topology combines maps; "
            f"found operands={operands!r:.60}; write operands=('int',)"
        )
    return tuple(Sort(sort) for sort in operands)


def _way(found: int, taken: tuple[int, ...]) -> str:
    """What to write before an operator that takes other examples."""
    if found == IMAGE and SEQUENCE in taken:
        return "; patches(p) makes a sequence of an image"
    if found == SEQUENCE and IMAGE in taken:
        return "; unpatches(p) makes an image of a sequence"
    return ""


def describe(value: object) -> str:
    """What a factory returned, in words; `None` is most often a forgotten return."""
    return "None (is a return missing?)" if value is None else a_or_an(type(value).__name__)
