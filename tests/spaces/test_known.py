"""Known architectures against networks written by hand: the same function of the same weights, the same operations."""

import hashlib
import re
from importlib import import_module

import pytest
import torch
import torch.nn.functional as F
from torch import nn

import nasviz as nv
from nasviz.errors import NasvizError
from nasviz.spaces import known, nb201, nb201_string
from nasviz.spaces.known import KNOWN


def conv_bn(c_in, c_out, kernel, stride=1, groups=1):
    return nn.Sequential(nn.Conv2d(c_in, c_out, kernel, stride, kernel // 2, groups=groups, bias=False), nn.BatchNorm2d(c_out))


def classified(x, linear):
    return linear(torch.flatten(F.adaptive_avg_pool2d(x, 1), 1))


class BasicBlock(nn.Module):
    def __init__(self, c_in, c_out, stride, padded):
        super().__init__()
        self.first = conv_bn(c_in, c_out, 3, stride)
        self.shortcut = conv_bn(c_in, c_out, 1, stride) if c_in != c_out and not padded else None
        self.second = conv_bn(c_out, c_out, 3)
        self.more = (c_out - c_in) // 2
        self.stride = stride

    def forward(self, x):
        y = F.relu(self.first(x))
        if self.more and self.shortcut is None:
            x = F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, self.more, self.more))
        elif self.shortcut is not None:
            x = self.shortcut(x)
        return F.relu(self.second(y) + x)


class ResNet(nn.Module):
    def __init__(self, widths, blocks, classes, imagenet=False, padded=False):
        super().__init__()
        self.imagenet = imagenet
        self.stem = conv_bn(3, widths[0], 7, 2) if imagenet else conv_bn(3, widths[0], 3)
        layers, c_in = [], widths[0]
        for k, width in enumerate(widths):
            for b in range(blocks):
                layers.append(BasicBlock(c_in, width, 2 if k and not b else 1, padded))
                c_in = width
        self.blocks = nn.Sequential(*layers)
        self.linear = nn.Linear(c_in, classes)

    def forward(self, x):
        x = F.relu(self.stem(x))
        x = F.max_pool2d(x, 3, 2, 1) if self.imagenet else x
        return classified(self.blocks(x), self.linear)


class WideBlock(nn.Module):
    def __init__(self, c_in, c_out, stride):
        super().__init__()
        self.norm1 = nn.BatchNorm2d(c_in)
        self.conv1 = nn.Conv2d(c_in, c_out, 3, stride, 1, bias=False)
        self.shortcut = nn.Conv2d(c_in, c_out, 1, stride, bias=False) if c_in != c_out else None
        self.norm2 = nn.BatchNorm2d(c_out)
        self.conv2 = nn.Conv2d(c_out, c_out, 3, 1, 1, bias=False)

    def forward(self, x):
        y = F.relu(self.norm1(x))
        z = self.conv1(y)
        if self.shortcut is not None:
            x = self.shortcut(y)
        return self.conv2(F.relu(self.norm2(z))) + x


class WideResNet(nn.Module):
    def __init__(self, depth, factor, classes):
        super().__init__()
        self.stem = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        layers, c_in = [], 16
        for k in range(3):
            for b in range((depth - 4) // 6):
                layers.append(WideBlock(c_in, 16 * factor * 2**k, 2 if k and not b else 1))
                c_in = 16 * factor * 2**k
        self.blocks = nn.Sequential(*layers)
        self.norm = nn.BatchNorm2d(c_in)
        self.linear = nn.Linear(c_in, classes)

    def forward(self, x):
        return classified(F.relu(self.norm(self.blocks(self.stem(x)))), self.linear)


class VGG(nn.Module):
    def __init__(self, plan, classes):
        super().__init__()
        layers, c_in = [], 3
        for width in plan:
            if width == "M":
                layers.append(nn.MaxPool2d(2, 2, ceil_mode=True))
            else:
                layers += [*conv_bn(c_in, width, 3), nn.ReLU()]
                c_in = width
        self.features = nn.Sequential(*layers)
        self.linear = nn.Linear(c_in, classes)

    def forward(self, x):
        return classified(self.features(x), self.linear)


relu6 = nn.ReLU6()


class Inverted(nn.Module):
    def __init__(self, c_in, c_out, stride, expansion):
        super().__init__()
        wide = c_in * expansion
        self.widen = conv_bn(c_in, wide, 1) if expansion > 1 else None
        self.depthwise = conv_bn(wide, wide, 3, stride, groups=wide)
        self.narrow = conv_bn(wide, c_out, 1)
        self.keeps = stride == 1 and c_in == c_out

    def forward(self, x):
        y = x if self.widen is None else relu6(self.widen(x))
        y = self.narrow(relu6(self.depthwise(y)))
        return y + x if self.keeps else y


class MobileNetV2(nn.Module):
    def __init__(self, classes, imagenet):
        super().__init__()
        self.stem = conv_bn(3, 32, 3, 2 if imagenet else 1)
        plan = ((1, 16, 1, 1), (6, 24, 2, 2 if imagenet else 1), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2))
        layers, c_in = [], 32
        for t, c, n, s in (*plan, (6, 320, 1, 1)):
            for b in range(n):
                layers.append(Inverted(c_in, c, 1 if b else s, t))
                c_in = c
        self.blocks = nn.Sequential(*layers)
        self.last = conv_bn(320, 1280, 1)
        self.linear = nn.Linear(1280, classes)

    def forward(self, x):
        return classified(relu6(self.last(self.blocks(relu6(self.stem(x))))), self.linear)


