"""Labels of any kind train the bits that their numbers train, and come back."""

import numpy as np
import pytest

import schuss
from schuss.labels import learn_classes, numbered

NAMES = np.array(["cat", "dog", "emu"])
KINDS = {
    "strings": NAMES,
    "objects": NAMES.astype(object),
    "integers": np.array([-7, 2, 10**12]),
    "unsigned": np.array([1, 2, 3], np.uint8),
    "objects of integers": np.array([5, 7, 9], object),
}
ENGINES = ["native", "reference"]


def blobs(classes=3):
    return schuss.datasets.make_blobs(60, classes=classes, seed=1)


def small(classes=3, **options):
    layers = [schuss.Dense(4, "tanh"), schuss.Dense(classes)]
    return schuss.Model(layers, **{"seed": 4, **options})


def bits(model):
    return [array.tobytes() for pair in model.weights for array in pair]


def trained(y, model=None, **options):
    X, _ = blobs(len(np.unique(y)))
    model = model or small(len(np.unique(y)))
    history = model.fit(X, y, epochs=3, verbose=False, **options)
    return model, history


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("engine", ENGINES)
def test_any_labels_train_what_their_numbers_train(kind, engine):
    X, y = blobs()
    names = KINDS[kind]
    numbers, _ = trained(y, small(engine=engine))
    model, _ = trained(names[y], small(engine=engine))
    assert bits(model) == bits(numbers) and numbers.classes is None
    np.testing.assert_array_equal(model.classes, names)
    assert model.classes.ndim == 1 and model.classes.dtype.kind in "Uiu"
    found = model.predict(X)
    assert found.dtype == model.classes.dtype
    np.testing.assert_array_equal(found, names[numbers.predict(X)])
    assert model.evaluate(X, names[y]) == numbers.evaluate(X, y)
    assert model.evaluate(X, names[y].tolist()) == numbers.evaluate(X, y)


def test_truth_values_are_two_classes():
    X, y = blobs(2)
    numbers, _ = trained(y)
    model, _ = trained(y == 1)
    assert bits(model) == bits(numbers)
    assert model.classes.tolist() == [False, True]
    assert model.predict(X).dtype == bool
    # All of one value, and the other one is known all the same.
    assert learn_classes(np.ones(3, bool), "y", 2).tolist() == [False, True]


@pytest.mark.parametrize("loss", ["perceptron", "hinge", "softmax_cross_entropy"])
def test_every_loss_of_classes_takes_them(loss):
    X, y = blobs()
    model, _ = trained(NAMES[y], small(loss=loss))
    assert set(model.predict(X)) <= set(NAMES)


def test_validation_metrics_and_predictions_speak_of_labels():
    X, y = blobs()
    seen = []

    def look(truth, predicted):
        seen.append((truth, predicted))
        return float(np.mean(truth == predicted))

    metrics = ["f1", "roc_auc", "log_loss", "top_2_accuracy", look]
    options = {"validation_data": (X[:20], NAMES[y][:20]), "metrics": metrics}
    model, history = trained(NAMES[y], **options)
    options["validation_data"] = (X[:20], y[:20])
    _, numbers = trained(y, **options)
    for key in (key for key in numbers if key != "seconds"):
        np.testing.assert_array_equal(history[key], numbers[key], key)
    truth, predicted = seen[2]
    np.testing.assert_array_equal(truth, NAMES[y][:20])
    np.testing.assert_array_equal(predicted, model.predict(X[:20]))
    accuracy = history["val_accuracy"][-1]
    assert schuss.metrics.accuracy(truth, predicted) == accuracy


def test_predictions_beside_distributions_are_labels_too():
    X, y = blobs()
    model, _ = trained(NAMES[y])
    seen = []

    def look(truth, predicted):
        seen.extend([truth, predicted])
        return 0.0

    model.evaluate(X, np.eye(3)[y], metrics=[look])
    np.testing.assert_array_equal(seen[0], np.eye(3)[y])
    np.testing.assert_array_equal(seen[1], model.predict(X))


def test_f1_of_two_classes_is_that_of_the_last():
    X, y = blobs(2)
    model, _ = trained(np.array(["no", "yes"])[y])
    found = model.predict(X)
    named = np.array(["no", "yes"])[y]
    value = model.evaluate(X, named, metrics=["f1"])["f1"]
    f1 = schuss.metrics.f1
    assert value == f1(named, found, average="binary", positive="yes")
    assert value == f1(y, (found == "yes").astype(int), average="binary")


