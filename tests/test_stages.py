"""Descriptions of what stands between dense layers, and a model with them."""

import numpy as np
import pytest

import schuss
from schuss.stages import Stage

NOISY = [
    schuss.GaussianNoise(0.1),
    schuss.Dropout(0.2),
    schuss.Dense(30, "relu"),
    schuss.Dropout(0.5),
    schuss.Dense(3),
]


@pytest.mark.parametrize("rate", [1, 1.5, -0.1, float("nan"), float("inf")])
def test_a_rate_is_a_share(rate):
    with pytest.raises(
        ValueError, match="rate is .*; give a number of at least 0 and b"
    ):
        schuss.Dropout(rate)


@pytest.mark.parametrize("deviation", [-0.1, float("nan"), float("inf")])
def test_a_deviation_is_not_negative(deviation):
    with pytest.raises(
        ValueError, match="deviation is .*; give a number of at least 0"
    ):
        schuss.GaussianNoise(deviation)


@pytest.mark.parametrize("kind", [schuss.Dropout, schuss.GaussianNoise])
def test_settings_are_numbers(kind):
    for wrong in ("0.5", None, True):
        with pytest.raises(TypeError, match="give a number"):
            kind(wrong)
    assert kind(np.float32(0.25)).settings == [0.25]
    assert issubclass(kind, Stage) and kind.draws


def fitted(epochs, resumes=0, **options):
    X, y = schuss.datasets.make_blobs(90, seed=0)
    model = schuss.Model(NOISY, seed=3, **options)
    for number in range(resumes + 1):
        model.fit(
            X,
            y,
            epochs=epochs,
            batch_size=20,
            optimizer=schuss.Adam(0.01),
            resume=number > 0,
            verbose=False,
        )
    return model


@pytest.mark.parametrize("engine", ["native", "reference"])
def test_a_resumed_fit_draws_on(engine):
    """To the bit; a fit that draws again from the start is another."""
    whole, parts = fitted(6, engine=engine), fitted(2, 2, engine=engine)
    for (a, b), (c, d) in zip(whole.weights, parts.weights, strict=True):
        np.testing.assert_array_equal(a, c)
        np.testing.assert_array_equal(b, d)


def test_engines_draw_the_same():
    one, other = (fitted(4, engine=e, dtype="float64") for e in ("native", "reference"))
    for (a, _), (b, _) in zip(one.weights, other.weights, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-11)


def test_predictions_have_no_noise():
    X, y = schuss.datasets.make_blobs(90, seed=0)
    model = fitted(2)
    quiet = schuss.Model([schuss.Dense(30, "relu"), schuss.Dense(3)])
    quiet.set_weights(model.weights)
    np.testing.assert_array_equal(model(X), quiet(X))
    np.testing.assert_array_equal(model(X[:1]), quiet(X[:1]))
    assert model.evaluate(X, y) == quiet.evaluate(X, y)
    for one, other in zip(model.gradients(X, y), quiet.gradients(X, y), strict=True):
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(a, b)
    assert fitted(2, dtype="float64").check_gradients(X, y).error < 1e-6


def test_seeds_draw_other_noise():
    """From the same weights."""
    X, y = schuss.datasets.make_blobs(90, seed=0)
    ends = []
    for seed in (0, 1):
        model = schuss.Model([schuss.Dropout(0.5), schuss.Dense(3)], seed=seed)
        model.set_weights([(np.zeros((2, 3)), np.zeros(3))])
        model.fit(X, y, epochs=1, batch_size=None, shuffle=False, verbose=False)
        ends.append(model.weights[0][0])
    assert not np.array_equal(*ends)


def test_lbfgs_needs_a_loss_that_stays():
    pytest.importorskip("scipy")
    X, y = schuss.datasets.make_blobs(30, seed=0)
    model = schuss.Model(NOISY)
    with pytest.raises(
        ValueError, match=r"LBFGS wants .*GaussianNoise\(deviation=0.1\)"
    ):
        model.fit(X, y, batch_size=None, optimizer=schuss.LBFGS())


def test_dropout_helps_on_few_examples():
    """What it is for: less is learned by heart."""
    X, y = schuss.datasets.load_digits()
    data = schuss.datasets.stratified_split(X, y, seed=0)
    few = slice(0, 400)
    scores = []
    for rate in (0.0, 0.2):
        layers = [
            schuss.Rescaling(1 / 16),
            schuss.Dense(256, "relu"),
            schuss.Dropout(rate),
            schuss.Dense(10),
        ]
        model = schuss.Model(layers, seed=0)
        history = model.fit(
            data.X_train[few],
            data.y_train[few],
            epochs=100,
            batch_size=20,
            verbose=False,
        )
        test = model.evaluate(data.X_test, data.y_test)
        scores.append((test["loss"], history["loss"][-1]))
    (loss, learned), (with_dropout, learned_with) = scores
    assert with_dropout < loss and learned_with > learned


def residual(width=6, **options):
    block = schuss.Residual([schuss.Dense(width, "tanh"), schuss.Dense(6)])
    layers = [schuss.Dense(6), block, block, schuss.Dense(3)]
    return schuss.Model(layers, dtype="float64", seed=1, **options)


