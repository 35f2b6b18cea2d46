"""One pass per kind of prediction, whatever the number of metrics."""

import numpy as np
import pytest

import schuss
from schuss import evaluation
from schuss.examples import Examples
from schuss.losses import SoftmaxCrossEntropy
from schuss.metrics import METRICS, Metric

LOSS = SoftmaxCrossEntropy()
EXAMPLES = Examples("", np.zeros((4, 3)), np.array([1, 0, 1, 1]))


class Fake:
    def __init__(self):
        self.asked = []

    def evaluate(self, X, targets, weights):
        return 0.25, 2

    def predict(self, X, wanted):
        self.asked.append(wanted)
        table = np.array([[0.0, 1.0], [0.5, 0.5], [1.0, 0.0], [0.0, 1.0]])
        return table.argmax(axis=1) if wanted == 2 else table


def test_predictions_are_asked_for_once_and_only_if_wanted():
    network = Fake()
    values = evaluation.evaluate(network, EXAMPLES, LOSS, [METRICS["accuracy"]])
    assert values == {"loss": 0.25, "accuracy": 0.5} and network.asked == []
    names = ("f1", "log_loss", "roc_auc")
    values = evaluation.evaluate(network, EXAMPLES, LOSS, [METRICS[n] for n in names])
    assert list(values) == ["loss", "accuracy", *names]
    assert sorted(network.asked) == [1, 2]


def test_a_metric_of_ones_own_may_be_called_accuracy():
    own = Metric(lambda y, predicted: 7.0, "accuracy")
    assert evaluation.evaluate(Fake(), EXAMPLES, LOSS, [own]) == {
        "loss": 0.25,
        "accuracy": 7.0,
    }


@pytest.mark.parametrize("engine", ["native", "reference"])
def test_metrics_get_what_predict_returns(engine, dtype):
    X, y = schuss.datasets.make_blobs(60, seed=0)
    model = schuss.Model([schuss.Dense(3)], engine=engine, dtype=dtype).build(2)
    seen = []

    def look(y, predicted):
        seen.append((y, predicted))
        return 1

    metrics = [look, "log_loss", Metric(look, "p", takes="probabilities")]
    values = model.evaluate(X, y, metrics=metrics)
    assert list(values) == ["loss", "accuracy", "look", "log_loss", "p"]
    np.testing.assert_array_equal(seen[0][0], y)
    np.testing.assert_array_equal(seen[0][1], model.predict(X))
    np.testing.assert_array_equal(seen[1][1], model.predict_proba(X))
    expected = schuss.metrics.log_loss(y, model.predict_proba(X))
    assert values["log_loss"] == expected


@pytest.mark.parametrize("outputs", [1, 2])
def test_numbers_of_one_output_have_one_dimension(outputs, rng):
    X, y = rng.normal(size=(9, 2)), rng.normal(size=(9, outputs))
    model = schuss.Model([schuss.Dense(outputs)], loss="mean_squared_error").build(2)
    names = ["mean_squared_error", "r2"]
    values = model.evaluate(X, y, metrics=names)
    truth = y[:, 0] if outputs == 1 else y
    for name in names:
        metric = getattr(schuss.metrics, name)
        assert values[name] == metric(truth, model.predict(X))
