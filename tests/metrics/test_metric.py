"""Metrics as users name them."""

from functools import partial

import numpy as np
import pytest

from schuss import metrics
from schuss.losses import MeanSquaredError, SoftmaxCrossEntropy
from schuss.metrics.metric import METRICS, Metric, as_metric, as_metrics, check_targets

LABELS, NUMBERS = SoftmaxCrossEntropy(), MeanSquaredError()


def half(y, predicted):
    return 0.5


@pytest.mark.parametrize("name", METRICS)
def test_a_name_is_its_function(name):
    assert as_metric(name, 3) is METRICS[name]
    assert as_metric(getattr(metrics, name), 3) is METRICS[name]


def test_a_callable_is_known_by_its_name():
    metric = as_metric(half, 3)
    assert (metric.name, metric.takes, metric.better) == ("half", "prediction", None)
    assert metric(np.zeros(2), np.zeros(2)) == 0.5


def test_names_with_a_number():
    assert as_metric("top_3_accuracy", 9).function.keywords == {"k": 3}


def test_f1_of_two_classes_is_that_of_the_second():
    y, predicted = np.array([0, 0, 1]), np.array([0, 1, 1])
    assert as_metric("f1", 2)(y, predicted) == metrics.f1(y, predicted, "binary")
    assert as_metric("f1", 3)(y, predicted) == metrics.f1(y, predicted, "macro")


@pytest.mark.parametrize(
    ("given", "loss", "error", "sentence"),
    [
        ("f1", LABELS, TypeError, "metrics is 'f1'; give a list"),
        (3, LABELS, TypeError, "metrics is 3; give a list"),
        (
            ["recall"],
            LABELS,
            ValueError,
            "a metric is 'recall'; give one of \"accuracy\"",
        ),
        (["top_0_accuracy"], LABELS, ValueError, "a metric is 'top_0_accuracy'"),
        ([3], LABELS, TypeError, "a metric is 3; give a name or a callable"),
        (
            [lambda y, p: 0.0],
            LABELS,
            ValueError,
            "has no name; give schuss.metrics.Met",
        ),
        (
            [partial(half)],
            LABELS,
            ValueError,
            "has no name; give schuss.metrics.Metric",
        ),
        (
            ["r2"],
            LABELS,
            ValueError,
            "metric 'r2' is for numbers, and this model pred",
        ),
        (["f1"], NUMBERS, ValueError, "metric 'f1' is for classes, and this model"),
        (["roc_auc"], NUMBERS, ValueError, "metric 'roc_auc' is for classes"),
        ([half, half], LABELS, ValueError, "metric 'half' is given twice"),
        ([Metric(half, "loss")], LABELS, ValueError, 'metric "loss" has the name of'),
    ],
)
def test_what_is_no_metric_is_refused(given, loss, error, sentence):
    with pytest.raises(error, match=sentence):
        as_metrics(given, loss, 3)


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        (("f1",), TypeError, "function of a Metric is 'f1'; give a callable"),
        ((half, "h", "logits"), ValueError, "takes is 'logits'; give one of"),
        ((half, "h", "classes", "max"), ValueError, "better is 'max'; give one of"),
    ],
)
def test_what_describes_no_metric_is_refused(arguments, error, sentence):
    with pytest.raises(error, match=sentence):
        Metric(*arguments)


def test_what_returns_no_number_is_told_by_name():
    with pytest.raises(TypeError, match="metric 'odd' returned 'x'; return a number"):
        Metric(lambda y, p: "x", "odd")(np.zeros(1), np.zeros(1))


def test_distributions_are_no_labels():
    check_targets([METRICS["log_loss"]], np.eye(3), "y")
    check_targets([METRICS["f1"]], np.zeros(3), "y")
    with pytest.raises(ValueError, match=r"'f1' compares class labels, and y has shap"):
        check_targets([METRICS["f1"]], np.eye(3), "y")
