"""Losses in scikit-learn's words: the same values and gradients but for factors."""

import numpy as np
import pytest

import schuss
from schuss import reference

pytest.importorskip("sklearn.base")
losses = pytest.importorskip("sklearn.neural_network._base")
objectives = pytest.importorskip("schuss.sklearn.objectives")


def both(objective, outputs, targets):
    """scikit-learn's loss and gradient from those of the reference."""
    loss = objective.loss
    value, gradient = reference.LOSSES[loss.name](outputs, targets, *loss.settings)
    value = objective.value * value + objective.constant(targets, None)
    return value, objective.gradient * gradient


@pytest.mark.parametrize("columns", [1, 3])
@pytest.mark.parametrize(
    ("name", "theirs", "mean"),
    [
        ("squared_error", "squared_loss", lambda s: s),
        ("poisson", "poisson_loss", np.exp),
    ],
)
def test_losses_of_numbers(name, theirs, mean, columns, rng):
    if not hasattr(losses, theirs):
        pytest.skip("scikit-learn has it since 1.7")
    outputs = rng.normal(size=(5, columns))
    targets = rng.integers(0, 4, outputs.shape).astype(float)
    objective = objectives.regression(name, columns)
    value, gradient = both(objective, outputs, targets)
    # Chains of a few operations on numbers up to e^3.
    expected = getattr(losses, theirs)(targets, mean(outputs))
    np.testing.assert_allclose(value, expected, rtol=1e-14)
    np.testing.assert_allclose(gradient, (mean(outputs) - targets) / 5, atol=1e-14)


def test_events_are_added_up(rng):
    outputs = rng.normal(size=(5, 3))
    targets = rng.integers(0, 2, outputs.shape).astype(float)
    objective = objectives.classification("log_loss", 3, True, 0.0)
    value, gradient = both(objective, outputs, targets)
    p = reference.sigmoid(outputs)
    np.testing.assert_allclose(value, losses.binary_log_loss(targets, p), rtol=1e-14)
    np.testing.assert_allclose(gradient, (p - targets) / 5, atol=1e-15)
    assert objective.out_activation == "logistic"


def test_one_output_tells_two_classes_apart_and_softmax_more():
    two = objectives.classification("log_loss", 2, False, 0.0)
    assert (two.loss.name, two.outputs) == ("binary_cross_entropy", 1)
    three = objectives.classification("log_loss", 3, False, 0.1)
    assert three.loss == schuss.SoftmaxCrossEntropy(0.1)
    assert (three.outputs, three.of_labels) == (3, True)
    hinge = objectives.classification("hinge", 2, False, 0.0)
    assert (hinge.outputs, hinge.out_activation) == (2, "identity")


def test_a_constant_goes_by_weights():
    objective = objectives.regression("poisson", 1)
    t = np.array([0.0, np.e])
    assert objective.constant(t, None) == 0
    assert objective.constant(np.array([0.0, 1.0]), np.array([1.0, 3.0])) == -0.75
    assert objectives.regression(schuss.Poisson(), 1).constant(t + 1, None) == 0


def test_quantiles_have_an_output_each():
    objective = objectives.regression(schuss.Pinball([0.1, 0.5, 0.9]), 1)
    assert objective.outputs == 3
    assert objectives.regression("absolute_error", 2).outputs == 2


@pytest.mark.parametrize(
    ("given", "classes", "multilabel", "smoothing", "sentence"),
    [
        ("hinge", 3, False, 0.1, "smooth labels go with"),
        ("hinge", 3, True, 0.0, "y has several labels per row and loss is 'hinge'"),
        (schuss.BinaryCrossEntropy(), 3, False, 0.0, "y has 3 classes and loss is"),
    ],
)
def test_what_does_not_go_together(given, classes, multilabel, smoothing, sentence):
    with pytest.raises(ValueError, match=sentence):
        objectives.classification(given, classes, multilabel, smoothing)
