"""NumPy files are well-formed, check themselves, and say what the model says."""

import shutil
import subprocess
import sys

import exports
import numpy as np
import pytest

import schuss


def loaded(path):
    names = {"__name__": "exported"}
    exec(compile(path.read_text(), str(path), "exec"), names)
    return names


@pytest.mark.parametrize("number", range(exports.COUNT))
def test_a_file_says_what_the_model_says(number, dtype, tmp_path):
    model, path = exports.random_model(number, dtype), tmp_path / "model.py"
    X = exports.rows(model)
    model.to_numpy(path)
    names = loaded(path)
    assert [name for name, each in names.items() if type(each) is type(np)] in (
        ["base64", "np"],
        ["base64", "math", "np"],
    )
    names["check"]()
    values, errors = exports.exact(model, X)
    if model.loss.has_probabilities:
        found = names["predict_proba"](X)
    elif model.loss.predicts == "classes":
        found = names["outputs"](X)
    else:
        found = names["predict"](X)
        assert found.shape == model.predict(X).shape
    assert found.dtype == dtype
    assert np.all(np.abs(found.reshape(values.shape) - values) <= errors)
    if model.loss.predicts != "numbers":
        assert np.array_equal(names["predict"](X), model.predict(X))
        assert names["predict"](X).dtype == np.int64
    with pytest.raises(ValueError, match=r"X has shape \(6,\); give \(rows, 6\)"):
        names["predict"](X[0])


def test_a_file_runs_by_itself_and_finds_what_is_off(tmp_path):
    model, path = exports.random_model(0, "float32"), tmp_path / "model.py"
    model.to_numpy(path)
    command = [sys.executable, "-I", str(path)]
    assert subprocess.run(command).returncode == 0
    path.write_text(path.read_text().replace("x = x @", "x = 1.01 * x @"))
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode != 0 and "it is off by" in done.stderr


def test_weights_come_back_to_the_bit(dtype, tmp_path):
    model, path = exports.random_model(2, dtype), tmp_path / "model.py"
    model.to_numpy(path)
    arrays = loaded(path)["arrays"]
    assert np.array_equal(arrays["weights_0"], model.weights[0][0])
    assert arrays["weights_0"].dtype == dtype


@pytest.mark.parametrize("classes", [["no", 'a "b"', "möglich"], [3, 5, 8]])
def test_classes_have_their_names(classes, tmp_path):
    model, path = schuss.Model([schuss.Dense(3)]).build(2), tmp_path / "model.py"
    model.classes = np.array(classes)
    model.to_numpy(path)
    X = np.random.default_rng(0).normal(size=(20, 2))
    found = loaded(path)["predict"](X)
    assert np.array_equal(found, model.classes[model(X).argmax(axis=1)])


@pytest.mark.skipif(not shutil.which("ruff"), reason="there is no ruff")
def test_files_are_formatted(tmp_path):
    for number in range(exports.COUNT):
        model = exports.random_model(number, "float32")
        if model.loss.predicts == "classes":
            model.classes = np.array(["a", "b", "c"])
        model.to_numpy(tmp_path / f"model_{number}.py")
    for command in (["format", "--check", "--diff"], ["check"]):
        done = subprocess.run(
            ["ruff", *command, "--isolated", str(tmp_path)],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout
