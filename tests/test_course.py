"""The equations of the classic course, row by row, on both engines."""

import itertools

import numpy as np
import pytest

import schuss
from schuss import reference
from schuss._core import kernels

ENGINES = ["native", "reference"]


@pytest.fixture(params=ENGINES)
def engine(request):
    return request.param


def model_of(engine, *layers, **options):
    return schuss.Model(layers, engine=engine, dtype="float64", **options)


def test_formal_neuron(engine):
    """Row 3: y = f(w^T x + b) with a step; this one computes AND."""
    neuron = model_of(
        engine,
        schuss.Dense(1, "step", weights=[[1.0], [1.0]], bias=[-1.5]),
        loss="mean_squared_error",
    ).build(2)
    X, _ = schuss.datasets.make_xor()
    np.testing.assert_array_equal(neuron.predict(X), [0, 0, 0, 1])


def test_perceptron_is_several_neurons_side_by_side(engine, rng):
    """Row 4: s = x W + b."""
    W, b, X = rng.normal(size=(4, 3)), rng.normal(size=3), rng.normal(size=(5, 4))
    model = model_of(engine, schuss.Dense(3, weights=W, bias=b)).build(4)
    np.testing.assert_allclose(model(X), X @ W + b, rtol=1e-14, atol=1e-14)


def test_soft_max(engine, rng):
    """Row 5: y_hat_k = exp(s_k) / sum_k' exp(s_k'), stable for logits of any size."""
    W, X = rng.normal(size=(4, 3)), rng.normal(size=(5, 4))
    model = model_of(engine, schuss.Dense(3, weights=W)).build(4)
    s = X @ W
    truth = np.exp(s) / np.exp(s).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model.predict_proba(X), truth, rtol=1e-13)
    huge = model.predict_proba(X * 1e6)
    np.testing.assert_array_equal(huge.max(axis=1), 1)


def gradient_norm(model, X, y):
    return np.sqrt(sum(np.sum(g**2) for pair in model.gradients(X, y) for g in pair))


def test_softmax_regression_reaches_its_convex_optimum(engine):
    """Rows 6 and 13: no hidden layer; w <- w - eta dL/dw until the gradient is 0.

    The classes overlap, so the optimum is finite, and convexity makes it unique:
    two starts end in the same probabilities.
    """
    X, y = schuss.datasets.make_blobs(60, spread=6.0, seed=3)
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    ends = []
    for seed in (0, 1):
        model = model_of(engine, schuss.Dense(3), seed=seed)
        model.fit(
            X,
            y,
            epochs=4000,
            batch_size=None,
            optimizer=schuss.SGD(1.0, momentum=0.9),
            verbose=False,
        )
        assert gradient_norm(model, X, y) ** 2 < 1e-20
        ends.append(model.predict_proba(X))
    np.testing.assert_allclose(ends[0], ends[1], atol=1e-8)


def test_one_step_of_gradient_descent(engine, rng):
    """Row 13: w <- w - eta dL/dw."""
    X, y = schuss.datasets.make_blobs(30, seed=2)
    model = model_of(engine, schuss.Dense(4, "tanh"), schuss.Dense(3)).build(2)
    before, gradients = model.weights, model.gradients(X, y)
    model.fit(
        X, y, epochs=1, batch_size=None, optimizer=schuss.SGD(0.25), verbose=False
    )
    for (w0, b0), (dw, db), (w1, b1) in zip(
        before, gradients, model.weights, strict=True
    ):
        np.testing.assert_allclose(w1, w0 - 0.25 * dw, rtol=0, atol=1e-14)
        np.testing.assert_allclose(b1, b0 - 0.25 * db, rtol=0, atol=1e-14)


def test_xor_needs_a_hidden_layer(engine):
    """Rows 7 and 8: straight boundaries fail on XOR, one hidden layer solves it."""
    X, y = schuss.datasets.make_xor()
    options = {"batch_size": None, "verbose": False, "epochs": 2000}
    linear = model_of(engine, schuss.Dense(2))
    linear.fit(X, y, optimizer=schuss.SGD(0.5), **options)
    np.testing.assert_allclose(linear.predict_proba(X), 0.5, atol=1e-6)
    assert linear.evaluate(X, y)["loss"] == pytest.approx(np.log(2))
    deep = model_of(engine, schuss.Dense(8, "tanh"), schuss.Dense(2), seed=1)
    deep.fit(X, y, optimizer=schuss.SGD(0.5), **options)
    np.testing.assert_array_equal(deep.predict(X), y)
    assert deep.evaluate(X, y)["loss"] < 0.02


