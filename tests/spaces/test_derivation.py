"""Derivations of architectures: numbers, labels, pictures."""

import pytest

from nasviz.errors import NasvizError, TermError
from nasviz.spaces import SearchSpace, parse


def test_derivation():
    space = SearchSpace("S ::= Linear(C, C)\nC ::= Residual(B, id, B)\nB ::= conv | id")
    arch = space.parse("Linear(Residual(conv, id, id), Residual(id, id, conv))")
    assert arch.derivation.draws.macro == (0, 0, 0, 1, 0, 1, 0)
    assert arch.derivation.labels == [("S",), ("C",), ("B",), (), ("B",), ("C",), ("B",), (), ("B",)]
    dot = arch.derivation.to_dot(selected=(1,), max_depth=1)
    assert 'id="p-1", class="nv-nt nv-nt-1 nv-selected"' in dot
    assert set(arch.derivation.clusters()) == {(), (0,), (1,)}
    assert arch.derivation.to_graphviz().source.startswith('digraph "derivation"')
    part = arch[0]
    assert 'class="nv-t"' in part.derivation.to_dot()
    with pytest.raises(TermError):
        _ = part.derivation.tree


def test_the_derivation_of_a_free_term_is_its_tree():
    arch = parse("Linear(Residual(conv, id, conv), fc)")
    assert arch.derivation.to_dot().count("[id=") == len(arch.term)
    with pytest.raises(NasvizError, match="the free space has no grammar, so its terms have no derivation"):
        _ = arch.derivation.tree
