import math

from nasviz.records import Curve
from nasviz.view.training import training_figure, training_info


def rows(*metrics):
    return [Curve(step=10 * (i + 1), epoch=i + 1.0, metrics=m) for i, m in enumerate(metrics)]


def test_loss_and_accuracy_by_part():
    info = training_info({"a": rows({"train_loss": 2.0}, {"train_loss": 1.0, "val_error": 0.25, "lr": 0.1})})
    assert [(s.part, s.quantity, s.epochs, s.values) for s in info.series] == [
        ("train", "loss", (1.0, 2.0), (2.0, 1.0)),
        ("validation", "accuracy", (2.0,), (0.75,)),
    ]
    assert info.last("a", "validation", "accuracy") == 0.75
    assert info.last("a", "validation", "loss") is None


def test_error_and_accuracy_of_one_row_are_one_point():
    info = training_info({"a": rows({"val_error": 0.25, "val_accuracy": 0.75, "val_acc": 0.75})})
    assert [s.values for s in info.series] == [(0.75,)]


def test_several_trainings_differ_by_hue_mark_and_name():
    curves = rows({"train_loss": 1.0, "val_loss": 1.1, "val_error": 0.5})
    fig = training_figure(training_info({"a": curves, "b <i>": curves}))
    train, validation, accuracy, other = fig.data[2:6]
    assert (train.name, other.name) == ("a", "b &lt;i&gt;")
    assert train.line.color != other.line.color
    assert train.marker.symbol != other.marker.symbol
    assert (train.line.dash, validation.line.dash) == ("dot", "solid")
    assert [t.showlegend for t in (train, validation, accuracy)] == [False, True, False]
    assert "<i>" not in other.hovertemplate


def test_one_training_is_named_by_part():
    fig = training_figure(training_info({"a": rows({"train_loss": 1.0}, {"val_error": 0.5})}), epochs=20)
    assert [t.name for t in fig.data] == ["", "", "train", "validation"]
    assert [t.showlegend for t in fig.data] == [False, False, True, True]
    assert fig.layout.xaxis.range[1] >= 20


def test_empty_says_what_will_come():
    fig = training_figure(training_info({"a": []}))
    assert fig.layout.annotations[0].text == "Curves appear with the first epoch"
    low, high = fig.layout.xaxis.domain
    assert fig.layout.annotations[0].x == (low + high) / 2
    assert fig.layout.annotations[0].xanchor == "center"


def test_both_panels_are_there_before_any_curve():
    fig = training_figure(training_info({}))
    assert [(trace.xaxis, trace.yaxis) for trace in fig.data] == [("x", "y"), ("x2", "y2")]
    assert [fig.layout.yaxis.title.text, fig.layout.yaxis2.title.text] == ["loss", "accuracy"]


def test_a_loss_that_is_no_number_is_a_gap():
    fig = training_figure(training_info({"a": rows({"train_loss": 1.0}, {"train_loss": math.nan})}))
    assert '"y":[1.0,null]' in fig.to_json()
