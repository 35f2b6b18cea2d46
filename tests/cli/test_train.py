"""The command `schuss train`: from a file to a model that predicts."""

import json

import numpy as np
import pytest

import schuss
from schuss import cli


def test_a_classifier(table, run):
    said = run("train", table, "--target", "y", "--epochs", "60", "--json")
    results = json.loads(said.out)
    assert results["rows"] == 120 and results["model"] == "t.safetensors"
    assert results["val_accuracy"] > 0.9
    assert "y has 2 classes" in said.err and "val_loss" in said.err
    model = schuss.load("t.safetensors")
    assert model.classes.tolist() == ["high", "low"]
    assert model.feature_names == ["x", "k", "z"]


def test_numbers_come_back_as_they_were(table, run):
    said = run("train", table, "--target", "z", "--quiet", "--learning-rate", "0.01")
    assert "val rmse" in said.out and said.err == "schuss: z has numbers.\n"
    model = schuss.load("t.safetensors")
    X = {"x": [0.0, 1.0], "k": ["c", "d"], "y": ["low", "high"]}
    np.testing.assert_allclose(model.predict(X), [7, 10], atol=1.5)


def test_the_same_seed_makes_the_same_file(table, run):
    files = []
    for name in ("a", "b"):
        run("train", table, "--target", "y", "--epochs", "3", "--output", name)
        with open(name, "rb") as file:
            files.append(file.read())
    assert files[0] == files[1]


def test_a_model_of_ones_own(table, run):
    run("train", table, "--target", "y", "--epochs", "1", "--hidden", "5")
    description = run("inspect", "t.safetensors", "--json").out
    with open("m.json", "w") as file:
        file.write(description)
    run("train", table, "--target", "y", "--epochs", "1", "--model", "m.json")
    assert [layer.units for layer in schuss.load("t.safetensors").layers] == [5, 2]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--target", "w"], "no column 'w'"),
        (["--target", "y", "--task", "regression"], "has texts"),
        (
            ["--target", "y", "--output", "no/such/folder/m"],
            "folder: There is no such folder",
        ),
        (["--target", "z", "--learning-rate", "1e30"], "diverged|finite"),
    ],
)
def test_failures_are_one_sentence(table, capsys, options, said):
    assert cli.main(["train", table, "--quiet", *options]) == 1
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("schuss: ")
    assert any(part in error for part in said.split("|"))
