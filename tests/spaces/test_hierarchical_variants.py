"""The spaces derived from hierarchical NAS-Bench-201: sizes by formulas of their own, contract, structure."""

import pytest

from nasviz.grammar import log10_of
from nasviz.spaces import (
    hierarchical_cell_based,
    hierarchical_fixed_macro,
    hierarchical_linear_macro,
    hierarchical_shared_cell,
    nb201,
)
from nasviz.testing import check_space

MAKE = (hierarchical_fixed_macro, hierarchical_linear_macro, hierarchical_shared_cell, hierarchical_cell_based)
SKELETONS = 75_549_915


def linear(cell):
    """Number of linear macro architectures, each place of a cell filled in so many ways."""
    down, c = cell + cell**2, cell**2 + cell**3
    d1, d0 = (c**2 + c**3) * down, (c**2 + c**3) * cell
    return 2 * d1 * d1 * d0 + d1 * d1 * d0 * d0


@pytest.mark.parametrize("make", MAKE)
def test_contract(make):
    check_space(make(), n=4)
    check_space(make(connected=True), n=4)
    other = make((1, 16, 16), 4)
    assert (other.input_shape, other.num_classes, other.fingerprint) == ((1, 16, 16), 4, make().fingerprint)
    assert "2023" in make().source
    assert make().bibtex.startswith("@inproceedings")


@pytest.mark.parametrize(
    ("space", "terms", "derivations"),
    [
        (hierarchical_fixed_macro(), 30**90, 57**90),
        (hierarchical_fixed_macro(plain=True), 5**90, 5**90),
        (hierarchical_linear_macro(), linear(30**6), linear(57**6)),
        (hierarchical_linear_macro(plain=True), linear(5**6), linear(5**6)),
        (hierarchical_shared_cell(), SKELETONS * 30**6, SKELETONS * 57**6),
        (hierarchical_shared_cell(plain=True), SKELETONS * 5**6, SKELETONS * 5**6),
        (hierarchical_cell_based(), 30**6, 57**6),
        (hierarchical_cell_based(connected=True), 728_919_959, None),
        (hierarchical_fixed_macro(plain=True, connected=True), 15_284**15, 15_284**15),
    ],
)
def test_both_sizes(space, terms, derivations):
    assert space.count() == terms
    assert derivations is None or space.count("derivations") == derivations


def test_logarithms_of_the_docstrings():
    sizes = [hierarchical_fixed_macro(), hierarchical_linear_macro(), hierarchical_shared_cell()]
    terms, derivations = [[round(log10_of(s.count(what)), 3) for s in sizes] for what in ("terms", "derivations")]
    assert terms == [132.941, 372.235, 16.741]
    assert derivations == [158.029, 442.480, 18.413]


def test_a_linear_macro_has_no_residual():
    names = {op.name for arch in hierarchical_linear_macro().sample(20, seed=0) for op in arch.term.operators}
    assert "Linear" in names
    assert not any(name.startswith("Residual") for name in names)


@pytest.mark.parametrize("make", [hierarchical_shared_cell, hierarchical_cell_based])
def test_a_shared_cell_is_one_cell(make):
    for arch in make().sample(5, seed=0):
        cells = {str(arch.term.subterm(i)) for i, op in enumerate(arch.term.operators) if op.name == "Cell"}
        assert len(cells) == 1


def test_plain_operations_on_the_fixed_macro_hold_nb201():
    assert all(hierarchical_fixed_macro(plain=True).contains(arch) for arch in nb201().sample(5, seed=0))
