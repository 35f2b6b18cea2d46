"""Hidden outputs, deltas and input gradients: by definition, bounds and differences."""

import bounds
import numpy as np
import pytest

import schuss
from schuss import gradient_check, reference

ENGINES = ["native", "reference"]


@pytest.fixture(params=ENGINES)
def engine(request):
    return request.param


def deep(engine, activation="tanh", dtype="float64", loss="softmax_cross_entropy"):
    layers = [
        schuss.Dense(9, activation),
        schuss.Dense(4, activation),
        schuss.Dense(3),
    ]
    options = {"engine": engine, "dtype": dtype, "loss": loss, "seed": 5}
    return schuss.Model(layers, **options).build(2)


def table(rng, rows=30):
    return rng.normal(size=(rows, 2)), rng.integers(0, 3, rows)


def exact_layers(model):
    return [(bounds.exact(w), bounds.exact(b)) for w, b in model.weights]


@pytest.mark.parametrize("activation", reference.ACTIVATIONS)
def test_transform_is_the_output_of_every_layer(engine, activation, dtype, rng):
    model = deep(engine, activation, dtype)
    X = table(rng)[0].astype(dtype)
    names = [activation, activation, "identity"]
    layers, h = exact_layers(model), bounds.exact(X)
    errors, _ = bounds.outputs(names, layers, h, dtype)
    for layer, (name, (weights, bias)) in enumerate(zip(names, layers, strict=True)):
        h = reference.ACTIVATIONS[name].forward(h @ weights + bias)
        got = model.transform(X, layer)
        assert got.dtype == dtype and got.shape == h.shape
        assert np.all(np.abs(got - h) <= errors[layer + 1])
        np.testing.assert_array_equal(got, model.transform(X, layer - 3))
    np.testing.assert_array_equal(model.transform(X), model.transform(X, 1))


def test_the_last_layer_is_the_call_of_the_model(engine, rng):
    model, (X, _) = deep(engine), table(rng)
    np.testing.assert_array_equal(model.transform(X, -1), model(X))


def test_transform_reads_what_fit_left_and_changes_nothing(engine, rng):
    model, (X, y) = deep(engine), table(rng)
    before = model.transform(X)
    history = model.fit(X, y, epochs=2, verbose=False)
    after, weights = model.transform(X), model.weights
    assert np.abs(after - before).max() > 1e-3
    assert model.history is history and len(model.layers) == 3
    for old, new in zip(weights, model.weights, strict=True):
        np.testing.assert_array_equal(old[0], new[0])
    model.fit(X, y, epochs=1, resume=True, verbose=False)


def test_features_are_of_rescaled_inputs(engine, rng):
    X = rng.integers(0, 17, (5, 4), dtype=np.uint8)
    W = rng.normal(size=(4, 3))
    hidden = schuss.Dense(3, "sigmoid", weights=W)
    model = schuss.Model(
        [schuss.Rescaling(1 / 16, -0.5), hidden, schuss.Dense(2)],
        engine=engine,
        dtype="float64",
    ).build(4)
    u = (X / 16 - 0.5) @ W
    np.testing.assert_allclose(model.transform(X), 1 / (1 + np.exp(-u)), rtol=1e-13)


def test_there_are_only_so_many_layers(engine):
    model = deep(engine)
    for layer in (3, -4):
        told = f"layer is {layer}; give a whole number of at least -3 and below 3"
        with pytest.raises(ValueError, match=told):
            model.transform([[0, 1]], layer)
    with pytest.raises(TypeError, match="layer is 'last'; give a whole number"):
        model.transform([[0, 1]], "last")
    with pytest.raises(ValueError, match="layer is -2; .* at least -1"):
        schuss.Model([schuss.Dense(2)], engine=engine).build(2).transform([[0, 1]])


@pytest.mark.parametrize(
    "look", ["transform", "deltas", "input_gradient", "explain_step"]
)
def test_without_weights_there_is_nothing_to_see(engine, look):
    model = schuss.Model([schuss.Dense(3), schuss.Dense(2)], engine=engine)
    given = ([[0, 1]],) if look == "transform" else ([[0, 1]], [0])
    with pytest.raises(RuntimeError, match="no weights yet"):
        getattr(model, look)(*given)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "gelu", "mish"])
def test_deltas_make_the_gradients_of_both_engines(engine, activation, dtype, rng):
    """dL/dW = H^T Delta and dL/db its column sums; each within the bound of both."""
    model = deep(engine, activation, dtype)
    X, y = table(rng)
    X = X.astype(dtype)
    layers, names = exact_layers(model), [activation, activation, "identity"]
    network = reference.Network(
        2,
        [(layer.units, name) for layer, name in zip(model.layers, names, strict=True)],
        "softmax_cross_entropy",
        dtype=bounds.exact(X).dtype,
    )
    for layer, pair in enumerate(layers):
        network.set_parameters(layer, *pair)
    network.differentiate(bounds.exact(X), y)
    errors = bounds.outputs(names, layers, bounds.exact(X), dtype)
    truth = bounds.exact(np.eye(3)[y])
    last = network.outputs[-1]
    _, e_delta = bounds.losses(
        "softmax_cross_entropy", last, errors[0][-1], truth, dtype
    )
    parts = bounds.gradients(names, layers, network, errors, e_delta, dtype)
    deltas, gradients = model.deltas(X, y), model.gradients(X, y)
    assert [delta.shape for delta in deltas] == [(30, 9), (30, 4), (30, 3)]
    below = [X, model.transform(X, 0), model.transform(X, 1)]
    for h, delta, (dW, db), ((_, e_w), (_, e_b)) in zip(
        below, deltas, gradients, parts, strict=True
    ):
        assert delta.dtype == dtype
        h, delta = bounds.exact(h), bounds.exact(delta)
        assert np.all(np.abs(h.T @ delta - dW) <= 2 * e_w)
        assert np.all(np.abs(delta.sum(axis=0) - db) <= 2 * e_b)


