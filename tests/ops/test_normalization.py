"""Running statistics in a network: what they follow, and who changes them."""

import numpy as np
import pytest

from schuss import _core, reference

LOSS = "mean_squared_error"
# Of every optimizer; one without fails its test.
SETTINGS = {
    "sgd": [0.9, 0.0],
    "adam": [0.9, 0.99, 1e-3],
    "rmsprop": [0.9, 0.5, 1e-3],
    "adagrad": [0.1, 1e-3],
    "rprop": [0.5, 1.2, 1e-6, 50.0],
}


def network(dtype, momentum=0.9, engine="native", place=0):
    """Three inputs, one output; statistics of the inputs or of the output."""
    stages = [(place, "batch_norm", [momentum, 1e-5], 0)]
    if engine == "reference":
        made = reference.Network(3, [(1, "identity")], LOSS, dtype=dtype, stages=stages)
    else:
        kind = getattr(_core, dtype).Network
        made = kind(3, [(1, "identity")], LOSS, stages=stages)
    width = 1 if place else 3
    vectors = [np.full(width, value) for value in (1.0, 0.0, 0.0, 1.0)]
    dense = [np.ones((3, 1)), np.zeros(1)]
    made.set_parameters(place, *vectors)
    made.set_parameters(1 - place, *dense)
    made.start("sgd", [0.0, 0.0])
    return made


@pytest.mark.parametrize("engine", ["native", "reference"])
@pytest.mark.parametrize("rows", [1, 2, 512, 513, 1300])
def test_running_statistics_follow_every_part(isa, dtype, engine, rows):
    """Long batches are three parts at most here; one row tells no variance."""
    rng = np.random.default_rng(3)
    X = (rng.normal(size=(rows, 3)) * [1, 2, 3] + [4, 5, 6]).astype(dtype)
    made = network(dtype, 0.75, engine)
    made.training(X, np.zeros((rows, 1)), rows).run(np.zeros(2))
    mean, variance = np.zeros(3), np.ones(3)
    for _ in range(2):
        count = -(-rows // 512)
        for part in range(count):
            own = X[rows * part // count : rows * (part + 1) // count].astype("f8")
            if len(own) == 1:
                continue
            mean = 0.75 * mean + 0.25 * own.mean(axis=0)
            variance = 0.75 * variance + 0.25 * own.var(axis=0, ddof=1)
    gain, shift, *running = made.parameters(0)
    np.testing.assert_array_equal(gain, 1)
    np.testing.assert_array_equal(shift, 0)
    tolerance = 1e-5 if dtype == "float32" else 1e-13
    np.testing.assert_allclose(running[0], mean, rtol=tolerance)
    np.testing.assert_allclose(running[1], variance, rtol=tolerance)
    y = ((X - mean) / np.sqrt(variance + 1e-5)).sum(axis=1)
    np.testing.assert_allclose(made.predict(X)[:, 0], y, atol=30 * tolerance)


@pytest.mark.parametrize("engine", ["native", "reference"])
@pytest.mark.parametrize("optimizer", reference.OPTIMIZERS)
def test_only_steps_change_statistics(dtype, engine, optimizer):
    """And no optimizer does: a rate of 0 leaves the rest, an update of them would not
    leave a momentum of 0 the batch's own."""
    X, y = np.random.default_rng(3).normal(size=(40, 3)), np.zeros((40, 1))
    made = network(dtype, 0.0, engine)
    made.start(optimizer, SETTINGS[optimizer], 0.1, 0.1)
    made.training(X, y, 40).run(np.full(3, 0.01))
    running = made.parameters(0)[2:]
    made.evaluate(X, y), made.predict(X), made.differentiate(X, y)
    for before, after in zip(running, made.parameters(0)[2:], strict=True):
        np.testing.assert_array_equal(before, after)
    truth = X.astype(dtype).mean(axis=0), X.astype(dtype).var(axis=0, ddof=1)
    for found, true in zip(running, truth, strict=True):
        np.testing.assert_allclose(found, true, rtol=1e-4, atol=1e-6)
    for gradient in made.gradients(0)[2:]:
        np.testing.assert_array_equal(gradient, 0)


@pytest.mark.parametrize("place", [0, 1])
def test_statistics_go_back_with_the_weights(isa, dtype, threads, place):
    """The second epoch diverges: all parameters are those that it began with."""
    X = np.random.default_rng(3).normal(size=(40, 3))
    for count in (1, 3):
        threads(count)
        made = network(dtype, place=place)
        training = made.training(X, np.ones((40, 1)), 10)
        assert training.run(np.full(4, 0.1))[4] is None
        before = [made.parameters(layer) for layer in (0, 1)]
        assert training.run(np.full(4, 1e300))[4] is not None
        for layer in (0, 1):
            for a, b in zip(before[layer], made.parameters(layer), strict=True):
                np.testing.assert_array_equal(a, b)
