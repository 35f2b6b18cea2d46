"""Python callables in a native network: its loss and its activations."""

import gc
import weakref

import numpy as np
import pytest

from schuss import _core


def squares(outputs, targets):
    error = outputs - targets
    return (error**2).mean(axis=1), 2 * error / outputs.shape[1]


def pair(dtype, function=squares, widths=(5, 40, 3)):
    kind = getattr(_core, dtype).Network
    layers = [(width, "tanh") for width in widths[1:-1]] + [(widths[-1], "identity")]
    networks = (
        kind(widths[0], layers, "custom", custom_loss=function),
        kind(widths[0], layers, "mean_squared_error"),
    )
    rng = np.random.default_rng(0)
    for layer in range(len(layers)):
        arrays = (
            rng.normal(size=widths[layer : layer + 2]) / 4,
            rng.normal(size=widths[layer + 1]),
        )
        for network in networks:
            network.set_parameters(layer, *arrays)
    return networks


def problem(dtype, rows=50):
    rng = np.random.default_rng(1)
    return rng.normal(size=(rows, 5)), rng.normal(size=(rows, 3)).astype(dtype)


@pytest.mark.parametrize("weighted", [False, True])
def test_it_is_the_kernel_of_the_same_loss(isa, dtype, weighted):
    X, y = problem(dtype)
    weights = np.arange(50) % 3 if weighted else None
    own, kernel = pair(dtype)
    tolerance = 1e-5 if dtype == "float32" else 1e-13
    found, truth = (network.evaluate(X, y, weights) for network in (own, kernel))
    assert found[0] == pytest.approx(truth[0], rel=tolerance)
    assert own.differentiate(X, y, weights) == pytest.approx(truth[0], rel=tolerance)
    kernel.differentiate(X, y, weights)
    for layer in (0, 1):
        for a, b in zip(own.gradients(layer), kernel.gradients(layer), strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=tolerance)
    np.testing.assert_array_equal(own.predict(X, 1), own.predict(X, 0))


def test_what_it_raises_is_raised_once_and_names_the_epoch_before(isa, dtype, threads):
    X, y = problem(dtype)
    for count in (1, 2, 3):
        threads(count)
        calls = []

        def failing(outputs, targets, calls=calls):
            calls.append(len(outputs))
            if sum(calls) > 120:
                raise ZeroDivisionError("the third epoch")
            return squares(outputs, targets)

        own, kernel = pair(dtype, failing)
        rates = np.full(12, 0.1)
        for network in (own, kernel):
            network.start("sgd", [0.0, 0.0])
        losses, _, _, steps, raised = own.training(X, y, 25).run(rates)
        assert len(losses) == 2 and steps == 5
        assert type(raised) is ZeroDivisionError and raised.args == ("the third epoch",)
        kernel.training(X, y, 25).run(rates[:4])
        for layer in (0, 1):
            a, b = own.parameters(layer), kernel.parameters(layer)
            np.testing.assert_allclose(a[0], b[0], rtol=0, atol=1e-4)
        for call in (own.evaluate, own.differentiate):
            with pytest.raises(ZeroDivisionError, match="the third epoch"):
                call(X, y)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (3, RuntimeError),
        ((np.ones(50), np.ones((50, 2))), ValueError),
        ((np.ones((50, 1)), np.ones((50, 3))), ValueError),
        ((np.ones(49), np.ones((50, 3))), ValueError),
    ],
)
def test_answers_of_another_shape_do_no_harm(dtype, answer, error):
    X, y = problem(dtype)
    own, _ = pair(dtype, lambda outputs, targets: answer)
    with pytest.raises((error, ValueError)):
        own.evaluate(X, y)


def test_arrays_that_it_is_given_are_its_own(dtype):
    """It may write to them, and keep them."""
    X, y = problem(dtype)
    seen = []

    def keeping(outputs, targets):
        seen.append((outputs, targets))
        answer = squares(outputs, targets)
        outputs[:] = targets[:] = np.nan
        return answer

    own, kernel = pair(dtype, keeping)
    truth = kernel.evaluate(X, y)[0]
    for _ in range(2):
        assert own.evaluate(X, y)[0] == pytest.approx(truth, rel=1e-5)
    assert all(a.dtype == t.dtype == dtype for a, t in seen)


def test_a_function_lives_as_long_as_its_network(dtype):
    def function(outputs, targets):
        return squares(outputs, targets)

    alive = weakref.ref(function)
    own, _ = pair(dtype, function)
    del function
    gc.collect()
    assert alive() is not None
    own.evaluate(*problem(dtype))
    del own
    gc.collect()
    assert alive() is None


def activated(dtype, *functions, widths=(5, 40, 3)):
    """Two networks with a hidden layer of tanh, the first by functions."""
    kind = getattr(_core, dtype).Network
    layers = [(widths[1], "identity"), (widths[2], "identity")]
    stages = [(1, functions or (np.tanh, slope), [], 0)]
    own = kind(widths[0], layers, "mean_squared_error", stages=stages)
    _, kernel = pair(dtype, widths=widths)
    for layer in (0, 1):
        own.set_parameters(layer, *kernel.parameters(layer))
    return own, kernel


def slope(x):
    return 1 - np.tanh(x) ** 2


def test_an_activation_is_the_kernel_of_the_same_function(isa, dtype, threads):
    X, y = problem(dtype)
    tolerance = 1e-5 if dtype == "float32" else 1e-13
    for count in (1, 2, 3):
        threads(count)
        own, kernel = activated(dtype)
        assert own.evaluate(X, y)[0] == pytest.approx(
            kernel.evaluate(X, y)[0], tolerance
        )
        for network in (own, kernel):
            network.differentiate(X, y)
            network.start("sgd", [0.0, 0.0])
            network.training(X, y, 25).run(np.full(4, 0.1))
        for layer in (0, 1):
            for kind in ("gradients", "parameters"):
                mine, truth = (getattr(n, kind)(layer) for n in (own, kernel))
                for a, b in zip(mine, truth, strict=True):
                    np.testing.assert_allclose(a, b, rtol=0, atol=tolerance)
        np.testing.assert_allclose(own.predict(X), kernel.predict(X), 0, tolerance)


@pytest.mark.parametrize("answer", [np.ones((50, 39)), np.ones(50), 3, "a"])
def test_answers_of_activations_of_another_shape_do_no_harm(dtype, answer):
    X, y = problem(dtype)
    own, _ = activated(dtype, lambda x: answer, slope)
    for call in (own.evaluate, own.differentiate, lambda x, y: own.predict(x)):
        with pytest.raises((ValueError, RuntimeError)):
            call(X, y)
    own, _ = activated(dtype, np.tanh, lambda x: answer)
    own.start("sgd", [0.0, 0.0])
    before = own.parameters(0)
    *_, problem_ = own.training(X, y, 25).run(np.full(4, 0.1))
    assert isinstance(problem_, ValueError | RuntimeError)
    np.testing.assert_array_equal(own.parameters(0)[0], before[0])


def test_functions_live_as_long_as_their_network(dtype):
    def value(x):
        return np.tanh(x)

    alive = weakref.ref(value)
    own, _ = activated(dtype, value, slope)
    del value
    gc.collect()
    assert alive() is not None
    own.predict(problem(dtype)[0])
    del own
    gc.collect()
    assert alive() is None
