"""Losses of classes: their arguments, and a perceptron that learns by its rule."""

import numpy as np
import pytest

import schuss


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
        ({"class_weight": {-1: 1}}, ValueError, "a class of class_weight is -1; give"),
        ({"class_weight": {1: "a"}}, TypeError, r"class_weight\[1\] is 'a'; give a nu"),
    ],
)
def test_cross_entropies_that_are_none_are_refused(arguments, error, sentence):
    with pytest.raises(error, match=sentence):
        schuss.SoftmaxCrossEntropy(**arguments)


def test_class_weights_suit_the_outputs():
    for given, sentence in (
        ([1, 2], "class_weight has 2 numbers, but the model has 3 outputs; give one"),
        ({3: 1.0}, "class_weight has class 3, but the model has 3 outputs; give class"),
    ):
        loss = schuss.SoftmaxCrossEntropy(class_weight=given)
        with pytest.raises(ValueError, match=sentence):
            schuss.Model([schuss.Dense(3)], loss=loss)
    for given in ([1, 2, 3], {2: 1.0}, {}, "balanced"):
        loss = schuss.SoftmaxCrossEntropy(class_weight=given)
        schuss.Model([schuss.Dense(3)], loss=loss)


def test_class_weights_are_copied():
    given = np.array([1.0, 2.0])
    loss = schuss.SoftmaxCrossEntropy(class_weight=given)
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