def test_multi_layer_perceptron(engine, rng):
    """Row 8: h = f(x W^h + b^h), y_hat = softmax(h W^y + b^y)."""
    Wh, bh = rng.normal(size=(3, 5)), rng.normal(size=5)
    Wy, by = rng.normal(size=(5, 2)), rng.normal(size=2)
    X = rng.normal(size=(6, 3))
    model = model_of(
        engine,
        schuss.Dense(5, "sigmoid", weights=Wh, bias=bh),
        schuss.Dense(2, weights=Wy, bias=by),
    ).build(3)
    h = 1 / (1 + np.exp(-(X @ Wh + bh)))
    s = h @ Wy + by
    truth = np.exp(s) / np.exp(s).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model.predict_proba(X), truth, rtol=1e-12)


def test_more_hidden_units_draw_finer_boundaries(engine):
    """Row 9: spirals, which one unit cuts in half and sixteen tell apart."""
    X, y = schuss.datasets.make_spirals(200, turns=1.0, noise=0.0, seed=0)
    accuracies = []
    for units in (1, 16):
        model = model_of(engine, schuss.Dense(units, "tanh"), schuss.Dense(2), seed=0)
        model.fit(4 * X, y, epochs=300, optimizer=schuss.Adam(0.03), verbose=False)
        accuracies.append(model.evaluate(4 * X, y)["accuracy"])
    assert accuracies[0] < 0.8
    assert accuracies[1] == 1


def test_the_loss_is_the_mean_over_examples(engine, rng):
    """Row 10: L = 1/N sum_i l(y_hat_i, y*_i)."""
    X, y = schuss.datasets.make_blobs(11, seed=2)
    model = model_of(engine, schuss.Dense(3), seed=3).build(2)
    single = [model.evaluate(X[i : i + 1], y[i : i + 1])["loss"] for i in range(11)]
    assert model.evaluate(X, y)["loss"] == pytest.approx(np.mean(single), rel=1e-13)


def test_cross_entropy_of_the_lecture(engine):
    """Row 11: l = -ln y_hat_c*; a probability of 0.8 costs 0.22; not symmetric."""
    logits = np.log([[0.1, 0.8, 0.1]])
    model = model_of(engine, schuss.Dense(3, weights=logits)).build(1)
    loss = model.evaluate([[1.0]], [1])["loss"]
    assert loss == pytest.approx(-np.log(0.8), rel=1e-12)
    assert round(loss, 2) == 0.22
    assert model.evaluate([[1.0]], [[0.0, 1.0, 0.0]])["loss"] == pytest.approx(loss)
    p, q = np.array([[0.9, 0.1]]), np.array([[0.5, 0.5]])
    assert reference.cross_entropy(p, q) != reference.cross_entropy(q, p)


@pytest.mark.parametrize("engine_kernels", [kernels, reference], ids=ENGINES)
def test_cross_entropy_is_a_convex_bound_of_the_0_1_loss(engine_kernels):
    """Row 12: of two classes, in bits, by the margin of the true one."""
    margins = np.linspace(-40, 40, 801)
    label = np.array([0], np.int32)
    told = [
        engine_kernels.softmax_cross_entropy(np.array([[m, 0.0]]), label)
        for m in margins
    ]
    losses = np.array([loss for loss, _ in told])
    slopes = np.array([delta[0, 0] for _, delta in told])
    assert np.all(losses / np.log(2) >= (margins <= 0) - 1e-15)
    assert np.any(losses < (margins <= 0))  # in nats it is none
    assert np.all(slopes <= 0) and np.all(np.diff(slopes) >= 0)


@pytest.mark.parametrize("engine_kernels", [kernels, reference], ids=ENGINES)
def test_backpropagation_for_logistic_regression(engine_kernels, rng):
    """Row 14: dl/dy_hat = -1/y_hat_c*; dl/ds = y_hat - y*; dl/dW = x^T delta."""
    x, W, b = rng.normal(size=(1, 4)), rng.normal(size=(4, 3)), rng.normal(size=3)
    truth = np.array([[0.0, 1.0, 0.0]])
    s = engine_kernels.dense_forward(x, W, b, "identity")
    y_hat = engine_kernels.softmax(s)
    factor = reference.cross_entropy_backward(y_hat, truth)
    np.testing.assert_array_equal(factor, [[0, -1 / y_hat[0, 1], 0]])
    delta = reference.softmax_backward(y_hat, factor)
    np.testing.assert_allclose(delta, y_hat - truth, atol=1e-15)
    loss, fused = engine_kernels.softmax_cross_entropy(s, np.array([1], np.int32))
    np.testing.assert_allclose(fused, delta, atol=1e-15)
    assert loss == pytest.approx(float(reference.cross_entropy(y_hat, truth)[0]))
    dW, db, _ = engine_kernels.dense_backward(x, W, s, fused, "identity")
    np.testing.assert_allclose(dW, x.T @ delta, atol=1e-14)
    np.testing.assert_allclose(db, delta[0], atol=1e-15)


