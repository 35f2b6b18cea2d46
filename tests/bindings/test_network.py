"""Network at the border: it refuses what would leave memory, and lets the GIL go."""

import threading
import time

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
    return np.ones((rows, 3)), np.zeros(rows, np.int32)


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


def test_training_refuses_what_would_leave_memory(isa, dtype):
    X, y = data()
    network = make(dtype)
    before = state(network)
    for arguments, sentence in (
        ((X, y[:-1], 1), "X has 18 rows but y has 17 labels"),
        ((X, y[:-1].reshape(-1, 1), 1), "y has 1 columns; expected 3"),
        ((X[:-1], np.ones((18, 3)), 1), "X has 17 rows but y has 18"),
        ((X[:, :2], y, 1), "X has 2 columns; expected 3"),
        ((X[:0], y[:0], 1), "X is empty"),
        ((X, y, 0), "batch_size is 0"),
        ((X, y + 3, 1), r"y\[0\] is 3; expected 0 to 2"),
        ((X, y - 1, 1), r"y\[0\] is -1; expected 0 to 2"),
        ((X, np.ones((18, 2)), 1), "y has 2 columns; expected 3"),
    ):
        with pytest.raises(ValueError, match=sentence):
            network.training(*arguments)
    # A view of one row may pretend to have any number of them.
    many = np.broadcast_to(X[:1], (2**32, 3))
    with pytest.raises(ValueError, match="4294967296 rows; expected fewer than 2"):
        network.training(many, many, 32)
    assert state(network) == before


def test_keys_and_epochs_are_whole_numbers_of_64_bits(dtype):
    X, y = data()
    for key, epoch in ((-1, 0), (2**64, 0), (0.5, 0), ("a", 0), (0, -1), (0, 2**64)):
        with pytest.raises(TypeError):
            make(dtype).training(X, y, 1, key, epoch)
    training = make(dtype).training(X, y, 1, key=2**64 - 1, first_epoch=2**64 - 1)
    assert training.run(np.full(18, 0.1))[3] == 18


def test_arguments_of_training_have_names(dtype):
    X, y = data()
    network = make(dtype)
    training = network.training(X=X, targets=y, batch_size=4, key=1, first_epoch=2)
    assert type(training) is getattr(_core, dtype).Training
    assert training.run(learning_rates=np.full(5, 0.1))[3] == 5
    for arguments in ((X, y), (X, y, 4, 1, 2, None, 3)):
        with pytest.raises(TypeError):
            network.training(*arguments)


def test_learning_rates_are_one_row_of_float64(dtype):
    X, y = data()
    network = make(dtype)
    before = state(network)
    training = network.training(X, y, 4)
    for wrong in (
        [0.1, 0.2],
        np.ones(3, "f4"),
        np.ones(3, ">f8"),
        np.ones(3, int),
        0.1,
    ):
        with pytest.raises(TypeError):
            training.run(wrong)
    for wrong in (np.ones((3, 1)), np.float64(1) * np.ones(())):
        with pytest.raises((TypeError, ValueError)):
            training.run(wrong)
    assert state(network) == before


def test_training_begins_after_an_optimizer_was_started(dtype):
    X, y = data()
    network = getattr(_core, dtype).Network(3, [(3, "identity")], CROSS_ENTROPY)
    training = network.training(X, y, 4)
    with pytest.raises(RuntimeError, match="before an optimizer was started"):
        training.run(np.ones(1))
    network.start("sgd", [0.0, 0.0])
    assert training.run(np.ones(1))[3] == 1


def test_a_batch_size_beyond_the_rows_is_one_batch(dtype):
    X, y = data()
    losses, *_ = make(dtype).training(X, y, 2**64 - 1).run(np.full(2, 0.1))
    assert losses.shape == (2,)


class Background(threading.Thread):
    """A training of some tenths of a second; whatever it raises, it ends and tells."""

    def __init__(self, steps):
        super().__init__(daemon=True)
        X, y = data(4000)
        self.network = make("float64", (3, 500, 3))
        self.training = self.network.training(X, y, 100)
        self.rates, self.result = np.full(steps, 1e-3), None

    def run(self):
        self.result = self.training.run(self.rates)

    def finished(self):
        self.join(60)
        return self.result is not None and self.result[3] == len(self.rates)


def test_other_threads_run_while_a_network_trains():
    thread = Background(2000)
    thread.start()
    turns, until = 0, time.perf_counter() + 60
    while thread.is_alive() and time.perf_counter() < until:
        thread.join(1e-3)
        turns += 1
    assert thread.finished()
    assert turns > 5


def test_a_network_in_training_refuses_to_be_changed():
    """A second start once freed the optimizer's state under the first."""
    thread = Background(4000)
    network, other = thread.network, thread.network.training(*data(), 4)
    thread.start()
    attempts = {
        "start": lambda: network.start("sgd", [0.0, 0.0]),
        "run": lambda: thread.training.run(np.ones(1)),
        "run another": lambda: other.run(np.ones(1)),
        "set": lambda: network.set_parameters(1, np.ones((500, 3)), np.ones(3)),
        "differentiate": lambda: network.differentiate(*data()),
    }
    refused, until = set(), time.perf_counter() + 60
    while len(refused) < len(attempts) and time.perf_counter() < until:
        if not thread.is_alive():
            break
        for name in attempts.keys() - refused:
            try:
                attempts[name]()
            except RuntimeError as error:
                assert "is being trained by another thread" in str(error)
                refused.add(name)
    assert thread.finished()
    assert refused == attempts.keys()


def test_settings_must_be_as_many_as_the_optimizer_has(dtype):
    with pytest.raises(ValueError, match="sgd has 2 settings, got 0"):
        make(dtype).start("sgd", [])
    with pytest.raises(ValueError, match="adam has 3 settings, got 2"):
        make(dtype).start("adam", [0.9, 0.999])
