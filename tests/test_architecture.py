"""A model before it meets data: built once, for one number of inputs."""

import numpy as np
import pytest

import schuss


def test_build():
    model = schuss.Model([schuss.Dense(3)]).build(2)
    assert model.build(2) is model
    assert [array.shape for array in model.weights[0]] == [(2, 3), (3,)]
    with pytest.raises(ValueError, match="the model was built for 2 inputs, not 4"):
        model.build(4)
    for wrong, error in ((0, ValueError), (2.5, TypeError)):
        with pytest.raises(error, match="inputs is"):
            schuss.Model([schuss.Dense(3)]).build(wrong)


def test_weights_are_copies():
    model = schuss.Model([schuss.Dense(3)]).build(2)
    model.weights[0][0][:] = 7
    assert not np.any(model.weights[0][0] == 7)


def test_set_weights_goes_round():
    model = schuss.Model([schuss.Dense(3, "relu"), schuss.Dense(2)], seed=1).build(4)
    twin = schuss.Model([schuss.Dense(3, "relu"), schuss.Dense(2)], seed=2)
    twin.set_weights(model.weights)
    x = np.ones((1, 4))
    np.testing.assert_array_equal(model(x), twin(x))
