"""Formulas of activations and losses: all have some, and a pencil finds the numbers."""

import dataclasses

import numpy as np
import pytest
from pencil import follow
from problems import needed_settings

import schuss
from schuss import reference
from schuss.formulas import ACTIVATIONS, LOSSES


def test_everything_has_its_formulas():
    assert ACTIVATIONS.keys() == reference.ACTIVATIONS.keys()
    assert LOSSES.keys() == reference.LOSSES.keys()


def model_of(engine, *layers, **options):
    options = {"dtype": "float64", "seed": 1} | options
    return schuss.Model(layers, engine=engine, **options).build(2)


@pytest.mark.parametrize("engine", ["native", "reference"])
@pytest.mark.parametrize("name", reference.ACTIVATIONS)
def test_activations_follow_theirs(engine, name):
    """At sums on both sides of every kink, in the first layer and behind others."""
    weights = [[1.0, -1.0, 0.5, 4.0, -4.0, 0.0], [0.5] * 6]
    layers = [schuss.Dense(6, name, weights=weights), schuss.Dense(3, name)]
    model = model_of(engine, *layers, schuss.Dense(2, name))
    assert follow(model.explain_step([1.0, -0.25], 0)) > 25


LABELS = ("softmax_cross_entropy", "perceptron", "hinge")
CASES = {
    **{name: (name, 1) for name in LABELS},
    "rightly classified": ("perceptron", 0),
    "distribution": ("softmax_cross_entropy", [0.25, 0.75]),
    "smoothed": (schuss.SoftmaxCrossEntropy(label_smoothing=0.25), 1),
    "both": (schuss.SoftmaxCrossEntropy(label_smoothing=0.25), [0.25, 0.75]),
    "weighed": (schuss.SoftmaxCrossEntropy(class_weight="balanced"), 1),
    "mean_squared_error": ("mean_squared_error", [3.0, -2.0]),
    "mean_absolute_error": ("mean_absolute_error", [3.0, -2.0]),
    "huber": (schuss.Huber(0.5), [0.5, -2.0]),
    "pinball": (schuss.Pinball([0.1, 0.9]), [3.0]),
    "binary_cross_entropy": ("binary_cross_entropy", [1.0, 0.25]),
    "poisson": ("poisson", [3.0, 0.0]),
}


def test_there_is_a_case_for_every_loss():
    """Settings that a loss needs are those of its case, too."""
    layer = schuss.Dense(2)
    losses = [model_of("native", layer, loss=name).loss for name, _ in CASES.values()]
    assert {loss.name for loss in losses} == reference.LOSSES.keys()
    for loss in losses:
        assert bool(needed_settings(loss.name, 2)) <= bool(loss.settings)


@pytest.mark.parametrize("engine", ["native", "reference"])
@pytest.mark.parametrize("case", CASES)
def test_losses_follow_theirs(engine, case):
    loss, y = CASES[case]
    layers = schuss.Dense(3, "tanh"), schuss.Dense(2)
    model = model_of(engine, schuss.Rescaling(0.5, -1), *layers, loss=loss)
    explained = model.explain_step([1.0, -2.0], y)
    assert follow(explained) > 15
    assert follow(explained, "reference") > 15
    gradient = model.gradients([[1.0, -2.0]], np.array([y]))[-1][1]
    # What the formulas say of the output is the slope that the engine has found.
    np.testing.assert_allclose(
        explained["delta^y"].value, explained[slope_of(explained)].value, atol=1e-15
    )
    np.testing.assert_array_equal(explained["delta^y"].value, gradient)


def slope_of(explained):
    return explained["delta^y"].formula


@pytest.mark.parametrize("name", ["h", "l", "dl/ds", "dh/du", "dl/dW^h", "new b^y"])
def test_a_wrong_number_is_found_out(name):
    layers = schuss.Dense(2, "gelu"), schuss.Dense(2)
    explained = model_of("native", *layers).explain_step([1.0, -2.0], 1)
    equations = tuple(
        each._replace(value=each.value * 1.001 + 0.001) if each.name == name else each
        for each in explained.equations
    )
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        follow(dataclasses.replace(explained, equations=equations))


def test_what_has_no_equations_is_refused():
    def loss(outputs, targets):
        error = outputs - targets
        return (error * error).sum(axis=1), 2 * error

    model = model_of("native", schuss.Dense(2), loss=loss)
    with pytest.raises(ValueError, match="whose equations nobody knows; explain a st"):
        model.explain_step([1.0, 2.0], [1.0, 2.0])
    masked = schuss.BinaryCrossEntropy(missing="mask")
    model = model_of("native", schuss.Dense(2), loss=masked)
    with pytest.raises(ValueError, match="y has missing numbers; give an example"):
        model.explain_step([1.0, 2.0], [1.0, np.nan])
    model = model_of("native", schuss.Dense(2), schuss.LayerNorm(), schuss.Dense(2))
    with pytest.raises(ValueError, match="for dense layers alone, and the model has"):
        model.explain_step([1.0, 2.0], 1)
