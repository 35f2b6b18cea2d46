"""Losses to a rival, on numbers with which there is no rounding."""

import numpy as np
import pytest

from schuss import reference
from schuss._core import kernels

CLASSES = [1, 2, 3, 10, 15, 16, 17, 33, 1000]


def check(loss, x, labels, weights=None):
    found = getattr(kernels, loss)(x, labels, weights=weights)
    truth = getattr(reference, loss)(x.astype(np.float64), labels, weights=weights)
    assert found[0] == truth[0]
    np.testing.assert_array_equal(found[1], truth[1])


@pytest.mark.parametrize("classes", CLASSES)
@pytest.mark.parametrize("rows", [1, 2, 16])
def test_perceptron(isa, dtype, rng, rows, classes):
    """With as many ties as there can be: the first rival is the one."""
    for scale in (1, 8, 64):
        x = rng.integers(-scale, scale + 1, size=(rows, classes)).astype(dtype) / 8
        labels = rng.integers(classes, size=rows).astype(np.int32)
        check("perceptron", x, labels)
        check("perceptron", x, labels, rng.integers(4, size=rows) / 2)


@pytest.mark.parametrize("classes", CLASSES)
@pytest.mark.parametrize("rows", [1, 2, 16])
def test_hinge(isa, dtype, rng, rows, classes):
    for scale in (1, 8, 64):
        x = rng.integers(-scale, scale + 1, size=(rows, classes)).astype(dtype) / 8
        labels = rng.integers(classes, size=rows).astype(np.int32)
        check("hinge", x, labels)
        check("hinge", x, labels, rng.integers(4, size=rows) / 2)


def test_a_row_that_is_right_changes_nothing(isa, dtype):
    x = np.array([[3.0, 1.0, 2.0], [0.5, 0.5, -1.0]], dtype)
    loss, gradient = kernels.perceptron(x, np.array([0, 0], np.int32))
    assert loss == 0 and not gradient.any()
    loss, gradient = kernels.hinge(x, np.array([0, 0], np.int32))
    assert loss == 0.5
    np.testing.assert_array_equal(gradient, [[0, 0, 0], [-0.5, 0.5, 0]])


@pytest.mark.parametrize("loss", ["perceptron", "hinge"])
def test_impossible_classes_are_no_rivals(isa, dtype, loss):
    x = np.array([[-np.inf, 1, 0], [0, 2, -np.inf]], dtype)
    value, gradient = getattr(kernels, loss)(x, np.array([1, 1], np.int32))
    assert value == 0 and not gradient.any()
    assert getattr(kernels, loss)(x, np.array([0, 1], np.int32))[0] == np.inf


@pytest.mark.parametrize("loss", ["perceptron", "hinge"])
def test_tables_are_no_labels(isa, dtype, loss):
    with pytest.raises(
        ValueError, match=f"{loss} takes class labels, not rows of 3 num"
    ):
        getattr(kernels, loss)(np.ones((2, 3), dtype), np.ones((2, 3), dtype))
