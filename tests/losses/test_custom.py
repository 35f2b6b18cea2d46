"""Losses of the user's own."""

import numpy as np
import pytest

import schuss

ENGINES = ["native", "reference"]


def squares(outputs, targets):
    error = outputs - targets
    return (error**2).mean(axis=1), 2 * error / outputs.shape[1]


def log_softmax_of_labels(outputs, labels):
    shifted = outputs - outputs.max(axis=1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(labels))
    gradient = np.exp(logs)
    gradient[rows, labels] -= 1
    return -logs[rows, labels], gradient


def problem(rows=40):
    rng = np.random.default_rng(5)
    return rng.normal(size=(rows, 3)), rng.normal(size=(rows, 2))


def made(loss, units=2, width=9, **options):
    layers = [schuss.Dense(width, "tanh"), schuss.Dense(units)]
    return schuss.Model(layers, loss=loss, **{"seed": 2, "dtype": "float64", **options})


def fitted(model, *data, **options):
    options = {"epochs": 4, "batch_size": 8, "verbose": False, **options}
    return model.fit(*data, **options)


def assert_alike(a, b, tolerance):
    for pair, other in zip(a.weights, b.weights, strict=True):
        for array, truth in zip(pair, other, strict=True):
            np.testing.assert_allclose(array, truth, rtol=0, atol=tolerance)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("kind", [schuss.Adam, schuss.LBFGS])
def test_a_loss_of_numbers(engine, kind):
    if kind is schuss.LBFGS:
        pytest.importorskip("scipy")
    optimizer = kind()
    X, y = problem()
    weights = 1 + np.arange(40) % 3
    batch = None if isinstance(optimizer, schuss.LBFGS) else 8
    models = [made(loss, engine=engine) for loss in (squares, "mean_squared_error")]
    histories = [
        fitted(
            model,
            X,
            y,
            sample_weight=weights,
            batch_size=batch,
            optimizer=optimizer,
            validation_data=(X, y),
        )
        for model in models
    ]
    assert_alike(*models, 1e-9)
    assert list(histories[0]) == list(histories[1])
    np.testing.assert_allclose(
        histories[0]["val_loss"], histories[1]["val_loss"], rtol=1e-9
    )
    assert models[0].check_gradients(X, y).error < 1e-7
    np.testing.assert_allclose(models[0].predict(X), models[1].predict(X), rtol=1e-6)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_loss_of_labels(engine):
    X, y = schuss.datasets.make_blobs(40, classes=3, seed=1)
    own = made(schuss.CustomLossOfLabels(log_softmax_of_labels), 3, engine=engine)
    twin = made("softmax_cross_entropy", 3, engine=engine)
    a, b = fitted(own, X, y), fitted(twin, X, y)
    assert_alike(own, twin, 1e-12)
    np.testing.assert_array_equal(a["accuracy"], b["accuracy"])
    np.testing.assert_array_equal(own.predict(X), twin.predict(X))
    with pytest.raises(ValueError, match="predicts classes without probabilities"):
        own.predict_proba(X)
    with pytest.raises(ValueError, match="takes class labels; give one per row"):
        own.evaluate(X, np.eye(3)[y])


