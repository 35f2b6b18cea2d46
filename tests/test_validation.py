"""Validation sets: a pair, several by name, or a part that is held out."""

import numpy as np
import pytest

import schuss
from schuss.examples import Examples
from schuss.losses import SoftmaxCrossEntropy
from schuss.reading import Reader
from schuss.validation import Validation, as_validation, held_out

ENGINES = ["native", "reference"]


def blobs():
    return schuss.datasets.make_blobs(60, classes=3, seed=1)


def model(**options):
    return schuss.Model([schuss.Dense(3)], **{"seed": 4, **options})


@pytest.mark.parametrize("engine", ENGINES)
def test_named_sets_and_metrics_have_values_of_their_own(engine):
    X, y = blobs()
    own = model(engine=engine)
    sets = {"first": (X[:20], y[:20]), "rest": (X[20:], y[20:])}
    history = own.fit(
        X, y, epochs=2, validation_data=sets, metrics=["f1", "roc_auc"], verbose=False
    )
    keys = ["loss", "accuracy", "learning_rate"]
    for name, (inputs, labels) in sets.items():
        scores = own.evaluate(inputs, labels, metrics=["f1", "roc_auc"])
        for key, value in scores.items():
            keys.append(f"{name}_{key}")
            assert history[keys[-1]].shape == (2,)
            assert history[keys[-1]][-1] == value
    assert list(history) == [*keys, "seconds"]


def test_a_pair_is_the_set_val():
    X, y = blobs()
    pair, named = model(), model()
    a = pair.fit(X, y, epochs=2, validation_data=(X, y), verbose=False)
    b = named.fit(X, y, epochs=2, validation_data={"val": (X, y)}, verbose=False)
    assert list(a) == list(b)
    np.testing.assert_array_equal(a["val_loss"], b["val_loss"])


def test_numbers_have_no_accuracy(rng):
    X, y = rng.normal(size=(20, 2)), rng.normal(size=20)
    own = schuss.Model([schuss.Dense(1)], loss="mean_squared_error")
    history = own.fit(
        X, y, epochs=2, validation_fraction=0.2, metrics=["r2"], verbose=False
    )
    assert [key for key in history if "val" in key] == ["val_loss", "val_r2"]


@pytest.mark.parametrize("engine", ENGINES)
def test_held_out_rows_are_never_trained_on(engine):
    X, y = blobs()
    left, held = held_out(0.25, Examples("training", X, y), 4)
    own, twin = model(engine=engine), model(engine=engine)
    history = own.fit(X, y, epochs=3, validation_fraction=0.25, verbose=False)
    twin.fit(left.X, left.targets, epochs=3, verbose=False)
    for a, b in zip(own.weights, twin.weights, strict=True):
        np.testing.assert_array_equal(a[0], b[0])
    assert history["val_loss"][-1] == own.evaluate(held.X, held.targets)["loss"]


@pytest.mark.parametrize("fraction", [0.01, 0.25, 0.99])
@pytest.mark.parametrize("labelled", [True, False])
def test_every_row_is_on_one_side_in_its_order(fraction, labelled):
    X = np.arange(100.0)[:, None]
    targets = np.repeat([0, 1], [80, 20]) if labelled else X
    (_, left, left_targets, _), held = held_out(
        fraction, Examples("training", X, targets), 7
    )
    assert sorted([*left[:, 0], *held.X[:, 0]]) == list(range(100))
    assert (np.diff(left[:, 0]) > 0).all() and (np.diff(held.X[:, 0]) > 0).all()
    np.testing.assert_array_equal(targets[left[:, 0].astype(int)], left_targets)
    np.testing.assert_array_equal(targets[held.X[:, 0].astype(int)], held.targets)
    expected = min(max(100 * fraction, 1 + labelled), 99 - labelled)
    assert len(held.X) == expected
    if labelled and fraction == 0.25:
        np.testing.assert_array_equal(np.bincount(held.targets), [20, 5])


