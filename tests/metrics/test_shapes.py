"""Predictions that do not lie beside the truth are refused."""

import numpy as np
import pytest

from schuss.metrics.shapes import alike


def test_equal_shapes_pass():
    truth, given = alike([1, 2], np.array([3.0, 4.0]))
    np.testing.assert_array_equal(truth, [1, 2])
    np.testing.assert_array_equal(given, [3, 4])


@pytest.mark.parametrize(
    ("y", "predicted"), [([1, 2], [[1], [2]]), ([1], [1, 2]), ([], [])]
)
def test_what_numpy_would_broadcast_is_refused(y, predicted):
    with pytest.raises(ValueError, match="^y has shape .* and the predictions .*; giv"):
        alike(y, predicted)
