"""Descriptions of optimizers: their settings, and what they refuse."""

import pytest

from schuss import SGD, ExponentialDecay, reference


def test_settings_are_in_the_order_of_the_kernel():
    assert SGD(0.1, momentum=0.9, nesterov=True).settings == [0.9, 1.0]
    assert SGD.name in reference.OPTIMIZERS


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


def test_a_schedule_may_be_the_learning_rate():
    schedule = ExponentialDecay(0.1, rate=0.5)
    assert SGD(schedule).learning_rate(step=7, epoch=0) == 0.1
