"""The command `schuss export`."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

import schuss
from schuss import cli


@pytest.fixture
def model(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = schuss.Model([schuss.Dense(4, "tanh"), schuss.Dense(3)], seed=1).build(5)
    made.save("m.safetensors")
    return made


@pytest.mark.parametrize(("target", "ending"), [("c", ".c"), ("numpy", ".py")])
def test_the_file_is_named_after_the_model(model, run, target, ending):
    assert run("export", "m.safetensors", "--to", target).out == f"m{ending}\n"
    assert Path(f"m{ending}").stat().st_size > 100


def test_what_is_exported_predicts_the_same(model, run, rng):
    run("export", "m.safetensors", "--to", "numpy", "--output", "other.py")
    spec = importlib.util.spec_from_file_location("other", "other.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    X = rng.normal(size=(7, 5)).astype(np.float32)
    np.testing.assert_allclose(module.predict_proba(X), model.predict_proba(X), 1e-5)


def test_onnx(model, run):
    pytest.importorskip("onnx")
    assert run("export", "m.safetensors", "--to", "onnx").out == "m.onnx\n"


def test_a_target_that_is_none_is_refused(capsys):
    with pytest.raises(SystemExit):
        cli.main(["export", "m.safetensors", "--to", "pdf"])
    assert "invalid choice: 'pdf'" in capsys.readouterr().err
