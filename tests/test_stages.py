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
