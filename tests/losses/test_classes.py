"""Losses of classes: their arguments, and a perceptron that learns by its rule."""

import numpy as np
import pytest

import schuss

LOSSES = [schuss.SoftmaxCrossEntropy, schuss.Perceptron, schuss.Hinge]


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        ({"label_smoothing": 1}, ValueError, "label_smoothing is 1; give a number"),
        ({"label_smoothing": -0.1}, ValueError, "label_smoothing is -0.1; give"),
        ({"label_smoothing": "a"}, TypeError, "label_smoothing is 'a'; give a number"),
        ({"class_weight": "even"}, ValueError, "class_weight is 'even'; give \"balan"),
        ({"class_weight": 3}, TypeError, 'class_weight is 3; give "balanced"'),
        ({"class_weight": [[1.0]]}, TypeError, r"class_weight is \[\[1.0\]\]; give"),
        ({"class_weight": [1, -1]}, ValueError, r"class_weight\[1\] is -1; give a num"),
        ({"class_weight": [np.nan]}, ValueError, r"class_weight\[0\] is .*nan.*; give"),
        ({"class_weight": {0.5: 1}}, TypeError, "a class of class_weight is 0.5; give"),
        ({"class_weight": {None: 1}}, TypeError, "a class of class_weight is None; g"),
        ({"class_weight": {1: "a"}}, TypeError, r"class_weight\[1\] is 'a'; give a nu"),
    ],
)
def test_losses_of_classes_that_are_none_are_refused(arguments, error, sentence):
    for kind in LOSSES:
        if kind is schuss.SoftmaxCrossEntropy or "label_smoothing" not in arguments:
            with pytest.raises(error, match=sentence):
                kind(**arguments)


@pytest.mark.parametrize("kind", LOSSES)
def test_class_weights_suit_the_outputs(kind):
    for given, sentence in (
        ([1, 2], "class_weight has 2 numbers, but the model has 3 outputs; give one"),
        (dict.fromkeys("abcd", 1), "class_weight has 4 classes, but .* 3 outputs; le"),
    ):
        with pytest.raises(ValueError, match=sentence):
            schuss.Model([schuss.Dense(3)], loss=kind(class_weight=given))
    for given in ([1, 2, 3], {2: 1.0}, {}, "balanced"):
        schuss.Model([schuss.Dense(3)], loss=kind(class_weight=given))


NUMBERS = np.arange(60) % 3


@pytest.mark.parametrize("kind", LOSSES)
@pytest.mark.parametrize(
    "labels", [np.array(["ant", "bee", "cow"]), np.array([-5, 5, 15]), np.arange(3)]
)
def test_class_weights_are_those_of_labels(kind, labels, tmp_path):
    X, _ = schuss.datasets.make_blobs(60, classes=3, seed=1)
    y, other = labels[NUMBERS], labels.tolist()[2]
    layers = [schuss.Dense(5, "tanh"), schuss.Dense(3)]
    plain = schuss.Model(layers, loss=kind(class_weight=[1, 1, 2.5]))
    model = schuss.Model(layers, loss=kind(class_weight={other: 2.5}))
    for each in (plain, model):
        each.fit(X, y, epochs=3, validation_fraction=0.2, verbose=False)
    model.save(tmp_path / "model.safetensors")
    assert plain.history["val_loss"][-1] == model.history["val_loss"][-1]
    for each in (model, schuss.load(tmp_path / "model.safetensors")):
        assert each.evaluate(X, y) == plain.evaluate(X, y)
    assert model.explain_step(X[0], y[0])["new l"].value == pytest.approx(
        plain.explain_step(X[0], y[0])["new l"].value
    )


@pytest.mark.parametrize("kind", LOSSES)
@pytest.mark.parametrize("given", [{"elk": 2.0}, {3: 1.0}, {-1: 1.0}])
def test_class_weights_of_no_class_are_refused(kind, given):
    X, _ = schuss.datasets.make_blobs(60, classes=3, seed=1)
    for y, known in ((np.array(["a", "b", "c"])[NUMBERS], "a, b, c"), (NUMBERS, "0, ")):
        model = schuss.Model([schuss.Dense(3)], loss=kind(class_weight=given))
        with pytest.raises(ValueError, match=f"none of the model's 3 .{known}"):
            model.fit(X, y, verbose=False)
        assert model.classes is None


@pytest.mark.parametrize("kind", LOSSES)
def test_class_weights_are_copied(kind):
    given = np.array([1.0, 2.0])
    loss = kind(class_weight=given)
    given[0] = 5
    assert loss.class_weight == (1.0, 2.0)


