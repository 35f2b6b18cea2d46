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


@pytest.mark.parametrize(
    ("weights", "sentence"),
    [
        ([(3.0, 1.0)], r"weights of layer 0 have shape \(\); give 2 dimensions"),
        ([(np.ones((2, 3)),)], "layer 0 got 1 arrays; give a pair"),
        ([([[1.0, 2], [3]], [0.0])], "weights of layer 0 is no rectangular array"),
        ([], "got weights for 0 layers; the model has 1"),
    ],
)
def test_weights_that_are_none_are_refused(weights, sentence):
    model = schuss.Model([schuss.Dense(3)])
    with pytest.raises(ValueError, match=sentence):
        model.set_weights(weights)
    model.set_weights(iter([(np.ones((2, 3)), np.zeros(3))]))
