"""Prediction: rows alone and in blocks, what is wanted of them, and what is refused."""

import itertools
import threading

import numpy as np
import pytest
from bounds import exact, gamma

from schuss import _core, reference

OUTPUTS, PROBABILITIES, CLASSES = range(3)


def network(dtype, widths, engine="native"):
    layers = [(width, "relu") for width in widths[1:-1]] + [(widths[-1], "identity")]
    kind = reference.Network if engine == "reference" else getattr(_core, dtype).Network
    options = {"dtype": "float64"} if engine == "reference" else {}
    made = kind(widths[0], layers, "softmax_cross_entropy", 0.5, 0.25, **options)
    rng = np.random.default_rng(0)
    for layer, (a, b) in enumerate(itertools.pairwise(widths)):
        weights = (rng.normal(size=(a, b)) / np.sqrt(a)).astype(np.float32)
        made.set_parameters(layer, weights.astype(dtype), np.ones(b, dtype))
    return made


@pytest.mark.parametrize("rows", [1, 2, 95, 96, 97, 300])
@pytest.mark.parametrize("widths", [(7, 3), (40, 300, 129, 10)])
def test_outputs_probabilities_and_classes(isa, dtype, rng, rows, widths):
    X = rng.integers(0, 64, size=(rows, widths[0])).astype(np.float32) / 64
    native, twin = network(dtype, widths), network(dtype, widths, "reference")
    truth = twin.predict(exact(X))
    # Magnitudes of all products and sums, layer by layer, carry each layer's error.
    size, depth = np.abs(exact(X)) * 0.5 + 0.25, 0
    for layer, width in enumerate(widths[:-1]):
        weights, bias = (np.abs(exact(array)) for array in twin.parameters(layer))
        size, depth = size @ weights + bias, depth + width + 3
    outputs = native.predict(X)
    bound = gamma(depth, dtype) * size
    assert outputs.dtype == dtype and np.all(np.abs(outputs - truth) <= bound)
    found = native.predict(X, PROBABILITIES)
    np.testing.assert_array_equal(found, _core.kernels.softmax(outputs))
    np.testing.assert_array_equal(native.predict(X, CLASSES), outputs.argmax(axis=1))
    assert native.predict(X, CLASSES).dtype == np.int64


@pytest.mark.parametrize("widths", [(7, 3), (40, 300, 129, 10), (300, 2100, 700, 33)])
def test_a_row_alone_gives_the_bits_it_gives_among_others(isa, dtype, threads, widths):
    """The widest is split over a team, output by output."""
    X = np.random.default_rng(1).normal(size=(5, widths[0]))
    made = network(dtype, widths)
    for count in (1, 2, 3):
        threads(count)
        among = made.predict(X)
        for row in range(len(X)):
            np.testing.assert_array_equal(made.predict(X[row : row + 1])[0], among[row])


@pytest.mark.parametrize("rows", [239, 240, 241, 500])
def test_wide_networks_predict_larger_blocks_of_rows(isa, dtype, threads, rng, rows):
    """Beyond 2 MiB of weights a block has up to 240 rows, not 96."""
    X = rng.normal(size=(rows, 600))
    made, y = network(dtype, (600, 900, 5)), np.arange(rows, dtype=np.int32) % 5
    evaluations, some = [], [0, 1, 119, 120, 121, rows - 1]
    for count in (1, 2, 3):
        threads(count)
        together = made.predict(X)
        evaluations.append(made.evaluate(X, y))
        for row in some:
            alone = made.predict(X[row : row + 1])[0]
            np.testing.assert_array_equal(alone, together[row])
    assert evaluations == evaluations[:1] * 3


def test_an_infinity_inside_stays_in_its_row(isa, dtype, threads):
    """A padded output of the second layer would be infinity times 0."""
    made = getattr(_core, dtype).Network(
        4, [(20, "relu"), (17, "tanh"), (5, "identity")], "softmax_cross_entropy"
    )
    for layer, (a, b) in enumerate(itertools.pairwise((4, 20, 17, 5))):
        made.set_parameters(layer, np.full((a, b), 2, dtype), np.zeros(b, dtype))
    X = np.ones((9, 4), dtype)
    X[3] = np.finfo(dtype).max
    for count in (1, 2, 3, 4):
        threads(count)
        together = made.predict(X)
        np.testing.assert_array_equal(together, np.full((9, 5), 34))
        np.testing.assert_array_equal(made.predict(X[3:4]), together[3:4])


def test_rows_that_are_not_finite_are_named(dtype):
    made = network(dtype, (7, 3))
    for rows in (1, 2, 200):
        X = np.ones((rows, 7))
        X[rows - 1, 4] = np.nan
        with pytest.raises(ValueError, match=rf"X\[{rows - 1}, 4\] is NaN"):
            made.predict(X)
        X[rows - 1, 4] = -np.inf
        with pytest.raises(ValueError, match=rf"X\[{rows - 1}, 4\] is infinite"):
            made.predict(X, CLASSES)


def test_many_threads_predict_rows_at_once():
    """One of them has the workspace for a row; the others allocate their own."""
    made = network("float32", (40, 300, 129, 10))
    X = np.random.default_rng(1).normal(size=(64, 40)).astype(np.float32)
    truth, wrong = made.predict(X), []

    def predict(first):
        for row in [*range(first, len(X)), *range(first)] * 20:
            if not np.array_equal(made.predict(X[row : row + 1])[0], truth[row]):
                wrong.append(row)

    workers = [threading.Thread(target=predict, args=(16 * i,)) for i in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not wrong


def test_it_makes_no_difference_who_was_tried(dtype, threads):
    """A team or one thread does it, or both, a part each; also for callers at once."""
    made = network(dtype, (40, 300, 129, 10))
    X = np.random.default_rng(1).normal(size=(700, 40))
    y = np.arange(700, dtype=np.int32) % 10
    threads(1)
    truth, value = made.predict(X), made.evaluate(X, y)
    threads(None)
    wrong = []

    def work():
        for _ in range(40):
            if not np.array_equal(made.predict(X), truth):
                wrong.append("prediction")
            if made.evaluate(X, y) != value:
                wrong.append("evaluation")

    work()
    callers = [threading.Thread(target=work) for _ in range(3)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert not wrong