@pytest.mark.parametrize("engine", ["native", "reference"])
def test_the_perceptron_rule(engine):
    """One row at a time, a learning rate of 1: of a row that is not found, the inputs
    are added to its class and taken from the one it was taken for."""
    X, y = schuss.datasets.make_blobs(40, classes=3, seed=2)
    model = schuss.Model(
        [schuss.Dense(3, initializer="zeros")],
        loss="perceptron",
        dtype="float64",
        engine=engine,
    )
    options = {"epochs": 2, "batch_size": 1, "shuffle": False, "verbose": False}
    history = model.fit(X, y, optimizer=schuss.SGD(1.0), **options)
    weights, bias = np.zeros((2, 3)), np.zeros(3)
    hits = []
    for _ in range(2):
        hits.append(0)
        for x, label in zip(X.astype(float), y, strict=True):
            found = np.argmax(x @ weights + bias)
            hits[-1] += found == label
            if found != label:
                weights[:, label] += x
                weights[:, found] -= x
                bias[label] += 1
                bias[found] -= 1
    np.testing.assert_allclose(model.weights[0][0], weights, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(model.weights[0][1], bias)
    np.testing.assert_array_equal(history["accuracy"], np.array(hits) / 40)


@pytest.mark.parametrize("engine", ["native", "reference"])
@pytest.mark.parametrize("loss", ["perceptron", "hinge"])
def test_classes_without_probabilities(engine, loss):
    X, y = schuss.datasets.make_blobs(60, classes=3, seed=1)
    model = schuss.Model([schuss.Dense(3)], loss=loss, engine=engine, dtype="float64")
    history = model.fit(
        X, y, validation_fraction=0.2, metrics=["f1"], epochs=20, verbose=False
    )
    assert history["val_accuracy"][-1] > 0.8 and history["val_f1"][-1] > 0.8
    assert model.predict(X).dtype == np.int64
    np.testing.assert_array_equal(model.predict(X), model(X).argmax(axis=1))
    assert model.check_gradients(X, y).error < 1e-7
    with pytest.raises(ValueError, match=f"'{loss}' predicts classes without prob"):
        model.predict_proba(X)
    with pytest.raises(ValueError, match="metric 'roc_auc' is for classes with prob"):
        model.evaluate(X, y, metrics=["roc_auc"])
    with pytest.raises(ValueError, match=rf"shape \(60, 3\), and the loss '{loss}'"):
        model.evaluate(X, np.eye(3)[y])


def test_the_hinge_of_two_classes_is_that_of_their_margin(rng):
    X, y = rng.normal(size=(20, 3)), np.arange(20) % 2
    model = schuss.Model([schuss.Dense(2)], loss="hinge", dtype="float64").build(3)
    own, other = model(X)[np.arange(20), y], model(X)[np.arange(20), 1 - y]
    expected = np.mean(np.maximum(0, 1 - (own - other)))
    assert model.evaluate(X, y)["loss"] == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("engine", ["native", "reference"])
@pytest.mark.parametrize("kind", LOSSES)
def test_class_weights_are_those_of_the_rows_of_a_class(engine, kind):
    X, y = schuss.datasets.make_blobs(60, classes=3, seed=1)
    y[::4] = 0
    sample = 1.0 + np.arange(60) % 2
    sizes = np.bincount(y, sample)
    layers = [schuss.Dense(5, "tanh"), schuss.Dense(3)]
    options = {"dtype": "float64", "engine": engine}
    for given, numbers in (
        ([1, 0, 2.5], np.array([1, 0, 2.5])),
        ({1: 0.0, 2: 2.5}, np.array([1, 0, 2.5])),
        ("balanced", 1 / sizes),
    ):
        weighted = schuss.Model(layers, loss=kind(class_weight=given), **options)
        plain = schuss.Model(layers, loss=kind(), **options)
        for model, weights in ((weighted, sample), (plain, sample * numbers[y])):
            model.fit(X, y, sample_weight=weights, epochs=3, verbose=False)
        for pair, other in zip(weighted.weights, plain.weights, strict=True):
            np.testing.assert_array_equal(pair[0], other[0])
            np.testing.assert_array_equal(pair[1], other[1])
        assert weighted.check_gradients(X, y, sample_weight=sample).error < 1e-7
    of_classes = [plain.evaluate(X[y == c], y[y == c])["loss"] for c in range(3)]
    balanced = weighted.evaluate(X, y)["loss"]
    assert balanced == pytest.approx(np.mean(of_classes), rel=1e-12)
