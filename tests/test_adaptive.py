"""Descriptions of optimizers that scale each step: their defaults and refusals."""

import pytest

from schuss import Adagrad, Adam, AdamW, ExponentialDecay, RMSprop, Rprop


def test_the_defaults_of_adam_are_those_of_its_authors():
    assert Adam() == Adam(learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8)


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


@pytest.mark.parametrize(
    ("optimizer", "options", "error", "sentence"),
    [
        (AdamW, {"beta1": 1.0}, ValueError, "beta1 is 1.0; give a number of at least"),
        (AdamW, {"epsilon": 0}, ValueError, "epsilon is 0; give a number above 0"),
        (RMSprop, {"rho": 1.0}, ValueError, "rho is 1.0; give a number of at least 0"),
        (RMSprop, {"rho": None}, TypeError, "rho is None; give a number"),
        (RMSprop, {"momentum": 1}, ValueError, "momentum is 1; give a number of at le"),
        (RMSprop, {"epsilon": 0.0}, ValueError, "epsilon is 0.0; give a number above"),
        (
            Adagrad,
            {"initial_accumulator": -0.1},
            ValueError,
            "initial_accumulator is -0.1; give a number of at least 0 and finite",
        ),
        (Adagrad, {"epsilon": -1.0}, ValueError, "epsilon is -1.0; give a number abov"),
        (Rprop, {"learning_rate": 0.0}, ValueError, "learning_rate is 0.0; give a num"),
        (
            Rprop,
            {"learning_rate": ExponentialDecay(1, rate=1)},
            TypeError,
            "learning_r",
        ),
        (Rprop, {"eta_minus": 0.0}, ValueError, "eta_minus is 0.0; give a number abov"),
        (Rprop, {"eta_minus": 1.0}, ValueError, "eta_minus is 1.0; give a number abov"),
        (Rprop, {"eta_plus": 1}, ValueError, "eta_plus is 1; give a number above 1"),
        (Rprop, {"step_min": 0}, ValueError, "step_min is 0; give a number above 0"),
        (
            Rprop,
            {"step_min": 0.5, "step_max": 0.25},
            ValueError,
            "step_max is 0.25; give a number of at least 0.5 and finite",
        ),
        (Rprop, {"step_max": float("inf")}, ValueError, "step_max is inf; give a num"),
    ],
)
def test_refusals_of_each(optimizer, options, error, sentence):
    with pytest.raises(error, match=sentence):
        optimizer(**options)
