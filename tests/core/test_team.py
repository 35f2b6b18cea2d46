"""Teams: more threads than cores, one after another, and after a fork."""

import os
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


def test_absurd_numbers_of_threads_are_refused():
    for count in (257, 10**6, 2**32):
        with pytest.raises(ValueError, match="expected 0 to 256"):
            _core.set_requested_threads(count)
    assert _core.requested_threads() == 0
