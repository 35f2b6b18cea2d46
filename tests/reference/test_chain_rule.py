"""The factors of the chain rule by central differences; their product is the kernel."""

import numpy as np

from schuss import reference

STEP = np.finfo(np.float64).eps ** (1 / 3)


def difference(function, x, index):
    moved = np.zeros_like(x)
    moved[index] = STEP
    return (function(x + moved).sum() - function(x - moved).sum()) / (2 * STEP)


def test_cross_entropy(rng):
    truth = rng.dirichlet(np.ones(4), 3)
    p = rng.dirichlet(np.ones(4) * 5, 3)
    found = reference.cross_entropy_backward(p, truth)
    for index in np.ndindex(p.shape):
        slope = difference(lambda q: reference.cross_entropy(q, truth), p, index)
        np.testing.assert_allclose(found[index], slope, rtol=1e-6)


def test_cross_entropy_of_an_impossible_class():
    p, truth = np.array([[1.0, 0.0]]), np.array([[1.0, 0.0]])
    np.testing.assert_array_equal(reference.cross_entropy(p, truth), [0])
    np.testing.assert_array_equal(reference.cross_entropy_backward(p, truth), [[-1, 0]])


def test_the_factors_multiply_to_the_fused_gradient(rng):
    s, truth = rng.normal(size=(5, 4)), np.eye(4)[[0, 3, 1, 1, 2]]
    p = reference.softmax(s)
    factor = reference.cross_entropy_backward(p, truth)
    delta = reference.softmax_backward(p, factor)
    np.testing.assert_allclose(delta, p - truth, atol=1e-15)
    _, fused = reference.softmax_cross_entropy(s, truth)
    np.testing.assert_allclose(delta / 5, fused, atol=1e-15)
