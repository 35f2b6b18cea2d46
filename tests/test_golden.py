"""Files that earlier versions wrote are loaded by this one, and say what they said."""

import json
import math
from pathlib import Path

import bounds
import numpy as np
import pytest

import schuss

FILES = sorted((Path(__file__).parent / "golden").glob("*/*.safetensors"))


def within(said, found):
    """Whether a description says what another did, and maybe more."""
    if isinstance(said, dict):
        return all(key in found and within(said[key], found[key]) for key in said)
    if isinstance(said, list):
        return len(said) == len(found) and all(map(within, said, found))
    return said == found


def test_there_are_some():
    assert {path.stem for path in FILES} >= {
        *("architecture", "blocks", "classes", "training")
    }


@pytest.fixture(params=FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def golden(request):
    said = json.loads(request.param.with_suffix(".json").read_text())
    return schuss.load(request.param), said


def test_the_model_is_what_it_was(golden):
    model, said = golden
    assert within(said["description"], model.describe())
    assert model.engine == said["description"]["engine"]
    for name in ("classes", "feature_names"):
        found = getattr(model, name, None)
        assert (None if found is None else list(found)) == said.get(name)


def test_it_predicts_what_it_did(golden, isa):
    """Exactly where it was made so that nothing is rounded, otherwise to rounding."""
    model, said = golden
    if "X" not in said:
        with pytest.raises(RuntimeError, match="the model has no weights yet"):
            model([[0] * 4])
        return
    X, outputs, error = np.float64(said["X"]), np.float64(said["outputs"]), 0
    names = [layer.activation for layer in model.structure.dense]
    if set(names) - {"relu", "identity"}:
        assert len(model.structure.items) == len(names)
        layers = [[np.float64(array) for array in own] for own in model.weights]
        errors, _ = bounds.outputs(names, layers, X, model.dtype)
        error = errors[-1]
    assert np.all(np.abs(model(X) - outputs) <= error)


def test_a_training_goes_on(golden):
    model, said = golden
    if "position" not in said:
        assert model._position is None
        return
    steps, slots = model._network.state()
    position = model._position
    assert [steps, position.epoch, position.step] == said["position"]
    assert model.history["loss"].tolist() == said["history"]
    sums = [[math.fsum(array.flat) for array in own] for own in slots[0]]
    assert sums == said["sums"]
    X = np.float64(said["X"])
    history = model.fit(X, X[:, 0], epochs=1, resume=True, verbose=False)
    assert history.first_epoch == position.epoch
    rate = position.optimizer.learning_rate
    assert history["learning_rate"] == [rate(position.step, position.epoch)]
