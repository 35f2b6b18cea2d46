"""The decay schedules by the lecture's formulas and numbers."""

import math

import pytest

from schuss import ExponentialDecay, InverseTimeDecay, StepDecay


def test_inverse_time_decay():
    schedule = InverseTimeDecay(0.1, rate=0.1)
    assert [schedule(0, t) for t in (0, 1, 10)] == [0.1, 0.1 / 1.1, 0.1 / 2]


def test_exponential_decay():
    schedule = ExponentialDecay(0.1, rate=0.1)
    assert schedule(0, 0) == 0.1
    assert schedule(0, 10) == pytest.approx(0.1 / math.e)


def test_step_decay():
    schedule = StepDecay(0.1, factor=0.5, every=10)
    assert [schedule(0, t) for t in (0, 9, 10, 19, 20)] == [0.1, 0.1, 0.05, 0.05, 0.025]


def test_time_counts_epochs_or_steps():
    assert StepDecay(1.0, factor=0.5, every=1)(step=3, epoch=1) == 0.5
    assert StepDecay(1.0, "step", factor=0.5, every=1)(step=3, epoch=1) == 0.125


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: InverseTimeDecay(0, rate=1), "initial is 0; give a number above 0"),
        (
            lambda: InverseTimeDecay(1, rate=-1),
            "rate is -1; give a number of at least 0",
        ),
        (lambda: ExponentialDecay(1, rate=math.nan), "rate is nan"),
        (lambda: StepDecay(1, factor=0, every=1), "factor is 0"),
        (lambda: StepDecay(1, factor=1, every=0), "every is 0; give a whole number"),
        (lambda: StepDecay(1, "day", factor=1, every=1), "per is 'day'; give one of"),
    ],
)
def test_refusals(make, sentence):
    with pytest.raises(ValueError, match=sentence):
        make()
