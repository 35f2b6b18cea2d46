"""What a model is kept as: descriptions, files, pickles, copies; and who may do so."""

import copy
import inspect
import json
import os
import pickle
import threading

import numpy as np
import pytest

import schuss
from schuss.safetensors import decode

ENGINES = ["native", "reference"]


def blobs():
    return schuss.datasets.make_blobs(50, classes=3, seed=1)


def layers():
    return [
        schuss.Rescaling(0.5, 0.25),
        schuss.Dense(6, "tanh"),
        schuss.Dropout(0.2),
        schuss.BatchNorm(0.8),
        schuss.Residual([schuss.Dense(6), schuss.PReLU(), schuss.Dense(6)]),
        schuss.Dense(6),
        schuss.LayerNorm(),
        schuss.Activation("silu"),
        schuss.Dense(3),
    ]


def model(**options):
    return schuss.Model(layers(), **{"seed": 4, **options})


def fit(of, epochs=3, **options):
    options = {"batch_size": 20, "verbose": False, **options}
    return of.fit(*blobs(), epochs=epochs, **options)


def bits(of):
    return [array.tobytes() for own in of.weights for array in own]


def copies(of, path):
    """All ways of keeping, by name; those that keep a training come first."""
    of.save(path, training_state=True)
    whole = schuss.load(path)
    of.save(path)
    return {
        "file with training": whole,
        "deepcopy": copy.deepcopy(of),
        "copy": copy.copy(of),
        "file": schuss.load(path),
        "pickle": pickle.loads(pickle.dumps(of)),
    }


@pytest.mark.parametrize("engine", ENGINES)
def test_every_copy_is_the_same_model(engine, dtype, tmp_path):
    own = model(engine=engine, dtype=dtype, loss=schuss.SoftmaxCrossEntropy(0.1))
    fit(own)
    X, y = blobs()
    for name, other in copies(own, tmp_path / "m").items():
        assert bits(other) == bits(own), name
        assert other.describe() == own.describe(), name
        np.testing.assert_array_equal(other(X), own(X))
        assert other.evaluate(X, y) == own.evaluate(X, y)
        assert (other.engine, other.dtype, other.seed) == (engine, dtype, 4)
        # The order of rows goes on, and the optimizer starts afresh in all of them.
        again = copy.deepcopy(own)
        fit(again, 1)
        fit(other, 1)
        assert bits(other) == bits(again) != bits(own), name


@pytest.mark.parametrize("engine", ENGINES)
def test_copies_of_a_training_go_on_and_others_begin_anew(engine, tmp_path):
    own = model(engine=engine)
    fit(own, optimizer=schuss.Adam(schuss.CosineDecay(0.1, 50, per="step")))
    kept = copies(own, tmp_path / "m")
    history = own.history
    fit(own, 2, resume=True)
    for number, (name, other) in enumerate(kept.items()):
        if name != "file":
            assert list(other.history) == list(history), name
            for key, values in history.items():
                np.testing.assert_array_equal(other.history[key], values)
            assert other.history.stop_reason == history.stop_reason
        resumed = fit(other, 2, resume=True)
        assert (bits(other) == bits(own)) == (number < 3), name
        assert resumed.first_epoch == (3 if number < 3 else 0)


def test_a_model_without_weights_has_its_first_ones(tmp_path):
    weights = np.array([[0.1, 0.2, 0.3], [1, 2, 3]])
    given = [schuss.Dense(3, weights=weights, bias=[1, 2, 3]), schuss.Dense(2)]
    own = schuss.Model(given, seed=1)
    for other in copies(own, tmp_path / "m").values():
        assert other.describe() == own.describe()
        assert bits(other.build(2)) == bits(schuss.Model(given, seed=1).build(2))


def test_first_weights_are_left_out_where_there_are_others(tmp_path):
    own = schuss.Model([schuss.Dense(1, weights=[[0.5]])]).build(1)
    own.save(tmp_path / "m")
    description = schuss.load(tmp_path / "m").describe()
    assert description["layers"][0]["weights"] is None
    assert own.describe()["layers"][0]["weights"] == [[0.5]]