def differences(function, X):
    """Central differences of a function of a table by each of its numbers."""
    slopes = np.empty_like(X)
    for place in np.ndindex(*X.shape):
        step, values = gradient_check.STEP * max(1, abs(X[place])), []
        for sign in (1, -1):
            moved = X.copy()
            moved[place] += sign * step
            values.append(function(moved))
        slopes[place] = (values[0] - values[1]) / (2 * step)
    return slopes


@pytest.mark.parametrize("activation", ["sigmoid", "relu", "silu"])
@pytest.mark.parametrize("loss", ["softmax_cross_entropy", "mean_squared_error"])
def test_the_slope_of_the_loss_is_that_of_differences(engine, activation, loss, rng):
    model, (X, y) = deep(engine, activation, loss=loss), table(rng, 6)
    truth = y if loss.startswith("softmax") else rng.normal(size=(6, 3))
    slope = model.input_gradient(X, truth)
    measured = differences(lambda moved: 6 * model.evaluate(moved, truth)["loss"], X)
    assert np.abs(slope - measured).max() < 1e-7 * np.abs(measured).max()
    alone = [model.input_gradient(X[i : i + 1], truth[i : i + 1]) for i in range(6)]
    np.testing.assert_allclose(slope, np.concatenate(alone), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("output", [0, 2])
def test_the_slope_of_an_output_is_that_of_differences(engine, output, rng):
    W = rng.normal(size=(2, 5))
    layers = [
        schuss.Rescaling(0.25, 1),
        schuss.Dense(5, "tanh", weights=W),
        schuss.Dense(3),
    ]
    model = schuss.Model(layers, engine=engine, dtype="float64").build(2)
    X = rng.normal(size=(4, 2))
    slope = model.input_gradient(X, output=output)
    measured = differences(lambda moved: model(moved)[:, output].sum(), X)
    assert np.abs(slope - measured).max() < 1e-7 * np.abs(measured).max()


def test_input_gradients_keep_the_precision(engine, dtype, rng):
    X, y = table(rng)
    assert deep(engine, dtype=dtype).input_gradient(X, y).dtype == dtype


def test_the_slope_of_one_thing_is_asked_for(engine):
    model, X = deep(engine), [[0, 1]]
    with pytest.raises(TypeError, match="neither given; give y .* or output"):
        model.input_gradient(X)
    with pytest.raises(TypeError, match="both given"):
        model.input_gradient(X, [1], output=1)
    with pytest.raises(ValueError, match="output is 3; .* below 3"):
        model.input_gradient(X, output=3)
    with pytest.raises(ValueError, match="give labels from 0 to 2"):
        model.input_gradient(X, [3])


def test_noise_is_no_part_of_what_is_looked_at():
    X = np.linspace(-1, 1, 12).reshape(4, 3)
    first, last = schuss.Dense(5, "tanh"), schuss.Dense(2)
    noisy = schuss.Model(
        [schuss.Dropout(0.5), first, schuss.Dropout(0.5), last], seed=3
    )
    plain = schuss.Model([first, last], seed=3)
    for model in (noisy, plain):
        model.build(3)
    np.testing.assert_array_equal(noisy.transform(X), plain.transform(X))
    np.testing.assert_array_equal(
        noisy.input_gradient(X, [0, 1, 1, 0]), plain.input_gradient(X, [0, 1, 1, 0])
    )
    with pytest.raises(ValueError, match="dense layers alone.*Dropout"):
        noisy.explain_step(X[0], 0)


def test_what_looks_inside_knows_norms_and_residuals(engine):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(9, 3)), [0, 1, 1, 0, 1, 0, 0, 1, 1]
    block = schuss.Residual([schuss.Dense(5), schuss.PReLU(), schuss.Dense(5)])
    layers = [schuss.BatchNorm(), schuss.Dense(5), schuss.LayerNorm(), block]
    layers = [*layers, schuss.Dense(2), schuss.LayerNorm()]
    model = schuss.Model(layers, seed=3, engine=engine, dtype="float64")
    model.fit(X, y, epochs=3, batch_size=4, verbose=False)
    gain, shift, mean, variance = model.weights[0]
    weights, bias = model.weights[1]
    z = (X - mean) / np.sqrt(variance + 1e-5) * gain + shift
    np.testing.assert_allclose(model.transform(X, 0), z @ weights + bias, atol=1e-12)
    np.testing.assert_allclose(model.transform(X, -1), model(X), atol=1e-12)
    assert model.transform(X, 2).shape == (9, 5)  # before it joins
    slopes = model.input_gradient(X, output=1)
    h = 1e-6
    for column in range(3):
        moved = np.zeros(3)
        moved[column] = h
        difference = (model(X + moved) - model(X - moved))[:, 1] / (2 * h)
        np.testing.assert_allclose(slopes[:, column], difference, atol=1e-7)
    with pytest.raises(ValueError, match="dense layers alone.*BatchNorm"):
        model.explain_step(X[0], 0)
