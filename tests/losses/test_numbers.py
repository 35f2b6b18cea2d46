"""Losses of numbers, counts and events, as a model has them."""

import numpy as np
import pytest

import schuss

ENGINES = ["native", "reference"]
NUMERIC = {
    "mean_squared_error": schuss.MeanSquaredError,
    "mean_absolute_error": schuss.MeanAbsoluteError,
    "huber": schuss.Huber,
    "pinball": lambda **options: schuss.Pinball((0.25, 0.75), **options),
    "binary_cross_entropy": schuss.BinaryCrossEntropy,
    "poisson": schuss.Poisson,
}


def problem(loss, rows=40):
    rng = np.random.default_rng(5)
    X = rng.normal(size=(rows, 3))
    y = X @ rng.normal(size=(3, 2)) + 0.1 * rng.normal(size=(rows, 2))
    if loss == "binary_cross_entropy":
        y = (y > 0).astype(float)
    elif loss == "poisson":
        y = rng.poisson(np.exp(0.5 * y)).astype(float)
    return X, y[:, :1] if loss == "pinball" else y


def made(loss, units=2, **options):
    layers = [schuss.Dense(9, "tanh"), schuss.Dense(units)]
    return schuss.Model(layers, loss=loss, **{"seed": 2, "dtype": "float64", **options})


def fitted(model, *data, **options):
    options = {"epochs": 5, "batch_size": 8, "verbose": False, **options}
    return model.fit(*data, **options)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("loss", NUMERIC)
def test_every_loss_falls_and_its_gradient_is_checked(loss, engine):
    X, y = problem(loss)
    model = made(NUMERIC[loss](), engine=engine)
    history = fitted(
        model, X, y, epochs=30, validation_data=(X, y), gradient_tolerance=None
    )
    assert history["val_loss"][-1] < history["loss"][0]
    assert list(history) == ["loss", "learning_rate", "val_loss", "seconds"]
    assert list(model.evaluate(X, y)) == ["loss"]
    assert model.check_gradients(X, y, sample_weight=np.arange(40)).error < 1e-7
    search = schuss.find_learning_rate(model, X, y, steps=10, batch_size=8)
    assert np.isfinite(search.losses).all()


@pytest.mark.parametrize("loss", [*NUMERIC, "perceptron", "hinge"])
@pytest.mark.parametrize("batch_size", [1, 8, 40])
@pytest.mark.parametrize("width", [9, 300])
def test_both_engines_and_any_team_take_the_same_steps(
    threads, loss, batch_size, width
):
    X, y = problem(loss) if loss in NUMERIC else (problem("")[0], np.arange(40) % 2)
    if loss in NUMERIC:
        y[::7, 0] = np.nan
    own = NUMERIC[loss](missing="mask") if loss in NUMERIC else loss
    results = []
    for count in (0, 1, 2, 3):
        threads(count or None)
        model = schuss.Model(
            [schuss.Dense(width, "tanh"), schuss.Dense(2)],
            loss=own,
            dtype="float64",
            engine="native" if count else "reference",
        )
        options = {"batch_size": batch_size, "optimizer": schuss.SGD(0.01)}
        history = fitted(model, X, y, epochs=2, **options)
        values = (history["loss"], model.predict(X), *model.weights[0])
        results.append((*values, model.evaluate(X, y)["loss"]))
    for found in results[2:]:
        for a, b in zip(found, results[1], strict=True):
            np.testing.assert_array_equal(a, b)
    for a, b in zip(results[0], results[1], strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-10)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("loss", NUMERIC)
def test_missing_targets_count_nothing(loss, engine):
    """The loss is the mean over the targets that are there, and rows without any are
    as if they were not."""
    X, y = problem(loss)
    y[::3, 0] = np.nan
    y[::5] = np.nan
    model = made(NUMERIC[loss](missing="mask"), engine=engine).build(3)
    found, there = model.evaluate(X, y)["loss"], ~np.isnan(y)
    total = 0.0
    for row, column in np.argwhere(there):
        one = np.full((1, y.shape[1]), np.nan)
        one[0, column] = y[row, column]
        total += model.evaluate(X[row : row + 1], one)["loss"]
    assert found == pytest.approx(total / there.sum(), rel=1e-12)
    rows = there.any(axis=1)
    assert found == pytest.approx(model.evaluate(X[rows], y[rows])["loss"], rel=1e-12)
    assert model.check_gradients(X, y, sample_weight=1 + np.arange(40)).error < 1e-7
    twin = made(NUMERIC[loss](missing="mask"), engine=engine)
    fitted(model, X, y, batch_size=None, shuffle=False)
    fitted(twin, X[rows], y[rows], batch_size=None, shuffle=False)
    for a, b in zip(model.weights, twin.weights, strict=True):
        np.testing.assert_allclose(a[0], b[0], rtol=0, atol=1e-12)


