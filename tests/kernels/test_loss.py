"""Softmax and the losses against float64 with derived bounds, and at their extremes."""

import bounds
import numpy as np
import pytest
from bounds import exact, gamma

from schuss import reference
from schuss._core import kernels

ROWS = [1, 2, 15, 16, 17, 37]
CLASSES = [1, 2, 3, 10, 15, 16, 17, 33, 1000]


def logits(rng, dtype, rows, classes, scale=3.0):
    return (rng.normal(size=(rows, classes)) * scale).astype(dtype)


@pytest.mark.parametrize("classes", CLASSES)
@pytest.mark.parametrize("rows", ROWS)
def test_softmax(isa, dtype, rng, rows, classes):
    x = logits(rng, dtype, rows, classes)
    truth = reference.softmax(exact(x))
    error = np.abs(kernels.softmax(x) - truth)
    assert np.all(error <= bounds.softmax(x, truth, dtype))


@pytest.mark.parametrize("classes", CLASSES)
def test_log_softmax(isa, dtype, rng, classes):
    x = logits(rng, dtype, 17, classes, scale=30.0)
    p, truth = reference.softmax(exact(x)), reference.log_softmax(exact(x))
    error = np.abs(kernels.log_softmax(x) - truth)
    assert np.all(error <= bounds.log_softmax(x, p, dtype))


@pytest.mark.parametrize("classes", CLASSES)
@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("kind", ["labels", "distributions"])
def test_softmax_cross_entropy(isa, dtype, rng, rows, classes, kind):
    x = logits(rng, dtype, rows, classes)
    targets = rng.integers(classes, size=rows).astype(np.int32)
    if kind == "distributions":
        targets = rng.dirichlet(np.ones(classes), rows).astype(dtype)
    loss, gradient = kernels.softmax_cross_entropy(x, targets)
    true_targets = targets if kind == "labels" else exact(targets)
    true_loss, true_gradient = reference.softmax_cross_entropy(exact(x), true_targets)
    p = reference.softmax(exact(x))
    weight = gamma(classes + 4, dtype)
    # Labels pick one entry of log-softmax; distributions average them in one more sum.
    row_error = bounds.log_softmax(x, p, dtype).max(axis=1)
    row_error = row_error + weight * np.abs(reference.log_softmax(exact(x))).max(axis=1)
    assert abs(loss - float(true_loss)) <= row_error.mean()
    truth = np.abs(true_gradient) * rows + 2 * p
    bound = (bounds.softmax(x, p, dtype) + (weight + gamma(4, dtype)) * truth) / rows
    assert np.all(np.abs(gradient - true_gradient) <= bound)


def test_softmax_cross_entropy_of_huge_logits(isa, dtype):
    x = np.array([[1e4, -1e4, 0], [-1e4, 1e4, 0]], dtype)
    for labels, truth in (([0, 1], 0.0), ([1, 0], 2e4), ([2, 2], 1e4)):
        loss, gradient = kernels.softmax_cross_entropy(x, np.array(labels, np.int32))
        assert loss == truth
        assert np.isfinite(gradient).all()
    assert np.isfinite(kernels.log_softmax(x)).all()
    np.testing.assert_array_equal(kernels.softmax(x), [[1, 0, 0], [0, 1, 0]])


def test_softmax_cross_entropy_by_central_differences(isa, rng):
    x = logits(rng, "float64", 4, 5)
    targets = rng.dirichlet(np.ones(5), 4) * [[1.0], [1.0], [0.5], [2.0]]
    _, gradient = kernels.softmax_cross_entropy(x, targets)
    step = np.finfo(np.float64).eps ** (1 / 3)
    for index in np.ndindex(x.shape):
        value = x[index]
        x[index] = value + step
        above, _ = kernels.softmax_cross_entropy(x, targets)
        x[index] = value - step
        below, _ = kernels.softmax_cross_entropy(x, targets)
        x[index] = value
        # h^2 / 6 |l'''| with |l'''| below 1, and rounding of a loss below 10.
        assert abs((above - below) / (2 * step) - gradient[index]) < 1e-9


@pytest.mark.parametrize("classes", [1, 2, 10, 16, 17, 33])
def test_a_row_does_not_depend_on_those_beside_it(isa, dtype, rng, classes):
    """Rows go through in groups of a vector's size: with fewer, the bits are the same,
    and what is not finite stays in its row."""
    x = logits(rng, dtype, 37, classes)
    for kernel in (kernels.softmax, kernels.log_softmax, kernels.argmax):
        truth = kernel(x)
        for rows in range(1, 37):
            np.testing.assert_array_equal(kernel(x[:rows]), truth[:rows])
            np.testing.assert_array_equal(kernel(x[rows:]), truth[rows:])
        for bad in (np.nan, np.inf, -np.inf):
            for row in range(18):
                y = x.copy()
                y[row] = bad
                found = np.delete(kernel(y), row, axis=0)
                np.testing.assert_array_equal(found, np.delete(truth, row, axis=0))


