"""What a model becomes elsewhere; what files say is in the tests of each export."""

import os
import subprocess
import sys

import numpy as np
import pytest

import schuss


def test_a_file_that_cannot_be_written_leaves_what_was_there(tmp_path):
    path = tmp_path / "model.c"
    path.write_text("before")
    with pytest.raises(RuntimeError, match="no weights yet"):
        schuss.Model([schuss.Dense(2)]).to_c(path)
    model = schuss.Model([schuss.Dense(2)]).build(2)
    with pytest.raises(ValueError, match="quantization"):
        model.to_c(path, quantization="int2")
    assert path.read_text() == "before"
    model.to_c(path)
    assert path.read_text().startswith("/* A trained network, 2-2,")
    with pytest.raises(FileNotFoundError):
        model.to_c(tmp_path / "nowhere" / "model.c")
    assert os.listdir(tmp_path) == ["model.c"]


def test_what_a_fit_was_given_comes_along_or_is_refused(tmp_path):
    X, y = schuss.datasets.make_blobs(60, seed=0)
    names = np.array(["one", "two", "three"])[y]
    model = schuss.Model([schuss.Dense(3)])
    model.fit(X, names, epochs=2, verbose=False)
    assert np.array_equal(model.compile_predict().predict(X), model.predict(X))
    model.to_numpy(tmp_path / "model.py")
    exported = {"__name__": "exported"}
    exec((tmp_path / "model.py").read_text(), exported)
    assert np.array_equal(exported["predict"](X), model.predict(X))
    prepared = schuss.Model([schuss.Dense(3)], preprocessing=True)
    prepared.fit(X, names, epochs=1, verbose=False)
    for deploy in (
        prepared.compile_predict,
        lambda: prepared.to_c(tmp_path / "model.c"),
        lambda: prepared.to_onnx(tmp_path / "model.onnx"),
        lambda: prepared.to_numpy(tmp_path / "other.py"),
    ):
        with pytest.raises(ValueError, match="the model has a preprocessing, which"):
            deploy()
    assert os.listdir(tmp_path) == ["model.py"]


def test_who_exports_nothing_imports_nothing_for_it():
    code = (
        "import sys, schuss; schuss.Model([schuss.Dense(2)]).build(2);"
        "sys.exit(any('schuss.export' in name for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
