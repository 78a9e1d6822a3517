"""Stages of mobile networks: MobileNetV3 and EfficientNet (Tan & Le 2019), layer by layer or factorised as in MnasNet."""

from __future__ import annotations

from itertools import product

from nasviz.graph import ID
from nasviz.spaces.space import SearchSpace, Shape

STAGES: tuple[tuple[int, int], ...] = ((24, 1), (40, 2), (80, 2), (112, 1), (160, 2))
"""Channels of each stage and the stride of its first layer: those of MobileNetV3, the first stage at full resolution."""

KERNELS = (3, 5, 7)
EXPANSIONS = (3, 4, 6)
DEPTHS = (2, 3, 4)

NET = """\
start NET
NET    ::= Linear(conv2d(16, 3, 1), batch, swish, FIRST, STAGE1, STAGE2, STAGE3, STAGE4, STAGE5, LAST, fc)
FIRST  ::= Linear(depthwise(3, 1), batch, swish, conv2d(16, 1, 1), batch)
LAST   ::= Linear(conv2d(960, 1, 1), batch, swish)
"""

SOURCE = (
    "Tan & Le 2019, EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks; "
    "stages and choices of Cai et al. 2020, Once-for-All: Train One Network and Specialize it for Efficient Deployment"
)

FACTORISED_SOURCE = "Tan et al. 2019, MnasNet: Platform-Aware Neural Architecture Search for Mobile"

BIBTEX = """\
@inproceedings{tan2019efficientnet,
  title     = {{EfficientNet}: Rethinking Model Scaling for Convolutional Neural Networks},
  author    = {Tan, Mingxing and Le, Quoc V.},
  booktitle = {International Conference on Machine Learning},
  year      = {2019}
}
"""

FACTORISED_BIBTEX = """\
@inproceedings{tan2019mnasnet,
  title     = {{MnasNet}: Platform-Aware Neural Architecture Search for Mobile},
  author    = {Tan, Mingxing and Chen, Bo and Pang, Ruoming and Vasudevan, Vijay and Sandler, Mark
               and Howard, Andrew and Le, Quoc V.},
  booktitle = {IEEE/CVF Conference on Computer Vision and Pattern Recognition},
  year      = {2019}
}
"""


def mobilenet(input_shape: Shape = (3, 32, 32), num_classes: int = 10) -> SearchSpace:
    """Return five stages of inverted residuals with squeeze-and-excitation; each layer has its own kernel and expansion.

    A stage has two to four layers, a layer one of three kernels (3, 5, 7) and widens its input three, four or six times:
    ((3 · 3)² + (3 · 3)³ + (3 · 3)⁴)⁵ = 2.2 · 10¹⁹ terms, each with one derivation, the size that Cai et al. 2020 publish.

    Parameters
    ----------
    input_shape, num_classes
        The task; the term is the whole network, there is no stem before it.

    Examples
    --------
    >>> mobilenet().count() == (9**2 + 9**3 + 9**4) ** 5
    True
    """
    rules = ["WIDE   ::= widen(3) | widen(4) | widen(6)\n", "KERNEL ::= 3 | 5 | 7\n"]
    for k, (channels, stride) in enumerate(STAGES, start=1):
        stages = (f"Linear({', '.join([f'DOWN{k}'] + [f'SAME{k}'] * (depth - 1))})" for depth in DEPTHS)
        rules.append(f"STAGE{k} ::= {' | '.join(stages)}\n" + _layers(str(k), "WIDE", "KERNEL", channels, stride))
    title = "# Stages of mobile networks (Tan & Le 2019): kernel and expansion are drawn for each layer.\n"
    return SearchSpace(
        title + NET + "".join(rules),
        (),
        input_shape,
        num_classes,
        stem=ID,
        name="MobileNet stages",
        source=SOURCE,
        bibtex=BIBTEX,
    )


def mobilenet_factorised(input_shape: Shape = (3, 32, 32), num_classes: int = 10) -> SearchSpace:
    """Return the same stages, factorised: all layers of a stage have one kernel and one expansion (Tan et al. 2019).

    (3 · 3 · 3)⁵ = 14,348,907 terms, each with one derivation: few enough to list, and every stage still its own.

    Parameters
    ----------
    input_shape, num_classes
        The task; the term is the whole network, there is no stem before it.

    Examples
    --------
    >>> mobilenet_factorised().count() == 27**5
    True
    """
    rules: list[str] = []
    for k, (channels, stride) in enumerate(STAGES, start=1):
        kinds = [(f"{k}_K{kernel}_E{wide}", wide, kernel) for kernel, wide in product(KERNELS, EXPANSIONS)]
        rules.append(f"STAGE{k} ::= {' | '.join(f'LAYERS{kind}' for kind, _, _ in kinds)}\n")
        for kind, wide, kernel in kinds:
            stages = (f"Linear({', '.join([f'DOWN{kind}'] + [f'SAME{kind}'] * (depth - 1))})" for depth in DEPTHS)
            rules.append(
                f"LAYERS{kind} ::= {' | '.join(stages)}\n" + _layers(kind, f"widen({wide})", str(kernel), channels, stride)
            )
    title = "# Stages of mobile networks, factorised (Tan et al. 2019): one kernel and one expansion for each stage.\n"
    return SearchSpace(
        title + NET + "".join(rules),
        (),
        input_shape,
        num_classes,
        stem=ID,
        name="MobileNet stages, factorised",
        source=FACTORISED_SOURCE,
        bibtex=FACTORISED_BIBTEX,
    )


def _layers(name: str, wide: str, kernel: str, channels: int, stride: int) -> str:
    """The rules of the first layer of a stage and of those that follow, which have a shortcut."""
    narrow = f"batch, swish, squeeze_excite(4), conv2d({channels}, 1, 1), batch"
    return (
        f"DOWN{name} ::= Linear({wide}, batch, swish, depthwise({kernel}, {stride}), {narrow})\n"
        f"SAME{name} ::= Residual2(Linear({wide}, batch, swish), id, Linear(depthwise({kernel}, 1), {narrow}))\n"
    )
