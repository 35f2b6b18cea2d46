"""How much rows count: by the user's weights, and by those of classes."""

import numpy as np
import pytest

import schuss
from schuss.examples import Examples
from schuss.losses import MeanSquaredError, SoftmaxCrossEntropy
from schuss.weighting import as_sample_weight, sliced, weighed

ENGINES = ["native", "reference"]


def made(loss="softmax_cross_entropy", units=3, **options):
    layers = [schuss.Dense(4, "tanh"), schuss.Dense(units)]
    return schuss.Model(layers, loss=loss, dtype="float64", seed=3, **options)


def blobs(rows=30):
    return schuss.datasets.make_blobs(rows, classes=3, seed=1)


def fitted(model, *data, **options):
    options = {"epochs": 3, "batch_size": None, "shuffle": False, **options}
    return model.fit(*data, verbose=False, **options)


def assert_alike(a, b, tolerance=1e-12):
    for pair, other in zip(a.weights, b.weights, strict=True):
        for array, truth in zip(pair, other, strict=True):
            np.testing.assert_allclose(array, truth, rtol=0, atol=tolerance)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("kind", [schuss.SGD, schuss.LBFGS])
def test_weights_are_rows_that_come_more_often(engine, kind):
    """Weight 0 takes a row away, weight 3 is the row three times, and a scale is none:
    with full batches there is no more to tell."""
    if kind is schuss.LBFGS:
        pytest.importorskip("scipy")
    optimizer = kind()
    X, y = blobs()
    counts = np.arange(30) % 4
    weighted, repeated = (made(engine=engine) for _ in range(2))
    a = fitted(weighted, X, y, sample_weight=0.1 * counts, optimizer=optimizer)
    more, labels = np.repeat(X, counts, 0), np.repeat(y, counts)
    b = fitted(repeated, more, labels, optimizer=optimizer)
    assert_alike(weighted, repeated, 1e-9)
    np.testing.assert_allclose(a["loss"], b["loss"], rtol=1e-9)
    found = weighted.evaluate(X, y, sample_weight=counts)["loss"]
    truth = weighted.evaluate(more, labels)["loss"]
    assert found == pytest.approx(truth, rel=1e-12)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("batch_size", [1, 7])
def test_equal_weights_are_none(engine, batch_size):
    X, y = blobs()
    plain, weighted = (made(engine=engine) for _ in range(2))
    options = {"batch_size": batch_size, "shuffle": True}
    a = fitted(plain, X, y, **options)
    b = fitted(weighted, X, y, sample_weight=np.full(30, 8.0), **options)
    assert_alike(plain, weighted, 0)
    np.testing.assert_array_equal(a["loss"], b["loss"])


@pytest.mark.parametrize("batch_size", [1, 4, 30])
def test_the_gradients_of_batches_average_to_that_of_all_rows(batch_size):
    """So a learning rate means the same for any batch size: steps of plain SGD from the
    same weights, one for each batch, add up to as many steps of the full batch."""
    X, y = blobs(28 if batch_size == 4 else 30)
    weights = 1.0 + np.arange(len(X)) % 3
    model = made(schuss.SoftmaxCrossEntropy(class_weight=[1, 2, 5]))
    model.build(2)
    before = model.weights
    examples = model._weighed(X, y, weights)
    total = [[0 * array for array in pair] for pair in before]
    network = model._network
    for first in range(0, len(X), batch_size):
        few = slice(first, first + batch_size)
        parts = (part[few] for part in (examples.X, examples.targets, examples.weights))
        network.start("sgd", [0.0, 0.0])
        a, b, c = parts
        network.training(a, b, batch_size, weights=c).run(np.array([1.0]))
        for layer, pair in enumerate(model.weights):
            for which, array in enumerate(pair):
                total[layer][which] += before[layer][which] - array
        model.set_weights(before)
    gradients = model.gradients(X, y, sample_weight=weights)
    for pair, truth in zip(total, gradients, strict=True):
        for array, gradient in zip(pair, truth, strict=True):
            mean = array * batch_size / len(X)
            np.testing.assert_allclose(mean, gradient, rtol=0, atol=1e-14)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("batch_size", [1, 8, 29])
