"""Network at the border: it refuses what would leave memory, and lets the GIL go."""

import threading

import numpy as np
import pytest

from schuss import _core

CROSS_ENTROPY = "softmax_cross_entropy"


def make(dtype, widths=(3, 12, 3)):
    layers = [(widths[1], "relu"), (widths[2], "identity")]
    network = getattr(_core, dtype).Network(widths[0], layers, CROSS_ENTROPY)
    network.set_parameters(0, np.ones(widths[:2]), np.ones(widths[1]))
    network.start("sgd", [0.0, 0.0])
    return network


def state(network):
    return [array.tobytes() for layer in (0, 1) for array in network.parameters(layer)]


def data(rows=18):
    return np.ones((rows, 3)), np.zeros(rows, np.int32), np.arange(rows)


def test_parameters_of_wrong_shape_are_refused(isa, dtype):
    network = make(dtype)
    with pytest.raises(
        ValueError, match=r"weights of layer 1 must have shape \(12, 3\)"
    ):
        network.set_parameters(1, np.ones((3, 12)), np.ones(3))
    with pytest.raises(ValueError, match=r"bias of layer 1 must have shape \(3,\)"):
        network.set_parameters(1, np.ones((12, 3)), np.ones(12))
    with pytest.raises(IndexError, match="there is no layer 2"):
        network.parameters(2)


def test_train_refuses_what_would_leave_memory(isa, dtype):
    X, y, order = data()
    network = make(dtype)
    before = state(network)
    rates = np.full(3, 0.1)
    for arguments, sentence in (
        ((X, y, np.array([0, 1, 18]), 1, rates), r"order\[2\] is 18; expected 0 to 17"),
        ((X, y, np.array([-1, 1, 3]), 1, rates), r"order\[0\] is -1; expected 0 to 17"),
        ((X, y, order[:0], 1, rates[:0]), "order is empty"),
        ((X, y[:-1], order[:3], 1, rates), "X has 18 rows but y has 17 labels"),
        ((X, y, order[:2], 1, rates), "got 3 learning rates for 2 steps"),
        ((X[:, :2], y, order[:3], 1, rates), "X has 2 columns; expected 3"),
        ((X, y, order[:3], 0, rates), "batch_size is 0"),
        ((X, y + 3, order[:3], 1, rates), r"y\[0\] is 3; expected 0 to 2"),
        ((X, np.ones((18, 2)), order[:3], 1, rates), "y has 2 columns; expected 3"),
    ):
        with pytest.raises(ValueError, match=sentence):
            network.train(*arguments)
    assert state(network) == before


def test_a_batch_size_beyond_the_rows_is_one_batch(dtype):
    X, y, order = data()
    losses, _ = make(dtype).train(X, y, order, 2**64 - 1, np.full(1, 0.1))
    assert losses.shape == (1,)


def test_other_threads_run_while_a_network_trains():
    X, y, _ = data(4000)
    network = make("float64", (3, 500, 3))
    finished = threading.Event()
    order = np.tile(np.arange(4000), 20)

    def train():
        network.train(X, y, order, 100, np.full(800, 1e-3))
        finished.set()

    thread = threading.Thread(target=train)
    thread.start()
    turns = 0
    while not finished.wait(1e-3):
        turns += 1
    thread.join()
    assert turns > 5


def test_a_network_in_training_refuses_to_be_changed():
    """A second start once freed the optimizer's state under the first."""
    X, y, _ = data(4000)
    network = make("float64", (3, 500, 3))
    order, rates = np.tile(np.arange(4000), 10), np.full(400, 1e-3)
    thread = threading.Thread(target=network.train, args=(X, y, order, 100, rates))
    thread.start()
    refused = 0
    while thread.is_alive():
        try:
            network.start("sgd", [0.0, 0.0])
        except RuntimeError as error:
            assert "is being trained by another thread" in str(error)
            refused += 1
    thread.join()
    assert refused > 0


def test_settings_must_be_as_many_as_the_optimizer_has(dtype):
    with pytest.raises(ValueError, match="sgd has 2 settings, got 0"):
        make(dtype).start("sgd", [])
