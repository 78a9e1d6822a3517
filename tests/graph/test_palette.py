"""The colours: eight that differ, tints that carry dark text."""

from nasviz.graph.palette import HUES, INK, hue, mark


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a, b):
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def test_text_on_every_tint_has_contrast():
    assert min(contrast(INK, h.tint) for h in HUES) >= 9


def test_the_cycle_has_eight_and_a_second_sign():
    assert len({h.strong for h in HUES}) == len({h.tint for h in HUES}) == 8
    assert hue(9) == HUES[1]
    assert mark(7) != mark(8) != mark(16)