@pytest.mark.parametrize("width", [4, 300])
def test_both_engines_and_any_team_take_the_same_steps(
    threads, dtype, batch_size, width
):
    """Narrow networks and others; weights follow their rows through the shuffle."""
    X, y = blobs(60)
    weights = np.arange(60) % 5
    models = []
    for engine, count in (
        ("reference", 1),
        ("native", 1),
        ("native", 2),
        ("native", 3),
    ):
        threads(count)
        layers = [schuss.Dense(width, "tanh"), schuss.Dense(3)]
        loss = schuss.SoftmaxCrossEntropy(0.1, {2: 3.0})
        model = schuss.Model(layers, loss=loss, dtype=dtype, engine=engine)
        options = {"epochs": 2, "batch_size": batch_size, "verbose": False}
        history = model.fit(X, y, sample_weight=weights, **options)
        models.append((model.weights, history["loss"], history["accuracy"]))
    for found in models[2:]:
        for a, b in zip(found[0], models[1][0], strict=True):
            np.testing.assert_array_equal(a[0], b[0])
            np.testing.assert_array_equal(a[1], b[1])
        np.testing.assert_array_equal(found[1], models[1][1])
    tolerance = 1e-3 if dtype == "float32" else 1e-11
    for a, b in zip(models[0][0], models[1][0], strict=True):
        np.testing.assert_allclose(a[0], b[0], rtol=0, atol=tolerance)
    np.testing.assert_allclose(models[0][1], models[1][1], rtol=tolerance)
    if dtype == "float64":
        np.testing.assert_array_equal(models[0][2], models[1][2])


@pytest.mark.parametrize("engine", ENGINES)
def test_balanced_classes_have_the_mean_of_their_losses(engine):
    X, y = blobs()
    X, y = X[: y.argmax() + 20], y[: y.argmax() + 20]
    y = np.where(np.arange(len(y)) % 3 == 0, y, 1)
    sample = 1.0 + np.arange(len(y)) % 2
    plain, balanced = (
        made(engine=engine),
        made(schuss.SoftmaxCrossEntropy(class_weight="balanced"), engine=engine),
    )
    plain.build(2), balanced.build(2)
    classes = [
        plain.evaluate(X[y == c], y[y == c], sample_weight=sample[y == c])["loss"]
        for c in np.unique(y)
    ]
    found = balanced.evaluate(X, y, sample_weight=sample)["loss"]
    assert found == pytest.approx(np.mean(classes), rel=1e-12)
    of_rows = balanced.evaluate(X, np.eye(3)[y], sample_weight=sample)["loss"]
    assert of_rows == pytest.approx(found, rel=1e-12)


@pytest.mark.parametrize("engine", ENGINES)
def test_class_weights_are_weights_of_rows(engine):
    X, y = blobs()
    numbers = np.array([1.0, 0.0, 2.5])
    sample = 1.0 + np.arange(30) % 2
    plain = made(engine=engine)
    a = fitted(plain, X, y, sample_weight=sample * numbers[y], batch_size=4)
    for given in (numbers, [1, 0, 2.5], {1: 0.0, 2: 2.5}):
        model = made(schuss.SoftmaxCrossEntropy(class_weight=given), engine=engine)
        b = fitted(model, X, y, sample_weight=sample, batch_size=4)
        assert_alike(plain, model, 0)
        np.testing.assert_array_equal(a["loss"], b["loss"])
        np.testing.assert_array_equal(a["accuracy"], b["accuracy"])


@pytest.mark.parametrize("engine", ENGINES)
def test_validation_sets_and_parts_have_weights(engine):
    X, y = blobs()
    weights = 1.0 + np.arange(30) % 4
    sets = {"a": (X, y, weights), "b": (X, y), "c": (X, y, None)}
    model = made(engine=engine)
    history = fitted(model, X, y, validation_data=sets)
    weighted, plain = model.evaluate(X, y, sample_weight=weights), model.evaluate(X, y)
    assert history["a_loss"][-1] == weighted["loss"] != plain["loss"]
    assert history["b_loss"][-1] == history["c_loss"][-1] == plain["loss"]
    assert history["a_accuracy"][-1] == weighted["accuracy"] == plain["accuracy"]

    part = made(engine=engine)
    history = fitted(part, X, y, sample_weight=weights, validation_fraction=0.5)
    (_, A, a, w), (_, B, b, v) = schuss.validation.held_out(
        0.5, Examples("training", X, y, weights), 3
    )
    np.testing.assert_array_equal(np.sort([*w, *v]), np.sort(weights))
    twin = made(engine=engine)
    again = fitted(twin, A, a, sample_weight=w, validation_data=(B, b, v))
    assert_alike(part, twin, 0)
    np.testing.assert_array_equal(history["val_loss"], again["val_loss"])


