"""The plan of a fit: orders and learning rates."""

import numpy as np
import pytest

import schuss
from schuss.plan import Plan


def plan(**options):
    defaults = {
        "X": np.zeros((10, 2)),
        "targets": np.zeros(10, np.int32),
        "validation": None,
        "epochs": 3,
        "batch_size": 4,
        "optimizer": schuss.SGD(0.5),
        "regularizer": None,
        "layers": 1,
        "seed": 0,
        "first_epoch": 0,
        "shuffle": True,
    }
    return Plan(**{**defaults, **options})


def test_every_epoch_has_an_order_of_its_own():
    orders = [plan().order(epoch) for epoch in range(3)]
    assert all(sorted(order) == list(range(10)) for order in orders)
    assert len({order.tobytes() for order in orders}) == 3
    np.testing.assert_array_equal(plan(first_epoch=2).order(0), orders[2])
    assert plan(seed=1).order(0).tobytes() != orders[0].tobytes()
    np.testing.assert_array_equal(plan(shuffle=False).order(1), range(10))


@pytest.mark.parametrize(("batch_size", "steps"), [(1, 10), (4, 3), (10, 1), (99, 1)])
def test_steps(batch_size, steps):
    assert plan(batch_size=batch_size).steps == steps
    assert plan(batch_size=None).steps == 1


def test_learning_rates():
    np.testing.assert_array_equal(plan().learning_rates(1), [0.5, 0.5, 0.5])
    schedule = schuss.StepDecay(1.0, "step", factor=0.5, every=2)
    rates = plan(optimizer=schuss.SGD(schedule)).learning_rates(1)
    np.testing.assert_array_equal(rates, [0.5, 0.25, 0.25])


@pytest.mark.parametrize("rate", [float("nan"), -1e-9, float("inf"), 1e39])
def test_a_schedule_that_gives_nonsense_is_refused(rate):
    optimizer = schuss.SGD(lambda step, epoch: rate)
    with pytest.raises(
        ValueError, match="what the schedule gave for step 0, epoch 0, is"
    ):
        plan(optimizer=optimizer).learning_rates(0)