def test_a_pickle_has_weights_and_no_more_than_that():
    own = model().build(2)
    empty = len(pickle.dumps(own))
    sizes = sum(array.nbytes for arrays in own.weights for array in arrays)
    wide = schuss.Model([schuss.Dense(500), schuss.Dense(3)], seed=4)
    fit(wide, 40, optimizer=schuss.Adam(0.01), callbacks=[lambda epoch, logs: None])
    weights = sum(array.nbytes for arrays in wide.weights for array in arrays)
    history = sum(values.nbytes for values in wide.history.values())
    # A description of nine layers is longer than one of two.
    assert len(pickle.dumps(wide)) < weights + history + (empty - sizes)
    assert len(pickle.dumps(wide.history)) < history + 1000


def squares(outputs, targets):
    error = outputs - targets
    return (error**2).sum(axis=1), 2 * error


def falling(step, epoch):
    return 0.1 / (1 + epoch)


class Named(schuss.Model):
    """Of a class of one's own, with an attribute."""


def test_pickles_carry_what_is_of_ones_own():
    own = Named([schuss.Dense(2)], loss=squares)
    own.note, own.classes = {"by": "me"}, np.array(["a", "b"])
    X = np.eye(2)
    own.fit(X, X, optimizer=schuss.SGD(falling), epochs=2, verbose=False)
    for other in (pickle.loads(pickle.dumps(own)), copy.deepcopy(own)):
        assert type(other) is Named and bits(other) == bits(own)
        assert other.note == own.note and other.note is not own.note
        assert list(other.classes) == ["a", "b"]
        assert other.loss.function is squares
        other.fit(X, X, epochs=1, verbose=False)
    other = copy.deepcopy(own)
    for of in (own, other):
        of.fit(X, X, epochs=2, resume=True, verbose=False)
    assert bits(own) == bits(other)


def test_joblib_keeps_a_model(tmp_path):
    joblib = pytest.importorskip("joblib")
    own = model()
    fit(own)
    joblib.dump(own, tmp_path / "m.joblib", compress=3)
    assert bits(joblib.load(tmp_path / "m.joblib")) == bits(own)


def test_what_is_of_ones_own_is_not_for_files(tmp_path):
    path = tmp_path / "m"
    own = schuss.Model([schuss.Dense(2)], loss=squares)
    own.fit(np.eye(2), np.eye(2), epochs=1, verbose=False)
    with pytest.raises(ValueError, match=r"CustomLoss.* is of your own making, which"):
        own.save(path)
    own = model()
    fit(own, optimizer=schuss.SGD(falling))
    with pytest.raises(ValueError, match="falling .* is of your own making, which a"):
        own.save(path, training_state=True)
    assert not os.listdir(tmp_path)
    own.save(path)
    with pytest.raises(TypeError, match="training_state is 1; give True or False"):
        own.save(path, training_state=1)


def test_lbfgs_keeps_nothing(tmp_path):
    pytest.importorskip("scipy")
    own = schuss.Model([schuss.Dense(3)])
    fit(own, 2, optimizer=schuss.LBFGS(), batch_size=None)
    with pytest.raises(ValueError, match="LBFGS keeps nothing that a fit could go on"):
        own.save(tmp_path / "m", training_state=True)
    own.save(tmp_path / "m")
    assert bits(copy.deepcopy(own)) == bits(schuss.load(tmp_path / "m")) == bits(own)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_callback_may_save_and_the_file_goes_on_from_there(engine, tmp_path):
    path, own, whole = tmp_path / "m", model(engine=engine), model(engine=engine)

    class Saves(schuss.Callback):
        def on_fit_begin(self, fit):
            self.fit = fit

        def on_epoch_end(self, epoch, logs):
            if epoch == 4:
                self.fit.model.save(path, training_state=True)
                self.twin = copy.deepcopy(self.fit.model)

    saves, adam = Saves(), schuss.Adam(0.01)
    fit(own, 2, optimizer=adam)
    fit(own, 7, optimizer=adam, resume=True, callbacks=[saves])
    fit(whole, 9, optimizer=adam)
    for other in (schuss.load(path), saves.twin):
        assert len(other.history["loss"]) == 3 and other.history.first_epoch == 2
        fit(other, 4, resume=True)
        assert bits(other) == bits(whole) == bits(own)