@pytest.mark.parametrize("engine", ENGINES)
def test_gradients_of_weighted_losses_are_checked(engine):
    X, y = blobs()
    loss = schuss.SoftmaxCrossEntropy(0.2, "balanced")
    model = made(loss, engine=engine).build(2)
    weights = np.arange(30) % 3
    assert model.check_gradients(X, y, sample_weight=weights).error < 1e-7
    history = fitted(model, X, y, sample_weight=weights, gradient_tolerance=0.0)
    found = model.gradients(X, y, sample_weight=weights)
    norm = np.sqrt(sum(np.sum(array**2) for pair in found for array in pair))
    assert history["gradient_norm"][-1] == pytest.approx(norm, rel=1e-12)


def test_a_search_for_a_rate_takes_weights():
    X, y = blobs()
    options = {"steps": 20, "batch_size": 4}
    weights = np.arange(30) % 3
    model = made()
    plain = schuss.find_learning_rate(model, X, y, **options)
    found = schuss.find_learning_rate(model, X, y, sample_weight=weights, **options)
    assert not np.array_equal(plain.losses, found.losses[: len(plain.losses)])


def test_weights_become_those_of_mean_1():
    y = np.array([0, 1, 1, 2], np.int32)
    examples = Examples("training", np.ones((4, 1)), y)
    loss = SoftmaxCrossEntropy(class_weight="balanced")
    found = weighed(examples, loss, "w").weights
    np.testing.assert_allclose(found, np.array([2, 1, 1, 2]) / 1.5, rtol=1e-15)
    assert weighed(examples, MeanSquaredError(), "w") is examples
    large = examples._replace(weights=np.array([1e308, 1e308, 0, 1e308]))
    found = weighed(large, MeanSquaredError(), "w").weights
    np.testing.assert_allclose(found, np.array([1, 1, 0, 1]) / 0.75, rtol=1e-15)
    equal = examples._replace(weights=np.full(4, 0.1))
    assert weighed(equal, MeanSquaredError(), "w").weights is None
    assert sliced(None, np.array([1])) is None


@pytest.mark.parametrize(
    ("weights", "error", "sentence"),
    [
        ("heavy", TypeError, "sample_weight has dtype <U5; give numbers"),
        ([1 + 1j] * 30, TypeError, "sample_weight has dtype complex128; give numbers"),
        (1.0, ValueError, r"X has 30 rows but sample_weight has shape \(\); give one"),
        (np.ones(29), ValueError, r"has shape \(29,\); give one weight per row"),
        (np.ones((30, 1)), ValueError, r"has shape \(30, 1\); give one weight per row"),
        (-np.ones(30), ValueError, r"sample_weight\[0\] is -1.0; give finite numbers"),
        (np.full(30, np.nan), ValueError, r"sample_weight\[0\] is nan; give finite"),
        (np.full(30, np.inf), ValueError, r"sample_weight\[0\] is inf; give finite"),
        (np.zeros(30), ValueError, "no row counts, as all of sample_weight and"),
    ],
)
def test_weights_that_are_none_are_refused_and_change_nothing(weights, error, sentence):
    X, y = blobs()
    model = made()
    fitted(model, X, y)
    before, history = model.weights, model.history
    for call in (
        lambda: fitted(model, X, y, sample_weight=weights),
        lambda: model.evaluate(X, y, sample_weight=weights),
        lambda: model.gradients(X, y, sample_weight=weights),
        lambda: schuss.find_learning_rate(model, X, y, sample_weight=weights),
    ):
        with pytest.raises(error, match=sentence):
            call()
    with pytest.raises(error, match="validation sample_weight"):
        fitted(model, X, y, validation_data=(X, y, weights))
    assert model.history is history
    for pair, other in zip(model.weights, before, strict=True):
        np.testing.assert_array_equal(pair[0], other[0])


def test_weights_of_any_type_are_copied():
    for kind in ("?", "u1", "i8", "f2", ">f8"):
        given = np.ones(3, kind)
        found = as_sample_weight(given, "w", 3)
        assert found.dtype == np.float64 and not np.shares_memory(given, found)
    assert as_sample_weight(None, "w", 3) is None