@pytest.mark.parametrize("batch_size", [1, 8, 40])
def test_any_team_takes_the_same_steps(threads, batch_size):
    X, y = problem()
    results = []
    for count in (1, 2, 3):
        threads(count)
        model = made(squares, width=200)
        history = fitted(model, X, y, epochs=2, batch_size=batch_size)
        results.append([history["loss"], *model.weights[0], *model.weights[1]])
    for found in results[1:]:
        for a, b in zip(found, results[0], strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("engine", ENGINES)
def test_what_it_raises_ends_the_fit_with_the_epochs_before(engine, threads):
    X, y = problem()
    for count in (1, 2):
        threads(count)
        left = [10**9]

        def failing(outputs, targets, left=left):
            left[0] -= len(outputs)
            if left[0] < 0:
                raise ZeroDivisionError("enough")
            return squares(outputs, targets)

        model, twin = (made(loss, engine=engine) for loss in (failing, squares))
        ended = []

        def stop(epoch, logs, left=left, ended=ended):
            ended.append(epoch)
            if epoch == 1:
                left[0] = 20

        with pytest.raises(ZeroDivisionError, match="enough"):
            fitted(model, X, y, epochs=9, callbacks=[stop])
        assert ended == [0, 1] and len(model.history["loss"]) == 2
        assert model.history.stop_reason == "ZeroDivisionError: enough"
        fitted(twin, X, y, epochs=2)
        assert_alike(model, twin, 0)
        left[0] = 10**9
        fitted(model, X, y, epochs=1, resume=True)  # the optimizer starts afresh
        with pytest.raises(ZeroDivisionError):
            left[0] = 0
            model.evaluate(X, y)
        with pytest.raises(ZeroDivisionError):
            schuss.find_learning_rate(model, X, y)


@pytest.mark.parametrize("engine", ENGINES)
def test_epochs_that_ended_in_the_call_that_failed_are_in_the_history(engine):
    X, y = problem()
    left = [8 * 3 + 40 * 25 + 20]

    def failing(outputs, targets):
        left[0] -= len(outputs)
        if left[0] < 0:
            raise ZeroDivisionError
        return squares(outputs, targets)

    model, twin = (made(loss, engine=engine) for loss in (failing, squares))
    with pytest.raises(ZeroDivisionError):
        fitted(model, X, y, epochs=99)
    count = len(model.history["loss"])
    assert 20 <= count <= 26
    fitted(twin, X, y, epochs=count)
    assert_alike(model, twin, 0)


def wrong_gradient(outputs, targets):
    values, gradient = squares(outputs, targets)
    gradient[1, 0] *= 1.01
    return values, gradient


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("function", "error", "sentence"),
    [
        (
            wrong_gradient,
            ValueError,
            "the loss's gradient of row 1 by output 0 is .*, and differences of its",
        ),
        (
            lambda y, t: (squares(y, t)[0], -squares(y, t)[1]),
            ValueError,
            "gradient of row 0 by output 0 is",
        ),
        (
            lambda y, t: (np.full(len(y), np.nan), 0 * y),
            ValueError,
            "differences of its values say nan",
        ),
        (lambda y, t: 3, TypeError, "the loss returned int; return a pair"),
        (lambda y, t: ("a", y), TypeError, "the loss returned what are no numbers"),
        (
            lambda y, t: (y, y),
            ValueError,
            r"returned shapes \(8, 2\) and \(8, 2\); for outputs of shape \(8, 2\) re",
        ),
        (lambda y, t: (y[:, 0], y[1:]), ValueError, r"shapes \(8,\) and \(7, 2\)"),
        (lambda y: 3, TypeError, "takes 1 positional argument but 2 were given"),
    ],
)
def test_losses_that_are_wrong_are_found_before_the_first_epoch(
    function, error, sentence, engine
):
    X, y = problem()
    model = made(function, engine=engine)
    with pytest.raises(error, match=sentence):
        fitted(model, X, y)
    assert model._network is None and not model.history


@pytest.mark.parametrize("engine", ENGINES)
def test_another_shape_that_comes_later_ends_the_fit(engine):
    X, y = problem()

    def odd(outputs, targets):
        values, gradient = squares(outputs, targets)
        return values, gradient[: 8 if len(outputs) == 8 else 3]

    model = made(odd, engine=engine).build(3)
    before = model.weights
    with pytest.raises(ValueError, match=r"loss returned shapes \(40,\) and \(3, 2\)"):
        fitted(model, X, y, batch_size=None)
    np.testing.assert_array_equal(model.weights[0][0], before[0][0])


def test_a_loss_that_becomes_nan_diverges():
    X, y = problem()
    calls = [0]

    def failing(outputs, targets):
        values, gradient = squares(outputs, targets)
        calls[0] += 1
        return values * (np.nan if calls[0] > 30 else 1), gradient

    model = made(failing)
    with pytest.raises(FloatingPointError, match="the loss stopped being finite"):
        fitted(model, X, y, epochs=99)


def test_what_is_no_function_is_refused():
    with pytest.raises(TypeError, match="function of a custom loss is 3; give a call"):
        schuss.CustomLoss(3)
    with pytest.raises(ValueError, match="loss is <class .*>; give one of"):
        made(schuss.Huber)
