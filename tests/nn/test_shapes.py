"""Shapes on the meta device, and the errors about shapes."""

import numpy as np
import pytest
import torch
from torch import nn

from nasviz.errors import BuildError, NasvizError, ShapeError
from nasviz.graph import topology
from nasviz.nn import cost, forward_code, infer_shapes, partial_cost, primitive, to_torch
from nasviz.nn.shapes import sites
from nasviz.spaces import Architecture, SearchSpace, digits_cells, nb201, nested_convnet, parse
from nasviz.spaces.transformers import transformers


def test_every_position_has_its_shapes(arch_of):
    found = infer_shapes(arch_of("Linear(Residual2(conv3x3, id, avg_pool), down, conv1x1)"))
    assert dict(found) == {
        "stem": ((3, 32, 32), (16, 32, 32)),
        (0, 0): ((16, 32, 32), (16, 32, 32)),
        (0, 1): ((16, 32, 32), (16, 32, 32)),
        (0, 2): ((16, 32, 32), (16, 32, 32)),
        (1,): ((16, 32, 32), (32, 16, 16)),
        (2,): ((32, 16, 16), (32, 16, 16)),
        "head": ((32, 16, 16), (10,)),
    }
    assert found.output == (10,)
    assert found.notes == ()
    assert len(found) == 7


