"""Descriptions of optimizers: their settings, and what they refuse."""

import dataclasses
import inspect

import pytest

from schuss import SGD, Adam, ExponentialDecay, reference


def test_settings_are_in_the_order_of_the_kernel():
    assert SGD(0.1, momentum=0.9, nesterov=True).settings == [0.9, 1.0]
    assert Adam(0.1, 0.8, 0.9, 1e-3).settings == [0.8, 0.9, 1e-3]
    for optimizer in (SGD, Adam):
        parameters = inspect.signature(
            reference.OPTIMIZERS[optimizer.name].update
        ).parameters
        names = list(parameters)[list(parameters).index("learning_rate") + 1 :]
        settings = [field.name for field in dataclasses.fields(optimizer)][1:]
        assert names == [*settings, "l2", "step"]


def test_the_defaults_of_adam_are_those_of_its_authors():
    assert Adam() == Adam(learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8)


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        (
            {"learning_rate": -0.1},
            ValueError,
            "learning_rate is -0.1; give a number ab",
        ),
        ({"learning_rate": 0}, ValueError, "learning_rate is 0; give a number above 0"),
        ({"learning_rate": float("nan")}, ValueError, "learning_rate is nan"),
        ({"learning_rate": float("inf")}, ValueError, "learning_rate is inf"),
        ({"learning_rate": "0.1"}, TypeError, "learning_rate is '0.1'; give a number"),
        (
            {"momentum": 1.0},
            ValueError,
            "momentum is 1.0; give a number of at least 0 an",
        ),
        ({"momentum": -0.5}, ValueError, "momentum is -0.5"),
        ({"nesterov": 1}, TypeError, "nesterov is 1; give True or False"),
    ],
)
def test_refusals(options, error, sentence):
    with pytest.raises(error, match=sentence):
        SGD(**options)


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        ({"learning_rate": 0}, ValueError, "learning_rate is 0; give a number above 0"),
        ({"learning_rate": None}, TypeError, "learning_rate is None; give a number"),
        ({"beta1": 1.0}, ValueError, "beta1 is 1.0; give a number of at least 0 and"),
        ({"beta1": -0.1}, ValueError, "beta1 is -0.1"),
        ({"beta2": 1}, ValueError, "beta2 is 1; give a number of at least 0 and"),
        ({"beta2": float("nan")}, ValueError, "beta2 is nan"),
        ({"epsilon": 0.0}, ValueError, "epsilon is 0.0; give a number above 0"),
        ({"epsilon": "tiny"}, TypeError, "epsilon is 'tiny'; give a number"),
    ],
)
def test_refusals_of_adam(options, error, sentence):
    with pytest.raises(error, match=sentence):
        Adam(**options)


def test_a_schedule_may_be_the_learning_rate():
    schedule = ExponentialDecay(0.1, rate=0.5)
    for optimizer in (SGD, Adam):
        assert optimizer(schedule).learning_rate(step=7, epoch=0) == 0.1