@pytest.mark.parametrize("engine_kernels", [kernels, reference], ids=ENGINES)
def test_backpropagation_through_one_hidden_layer(engine_kernels, rng):
    """Row 15: delta^h = (delta^y W^yT) * h (1 - h); dl/dW^h = x^T delta^h."""
    x, Wh, Wy = (rng.normal(size=shape) for shape in ((1, 4), (4, 5), (5, 3)))
    h = engine_kernels.dense_forward(x, Wh, np.zeros(5), "sigmoid")
    s = engine_kernels.dense_forward(h, Wy, np.zeros(3), "identity")
    _, delta_y = engine_kernels.softmax_cross_entropy(s, np.array([2], np.int32))
    _, _, d_h = engine_kernels.dense_backward(h, Wy, s, delta_y, "identity")
    delta_h = engine_kernels.sigmoid_backward(h, d_h)
    np.testing.assert_allclose(delta_h, (delta_y @ Wy.T) * h * (1 - h), atol=1e-15)
    dWh, _, _ = engine_kernels.dense_backward(x, Wh, h, d_h, "sigmoid")
    np.testing.assert_allclose(dWh, x.T @ delta_h, atol=1e-15)


def test_backpropagation_through_any_depth(engine, rng):
    """Row 16: the recursion for a batch, written out; and by central differences."""
    widths, B = [4, 6, 5, 3], 7
    W = [rng.normal(size=pair) for pair in itertools.pairwise(widths)]
    X, y = rng.normal(size=(B, 4)), rng.integers(3, size=B)
    model = model_of(
        engine,
        schuss.Dense(6, "sigmoid", weights=W[0]),
        schuss.Dense(5, "sigmoid", weights=W[1]),
        schuss.Dense(3, weights=W[2]),
    ).build(4)
    H = [X]
    for weights in W[:2]:
        H.append(1 / (1 + np.exp(-H[-1] @ weights)))
    delta = (model.predict_proba(X) - np.eye(3)[y]) / B
    gradients = model.gradients(X, y)
    for layer in (2, 1, 0):
        np.testing.assert_allclose(gradients[layer][0], H[layer].T @ delta, atol=1e-14)
        np.testing.assert_allclose(gradients[layer][1], delta.sum(axis=0), atol=1e-14)
        delta = (delta @ W[layer].T) * H[layer] * (1 - H[layer])
    assert model.check_gradients(X, y).error < 1e-7


def test_deltas_can_be_read_out(rng):
    """Row 16: the reference keeps every layer's delta for teaching."""
    network = reference.Network(
        2, [(3, "tanh"), (2, "identity")], "softmax_cross_entropy", dtype="float64"
    )
    X, y = schuss.datasets.make_xor()
    network.differentiate(X, y)
    assert [delta.shape for delta in network.deltas] == [(4, 3), (4, 2)]
    assert [output.shape for output in network.outputs] == [(4, 2), (4, 3), (4, 2)]


def test_the_full_gradient_costs_every_example(engine):
    """Row 17: it is the mean of the gradients of all examples, one by one."""
    X, y = schuss.datasets.make_blobs(9, seed=2)
    model = model_of(engine, schuss.Dense(3), seed=3).build(2)
    single = [model.gradients(X[i : i + 1], y[i : i + 1])[0][0] for i in range(9)]
    full = model.gradients(X, y)[0][0]
    np.testing.assert_allclose(full, np.mean(single, axis=0), atol=1e-14)


@pytest.mark.parametrize("batch_size", [1, 4, None])
def test_stochastic_gradient_descent(engine, batch_size):
    """Row 18: online, mini-batch and full batch, the mean gradient over B examples."""
    X, y = schuss.datasets.make_blobs(10, seed=2)
    model = model_of(engine, schuss.Dense(3), seed=3).build(2)
    W, b = model.weights[0]
    model.fit(
        X,
        y,
        epochs=1,
        batch_size=batch_size,
        shuffle=False,
        optimizer=schuss.SGD(0.1),
        verbose=False,
    )
    B = batch_size or len(X)
    for first in range(0, len(X), B):
        x, c = X[first : first + B], y[first : first + B]
        s = np.exp(x @ W + b)
        delta = s / s.sum(axis=1, keepdims=True) - np.eye(3)[c]
        W = W - 0.1 / len(x) * x.T @ delta
        b = b - 0.1 / len(x) * delta.sum(axis=0)
    np.testing.assert_allclose(model.weights[0][0], W, atol=1e-13)
    np.testing.assert_allclose(model.weights[0][1], b, atol=1e-13)


def test_every_row_is_seen_once_an_epoch():
    """Row 18: a shuffle, not a draw with replacement."""
    X = np.eye(23)
    model = model_of("native", schuss.Dense(2, initializer="zeros"))
    model.fit(X, np.zeros(23, int), epochs=1, batch_size=4, shuffle=True, verbose=False)
    assert np.all(model.weights[0][0][:, 0] > 0)
