"""The dense layer at the border refuses shapes that do not meet."""

import numpy as np
import pytest

from schuss._core import kernels


@pytest.mark.parametrize(
    ("shapes", "sentence"),
    [
        (((5, 3), (4, 2), (2,)), r"x has shape \(5, 3\); expected \(5, 4\)"),
        (((5, 4), (4, 2), (3,)), r"bias has shape \(1, 3\); expected \(1, 2\)"),
        (((5, 0), (0, 2), (2,)), "weights must have 2 dimensions, none of them 0"),
        (((5, 4, 1), (4, 2), (2,)), "x must have 2 dimensions"),
    ],
)
def test_forward(dtype, shapes, sentence):
    with pytest.raises(ValueError, match=sentence):
        kernels.dense_forward(*(np.ones(shape, dtype) for shape in shapes))


@pytest.mark.parametrize(
    ("kept", "d_output", "sentence"),
    [
        ((5, 3), (5, 2), r"kept has shape \(5, 3\); expected \(5, 2\)"),
        ((5, 2), (4, 2), r"d_output has shape \(4, 2\); expected \(5, 2\)"),
    ],
)
def test_backward(dtype, kept, d_output, sentence):
    shapes = ((5, 4), (4, 2), kept, d_output)
    with pytest.raises(ValueError, match=sentence):
        kernels.dense_backward(*(np.ones(shape, dtype) for shape in shapes))
