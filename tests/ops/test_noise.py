"""Noise in a network: new in every step and row, and known by the step's number."""

import numpy as np
import pytest

from schuss import _core

LOSS = "mean_squared_error"


def network(kind, setting, dtype="float64"):
    """One output, the sum of 64 inputs, which a training pulls to 0."""
    stages = [(0, kind, [setting], 11)]
    made = getattr(_core, dtype).Network(64, [(1, "identity")], LOSS, stages=stages)
    made.set_parameters(0, np.ones((64, 1)), np.zeros(1))
    made.start("sgd", [0.0, 0.0])
    return made


def losses(made, rows, batch, steps):
    X, y = np.ones((rows, 64)), np.zeros((rows, 1))
    training = made.training(X, y, batch)
    return [training.run(np.zeros(1))[2] for _ in range(steps)]


@pytest.mark.parametrize(
    ("kind", "setting"), [("dropout", 0.5), ("gaussian_noise", 1.0)]
)
def test_steps_and_rows_draw_their_own(isa, kind, setting):
    found = losses(network(kind, setting), 1, 1, 50)
    assert len(set(found)) > 9  # the sum of 64 coins
    assert len({*losses(network(kind, setting), 50, 1, 50)}) > 9
    assert losses(network(kind, setting), 1, 1, 50) == found


def test_the_number_of_the_step_tells_the_noise(isa):
    found = losses(network("gaussian_noise", 1.0), 1, 1, 9)
    made = network("gaussian_noise", 1.0)
    steps, slots = made.state()
    made.set_state(steps + 5, slots)
    assert losses(made, 1, 1, 4) == found[5:]


def test_what_is_dropped_is_made_up_for(isa):
    """The mean of 64 numbers of which half are 2: 64, and a variance of 64; of 40,000
    such losses 64^2 + 64, each with a deviation of about 2 64 sqrt(64) = 1024."""
    loss = losses(network("dropout", 0.5), 40_000, 40_000, 1)[0]
    assert abs(loss - (64**2 + 64)) < 5 * 1030 / np.sqrt(40_000)
