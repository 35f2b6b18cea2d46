"""The plan of a fit: its key, its steps and learning rates."""

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


def test_the_key_is_the_seeds():
    assert plan().key == plan(first_epoch=2, epochs=9, batch_size=1).key
    keys = {plan(seed=seed).key for seed in range(100)}
    assert len(keys) == 100
    assert all(type(key) is int and 0 <= key < 2**64 for key in keys)
    assert max(keys) > 2**63 > min(keys)
    assert plan(shuffle=False).key is None


@pytest.mark.parametrize(("batch_size", "steps"), [(1, 10), (4, 3), (10, 1), (99, 1)])
def test_steps(batch_size, steps):
    assert plan(batch_size=batch_size).steps == steps
    assert plan(batch_size=None).steps == 1


def test_learning_rates():
    rates = plan().learning_rates(1)
    assert rates.dtype == np.float64
    np.testing.assert_array_equal(rates, [0.5, 0.5, 0.5])
    schedule = schuss.StepDecay(1.0, "step", factor=0.5, every=2)
    rates = plan(optimizer=schuss.SGD(schedule)).learning_rates(1)
    assert rates.dtype == np.float64
    np.testing.assert_array_equal(rates, [0.5, 0.25, 0.25])


def test_a_schedule_is_asked_with_the_step_and_its_epoch():
    asked = []

    def schedule(step, epoch):
        asked.append((step, epoch))
        return 0.1

    plan(optimizer=schuss.SGD(schedule)).learning_rates(2)  # three steps per epoch
    assert asked == [(6, 2), (7, 2), (8, 2)]


@pytest.mark.parametrize("rate", [float("nan"), -1e-9, float("inf"), 1e39])
def test_a_schedule_that_gives_nonsense_is_refused(rate):
    optimizer = schuss.SGD(lambda step, epoch: rate)
    with pytest.raises(
        ValueError, match="what the schedule gave for step 0, epoch 0, is"
    ):
        plan(optimizer=optimizer).learning_rates(0)


def test_a_schedule_counts_on_from_the_initial_epoch_or_step():
    asked = []

    def schedule(step, epoch):
        asked.append((step, epoch))
        return 0.1

    optimizer = schuss.SGD(schedule)
    plan(optimizer=optimizer, initial_epoch=5).learning_rates(1)
    assert asked == [(18, 6), (19, 6), (20, 6)]
    asked.clear()
    plan(optimizer=optimizer, initial_epoch=5, initial_step=7).learning_rates(1)
    assert asked == [(10, 6), (11, 6), (12, 6)]


def test_keys_are_those_of_the_history():
    assert plan().keys == {"loss": "lower", "learning_rate": None, "accuracy": "higher"}
    assert "accuracy" not in plan(targets=np.zeros((10, 2))).keys
    clipping = schuss.SGD(clip_norm=1.0)
    assert plan(optimizer=clipping).keys["batch_gradient_norm"] == "lower"


def test_the_rules_of_a_plan():
    given = plan(
        optimizer=schuss.AdamW(weight_decay=0.5, clip_value=2.0),
        regularizer=schuss.L1(0.25) + schuss.L2(1, biases=True) + schuss.MaxNorm(3),
        layers=2,
        learning_rate_factors=[0.0, 0.5],
    )
    assert given.moving == [1]
    assert given.rules == {
        "l1": 0.25,
        "l2": 1.0,
        "bias_l1": 0.0,
        "bias_l2": 1.0,
        "max_norm": 3.0,
        "weight_decay": 0.5,
        "clip_norm": float("inf"),
        "clip_value": 2.0,
        "learning_rate_factors": [0.0, 0.5],
    }


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            {
                "gradient_tolerance": 1.0,
                "regularizer": schuss.L2(1) + schuss.MaxNorm(3),
            },
            r"^regularizer is L2\(alpha=1.0, biases=False\) \+ MaxNorm\(limit=3.0\), "
            "but gradient_tolerance waits for a gradient that vanishes, as it need not "
            "at the limit of a MaxNorm; leave one of them out.$",
        ),
        (
            {"learning_rate_factors": [0.0, 0.0], "layers": 2},
            "^every layer has a learning_rate_factor of 0; leave one of them free.$",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        plan(batch_size=None, **options)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            {"regularizer": schuss.MaxNorm(3)},
            "but LBFGS searches where the gradient is",
        ),
        (
            {"regularizer": schuss.L1(1)},
            "but LBFGS needs a gradient everywhere, and L1",
        ),
        (
            {"learning_rate_factors": [0.5]},
            "^a layer has learning_rate_factor 0.5, but LBFGS has no learning rate; "
            "give 1, or 0 to freeze the layer.$",
        ),
    ],
)
def test_what_lbfgs_cannot_do_is_refused(options, sentence):
    pytest.importorskip("scipy")
    with pytest.raises(ValueError, match=sentence):
        plan(batch_size=None, optimizer=schuss.LBFGS(), **options)
