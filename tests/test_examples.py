"""X and y as users give them, turned into what both engines take."""

import numpy as np
import pytest

from schuss.examples import as_array, as_examples, as_targets
from schuss.losses import MeanSquaredError, SoftmaxCrossEntropy

CLASSES, NUMBERS = SoftmaxCrossEntropy(), MeanSquaredError()


def targets(y, rows=3, outputs=2, loss=CLASSES):
    return as_targets(y, "y", rows, outputs, loss, "float32")


def test_an_array_is_not_copied():
    X = np.ones((3, 2))[::-1]
    assert as_array(X, "X") is X
    assert as_examples(X, "X", 2, "float32") is X


LITTLE = np.dtype("i4").newbyteorder("<")


@pytest.mark.parametrize("kind", ["?", "i1", "u1", ">i4", LITTLE, "i8", "u8"])
def test_labels_of_any_integer_type_become_int32(kind):
    labels = targets(np.array([0, 1, 1], kind))
    assert labels.dtype == np.int32 and labels.flags.c_contiguous
    np.testing.assert_array_equal(labels, [0, 1, 1])


def test_labels_beyond_int32_are_refused_and_not_wrapped():
    with pytest.raises(ValueError, match=r"y\[1\] is 4294967297"):
        targets(np.array([0, 2**32 + 1, 0], np.uint64))


def test_numbers_in_one_dimension_are_one_column():
    assert targets([1.5, 2, 3], outputs=1, loss=NUMBERS).shape == (3, 1)
    with pytest.raises(ValueError, match=r"y has shape \(3,\) but the model has 2"):
        targets([1.5, 2, 3], outputs=2, loss=NUMBERS)


@pytest.mark.parametrize(
    ("y", "sentence"),
    [
        ([[0.5, 0.5], [0.5, 0.6], [1, 0]], "row 1 of y is no distribution"),
        ([[0.5, 0.5], [0.5, 0.5], [2, -1]], "row 2 of y is no distribution"),
        ([[0.5, 0.5], [np.nan, 1], [1, 0]], r"y\[1, 0\] is NaN"),
        ([[0.5, 0.5]], r"X has 3 rows but y has shape \(1, 2\)"),
        (5, r"X has 3 rows but y has shape \(\)"),
        (np.ones((3, 2, 1)), r"y has shape \(3, 2, 1\) but the model has 2 outputs"),
    ],
)
def test_targets_that_are_none_are_refused(y, sentence):
    with pytest.raises(ValueError, match=sentence):
        targets(y)


def test_distributions_in_any_type_pass():
    for kind in ("f2", "f4", ">f8", "i8", "?"):
        y = np.array([[1, 0], [0, 1], [1, 0]], kind)
        assert targets(y).dtype == y.dtype