@pytest.mark.parametrize("engine", ["native", "reference"])
def test_a_residual_has_the_gradient_of_both_ways(engine):
    X, y = schuss.datasets.make_blobs(30, seed=0)
    model = residual(9, engine=engine).build(2)
    assert len(model.weights) == 6
    assert model.check_gradients(X, y).error < 1e-7


def test_a_residual_adds_its_input():
    X, _ = schuss.datasets.make_blobs(30, seed=0)
    model = residual().build(2)
    h = X.astype(np.float64)
    for layer, (weights, bias) in enumerate(model.weights):
        if layer in (1, 3):
            h = h + np.tanh(h @ weights + bias) @ model.weights[layer + 1][0]
        elif layer in (0, 5):
            h = h @ weights + bias
    np.testing.assert_allclose(model(X), h, atol=1e-13)


def test_fifty_residual_layers_learn():
    """In plain layers that shrink what passes, the gradient of the first is lost."""
    X, y = schuss.datasets.make_moons(200, noise=0.1, seed=0)
    losses = []
    for around in (True, False):
        rng = np.random.default_rng(0)
        small = [rng.normal(0, 0.3 / np.sqrt(8), size=(8, 8)) for _ in range(50)]
        layers = [schuss.Dense(8, "tanh", weights=weights) for weights in small]
        blocks = [schuss.Residual([layer]) for layer in layers] if around else layers
        model = schuss.Model([schuss.Dense(8), *blocks, schuss.Dense(2)], seed=0)
        rate = schuss.SGD(0.01)
        history = model.fit(X, y, epochs=10, optimizer=rate, verbose=False)
        losses.append(history["loss"][-1])
    assert losses[0] < 0.4 and losses[1] > 0.6


@pytest.mark.parametrize(
    ("layers", "error", "sentence"),
    [
        ([], ValueError, "a Residual is empty"),
        (3, TypeError, "layers are 3; give a list of layers"),
        (schuss.Dense(3), TypeError, "give a list of layers"),
        ([3], TypeError, "in a Residual is 3; give schuss.Dense layers"),
        ([schuss.Rescaling(2.0)], TypeError, "in a Residual is Rescaling"),
    ],
)
def test_what_is_no_residual(layers, error, sentence):
    with pytest.raises(error, match=sentence):
        schuss.Residual(layers)


def test_widths_of_a_residual_must_agree():
    block = schuss.Residual([schuss.Dense(9), schuss.Dense(7)])
    sentence = (
        "a Residual adds its 8 inputs to its 7 outputs; give the last Dense in it 8"
    )
    with pytest.raises(ValueError, match=sentence):
        schuss.Model([schuss.Dense(8), block, schuss.Dense(3)])
    model = schuss.Model([block, schuss.Dense(3)])
    X, y = schuss.datasets.make_blobs(30, seed=0)
    with pytest.raises(
        ValueError, match="a Residual adds its 2 inputs to its 7 outputs"
    ):
        model.fit(X, y, verbose=False)
    with pytest.raises(RuntimeError, match="no weights yet"):
        model.predict(X)
    model.build(7)
    last = schuss.Residual([schuss.Dense(8), schuss.Dropout(0.5)])
    with pytest.raises(ValueError, match="the last layer is Dropout"):
        schuss.Model([schuss.Dense(8), last])


def test_an_activation_is_known():
    with pytest.raises(
        ValueError, match="activation is 'rule'; give one of \"identity"
    ):
        schuss.Model([schuss.Activation("rule"), schuss.Dense(3)])
    with pytest.raises(ValueError, match="activation of layer 0 is 'rule'"):
        schuss.Model([schuss.Dense(3), schuss.Activation("rule")])
    with pytest.raises(ValueError, match="activation is 3"):
        schuss.Model([schuss.Activation(3), schuss.Dense(3)])


@pytest.mark.parametrize("engine", ["native", "reference"])
def test_dense_and_activation_are_a_dense_with_it(engine):
    X, y = schuss.datasets.make_blobs(90, seed=0)
    ends = []
    for first in (
        [schuss.Dense(9, "relu")],
        [schuss.Dense(9), schuss.Activation("relu")],
    ):
        model = schuss.Model([*first, schuss.Dense(3)], seed=1, engine=engine)
        model.fit(X, y, epochs=2, verbose=False)
        ends.append([a.tobytes() for own in model.weights for a in own])
    assert ends[0] == ends[1]


@pytest.mark.parametrize("engine", ["native", "reference"])
def test_slopes_are_learned(engine):
    X, y = schuss.datasets.make_blobs(90, seed=0)
    layers = [schuss.Dense(9), schuss.BatchNorm(), schuss.PReLU(), schuss.Dense(3)]
    model = schuss.Model(layers, seed=1, engine=engine, dtype="float64").build(2)
    (slopes,) = model.weights[2]
    np.testing.assert_array_equal(slopes, np.full(9, 0.25))
    assert model.check_gradients(X, y).error < 1e-5
    model.fit(X, y, epochs=5, regularizer=schuss.L2(0.01), verbose=False)
    assert len(set(model.weights[2][0])) == 9
    assert model.check_gradients(X, y).error < 1e-4