@pytest.mark.parametrize("loss", NUMERIC)
def test_nothing_missing_is_no_mask(loss):
    X, y = problem(loss)
    plain, masked = made(NUMERIC[loss]()), made(NUMERIC[loss](missing="mask"))
    for model in (plain, masked):
        fitted(model, X, y)
    for a, b in zip(plain.weights, masked.weights, strict=True):
        np.testing.assert_array_equal(a[0], b[0])


def test_targets_that_are_missing_are_refused_unless_masked():
    for loss, own in NUMERIC.items():
        X, y = problem(loss)
        y[3, 0] = np.nan
        with pytest.raises(ValueError, match=r"y\[3, 0\] is NaN; expected finite"):
            made(own()).fit(X, y)
        y[3, 0] = np.inf
        with pytest.raises(ValueError, match=r"y\[3, 0\] is infinite"):
            made(own(missing="mask")).fit(X, y)
        with pytest.raises(ValueError, match="no target counts, as all are missing in"):
            made(own(missing="mask")).fit(X, np.full_like(y, np.nan))
        with pytest.raises(ValueError, match='missing is True; give one of "mask"'):
            own(missing=True)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_events_are_predicted_as_bits(engine, dtype):
    X, y = problem("binary_cross_entropy")
    model = made("binary_cross_entropy", engine=engine, dtype=dtype)
    fitted(model, X, y, epochs=50)
    logits, p = model(X), model.predict_proba(X)
    np.testing.assert_allclose(p, 1 / (1 + np.exp(-logits)), rtol=1e-6)
    assert p.dtype == dtype and p.shape == (40, 2)
    predicted = model.predict(X)
    assert predicted.dtype == np.int64
    np.testing.assert_array_equal(predicted, p > 0.5)
    for row in (0, 39):
        np.testing.assert_array_equal(model.predict(X[row : row + 1]), predicted[[row]])
        np.testing.assert_array_equal(model.predict_proba(X[[row]]), p[[row]])
    assert np.mean(predicted == y) > 0.8


@pytest.mark.parametrize("engine", ENGINES)
def test_one_event_has_the_metrics_of_classes(engine):
    X, y = problem("binary_cross_entropy")
    y = y[:, 0].astype(int)
    names = ["accuracy", "f1", "roc_auc", "log_loss"]
    model = made(schuss.BinaryCrossEntropy(), 1, engine=engine)
    history = fitted(model, X, y, validation_data=(X, y), metrics=names)
    predicted, p = model.predict(X), model.predict_proba(X)[:, 0]
    assert predicted.shape == (40,)
    expected = {
        "accuracy": np.mean(predicted == y),
        "f1": schuss.metrics.f1(y, predicted, "binary"),
        "roc_auc": schuss.metrics.roc_auc(y, p),
        "log_loss": schuss.metrics.log_loss(y, np.stack([1 - p, p], 1)),
    }
    found = model.evaluate(X, y, metrics=names)
    assert list(found) == ["loss", *names]
    for name, value in expected.items():
        assert found[name] == history[f"val_{name}"][-1] == pytest.approx(value)
    assert found["log_loss"] == pytest.approx(found["loss"], rel=1e-9)
    with pytest.raises(ValueError, match="metric 'r2' is for numbers, and this model"):
        model.evaluate(X, y, metrics=["r2"])
    several = made("binary_cross_entropy").build(3)
    with pytest.raises(ValueError, match="'roc_auc' compares class labels, and y has"):
        several.evaluate(X, np.stack([y, y], 1), metrics=["roc_auc"])