@pytest.mark.parametrize("size", [1, 2, 7, 14, 15, 28, 33])
def test_odd_sizes_are_rounded_up(arch_of, size):
    found = infer_shapes(arch_of("Linear(down, down)", input_shape=(1, size, size)))
    assert found[(1,)] == ((32, -(-size // 2), -(-size // 2)), (64, -(-size // 4), -(-size // 4)))


def test_the_paths_of_a_join_must_agree(arch_of):
    with pytest.raises(ShapeError) as error:
        infer_shapes(arch_of("Linear(conv3x3, Residual2(conv3x3, id, down))"))
    assert str(error.value) == (
        "shapes (16, 32, 32) and (32, 16, 16) meet in Residual2 at (1,), where a sum needs equal shapes: the first "
        "comes by id at (1, 1), the second by conv3x3 at (1, 0) and down at (1, 2); every path must widen and halve alike"
    )
    assert error.value.paths == (((1, 1),), ((1, 0), (1, 2)))
    assert error.value.position == (1,)
    assert error.value.operator == "Residual2"
    assert error.value.shapes == ((16, 32, 32), (32, 16, 16))


def test_a_concatenation_adds_the_channels(arch_of):
    side = topology("Side", "1>2 1>2 1>2", merge="concat")
    assert infer_shapes(arch_of("Side(conv3x3, id, avg_pool)", [side])).output == (10,)
    assert infer_shapes(arch_of("Side(conv3x3, id, avg_pool)", [side]))["head"] == ((48, 32, 32), (10,))
    with pytest.raises(ShapeError, match="where a concat needs equal heights and widths"):
        infer_shapes(arch_of("Side(conv3x3, id, down)", [side]))


@primitive
def narrow(c_in):
    return nn.Conv2d(c_in, 8, 1)


@primitive(halve=1)
def too_small(c_in):
    return nn.AvgPool2d(4)


@primitive(widen=None, halve=None)
def undeclared(c_in):
    return nn.Conv2d(c_in, 5, 3, stride=3)


@pytest.mark.parametrize(
    ("name", "operator", "message"),
    [
        (
            "narrow",
            narrow,
            "narrow at (1,) is declared widen=1, halve=0, which makes (16, 32, 32) into (16, 32, 32), but its "
            "module gives (8, 32, 32); declare what it does: nv.primitive(..., widen=Fraction(1, 2), halve=0)",
        ),
        (
            "too_small",
            too_small,
            "too_small at (1,) is declared widen=1, halve=1, which makes (16, 32, 32) into (16, 16, 16), but its "
            "module gives (16, 8, 8); declare what it does: nv.primitive(..., widen=1, halve=2)",
        ),
    ],
)
def test_a_declaration_that_the_module_contradicts(arch_of, name, operator, message):
    with pytest.raises(ShapeError) as error:
        infer_shapes(arch_of(f"Linear(id, {name})", [operator]))
    assert message in str(error.value)
    assert error.value.position == (1,)


def test_what_is_not_declared_is_read_from_the_module(arch_of):
    assert infer_shapes(arch_of("undeclared", [undeclared]))[()] == ((16, 32, 32), (5, 10, 10))


@primitive
def picky(c_in):
    if c_in != 16:
        raise ValueError(f"only 16 channels, not {c_in}")
    return nn.Identity()


class Pair(nn.Module):
    def forward(self, x):
        return x, x


class NoBatch(nn.Module):
    def forward(self, x):
        return x[0]


class Double(nn.Module):
    def forward(self, x):
        return x.double()


@primitive
def leaves(c_in):
    raise SystemExit("enough")


@pytest.mark.parametrize(
    ("operator", "reason"),
    [
        (leaves, "enough"),
        (primitive(Double, name="double"), "it makes float32 into float64; end it with .float()"),
        (picky, "only 16 channels, not 32"),
        (primitive(Pair, name="pair"), "it returned a tuple, expected one tensor"),
        (primitive(NoBatch, name="nobatch"), "its output (32, 16, 16) has lost the batch axis of 2 examples"),
        (primitive(lambda: nn.Conv2d(3, 3, 1), name="three"), "channels"),
        (primitive(lambda: None, name="nothing"), "the factory returned None (is a return missing?)"),
    ],
)
def test_a_primitive_that_cannot_be_built(arch_of, operator, reason):
    with pytest.raises(BuildError) as error:
        infer_shapes(arch_of(f"Linear(down, {operator.name})", [operator]))
    assert f"{operator.name} at (1,) cannot be built for an input of shape (32, 16, 16): " in str(error.value)
    assert reason in str(error.value)
    assert error.value.position == (1,)


def test_an_operator_without_a_meaning(arch_of):
    from nasviz.algebra import Operator

    with pytest.raises(BuildError, match=r"mystery at \(1,\) has no torch meaning; write one: @nv.primitive def mystery"):
        infer_shapes(arch_of("Linear(id, mystery)", [Operator("mystery")]))


class Numpy(nn.Module):
    def forward(self, x):
        return torch.from_numpy(np.abs(x.detach().numpy()))


def test_a_primitive_is_measured_once_for_each_shape(arch_of, monkeypatch):
    calls = []

    @primitive
    def counted(c_in):
        calls.append(c_in)
        return nn.Identity()

    for _ in range(2):
        infer_shapes(arch_of("Linear(counted, counted, down, counted, counted)", [counted]))
    assert calls == [16, 32]


def test_a_redefined_primitive_is_measured_anew(arch_of):
    first = primitive(lambda c_in: nn.Conv2d(c_in, 20, 1), name="again", widen=None)
    second = primitive(lambda c_in: nn.Conv2d(c_in, 24, 1), name="again", widen=None)
    assert first == second
    assert infer_shapes(arch_of("again", [first]))[()][1] == (20, 32, 32)
    assert infer_shapes(arch_of("again", [second]))[()][1] == (24, 32, 32)


def test_the_global_random_state_stays(arch_of):
    @primitive
    def random_number(c_in):
        torch.rand(3)
        return Numpy()

    before = torch.get_rng_state()
    infer_shapes(arch_of("random_number", [random_number]))
    assert torch.equal(before, torch.get_rng_state())


def test_numbers_reach_the_factory(arch_of):
    @primitive(operands=("int",), widen=None)
    def to(c_in, c):
        return nn.Conv2d(c_in, c, 1)

    found = infer_shapes(arch_of("Linear(to(4), to(7))", [to]))
    assert (found[(0,)][1], found[(1,)][1]) == ((4, 32, 32), (7, 32, 32))


def test_a_head_must_give_the_classes(arch_of):
    from nasviz.graph import ID

    with pytest.raises(ShapeError, match=r"the head id gives shape \(16, 32, 32\), the space has 10 classes"):
        infer_shapes(arch_of("conv3x3", head=ID))


def test_fc_ends_a_network_and_the_head_leaves_it(arch_of):
    found = infer_shapes(arch_of("Linear(conv3x3, fc)", num_classes=7))
    assert found[(1,)] == ((16, 32, 32), (7,))
    assert found["head"] == ((7,), (7,))


def partial(text, chosen, **task):
    """A partial term: productions chosen at positions of a derivation that is not done."""
    space = SearchSpace(text, **task)
    derivation = space.begin()
    for position, production in chosen:
        derivation = derivation.expand(position, production)
    return Architecture(derivation.term, space)


def test_a_partial_term_is_known_up_to_its_open_places():
    arch = partial("S ::= Linear(conv3x3, B, down, C)\nB ::= down | id\nC ::= conv3x3 | id", [((), 0)])
    assert arch.term.text == "Linear(conv3x3, B, down, C)"
    found = arch.shapes()
    assert dict(found) == {"stem": ((3, 32, 32), (16, 32, 32)), (0,): ((16, 32, 32), (16, 32, 32))}
    assert found.output is None
    assert arch.output_shape() is None
    nothing = infer_shapes(Architecture(nb201().begin().term, nb201()))
    assert list(nothing) == ["stem"]


def test_a_known_path_tells_what_leaves_a_sum_with_an_open_one():
    arch = partial("S ::= Linear(Residual(B, down, B), conv3x3)\nB ::= down | id", [((), 0)])
    found = infer_shapes(arch)
    assert found[(1,)] == ((32, 16, 16), (32, 16, 16))
    assert found.output == (10,)


def test_paths_of_a_partial_term_that_disagree():
    text = "S ::= Linear(Residual(id, B, down), C)\nB ::= conv3x3 | down\nC ::= id"
    assert list(infer_shapes(partial(text, [((), 0)]))) == ["stem", (0, 0), (0, 2)]
    with pytest.raises(ShapeError, match=r"by conv3x3 at \(0, 1\), the second by id at \(0, 0\) and down at \(0, 2\);"):
        infer_shapes(partial(text, [((), 0), ((0, 1), 0)]))


def test_a_declaration_is_checked_in_a_partial_term():
    space = SearchSpace("S ::= Linear(narrow, B)\nB ::= id | conv3x3", operators=[narrow])
    with pytest.raises(ShapeError, match=r"narrow at \(0,\) is declared widen=1"):
        infer_shapes(Architecture(space.begin().expand((), 0).term, space))


def test_numbers_and_merges_may_be_open():
    numbers = partial("S ::= Linear(linear(N), relu)\nN ::= 4 | 8", [((), 0)], input_shape=(5, 7))
    assert list(infer_shapes(numbers)) == ["stem"]
    merges = partial("S ::= Linear(relu, Binary(M, relu, relu))\nM ::= add | concat", [((), 0)], input_shape=(9,))
    assert list(infer_shapes(merges)) == ["stem", (0,)]
    concat = partial("S ::= Binary(concat, relu, B)\nB ::= relu | linear(3)", [((), 0)], input_shape=(9,))
    assert list(infer_shapes(concat)) == ["stem", (1,)]


def test_long_paths_are_told_by_what_changes_the_shape(arch_of):
    with pytest.raises(ShapeError) as error:
        infer_shapes(arch_of("Residual2(Linear(relu, relu, down, relu), id, relu)"))
    assert "the first comes by id at (1,), the second by 5 operations with down at (0, 2); " in str(error.value)
    assert error.value.paths == (((1,),), ((0, 0), (0, 1), (0, 2), (0, 3), (2,)))


def test_the_paths_begin_where_they_part(arch_of):
    with pytest.raises(ShapeError) as error:
        infer_shapes(arch_of("Linear(Residual(relu, id, relu), Binary(add, Linear(relu, Residual(relu, id, relu)), down))"))
    first, second = error.value.paths
    assert first[0] == (1, 1, 0)
    assert second == ((1, 2),)
    assert all(position[0] == 1 for position in first)


@pytest.mark.parametrize(
    ("shape", "text", "behind", "output"),
    [
        ((64,), "Linear(linear(32), relu, batch, layer_norm, expand(3), gelu, contract(3))", (32,), (10,)),
        ((64,), "Binary(concat, linear(8), mlp(5))", (72,), (10,)),
        ((50, 9), "Linear(linear(24), position, Residual(layer_norm, id, attention(3)))", (50, 24), (10,)),
        ((50, 9), "Binary(concat, linear(8), mlp(5))", (50, 72), (10,)),
        ((50, 9), "Linear(transpose, mlp(30), transpose, first_token)", (64,), (10,)),
        ((3, 32, 32), "Linear(patches(4), linear(24), class_token, position, mean_pool)", (24,), (10,)),
        ((3, 32, 32), "Linear(patches(4), attention(4), unpatches(2), conv3x3)", (64, 16, 16), (10,)),
        ((1, 28, 28), "Linear(im2col(3, 2), linear(8), unpatches(1), down)", (16, 7, 7), (10,)),
    ],
)
def test_vectors_and_sequences_and_images(shape, text, behind, output):
    from nasviz.nn import to_torch
    from nasviz.spaces import parse

    arch = parse(text, input_shape=shape)
    found = infer_shapes(arch)
    assert found["head"] == (behind, output)
    assert to_torch(arch, seed=0).eval()(torch.zeros(2, *shape)).shape == (2, *output)


@pytest.mark.parametrize(
    ("shape", "text", "message"),
    [
        (
            (50, 9),
            "Linear(relu, conv3x3)",
            "conv3x3 at (1,) cannot be built for an input of shape (50, 64): it takes an image (C, H, W), found a sequence "
            "(L, C); unpatches(p) makes an image of a sequence",
        ),
        ((3, 32, 32), "attention(2)", "it takes a sequence (L, C), found an image (C, H, W); patches(p) makes a sequence"),
        ((64,), "Linear(relu, attention(2))", "it takes a sequence (L, C), found a vector (C,)"),
        ((3, 28, 28), "patches(8)", "patches of 8×8 do not divide an image of 28×28"),
        ((50, 9), "unpatches(1)", "50 tokens make no square image"),
        ((49, 9), "unpatches(3)", "64 channels make no patches of 3×3"),
        ((50, 9), "attention(5)", "5 heads do not divide 64 channels"),
        ((50, 9), "contract(5)", "5 does not divide 64 channels"),
        ((50, 9), "linear(0)", "the number of channels is 1 or more, found 0"),
        ((3, 8, 8), "im2col(2, 1)", "the size of a kernel is odd, found 2"),
        (
            (3, 8, 8),
            "Binary(add, patches(2), id)",
            "shapes (16, 64) and (16, 8, 8) meet in Binary at the root, where a sum needs equal shapes: the first comes "
            "by patches at (1,), the second by id at (2,); every path must change the shape alike",
        ),
        ((50, 9), "Binary(concat, id, class_token)", "a concat needs equal sizes but for the channels"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_reason(shape, text, message):
    from nasviz.spaces import parse

    with pytest.raises((BuildError, ShapeError)) as error:
        infer_shapes(parse(text, input_shape=shape))
    assert message in str(error.value)


def test_halving_a_sequence_halves_its_tokens():
    class HalveTokens(nn.Module):
        def forward(self, x):
            return nn.functional.avg_pool1d(x.transpose(1, 2), 2, ceil_mode=True).transpose(1, 2)

    space = SearchSpace("S ::= Linear(half, half)", [primitive(HalveTokens, name="half", halve=1)], input_shape=(7, 3))
    assert infer_shapes(space.sample(seed=0))["head"][0] == (2, 64)


def hierarchical_cells():
    """Cells whose paths may or may not agree."""
    return SearchSpace(
        "S ::= Linear(C, C)\nC ::= Residual(B, B, B) | Diamond(B, B, B, B)\nB ::= down | id | Linear(id, C) [0.1]"
    )


def reopened(space, arch, rng):
    """The architecture with one or two subterms open again."""
    begins = [i for i, labels in enumerate(arch.derivation.labels) if labels and i] or [0]
    chosen = rng.choice(begins, size=min(2, len(begins)), replace=False)
    return Architecture(space.reopen(arch, *(arch.term.position(int(i)) for i in chosen)).term, space)


@pytest.mark.slow
@pytest.mark.parametrize("make", [digits_cells, nested_convnet, transformers])
def test_what_is_known_of_a_part_holds_for_the_whole(make):
    """Without zero: shapes of a partial term are those of every completion, and its errors are theirs."""
    space, rng = make(), np.random.default_rng(0)
    seen = 0
    for arch in space.sample(40, seed=1):
        part = reopened(space, arch, rng)
        try:
            whole = dict(infer_shapes(arch))
        except (BuildError, ShapeError):
            continue
        known = dict(infer_shapes(part))
        assert known.items() <= whole.items()
        seen += len(known)
    assert seen > 60


def test_an_error_of_a_part_is_one_of_the_whole():
    space, rng = hierarchical_cells(), np.random.default_rng(0)
    failed = 0
    for arch in space.sample(60, seed=2):
        part = reopened(space, arch, rng)
        try:
            infer_shapes(part)
        except ShapeError:
            failed += 1
            with pytest.raises(ShapeError):
                infer_shapes(arch)
    assert failed > 5


def test_shapes_are_told_by_position():
    text = repr(parse("Linear(conv, Residual(relu, id, relu))", input_shape=(1, 8, 8)).shapes())
    assert text.splitlines()[:3] == [
        "Shapes",
        "  stem: conv_stem (1, 8, 8) -> (16, 8, 8)",
        "  (0,): conv (16, 8, 8) -> (16, 8, 8)",
    ]
    assert text.splitlines()[-1] == "  head: pool_linear (16, 8, 8) -> (10,)"


@pytest.mark.parametrize("given", [None, "conv", 3, parse("conv").term])
@pytest.mark.parametrize("ask", [infer_shapes, sites, cost, partial_cost, forward_code, to_torch])
def test_what_is_no_architecture(ask, given):
    with pytest.raises(NasvizError, match=r"^an architecture is expected, e\.g\. space\.parse\(text\); found "):
        ask(given)
