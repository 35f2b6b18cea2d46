"""Teams: more threads than cores, one after another, and after a fork."""

import os
import platform
import signal

import numpy as np
import pytest

import schuss
from schuss import _core


def fit(seed=0):
    X, y = schuss.datasets.load_digits()
    model = schuss.Model([schuss.Dense(32, "relu"), schuss.Dense(10)], seed=seed)
    model.fit(X / 16, y, epochs=2, verbose=False)
    return model.weights[0][0].tobytes()


def test_more_threads_than_cores(threads):
    threads(1)
    truth = fit()
    threads(4 * (os.cpu_count() or 1))
    assert fit() == truth


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
def test_a_forked_child_trains_after_its_parent_has(threads):
    threads(2)
    truth = fit()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(20)  # a child that hangs is killed, and the parent sees it
        os.write(writer, bytes([fit() == truth]))
        os._exit(0)
    os.close(writer)
    assert os.read(reader, 1) == b"\x01"
    assert os.waitpid(child, 0)[1] == 0
    os.close(reader)
    np.testing.assert_equal(fit(), truth)


TINY = {"float32": np.float32(1e-40), "float64": np.float64(1e-310)}


def network_of_ones(dtype):
    network = getattr(_core, dtype).Network(1, [(1, "identity")], "mean_squared_error")
    network.set_parameters(0, np.ones((1, 1)), np.zeros(1))
    network.start("sgd", [0.0, 0.0])
    return network


@pytest.mark.skipif(
    platform.machine() not in ("x86_64", "AMD64", "aarch64", "arm64"),
    reason="subnormal numbers are flushed where we know how",
)
@pytest.mark.parametrize("count", [1, 2, 3])
def test_subnormal_numbers_are_zero_for_every_member_of_a_team(
    isa, dtype, threads, count
):
    threads(count)
    X = np.full((500, 1), TINY[dtype])
    assert (X > 0).all()
    np.testing.assert_array_equal(network_of_ones(dtype).predict(X), np.zeros((500, 1)))


@pytest.mark.parametrize("count", [1, 2, 3])
def test_subnormal_numbers_stay_what_they_are_for_the_caller(
    isa, dtype, threads, count
):
    threads(count)
    tiny, one = TINY[dtype], np.dtype(dtype).type(1)
    X = np.full((500, 1), tiny)
    network = network_of_ones(dtype)
    for work in (
        lambda: network.predict(X),
        lambda: network.evaluate(X, X),
        lambda: network.differentiate(X, X),
        lambda: network.training(X, X, 100).run(np.ones(10)),
        lambda: network.training(np.full((5, 1), 1e30), X[:5], 1).run(
            np.full(9, float(np.finfo(dtype).max))  # ends with what is not finite
        ),
        lambda: fit(),
    ):
        work()
        assert tiny * one == tiny > 0
        assert (X * one == tiny).all()
        assert np.finfo(dtype).smallest_normal / 2 > 0


def test_absurd_numbers_of_threads_are_refused():
    for count in (257, 10**6, 2**32):
        with pytest.raises(ValueError, match="expected 0 to 256"):
            _core.set_requested_threads(count)
    assert _core.requested_threads() == 0
