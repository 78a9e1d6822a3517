"""Activation functions on a ResNet-20 (Ramachandran et al. 2017; grammar after Schrodi et al. 2023)."""

from __future__ import annotations

from nasviz.graph import ID
from nasviz.spaces.image_operators import BINARY_MERGES, UNARY
from nasviz.spaces.known import resnet20_grammar
from nasviz.spaces.space import SearchSpace, Shape

SOURCE = (
    "Ramachandran et al. 2017, Searching for Activation Functions; grammar after Schrodi et al. 2023, Construction of "
    "Hierarchical Neural Architecture Search Spaces based on Context-free Grammars"
)

BIBTEX = """\
@article{ramachandran2017searching,
  title   = {Searching for Activation Functions},
  author  = {Ramachandran, Prajit and Zoph, Barret and Le, Quoc V.},
  journal = {arXiv:1710.05941},
  year    = {2017}
}
"""


def activation(input_shape: Shape = (3, 32, 32), num_classes: int = 10) -> SearchSpace:
    """Return the space of activation functions: one, drawn once, in the 19 places of a ResNet-20 that have ReLU otherwise.

    A function of two levels: each level merges two functions by one of 10 merges, or takes one; at the bottom stand 25
    functions of one number. 6,275 functions of one level, 393,762,525 = 10^8.595 of two, terms and derivations alike. `add`,
    `mul`, `max`, `min`, `gaussian_sq` and `gaussian_abs` do not tell their inputs apart: modulo that 140,197,275. The published
    form trains a weight inside `gaussian_sq`, `gaussian_abs` and `weighted_average`; here they have none.

    Parameters
    ----------
    input_shape, num_classes
        The task; the term is the whole network, there is no stem before it.

    Examples
    --------
    >>> activation().count()
    393762525
    """
    merges, functions = ["add", "mul", *(op.name for op in BINARY_MERGES)], ["id", *(op.name for op in UNARY)]
    grammar = (
        "# Activation functions (Ramachandran et al. 2017) on a ResNet-20: one for all its layers.\n"
        f"start S\n{resnet20_grammar(activation='ACT')}"
        "shared ACT ::= Binary(BINARY, L1, L1) | Unary(L1)\n"
        "L1     ::= Binary(BINARY, UNARY, UNARY) | Unary(UNARY)\n"
        f"BINARY ::= {' | '.join(merges)}\n"
        f"UNARY  ::= {' | '.join(functions)}\n"
    )
    return SearchSpace(
        grammar,
        (),
        input_shape,
        num_classes,
        stem=ID,
        name="activation functions on ResNet-20",
        source=SOURCE,
        bibtex=BIBTEX,
    )