def test_a_part_that_is_held_out_has_labels_too():
    _, y = blobs()
    _, history = trained(NAMES[y], validation_fraction=0.25, metrics=["f1"])
    _, numbers = trained(y, validation_fraction=0.25, metrics=["f1"])
    np.testing.assert_array_equal(history["val_f1"], numbers["val_f1"])


def test_a_resumed_fit_keeps_the_classes():
    X, y = blobs()
    once, twice = small(), small()
    once.fit(X, NAMES[y], epochs=4, verbose=False)
    twice.fit(X, NAMES[y], epochs=2, verbose=False)
    rows = y < 2  # of which one does not occur now
    twice.fit(X[rows], NAMES[y][rows], epochs=0, resume=True, verbose=False)
    twice.fit(X, NAMES[y], epochs=2, resume=True, verbose=False)
    assert bits(once) == bits(twice)


def test_tune_takes_labels_and_its_best_model_knows_them():
    X, y = blobs()

    def build(parameters):
        return small(seed=parameters["seed"])

    found = schuss.tune(
        build, X, NAMES[y], {"seed": [1, 2]}, validation_fraction=0.25, epochs=2
    )
    numbers = schuss.tune(
        build, X, y, {"seed": [1, 2]}, validation_fraction=0.25, epochs=2
    )
    assert found.best_score == numbers.best_score
    assert set(found.best_model.predict(X)) <= set(NAMES)


def test_tools_read_labels_as_the_model_does():
    X, y = blobs()
    model, _ = trained(NAMES[y])
    numbers, _ = trained(y)
    named = model.gradients(X, NAMES[y]), model.deltas(X, NAMES[y])
    plain = numbers.gradients(X, y), numbers.deltas(X, y)
    for a, b in zip(named[0], plain[0], strict=True):
        np.testing.assert_array_equal(a[0], b[0])
    np.testing.assert_array_equal(named[1][0], plain[1][0])
    text = str(model.explain_step(X[0], NAMES[y][0]))
    assert text == str(numbers.explain_step(X[0], y[0]))
    fresh = small()
    rates = schuss.find_learning_rate(fresh, X, NAMES[y], steps=5)
    assert fresh.classes is None
    same = schuss.find_learning_rate(small(), X, y, steps=5)
    np.testing.assert_array_equal(rates.losses, same.losses)


@pytest.mark.parametrize(
    ("y", "error", "sentence"),
    [
        (["cat", "dog"] * 30, ValueError, r"2 classes \('cat', 'dog'\).* has 3 outp"),
        (["cat"] * 60, ValueError, r"y has 1 class \('cat'\), but the model has 3"),
        ([True, False] * 30, ValueError, r"2 classes \(False, True\), but the model"),
        (["cat", None, "emu"] * 20, TypeError, r"y\[1\] is missing; leave such rows"),
        ([float("nan"), "b", "c"] * 20, TypeError, r"y\[0\] is missing; leave"),
        (np.array(["a", 1, True], object).repeat(20), TypeError, "type bool, int, str"),
        (np.array([1, 2, True], object).repeat(20), TypeError, "type bool, int; give"),
        (np.array([{}] * 60), TypeError, "y has labels of type dict; give strings"),
        ([0, 1, 5, 6] * 15, ValueError, r"y\[2\] is 5, but the model has 3 outputs"),
        (np.zeros(60, "M8[s]"), TypeError, "y has dtype datetime64"),
        ([0.5] * 60, TypeError, "y has dtype float64, but class labels are"),
        (["cat", "dog", "emu"], ValueError, r"X has 60 rows but y has shape \(3,\)"),
    ],
)
def test_labels_that_are_none_are_refused_and_leave_nothing(y, error, sentence):
    X, _ = blobs()
    model = small()
    with pytest.raises(error, match=sentence):
        model.fit(X, y, verbose=False)
    assert model.classes is None and model._network is None


