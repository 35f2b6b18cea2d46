"""The function that serves: results where they are wanted, or one sentence."""

import gc
import weakref

import numpy as np
import pytest

from schuss import _core


def make_network(dtype):
    module, rng = getattr(_core, dtype), np.random.default_rng(0)
    made = module.Network(3, [(5, "tanh"), (2, "identity")], "softmax_cross_entropy")
    for layer, shape in enumerate([(3, 5), (5, 2)]):
        weights = rng.normal(size=shape).astype(dtype)
        made.set_parameters(layer, weights, np.zeros(shape[1], dtype))
    return made


@pytest.fixture
def network(dtype):
    return make_network(dtype)


@pytest.mark.parametrize("rows", [1, 2, 128, 129, 1000])
def test_predictor(network, dtype, rows, rng):
    predict = getattr(_core, dtype).predictor(network)
    X, out = rng.normal(size=(rows, 3)).astype(dtype), np.zeros((rows, 2), dtype)
    assert np.array_equal(predict(X), network.predict(X, 1))
    assert np.array_equal(predict(X, None), network.predict(X, 1))
    assert predict(X, out) is out
    assert np.array_equal(out, predict(X))
    before = out.copy()
    for bad in (np.full_like(X, np.inf), X[:, :2], X[0], X.astype("complex64")):
        with pytest.raises((TypeError, ValueError)):
            predict(bad, out)
    assert np.array_equal(out, before)
    whole = np.arange(3 * rows).reshape(3, rows).T
    assert np.array_equal(predict(whole), network.predict(whole, 1))


def test_arguments_of_the_wrong_kind_are_refused(network, dtype):
    predict = getattr(_core, dtype).predictor(network)
    for given in ((), ([[1.0, 2, 3]],), (np.ones((1, 3)), None, None)):
        with pytest.raises(TypeError, match="expected X, an array, and perhaps out"):
            predict(*given)
    with pytest.raises(TypeError, match="expected a Network"):
        getattr(_core, dtype).predictor(3)
    swapped = np.zeros((1, 2), np.dtype(dtype).newbyteorder())
    with pytest.raises(TypeError, match=f"out is no array of {dtype}"):
        predict(np.ones((1, 3)), swapped)


def test_the_function_keeps_the_network_and_lets_it_go(dtype):
    network = make_network(dtype)
    predict = getattr(_core, dtype).predictor(network)
    kept = weakref.ref(network)
    right = network.predict(np.ones((1, 3), dtype), 1)
    del network
    gc.collect()
    assert np.array_equal(predict(np.ones((1, 3), dtype)), right)
    del predict
    gc.collect()
    assert kept() is None