def test_another_thread_is_told_to_wait(tmp_path):
    own, began, done, errors = model(), threading.Event(), threading.Event(), []

    def wait(epoch, logs):
        began.set()
        done.wait(20)

    arguments = {"epochs": 1, "callbacks": [wait]}
    thread = threading.Thread(target=fit, args=(own,), kwargs=arguments)
    thread.start()
    assert began.wait(20)
    for keep in (
        lambda: own.save(tmp_path / "m"),
        lambda: pickle.dumps(own),
        lambda: copy.deepcopy(own),
    ):
        with pytest.raises(RuntimeError, match="is being fitted by another thread"):
            keep()
        errors.append(keep)
    done.set()
    thread.join()
    assert len(errors) == 3 and not os.listdir(tmp_path)
    own.save(tmp_path / "m")


def test_a_description_is_json_and_makes_the_model_again():
    own = model(loss=schuss.Pinball([0.1, 0.5, 0.9]), dtype="float64")
    plain = json.loads(json.dumps(own.describe()))
    other = schuss.Model.from_description(plain)
    assert other.describe() == plain == own.describe()
    assert bits(other.build(2)) == bits(own.build(2))
    least = {"layers": [{"class": "Dense", "units": 3}], "loss": "hinge", "seed": 4}
    other = Named.from_description(least)
    assert type(other) is Named and isinstance(other.loss, schuss.Hinge)
    assert bits(other.build(2)) == bits(
        schuss.Model([schuss.Dense(3)], loss="hinge", seed=4).build(2)
    )


@pytest.mark.parametrize(
    ("plain", "error", "sentence"),
    [
        (["Dense"], TypeError, "description is .*; give a mapping"),
        ({}, TypeError, "layers are None; give a list of descriptions"),
        ({"layers": {"class": "SGD"}}, TypeError, "layers are SGD.*; give a list"),
        ({"layers": []}, ValueError, "layers is empty; give at least one"),
        ({"layers": [{"class": "SGD"}]}, TypeError, "layers are .*; give schuss.Dense"),
        ({"layers": [], "depth": 3}, ValueError, "a description of a model has 'depth"),
        (
            {"layers": [{"class": "Dense", "units": 1, "activation": "sine"}]},
            ValueError,
            "activation of layer 0 is 'sine'",
        ),
        (
            {"layers": [{"class": "Dense", "units": 1}], "loss": {"class": "SGD"}},
            ValueError,
            "loss is SGD.*; give one of",
        ),
    ],
)
def test_what_describes_no_model_is_refused(plain, error, sentence):
    with pytest.raises(error, match=sentence):
        schuss.Model.from_description(plain)


def test_a_description_has_all_that_a_model_is_made_from():
    """All but the preprocessing, which a file has beside it, with what it has seen."""
    given = inspect.signature(schuss.Model).parameters
    assert set(given) - {"preprocessing"} == set(
        schuss.Model([schuss.Dense(1)]).describe()
    )


def test_tensors_have_the_names_of_weights(tmp_path):
    own = model().build(2)
    own.save(tmp_path / "m")
    tensors, metadata = decode((tmp_path / "m").read_bytes())
    assert set(tensors) == {
        f"layers.{number}.{name}"
        for number, layer in enumerate(own.layers)
        for name in layer.names
    }
    np.testing.assert_array_equal(tensors["layers.0.weights"], own.weights[0][0])
    assert metadata["schuss_version"] == schuss.__version__