class ReluConvBN(nn.Sequential):
    def __init__(self, c_in, c_out, kernel, stride=1):
        super().__init__(nn.ReLU(), *conv_bn(c_in, c_out, kernel, stride))


class NB201Reduction(nn.Module):
    def __init__(self, c_in):
        super().__init__()
        self.a, self.b = ReluConvBN(c_in, 2 * c_in, 3, 2), ReluConvBN(2 * c_in, 2 * c_in, 3)
        self.pool, self.project = nn.AvgPool2d(2, ceil_mode=True), nn.Conv2d(c_in, 2 * c_in, 1, bias=False)

    def forward(self, x):
        return self.project(self.pool(x)) + self.b(self.a(x))


class NB201Cell(nn.Module):
    def __init__(self, c, text):
        super().__init__()
        self.nodes = [[part.split("~") for part in node.split("|") if part] for node in text.split("+")]
        made = {"nor_conv_3x3": lambda: ReluConvBN(c, c, 3), "nor_conv_1x1": lambda: ReluConvBN(c, c, 1)}
        self.ops = nn.ModuleList([made[op]() if op in made else nn.Identity() for node in self.nodes for op, _ in node])

    def forward(self, x):
        values, ops = [x], iter(self.ops)
        for node in self.nodes:
            entering = [(op, values[int(source)], name) for (name, source), op in zip(node, ops, strict=False)]
            terms = [op(value) for op, value, name in entering if name != "none"]
            values.append(sum(terms[1:], terms[0]))
        return values[-1]


class NB201(nn.Module):
    def __init__(self, text, classes):
        super().__init__()
        self.stem = conv_bn(3, 16, 3)
        layers = []
        for k, c in enumerate((16, 32, 64)):
            layers += [NB201Cell(c, text) for _ in range(5)] + ([NB201Reduction(c)] if k < 2 else [])
        self.cells = nn.Sequential(*layers)
        self.norm, self.linear = nn.BatchNorm2d(64), nn.Linear(64, classes)

    def forward(self, x):
        return classified(F.relu(self.norm(self.cells(self.stem(x)))), self.linear)


BEST = "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_1x1~2|"
RESIDUAL = "|nor_conv_3x3~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|skip_connect~2|"
PLAN16 = [64, 64, "M", 128, 128, "M", 256, 256, 256, "M", 512, 512, 512, "M", 512, 512, 512, "M"]
BIG = ((3, 224, 224), 1000)

PAIRS = {
    "ResNet-20": (known.resnet20, lambda: ResNet((16, 32, 64), 3, 10), 272_474),
    "ResNet-20, padding": (
        lambda: known.resnet20(shortcut="padding"),
        lambda: ResNet((16, 32, 64), 3, 10, padded=True),
        269_722,
    ),
    "ResNet-18": (known.resnet18, lambda: ResNet((64, 128, 256, 512), 2, 10), 11_173_962),
    "ResNet-18, ImageNet": (
        lambda: known.resnet18(*BIG, imagenet=True),
        lambda: ResNet((64, 128, 256, 512), 2, 1000, imagenet=True),
        11_689_512,
    ),
    "WRN-16-4": (known.wide_resnet, lambda: WideResNet(16, 4, 10), 2_748_890),
    "VGG-16": (known.vgg, lambda: VGG(PLAN16, 10), 14_728_266 - 4_224),
    "MobileNetV2": (known.mobilenet_v2, lambda: MobileNetV2(10, False), 2_236_682),
    "MobileNetV2, ImageNet": (lambda: known.mobilenet_v2(*BIG, imagenet=True), lambda: MobileNetV2(1000, True), 3_504_872),
    "NAS-Bench-201, best cell": (known.nb201_best, lambda: NB201(BEST, 10), 1_073_466),
    "NAS-Bench-201, residual cell": (known.nb201_resnet, lambda: NB201(RESIDUAL, 10), 559_386),
}
QUICK = ("ResNet-20", "ResNet-20, padding")


def with_the_same_weights(arch, make):
    """Our network with random weights and statistics, and the one written by hand with copies of them, in their order."""
    ours, hand = arch.to_torch(seed=0).eval(), make().eval()
    torch.manual_seed(1)
    for module in ours.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, 0, 0.1)
    mine, theirs = list(ours.state_dict().values()), hand.state_dict()
    assert [v.shape for v in mine] == [v.shape for v in theirs.values()]
    hand.load_state_dict(dict(zip(theirs, mine, strict=True)))
    return ours, hand


