"""Descriptions in plain data: the same objects come back, and nothing else gets in."""

import json
from dataclasses import fields

import numpy as np
import pytest

import schuss
from schuss.description import KINDS, describe, restore
from schuss.optimizers import Optimizer
from schuss.schedules import Decay, Schedule

DESCRIBED = [
    schuss.Dense(3, "relu", "he", learning_rate_factor=0.5),
    schuss.Rescaling(1 / 255, -0.5),
    schuss.Dropout(0.3),
    schuss.GaussianNoise(0.1),
    schuss.Activation("mish"),
    schuss.PReLU(),
    schuss.LayerNorm(1e-3),
    schuss.BatchNorm(0.7, 1e-4),
    schuss.Residual(
        [schuss.LayerNorm(), schuss.Residual([schuss.Dense(3)]), schuss.Dense(3)]
    ),
    schuss.SoftmaxCrossEntropy(0.1, "balanced"),
    schuss.SoftmaxCrossEntropy(class_weight={2: 0.5, 0: 2}),
    schuss.SoftmaxCrossEntropy(class_weight={"ant": 0.5, "01": 2}),
    schuss.SoftmaxCrossEntropy(class_weight=np.array([0.1, 2, 3])),
    schuss.Perceptron(),
    schuss.Hinge(),
    schuss.BinaryCrossEntropy(missing="mask"),
    schuss.MeanSquaredError(),
    schuss.MeanAbsoluteError(),
    schuss.Huber(0.7),
    schuss.Pinball(np.array([0.1, 0.9])),
    schuss.Poisson(),
    schuss.SGD(0.1, 0.9, True, 0.01, clip_norm=1.0),
    schuss.Adam(0.1, 0.8, 0.9, 1e-3, clip_value=0.5),
    schuss.AdamW(np.float32(0.1)),
    schuss.RMSprop(momentum=0.5),
    schuss.Adagrad(initial_accumulator=0.1),
    schuss.Rprop(0.02),
    schuss.InverseTimeDecay(0.1, rate=0.5),
    schuss.ExponentialDecay(0.1, "step", rate=0.5),
    schuss.StepDecay(0.1, factor=0.5, every=3),
    schuss.CosineDecay(0.1, 9),
    schuss.CosineRestarts(0.1, 9, 0.01, factor=2),
    schuss.OneCycle(0.1, 30, pct_start=0.2),
    schuss.CosLog4(0.1, 30, per="step"),
    schuss.SGD(schuss.Warmup(schuss.CosineDecay(0.1, 9), 5, 0.01)),
    schuss.L1(0.1, biases=True),
    schuss.L2(0.1),
    schuss.MaxNorm(3),
    schuss.L1(0.1) + schuss.L2(0.2) + schuss.MaxNorm(1),
]


def settings(value):
    """Of any of them, in a form that tells two different ones apart."""
    if hasattr(value, "__dataclass_fields__"):
        own = [settings(getattr(value, each.name)) for each in fields(value)]
        return [type(value), *own]
    if isinstance(value, tuple | list):
        return [settings(item) for item in value]
    if isinstance(value, schuss.Regularizer):
        return [type(value), value.strengths]
    return value


@pytest.mark.parametrize("value", DESCRIBED, ids=repr)
def test_what_is_described_comes_back(value):
    plain = describe(value)
    text = json.dumps(plain, allow_nan=False)
    assert json.loads(text) == plain
    assert settings(restore(json.loads(text))) == settings(value)


def test_all_that_schuss_offers_is_known():
    """But for losses of one's own, and what only others are made from."""
    kinds = (
        *(schuss.Layer, schuss.losses.Loss, schuss.Regularizer),
        *(Optimizer, Schedule),
    )
    offered = {
        value
        for value in map(schuss.__getattr__, schuss._HOMES)
        if isinstance(value, type) and issubclass(value, kinds)
    }
    bases = {schuss.Layer, schuss.Stage, schuss.Regularizer, Decay}
    own = {schuss.CustomLoss, schuss.CustomLossOfLabels}
    assert offered - bases - own == set(KINDS.values()) - {KINDS["Sum"]}
    pytest.importorskip("scipy")
    tested = {type(value) for value in [*DESCRIBED, schuss.LBFGS()]}
    assert tested == set(KINDS.values()) - {schuss.Warmup}


def test_weights_that_a_layer_begins_with_are_numbers_in_a_list():
    weights = np.array([[0.1, 0.2]], np.float32)
    plain = describe(schuss.Dense(2, weights=weights, bias=[1, 2]))
    back = restore(json.loads(json.dumps(plain)))
    np.testing.assert_array_equal(np.float32(back.weights), weights)
    assert back.bias == [1, 2]


def test_settings_that_are_left_out_have_their_defaults():
    assert restore({"class": "Adam"}) == schuss.Adam()
    assert restore({"class": "SGD", "momentum": 0.5}) == schuss.SGD(momentum=0.5)


def own(step, epoch):
    return 0.1


class Adam(schuss.Adam):
    """Of the same name as another."""


@pytest.mark.parametrize(
    "value", [own, schuss.SGD(own), schuss.CustomLoss(own), Adam(), object(), {1}]
)
def test_what_is_of_ones_own_is_refused_or_handed_over(value):
    with pytest.raises(ValueError, match="is of your own making, which a description"):
        describe([value])
    asked = []
    plain = describe(value, lambda given: asked.append(given) or given)
    assert asked in ([value], [own])
    assert restore(plain) == value


@pytest.mark.parametrize(
    ("plain", "error", "sentence"),
    [
        ({"class": "Exec"}, ValueError, "class is 'Exec'; give one of Activation, Ada"),
        ({"class": "CustomLoss"}, ValueError, "class is 'CustomLoss'; give one of"),
        ({"class": ["Dense"]}, ValueError, r"class is \['Dense'\]; give one of"),
        ({"units": 3}, ValueError, "has the keys 'units', and no class; name"),
        ({"class": "Dense"}, ValueError, "Dense has no units; add it"),
        (
            {"class": "Dropout", "ratio": 0.5},
            ValueError,
            "Dropout has no setting 'ratio'; it has rate.",
        ),
        (
            {"class": "PReLU", "rate": 1},
            ValueError,
            "PReLU has no setting 'rate'; it has none.",
        ),
        ({"class": "Dropout", "rate": 1}, ValueError, "rate is 1; give a number"),
        ({"class": "Dropout", "rate": None}, TypeError, "rate is None; give a number"),
        ({"class": "Sum", "terms": 3}, TypeError, "terms are 3; give a list"),
        ({"class": "Sum", "terms": []}, TypeError, "terms are .*; give a list"),
        ({"class": "Sum", "terms": [{"class": "SGD"}]}, TypeError, "terms has SGD"),
        (
            {"class": "SGD", "learning_rate": {"class": "Dense", "units": 3}},
            TypeError,
            "learning_rate is Dense.*; give a number",
        ),
    ],
)
def test_what_describes_nothing_is_refused(plain, error, sentence):
    with pytest.raises(error, match=sentence):
        restore(plain)