@pytest.mark.parametrize("kind", ["labels", "distributions"])
def test_the_gradient_of_a_row_does_not_depend_on_those_beside_it(
    isa, dtype, rng, kind
):
    x, targets = logits(rng, dtype, 32, 5), rng.integers(5, size=32).astype(np.int32)
    if kind == "distributions":
        targets = np.eye(5, dtype=dtype)[targets]
    _, truth = kernels.softmax_cross_entropy(x, targets)
    for row in range(32):
        y = x.copy()
        y[row, 2] = np.nan
        loss, found = kernels.softmax_cross_entropy(y, targets)
        assert np.isnan(loss) and np.isnan(found[row]).any()
        kept = np.delete(found, row, axis=0)
        np.testing.assert_array_equal(kept, np.delete(truth, row, axis=0))
    for rows in (1, 2, 4, 8, 16):  # halving the batch doubles its gradient exactly
        _, few = kernels.softmax_cross_entropy(x[:rows], targets[:rows])
        np.testing.assert_array_equal(few * (rows / 32), truth[:rows])


@pytest.mark.parametrize("classes", [2, 10, 16, 17, 33])
def test_infinite_logits(isa, dtype, rng, classes):
    x, labels = logits(rng, dtype, 17, classes), np.zeros(17, np.int32)
    x[:, -1] = -np.inf  # a class that is impossible, for all rows
    p = kernels.softmax(x)
    np.testing.assert_array_equal(p[:, -1], 0)
    np.testing.assert_array_equal(p[:, :-1], kernels.softmax(x[:, :-1]))
    assert (kernels.log_softmax(x)[:, -1] == -np.inf).all()
    loss, gradient = kernels.softmax_cross_entropy(x, labels)
    assert np.isfinite(loss) and np.isfinite(gradient).all()
    labels[16] = classes - 1
    assert kernels.softmax_cross_entropy(x, labels)[0] == np.inf
    x[3, 0] = np.inf
    with np.errstate(invalid="ignore"):
        truth = reference.softmax_cross_entropy(x, labels)[0]
    assert np.isnan(kernels.softmax_cross_entropy(x, labels)[0]) and np.isnan(truth)
    assert kernels.argmax(x)[3] == 0
    assert (kernels.argmax(np.full((3, classes), -np.inf, dtype)) == 0).all()


@pytest.mark.parametrize("classes", CLASSES)
def test_padding_takes_no_part(isa, dtype, rng, classes):
    """It is zero in these arrays, which is more than all of these numbers."""
    x = (logits(rng, dtype, 17, classes) * 8).round() / 8 - 1000
    np.testing.assert_array_equal(kernels.softmax(x), kernels.softmax(x + 1000))
    np.testing.assert_array_equal(kernels.argmax(x), reference.argmax(x))
    labels = np.zeros(17, np.int32)
    found, truth = (kernels.softmax_cross_entropy(a, labels) for a in (x, x + 1000))
    np.testing.assert_array_equal(found[1], truth[1])


def test_empty_batch(isa, dtype):
    x, labels = np.ones((0, 3), dtype), np.ones(0, np.int32)
    loss, gradient = kernels.softmax_cross_entropy(x, labels)
    assert loss == 0 and gradient.shape == (0, 3)
    loss, gradient = kernels.mean_squared_error(x, x)
    assert loss == 0 and gradient.shape == (0, 3)
    assert kernels.softmax(x).shape == (0, 3)


@pytest.mark.parametrize("columns", CLASSES)
def test_mean_squared_error(isa, dtype, rng, columns):
    output = logits(rng, dtype, 17, columns)
    targets = logits(rng, dtype, 17, columns)
    loss, gradient = kernels.mean_squared_error(output, targets)
    truth = reference.mean_squared_error(exact(output), exact(targets))
    # A difference and a square per term, their sum, the share; all terms positive.
    assert abs(loss - float(truth[0])) <= gamma(columns + 6, dtype) * float(truth[0])
    assert np.all(np.abs(gradient - truth[1]) <= gamma(6, dtype) * np.abs(truth[1]))


@pytest.mark.parametrize("classes", CLASSES)
def test_argmax(isa, dtype, rng, classes):
    x = rng.integers(0, 4, size=(37, classes)).astype(dtype)
    np.testing.assert_array_equal(kernels.argmax(x), reference.argmax(x))


def test_argmax_of_any_width_takes_the_first(isa, dtype):
    x = np.zeros((5, 1000), dtype)
    for classes in range(1, 1001):
        places = [0, classes // 3, classes // 2, classes - 1]
        view = x[:, :classes]
        view[:] = -1
        for row, place in enumerate(places):
            view[row, place:] = 2
        np.testing.assert_array_equal(kernels.argmax(view), [*places, 0])


def test_labels_out_of_range_are_refused(isa, dtype):
    x = np.ones((2, 3), dtype)
    with pytest.raises(ValueError, match=r"y\[1\] is 3; expected 0 to 2"):
        kernels.softmax_cross_entropy(x, np.array([0, 3], np.int32))
    with pytest.raises(ValueError, match="X has 2 rows but y has 1 labels"):
        kernels.softmax_cross_entropy(x, np.array([0], np.int32))