def test_two_classes_by_softmax_are_one_event():
    """With the difference of both logits as the one."""
    X, y = problem("binary_cross_entropy")
    y = y[:, 0].astype(int)
    one, two = made("binary_cross_entropy", 1).build(3), made("softmax_cross_entropy")
    (hidden, h), (weights, bias) = one.weights
    two.set_weights([(hidden, h), (np.hstack([0 * weights, weights]), [0, bias[0]])])
    a, b = one.evaluate(X, y)["loss"], two.evaluate(X, y)["loss"]
    assert a == pytest.approx(b, rel=1e-13)
    np.testing.assert_allclose(one.predict_proba(X)[:, 0], two.predict_proba(X)[:, 1])


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("given", [3, 0.5, 0, [2, 0.25]])
def test_positive_weights_are_those_of_events(engine, given):
    """-w t ln p - (1 - t) ln(1 - p), for bits and for probabilities t."""
    X, y = problem("binary_cross_entropy")
    loss = schuss.BinaryCrossEntropy(positive_weight=given, missing="mask")
    model = made(loss, engine=engine).build(3)
    for t in (y, 0.25 + y / 2):
        p = model.predict_proba(X)
        expected = np.mean(-np.array(given) * t * np.log(p) - (1 - t) * np.log(1 - p))
        assert model.evaluate(X, t)["loss"] == pytest.approx(expected, rel=1e-12)
        assert model.check_gradients(X, t).error < 1e-7
    y[::4, 1] = np.nan
    assert model.check_gradients(X, y, sample_weight=1 + np.arange(40)).error < 1e-7
    before = model.predict_proba(X)[y[:, 0] == 1, 0].mean()
    fitted(model, X, y)
    after = model.predict_proba(X)[y[:, 0] == 1, 0].mean()
    assert after > before if given == 3 else after != before


def test_whole_weights_are_rows_that_come_as_often():
    X, y = problem("binary_cross_entropy")
    y = y[:, 0]
    often = np.where(y == 1, 3, 1)
    weighted = made(schuss.BinaryCrossEntropy(3.0), 1).build(3)
    plain = made("binary_cross_entropy", 1).build(3)
    mean = plain.evaluate(np.repeat(X, often, axis=0), np.repeat(y, often))["loss"]
    found = weighted.evaluate(X, y)["loss"]
    assert found * len(y) == pytest.approx(mean * often.sum(), rel=1e-12)


def test_positive_weights_of_1_are_none():
    X, y = problem("binary_cross_entropy")
    models = [made(schuss.BinaryCrossEntropy(w)) for w in (None, 1, [1, 1])]
    for model in models:
        fitted(model, X, y)
        for a, b in zip(model.weights, models[0].weights, strict=True):
            np.testing.assert_array_equal(a[0], b[0])


def test_positive_weights_are_copied():
    given = np.array([1.0, 2.0])
    loss = schuss.BinaryCrossEntropy(given)
    given[0] = 5
    assert loss == schuss.BinaryCrossEntropy((1.0, 2.0))


@pytest.mark.parametrize("engine", ENGINES)
def test_counts_are_predicted_by_their_means(engine):
    X, y = problem("poisson")
    model = made("poisson", engine=engine)
    fitted(model, X, y.astype(np.uint8), epochs=30)
    np.testing.assert_allclose(model.predict(X), np.exp(model(X)), rtol=1e-12)
    own = made("poisson", 1, engine=engine)
    fitted(own, X, y[:, 0], validation_data=(X, y[:, 0]), metrics=["r2"])
    assert own.predict(X).shape == (40,)
    expected = schuss.metrics.r2(y[:, 0], own.predict(X))
    assert own.history["val_r2"][-1] == expected
    with pytest.raises(ValueError, match="'poisson' predicts numbers without probabi"):
        own.predict_proba(X)


@pytest.mark.parametrize("engine", ENGINES)
def test_quantiles_are_those_of_the_targets(engine):
    """A model that is all bias learns the quantiles of y."""
    y = np.random.default_rng(0).exponential(size=401)
    X, quantiles = np.zeros((401, 1)), np.array([0.1, 0.5, 0.9])
    model = schuss.Model(
        [schuss.Dense(3)], loss=schuss.Pinball(quantiles), engine=engine
    )
    rate = schuss.InverseTimeDecay(2.0, rate=0.05)
    fitted(model, X, y, epochs=400, batch_size=None, optimizer=schuss.SGD(rate))
    found = model.predict(X[:1])[0]
    np.testing.assert_allclose(found, np.quantile(y, quantiles), atol=0.05)