def operations(net, x):
    """The exported operations, each with the operations and weights that it reads, in an order that independent ones share."""
    program = torch.export.export(net, (x,))
    number = {name: str(k) for k, name in enumerate(net.state_dict())}
    read = {**program.graph_signature.inputs_to_parameters, **program.graph_signature.inputs_to_buffers}
    said = {}

    def text(value):
        if isinstance(value, torch.fx.Node):
            return said[value]
        return f"[{' '.join(map(text, value))}]" if isinstance(value, list | tuple) else str(value)

    for node in program.graph.nodes:
        if node.op == "placeholder":
            said[node] = f"weight {number[read[node.name]]}" if node.name in read else "x"
        elif node.op == "call_function":
            operands = [*map(text, node.args), *(f"{key}={text(value)}" for key, value in node.kwargs.items())]
            operands = sorted(operands) if node.target is torch.ops.aten.add.Tensor else operands
            known = f"{node.target} {hashlib.sha256(' '.join(operands).encode()).hexdigest()}"
            said[node] = known
    return sorted(said[node] for node in program.graph.nodes if node.op == "call_function")


@pytest.mark.parametrize("name", [n if n in QUICK else pytest.param(n, marks=pytest.mark.slow) for n in PAIRS])
def test_equal_to_a_network_written_by_hand(name):
    make, by_hand, parameters = PAIRS[name]
    arch = make()
    ours, hand = with_the_same_weights(arch, by_hand)
    x = torch.randn(2, 3, 64, 64) if arch.space.input_shape == (3, 224, 224) else torch.randn(2, *arch.space.input_shape)
    with torch.no_grad():
        y = ours(x)
        assert torch.allclose(y, hand(x), rtol=1e-5, atol=1e-5)
    assert y.std() > 0
    assert operations(ours, x) == operations(hand, x)
    assert sum(p.numel() for p in ours.parameters()) == parameters


@pytest.mark.parametrize("name", PAIRS)
def test_published_numbers_of_parameters(name):
    make, _, parameters = PAIRS[name]
    assert make().cost().parameters == parameters


def test_other_sizes():
    assert known.wide_resnet(depth=28, factor=10).cost().parameters == 36_479_194
    assert known.vgg(depth=11).cost().parameters == 9_231_114 - 2_752
    assert known.vgg(depth=19).cost().parameters == 20_040_522 - 5_504


def test_they_say_where_they_are_from_and_come_back_from_their_text():
    assert {name for name in PAIRS if "," not in name} <= set(KNOWN)
    for name, make in KNOWN.items():
        arch = make()
        assert re.search(r"20[12]\d", arch.space.source), name
        assert arch in arch.space
        assert arch.space.parse(str(arch)) == arch
        assert "digraph" in arch.graph().to_dot(folded=True)


def test_blocks_are_named_by_the_grammar():
    arch = known.resnet20()
    assert [e.label for e in arch.graph(fold=1).edges][3:6] == ["STAGE1: Linear", "STAGE2: Linear", "STAGE3: Linear"]
    assert arch.derivation.labels[arch.term.index((3, 0))] == ("FIRST1",)


def test_best_cell_is_the_best_of_the_published_table():
    assert nb201_string(known.nb201_best()) == BEST
    assert known.nb201_best() in nb201()


def test_smaller_images_and_more_classes():
    for make in (known.resnet20, known.resnet18, known.wide_resnet, known.vgg, known.mobilenet_v2, known.nb201_best):
        assert make((1, 16, 16), 7).output_shape() == (7,)
        assert make((3, 28, 28), 7).output_shape() == (7,)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: known.resnet20(shortcut="none"), "a shortcut of ResNet-20 is projection or padding, found 'none'"),
        (
            lambda: known.wide_resnet(depth=17),
            "the depth of a wide residual network is 6 n \\+ 4, 10, 16, 22 … 9,994, found 17",
        ),
        (lambda: known.wide_resnet(factor=0), "the factor of a wide residual network is a whole number, 1 or more, found 0"),
        (
            lambda: known.wide_resnet(factor=1.5),
            "the factor of a wide residual network is a whole number, 1 or more, found 1.5",
        ),
        (
            lambda: known.wide_resnet(depth="16"),
            "the depth of a wide residual network is 6 n \\+ 4, 10, 16, 22 … 9,994, found '16'",
        ),
        (lambda: known.vgg(depth=[]), r"VGG has 11, 13, 16 or 19 layers, found \[\]"),
        (lambda: known.resnet20(shortcut=[]), r"a shortcut of ResNet-20 is projection or padding, found \[\]"),
        (lambda: known.vgg(depth=12), "VGG has 11, 13, 16 or 19 layers, found 12"),
    ],
)
def test_sentences(call, words):
    with pytest.raises(NasvizError, match=words):
        call()


@pytest.mark.slow
def test_table():
    table = nv.known.table()
    assert list(table.index) == list(KNOWN)
    assert table.parameters["ResNet-20"] == 272_474
    assert table.function["ResNet-20"] == "nv.known.resnet20()"


def test_completion_offers_what_is_public():
    module = import_module("nasviz.spaces.known")
    assert dir(module) == sorted(module.__all__)
