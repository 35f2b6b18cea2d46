"""The command `schuss inspect`."""

import json

import schuss


def test_what_is_in_a_file(table, run):
    run("train", table, "--target", "y", "--epochs", "1", "--hidden", "5")
    said = run("inspect", "t.safetensors").out
    for part in ("Dense relu", "x, k, z", "high, low", "softmax_cross_entropy"):
        assert part in said
    description = json.loads(run("inspect", "t.safetensors", "--json").out)
    assert description == schuss.load("t.safetensors").describe()
