"""The colours: eight that differ, tints that carry dark text."""

import re

from nasviz.graph.palette import HUES, INK, classes, frame, ground, hue


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a, b):
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def test_text_on_every_tint_has_contrast():
    assert min(contrast(INK, h.tint) for h in HUES) >= 9


def test_eight_hues_then_patterns():
    assert len({h.strong for h in HUES}) == len({h.tint for h in HUES}) == 8
    assert hue(9) == HUES[1]
    looks = [(tuple(ground(k, "name").items()), tuple(frame(k).items()), classes(k)) for k in range(32)]
    for kind in zip(*looks, strict=True):
        assert len(set(kind)) == 32


def test_bands_are_narrow():
    shares = re.findall(r";([.\d]+)", ground(16, "S › T\nResidual2")["fillcolor"])
    assert [round(float(share) * (13 + 6.2 * len("Residual2"))) for share in shares] == [4, 4]
