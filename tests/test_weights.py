"""A model's first parameters: drawn by seed and layer, or given and checked."""

import numpy as np
import pytest

from schuss import Dense
from schuss.weights import first_weights, fitting_weights


def test_each_layer_draws_from_a_stream_of_its_own():
    layers = [Dense(4, "relu"), Dense(4, "relu")]
    one, two = first_weights(layers, 4, 0, "float64")
    assert not np.array_equal(one[0], two[0])
    assert not one[1].any() and not two[1].any()
    again = first_weights([Dense(4, "relu")], 4, 0, "float64")[0][0]
    np.testing.assert_array_equal(one[0], again)


def test_dtypes_draw_the_same_numbers():
    layers = [Dense(4, "tanh")]
    double = first_weights(layers, 3, 5, "float64")[0][0]
    single = first_weights(layers, 3, 5, "float32")[0][0]
    np.testing.assert_array_equal(single, double.astype("float32"))


def test_given_weights_must_fit():
    with pytest.raises(
        ValueError, match=r"bias of layer 0 have shape \(3,\); give sha"
    ):
        fitting_weights([Dense(2)], 1, [(np.ones((1, 2)), np.ones(3))], "float32")
    with pytest.raises(TypeError, match="weights of layer 0 has dtype <U1"):
        fitting_weights([Dense(2)], 1, [([["a", "b"]], np.ones(2))], "float32")


def test_weights_need_not_be_aligned():
    raw = np.zeros(37, np.uint8)[1:].view(np.float32).reshape(3, 3)
    (weights, _), *_ = fitting_weights([Dense(3)], 3, [(raw, np.zeros(3))], "float32")
    assert not raw.flags.aligned and weights.flags.aligned