def test_half_is_half_the_absolute_error():
    X, y = problem("pinball")
    half, absolute = made(schuss.Pinball(), 1), made("mean_absolute_error", 1)
    losses = [model.build(3).evaluate(X, y)["loss"] for model in (half, absolute)]
    assert losses[0] == pytest.approx(losses[1] / 2, rel=1e-14)


@pytest.mark.parametrize("loss", NUMERIC)
def test_lbfgs_minimizes_them(loss):
    pytest.importorskip("scipy")
    X, y = problem(loss)
    model = made(NUMERIC[loss]())
    options = {"optimizer": schuss.LBFGS(), "batch_size": None, "epochs": 20}
    history = fitted(model, X, y, sample_weight=1 + np.arange(40) % 2, **options)
    assert history["loss"][-1] < history["loss"][0]
    assert (np.diff(history["loss"]) <= 1e-9).all()


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: schuss.Huber(0), ValueError, "delta is 0; give a number above 0"),
        (lambda: schuss.Huber("a"), TypeError, "delta is 'a'; give a number"),
        (lambda: schuss.Pinball(0.5), TypeError, "quantiles is 0.5; give a list of nu"),
        (lambda: schuss.Pinball("5"), TypeError, "quantiles is '5'; give a list of nu"),
        (lambda: schuss.Pinball([]), ValueError, "quantiles are none; give one for ea"),
        (lambda: schuss.Pinball([1.0]), ValueError, "a quantile is 1.0; give a number"),
        (lambda: schuss.Pinball([0]), ValueError, "a quantile is 0; give a number abo"),
        (
            lambda: schuss.BinaryCrossEntropy(-1),
            ValueError,
            "positive_weight is -1; give a number of at least 0",
        ),
        (
            lambda: schuss.BinaryCrossEntropy("all"),
            TypeError,
            "positive_weight is 'all'; give a number",
        ),
        (
            lambda: schuss.BinaryCrossEntropy([1, np.nan]),
            ValueError,
            r"positive_weight\[1\] is nan; give a number",
        ),
        (
            lambda: made(schuss.BinaryCrossEntropy([1, 2, 3])),
            ValueError,
            "positive_weight has 3 numbers, but the model has 2 outputs; give one for",
        ),
        (
            lambda: made("pinball", 2),
            ValueError,
            "there are 1 quantiles, but the model has 2 outputs; give one for each",
        ),
        (
            lambda: made(schuss.Pinball([0.5, 0.9])).fit(np.ones((3, 1)), np.eye(3, 2)),
            ValueError,
            r"y has shape \(3, 2\) but the model has 2 outputs; give shape \(3, 1\)",
        ),
        (
            lambda: made("binary_cross_entropy").fit(np.ones((1, 1)), [[0, 2]]),
            ValueError,
            r"y\[0, 1\] is 2, and the loss 'binary_cross_entropy' takes numbers of 0",
        ),
        (
            lambda: made("poisson").fit(np.ones((1, 1)), [[-0.5, 2]]),
            ValueError,
            r"y\[0, 0\] is -0.5, and the loss 'poisson' takes numbers of at least 0",
        ),
    ],
)
def test_what_is_none_is_refused(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call()


@pytest.mark.parametrize("loss", ["binary_cross_entropy", "mean_squared_error"])
@pytest.mark.parametrize("y", [["no", "yes"], np.array(["no", "yes"], object)])
def test_labels_are_no_numbers(loss, y):
    model = schuss.Model([schuss.Dense(1)], loss=loss)
    with pytest.raises(
        TypeError, match=f"y has strings, and the loss '{loss}' takes n"
    ):
        model.fit(np.ones((2, 2)), y, verbose=False)


def test_the_shape_that_is_named_is_what_was_given():
    model = schuss.Model([schuss.Dense(3)], loss="mean_squared_error")
    with pytest.raises(
        ValueError, match=r"y has shape \(2,\) .*give shape \(2, 3\)\.$"
    ):
        model.fit(np.ones((2, 2)), [1.0, 2.0], verbose=False)