@pytest.mark.parametrize(
    ("y", "error", "sentence"),
    [
        (["cat", "fox"] * 30, ValueError, r"y\[1\] is 'fox', which is none of the mod"),
        ([0, 1] * 30, TypeError, "y has integers, but the model's classes are strings"),
        ([1.5] * 60, TypeError, "y has float64, but the model's classes are strings"),
    ],
)
def test_other_labels_than_those_of_the_fit_are_refused(y, error, sentence):
    X, labels = blobs()
    model, _ = trained(NAMES[labels])
    before = bits(model)
    for call in (model.fit, model.evaluate, model.gradients):
        with pytest.raises(error, match=sentence):
            call(X, y)
    sentence = sentence.replace("y", "validation y", 1)
    with pytest.raises(error, match=sentence):
        model.fit(X, NAMES[labels], validation_data=(X, y), verbose=False)
    assert bits(model) == before and model.classes.tolist() == NAMES.tolist()


def test_what_outputs_mean_does_not_change_once_a_model_is_trained():
    X, y = blobs()
    model, _ = trained(y)
    with pytest.raises(TypeError, match="y has strings.*by the numbers from 0 to 2"):
        model.fit(X, NAMES[y], verbose=False)
    with pytest.raises(ValueError, match=r"y\[\d\] is 3, but the model has 3 outputs"):
        model.fit(X, y + 1, verbose=False)
    assert model.classes is None


def test_a_message_shows_a_few_of_many_classes():
    classes = np.array([f"{n:02}" for n in range(50)])
    with pytest.raises(ValueError, match=r"50 classes \('00', .*'04', \.\.\.\); leave"):
        numbered(np.array(["no"]), "y", 50, classes)


def test_labels_of_distributions_have_no_names():
    X, y = blobs()
    tables = small()
    tables.fit(X, np.eye(3)[y], epochs=3, verbose=False)
    assert tables.classes is None and tables.predict(X).dtype == np.int64


def columns():
    """The same labels in a column of each library, and in a frame of one column."""
    pandas = pytest.importorskip("pandas")
    polars = pytest.importorskip("polars")
    arrow = pytest.importorskip("pyarrow")
    labels = NAMES[blobs()[1]].tolist()
    series = polars.Series("y", labels)
    return {
        "pandas": pandas.Series(labels),
        "pandas categories": pandas.Series(labels, dtype="category"),
        "pandas frame": pandas.DataFrame({"y": labels}),
        "pandas index": pandas.Index(labels),
        "polars": series,
        "polars categories": series.cast(polars.Categorical),
        "polars enum": series.cast(polars.Enum(NAMES.tolist())),
        "polars frame": series.to_frame(),
        "arrow": arrow.array(labels),
        "arrow categories": arrow.array(labels).dictionary_encode(),
        "arrow chunks": arrow.chunked_array([labels[:7], labels[7:]]),
        "arrow table": arrow.table({"y": labels}),
    }


def test_columns_of_frames_are_labels():
    X, y = blobs()
    truth = bits(trained(y)[0])
    for kind, labels in columns().items():
        model = small()
        model.fit(X, labels, epochs=3, verbose=False)
        assert bits(model) == truth, kind
        assert model.classes.tolist() == NAMES.tolist(), kind
        assert model.evaluate(X, labels)["loss"] > 0


def test_a_gap_in_a_column_is_no_label():
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    arrow = pytest.importorskip("pyarrow")
    cells = ["cat", None, "emu"] * 20
    for labels in (
        pandas.Series(cells, dtype="category"),
        pandas.Series(cells, dtype="string"),
        polars.Series(cells),
        arrow.array(cells).dictionary_encode(),
    ):
        with pytest.raises(TypeError, match=r"y\[1\] is missing; leave such rows"):
            small().fit(blobs()[0], labels, verbose=False)


def test_a_table_of_another_width_teaches_nothing():
    """What is refused when all has been read leaves all as it was, too."""
    model = schuss.Model([schuss.Dense(2)], preprocessing=True).build(3)
    with pytest.raises(ValueError, match="the model was built for 3 inputs, not 1"):
        model.fit({"size": [1.0, 2.0]}, ["no", "yes"], verbose=False)
    assert model.classes is None and model.feature_names is None
    assert not model.preprocessing.is_fitted


def test_a_lone_member_is_called_by_its_label():
    X, y = np.ones((5, 2)), np.array(["a", "b", "a", "b", "c"])
    with pytest.raises(ValueError, match="class 'c' has a single member"):
        small().fit(X, y, validation_fraction=0.4, verbose=False)
    with pytest.raises(ValueError, match="class 'c' has a single member"):
        schuss.tune(
            lambda p: small(), X, y, {"learning_rate": [1.0]}, validation_fraction=0.4
        )
