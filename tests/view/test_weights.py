"""What a kernel looks at, in bars and in words."""

from __future__ import annotations

import gpytorch
import pytest
import torch

from nasviz import numbers
from nasviz.records import KernelPart, KernelWeights
from nasviz.view.weights import WeightsInfo, compares, weights_figure, weights_info

TRACES = ["share of the prior variance", "share within the product", "noise"]
LEVELS = KernelWeights(
    (
        KernelPart("level 0", 0.1, "graph", level=0, h=1, similarity=1.0),
        KernelPart("level 2", 0.6, "graph", level=2, h=2, similarity=0.5),
        KernelPart("full graph", 0.3, "graph", h=0, similarity=0.25),
    ),
    outputscale=2.0,
    noise=0.1,
    n=20,
    evidence=-12.345,
    left_out=("level 3", "level 4"),
)
NAME = "(level 0 + level 1 + full graph) × parameters"
PRODUCT = KernelWeights(
    (
        KernelPart(NAME, 0.75, "product", similarity=0.4),
        KernelPart("level 0", 0.5, "graph", NAME, level=0, h=1),
        KernelPart("parameters", 1.0, "number", NAME, lengthscale=0.5, rule="log matern"),
        KernelPart("parameters", 0.25, "number", lengthscale=1.5, rule="rbf"),
    ),
    outputscale=1.0,
    noise=0.5,
    n=1,
    evidence=-1.0,
)


def plain(text: str) -> str:
    return text.replace(numbers.GAP, " ")


def test_each_level_says_what_it_compares() -> None:
    words = weights_info(LEVELS).words
    assert "fold 0: the outermost production, its subterms by their<br>names" in words[0]
    assert "with what is directly before and after it" in words[0].replace("<br>", " ")
    assert "mean similarity of two trials 1.00: it tells nothing apart" in words[0]
    assert plain(words[1]).startswith("level 2: 60 % of the prior variance<br>fold 2: the term cut below nesting level 2")
    assert "up to 2 steps before and after it" in words[1].replace("<br>", " ")
    assert "full graph: every operation of the network, nothing folded; counts which operations" in words[2].replace(
        "<br>", " "
    )


def test_what_was_learned_is_told_with_its_meaning() -> None:
    level, numbers_ = weights_info(LEVELS).words[2], [weights_info(PRODUCT).words[k] for k in (2, 3)]
    assert "<br>h = 0 iterations of Weisfeiler-Lehman<br>mean similarity of two trials 0.25" in level
    assert all("iterations" not in words for words in numbers_)
    assert plain(numbers_[0]).startswith("parameters: 100 % of the factor<br>")
    assert "<br>0.500 standard deviations apart, similarity is 0.52" in numbers_[0]
    assert "<br>1.50 standard deviations apart, similarity is 0.61" in numbers_[1]


@pytest.mark.parametrize("rule", ["matern", "rbf"])
def test_the_similarity_one_length_scale_apart(rule: str) -> None:
    kernel = gpytorch.kernels.RBFKernel() if rule == "rbf" else gpytorch.kernels.MaternKernel(nu=2.5)
    kernel.lengthscale = 0.7
    at = torch.tensor([[0.0], [0.7]])
    part = KernelPart("parameters", 1.0, "number", lengthscale=0.7, rule=rule)
    said = weights_info(KernelWeights((part,), 1.0, 0.1, 9, -1.0)).words[0]
    assert f"similarity is {kernel(at).to_dense()[0, 1].item():.2f}" in said


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (KernelPart("productions", 1.0, "productions"), "how often each production of the grammar is used; it knows no graph"),
        (KernelPart("depth", 1.0, "number", rule="rbf"), "depth: near numbers, like values"),
        (KernelPart("flops", 1.0, "number", rule="log rbf"), "the logarithm of flops: near numbers, like values"),
        (KernelPart("a × b", 1.0, "product"), "like only where all its factors say so"),
        (KernelPart("Mine", 1.0), "a kernel of your own"),
    ],
)
def test_other_parts_say_so_too(part: KernelPart, words: str) -> None:
    assert compares(part) == words


def test_beside_each_bar_stands_in_brief_what_it_compares() -> None:
    assert weights_info(LEVELS).brief == ("the outermost", "cut below level 2", "every operation")
    assert weights_info(PRODUCT).brief == ("all factors alike", "the outermost", "near numbers", "near numbers")


def test_the_summary_names_the_heaviest_part_noise_and_evidence() -> None:
    assert plain(weights_info(LEVELS).summary) == (
        "60 % on level 2 · noise 5.0 % of the prior variance · log evidence −12.3 nats for 20 values"
    )
    assert plain(weights_info(PRODUCT).summary).startswith("75 % on (levels 0–1 + full graph) × parameters · noise 50 %")
    assert weights_info(PRODUCT).summary.endswith("for 1 value")
    assert WeightsInfo().summary == "no prediction yet"


def test_what_was_left_out_is_said() -> None:
    info = weights_info(LEVELS)
    assert info.left_out == "left out, since they tell nothing beside the others: levels 3–4"
    assert info.left_out in weights_figure(info).layout.xaxis.title.text
    assert weights_figure(weights_info(PRODUCT)).layout.xaxis.title.text == "share of the prior variance"


@pytest.mark.parametrize("info", [WeightsInfo(), weights_info(LEVELS), weights_info(PRODUCT)])
@pytest.mark.parametrize("dark", [False, True])
def test_the_figure_has_always_the_same_traces(info: WeightsInfo, dark: bool) -> None:
    fig = weights_figure(info, dark=dark)
    assert [trace.name for trace in fig.data] == TRACES
    assert sum(len(trace.x) for trace in fig.data[:2]) == len(info.names)
    assert "</html>" in fig.to_html(include_plotlyjs=False)


def test_rows_stand_in_the_order_of_the_kernel_and_names_are_told_apart() -> None:
    fig = weights_figure(weights_info(PRODUCT))
    rows = list(fig.layout.yaxis.categoryarray)[::-1]
    assert rows == ["(levels 0–1 + full graph) × parameters", "· level 0", "· parameters", "parameters", "noise"]
    assert list(fig.layout.yaxis.tickvals) == rows
    assert fig.layout.yaxis.ticktext[0] == "(levels 0–1 + full<br>graph) × parameters <br><sup>all factors alike</sup> "
    assert list(fig.data[0].x) == [0.75, 0.25]
    assert list(fig.data[1].y) == rows[1:3]
    assert plain(fig.data[1].text[1]) == "100 % · length scale 0.50 sd"
    assert list(fig.data[0].marker.pattern.shape) == ["x", "/"]
    assert fig.data[2].x == (0.5,)
    assert list(fig.layout.xaxis.tickvals) == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1]), "no share above the largest"


def test_empty() -> None:
    assert weights_figure(WeightsInfo()).layout.annotations[0].text == "The kernel is fitted once a trial has a value"
