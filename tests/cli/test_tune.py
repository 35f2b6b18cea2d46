"""The command `schuss tune`."""

import json

import schuss


def test_the_best_model_is_kept(table, run):
    options = ["--trials", "4", "--epochs", "4", "--hidden", "6", "--hidden", "4,3"]
    said = run("tune", table, "--target", "y", *options, "--json")
    results = json.loads(said.out)
    assert results["trials"] == 4 and tuple(results["hidden"]) in ((6,), (4, 3))
    assert "learning_rate" in said.err
    units = [layer.units for layer in schuss.load("t.safetensors").layers]
    assert units == [*results["hidden"], 2]


def test_numbers_come_back_as_they_were(table, run):
    options = ["--trials", "2", "--epochs", "30", "--quiet"]
    assert run("tune", table, "--target", "z", *options).err == ""
    X = {"x": [0.0] * 2, "k": ["c", "d"], "y": ["low", "high"]}
    assert all(schuss.load("t.safetensors").predict(X) > 4)
