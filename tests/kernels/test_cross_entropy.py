"""Softmax cross-entropy against float64 with derived bounds, and at its extremes."""

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


def test_labels_out_of_range_are_refused(isa, dtype):
    x = np.ones((2, 3), dtype)
    with pytest.raises(ValueError, match=r"y\[1\] is 3; expected 0 to 2"):
        kernels.softmax_cross_entropy(x, np.array([0, 3], np.int32))
    with pytest.raises(ValueError, match="X has 2 rows but y has 1 labels"):
        kernels.softmax_cross_entropy(x, np.array([0], np.int32))


@pytest.mark.parametrize("classes", [1, 2, 3, 10, 16, 33])
@pytest.mark.parametrize("rows", [1, 2, 17, 37])
@pytest.mark.parametrize("kind", ["labels", "distributions"])
def test_label_smoothing(isa, dtype, rng, rows, classes, kind):
    """Also of rows that sum to something else; 1/8 is exact."""
    x = logits(rng, dtype, rows, classes)
    targets = rng.integers(classes, size=rows).astype(np.int32)
    truth = np.eye(classes)[targets]
    if kind == "distributions":
        targets = (2 * rng.dirichlet(np.ones(classes), rows)).astype(dtype)
        truth = exact(targets)
    weights = rng.integers(4, size=rows) / 2
    loss, gradient = kernels.softmax_cross_entropy(x, targets, 1 / 8, weights=weights)
    smoothed = 7 / 8 * truth + truth.sum(axis=1, keepdims=True) / (8 * classes)
    true = reference.softmax_cross_entropy(exact(x), smoothed, weights=weights)
    e_loss, e_gradient = bounds.losses(
        "softmax_cross_entropy", exact(x), 0 * exact(x), truth, dtype, (1 / 8,), weights
    )
    # In float64 the mean of the reference, and what it was given, are rounded, too.
    e_mean = e_loss / rows + 9 * np.finfo(float).eps * abs(true[0])
    assert abs(loss - true[0]) <= e_mean
    e_gradient = e_gradient + 9 * np.finfo(float).eps * weights[:, None] / rows
    assert np.all(np.abs(gradient - true[1]) <= e_gradient)


def test_label_smoothing_of_the_reference(rng):
    """Both ways to say it are one, and the formula of the paper."""
    x, labels = rng.normal(size=(5, 4)), np.array([0, 3, 1, 1, 2])
    loss, gradient = reference.softmax_cross_entropy(x, labels, 0.2)
    truth = 0.8 * np.eye(4)[labels] + 0.2 / 4
    expected = -np.mean(np.sum(truth * reference.log_softmax(x), axis=1))
    assert loss == pytest.approx(expected, rel=1e-14)
    np.testing.assert_allclose(gradient, (reference.softmax(x) - truth) / 5, atol=1e-16)


def test_shifted_logits_are_smoothed_alike(isa, dtype, rng):
    x = (logits(rng, dtype, 9, 5) * 8).round() / 8
    labels = rng.integers(5, size=9).astype(np.int32)
    found, truth = (
        kernels.softmax_cross_entropy(a, labels, 0.25) for a in (x, x + 512)
    )
    assert found[0] == truth[0]
    np.testing.assert_array_equal(found[1], truth[1])