def test_the_seed_says_which_rows():
    X, y = blobs()
    given = Examples("training", X, y)
    rows = [held_out(0.5, given, seed)[1].X.tobytes() for seed in (1, 1, 2)]
    assert rows[0] == rows[1] != rows[2]


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        ({"validation_data": 3}, TypeError, "validation_data is no pair; give"),
        ({"validation_data": {"a": 3}}, TypeError, r"validation_data\['a'\] is no pa"),
        ({"validation_data": {1: ([], [])}}, TypeError, "a validation set is called 1"),
        (
            {"validation_data": {"": ([], [])}},
            TypeError,
            "a validation set is called ''",
        ),
        (
            {"validation_data": {"a": (np.ones((2, 3)), [0, 1])}},
            ValueError,
            "validation 'a' X has 3 columns; expected 2",
        ),
        (
            {"validation_data": {"a": (np.ones((2, 2)), [0, 3])}},
            ValueError,
            r"validation 'a' y\[1\] is 3, but the model has 3 outputs",
        ),
        ({"validation_fraction": 0}, ValueError, "validation_fraction is 0; give a nu"),
        ({"validation_fraction": 1.0}, ValueError, "validation_fraction is 1.0; give"),
        ({"validation_fraction": "a"}, TypeError, "validation_fraction is 'a'; give"),
        (
            {"validation_fraction": 0.5, "validation_data": blobs()},
            ValueError,
            "there are validation_data and a validation_fraction; give one",
        ),
        ({"metrics": ["f1"]}, ValueError, "metrics are evaluated on validation data"),
        (
            {"metrics": ["recall"], "validation_fraction": 0.5},
            ValueError,
            "a metric is 'recall'; give one of",
        ),
        (
            {"metrics": ["f1"], "validation_data": (np.ones((3, 2)), np.eye(3))},
            ValueError,
            "'f1' compares class labels, and y of validation set 'val' has shape",
        ),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(options, error, sentence):
    own = model()
    own.fit(*blobs(), epochs=1, verbose=False)
    before, history = own.weights[0][0], own.history
    with pytest.raises(error, match=sentence):
        own.fit(*blobs(), verbose=False, **options)
    np.testing.assert_array_equal(own.weights[0][0], before)
    assert own.history is history


def test_a_class_or_a_row_alone_cannot_be_divided():
    with pytest.raises(ValueError, match="class 2 has a single member"):
        model().fit(np.ones((5, 2)), [0, 0, 1, 1, 2], validation_fraction=0.5)
    with pytest.raises(ValueError, match="there is 1; give 2 or more"):
        model().fit([[1.0, 2.0]], [0], validation_fraction=0.5)


def test_two_values_have_two_names():
    X, y = np.ones((3, 2)), np.zeros(3, np.int32)

    def b_loss(y, predicted):
        return 0.0

    metric = schuss.metrics.Metric(b_loss)
    with pytest.raises(ValueError, match="two values .* would be called 'a_b_loss'"):
        Validation((Examples("a", X, y), Examples("a_b", X, y)), (metric,))


def test_keys_say_what_is_better():
    X, y = np.ones((3, 2)), np.zeros(3, np.int32)
    known = schuss.metrics.METRICS
    validation = Validation((Examples("t", X, y),), (known["r2"], known["log_loss"]))
    assert validation.keys == {
        "t_loss": "lower",
        "t_accuracy": "higher",
        "t_r2": "higher",
        "t_log_loss": "lower",
    }


def test_no_data_is_no_set():
    reader = Reader(SoftmaxCrossEntropy(), 3, "float32", columns=2)
    assert as_validation(None, reader) == ()
    assert as_validation({}, reader) == ()


def test_what_a_metric_raises_leaves_the_epochs_before():
    calls = []

    def fails(y, predicted):
        calls.append(1)
        if len(calls) == 3:
            raise ZeroDivisionError
        return 0.5

    own = model()
    with pytest.raises(ZeroDivisionError):
        own.fit(
            *blobs(), epochs=9, validation_fraction=0.5, metrics=[fails], verbose=False
        )
    assert {len(values) for values in own.history.values()} == {2}
    own.fit(*blobs(), epochs=1, verbose=False)
