"""ONNX files say in ONNX Runtime what the model says."""

import exports
import numpy as np
import pytest

import schuss
from schuss import reference
from schuss.export import onnx_file

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")


def run(path, X):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        str(path), options, providers=["CPUExecutionProvider"]
    )
    names = [each.name for each in session.get_outputs()]
    return dict(zip(names, session.run(None, {"X": X}), strict=True))


def erf_is_single(model):
    kinds = {layer.activation for layer in model.structure.dense}
    return model.dtype == "float64" and "gelu" in kinds | {
        getattr(item, "activation", "") for item in model.structure.items
    }


@pytest.mark.parametrize("number", range(exports.COUNT))
def test_onnx_runtime_says_the_same(number, dtype, tmp_path):
    model = exports.random_model(number, dtype)
    X, path = exports.rows(model), tmp_path / "model.onnx"
    model.to_onnx(path)
    onnx.checker.check_model(onnx.load(path), full_check=True)
    found = run(path, X)
    label = found.pop("label", None)
    (name,) = found
    own = exports.native(model, X)
    values, errors = exports.exact(model, X)
    off = np.abs(found[name].reshape(own.shape) - values)
    assert np.all(off <= 1e-5 * np.maximum(1, np.abs(values)))
    if not erf_is_single(model):
        assert np.all(off <= errors)
    assert found[name].dtype == dtype
    if model.loss.predicts == "numbers":
        assert name == "prediction" and found[name].shape == model.predict(X).shape
        assert label is None
    elif model.loss.predicts == "bits":
        assert name == "probabilities"
        assert np.array_equal(label, model.predict(X)) and label.dtype == np.int64
    else:
        assert name == ("probabilities" if model.loss.has_probabilities else "scores")
        assert np.array_equal(label, model.predict(X)) and label.dtype == np.int64
    assert len(run(path, X[:1])[name]) == 1


@pytest.mark.parametrize("activation", sorted(reference.ACTIVATIONS))
def test_every_activation_near_and_far(activation, dtype, tmp_path):
    layer = schuss.Dense(1, activation, weights=[[1.0]])
    model = schuss.Model([layer], loss="mean_squared_error", dtype=dtype).build(1)
    X = np.concatenate([[0.0, -1e-3, 1e-3], np.linspace(-40, 40, 97)])[:, None]
    X, path = X.astype(dtype), tmp_path / "model.onnx"
    model.to_onnx(path)
    off = np.abs(run(path, X)["prediction"] - model.predict(X))
    single = activation == "gelu" or dtype == "float32"
    u = np.finfo(np.float32 if single else dtype).eps / 2
    assert np.all(off <= 64 * u * (1 + np.abs(X[:, 0])))


@pytest.mark.parametrize("classes", [["no", "yes", "möglich"], [3, 5, 8], [0.5, 1, 2]])
def test_labels_are_those_of_the_model(classes, tmp_path):
    model = schuss.Model([schuss.Dense(3)]).build(2)
    model.classes, model.feature_names = np.array(classes), ["a", "b"]
    X, path = np.random.default_rng(0).normal(size=(20, 2)), tmp_path / "model.onnx"
    model.to_onnx(path)
    found = run(path, X.astype(np.float32))["label"]
    assert list(found) == list(np.array(classes)[model(X).argmax(axis=1)])
    (properties,) = onnx.load(path).metadata_props
    assert (properties.key, properties.value) == ("feature_names", '["a", "b"]')


def test_events_with_one_output_have_one_dimension(tmp_path):
    loss, path = "binary_cross_entropy", tmp_path / "model.onnx"
    model = schuss.Model([schuss.Dense(1)], loss=loss).build(2)
    X = np.random.default_rng(0).normal(size=(20, 2)).astype(np.float32)
    model.to_onnx(path)
    found = run(path, X)
    assert np.array_equal(found["label"], model.predict(X))
    assert found["probabilities"].shape == model.predict_proba(X).shape


def test_without_onnx_a_sentence_says_what_to_install(tmp_path, monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(onnx_file, "import_module", missing)
    model = schuss.Model([schuss.Dense(3)]).build(2)
    with pytest.raises(ImportError, match=r'pip install "schuss\[onnx\]"'):
        model.to_onnx(tmp_path / "model.onnx")
    assert not list(tmp_path.iterdir())


def test_what_is_too_large_for_the_format_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(onnx_file, "MOST_BYTES", 100)
    model = schuss.Model([schuss.Dense(13)]).build(2)
    with pytest.raises(ValueError, match="an ONNX file holds less than"):
        model.to_onnx(tmp_path / "model.onnx")
    assert not list(tmp_path.iterdir())
