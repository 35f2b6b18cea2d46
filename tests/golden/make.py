"""Writes the golden files of this version: models, and what is expected of each.

Run once, before a release: ``python tests/golden/make.py``. What it wrote for a version
is never written again.
"""

import json
import math
from pathlib import Path

import numpy as np

import schuss

HERE = Path(__file__).parent
# What a LayerNorm(1/2) divides by 2, as its variance is 7/2.
ROWS = [[3, -2, -1, 0], [0, 3, -1, -2], [-2, 0, 3, -1]]


def eighths(model, inputs, seed):
    """Give a model weights that are multiples of 1/8, and running variances of 15/4.

    With ReLUs and norms whose epsilon is 1/4, its outputs need no rounding then.
    """
    rng = np.random.default_rng(seed)
    arrays = [
        [rng.integers(-8, 9, array.shape) / 8 for array in own]
        for own in model.build(inputs).weights
    ]
    for own, layer in zip(arrays, model.layers, strict=True):
        if isinstance(layer, schuss.BatchNorm):
            own[3] = np.full_like(own[3], 3.75)
    model.set_weights(arrays)
    return model


def classes():
    loss = schuss.SoftmaxCrossEntropy(0.125, {1: 2.0})
    layers = [schuss.Rescaling(0.5, 0.25), schuss.Dense(4, "relu"), schuss.Dense(3)]
    model = schuss.Model(layers, loss=loss, seed=1)
    model.classes = np.array(["a", "b", "c"])
    model.feature_names = ["w", "x", "y", "z"]
    return eighths(model, 4, 1)


def blocks():
    inner = schuss.Residual([schuss.PReLU(), schuss.Dense(3)])
    layers = [
        schuss.LayerNorm(0.5),
        schuss.Dropout(0.25),
        schuss.Dense(3),
        schuss.BatchNorm(0.75, 0.25),
        schuss.Activation("relu"),
        schuss.Residual([inner, schuss.GaussianNoise(0.5), schuss.Dense(3)]),
        schuss.Dense(2, learning_rate_factor=0.5),
    ]
    loss = schuss.Pinball([0.25, 0.75], missing="mask")
    options = {"dtype": "float64", "seed": 2**70, "engine": "reference"}
    return eighths(schuss.Model(layers, loss=loss, **options), 4, 2)


def training():
    """Of a fit that is to be resumed, with a schedule of schedules."""
    layers = [schuss.Dense(4, "tanh", "lecun"), schuss.Dense(1)]
    model = eighths(schuss.Model(layers, loss="huber", seed=3), 4, 3)
    rate = schuss.Warmup(schuss.CosineDecay(0.125, 9, per="step"), 3)
    model.fit(ROWS, [1, 0, -1], epochs=2, batch_size=1, verbose=False,
              optimizer=schuss.AdamW(rate, weight_decay=0.125))  # fmt: skip
    return model


def architecture():
    """Without weights, but for those that a layer begins with."""
    layers = [schuss.Dense(2, "gelu", weights=[[1, 0.5]] * 4), schuss.Dense(1)]
    return schuss.Model(layers, loss="binary_cross_entropy")


def expected(model):
    """What a file of a model is expected to say, for ever."""
    said = {"description": model.describe()}
    for name in ("classes", "feature_names"):
        if (given := getattr(model, name, None)) is not None:
            said[name] = list(given)
    if model._network is None:
        return said
    exact = schuss.Model(model.structure.given, dtype="float64", engine="reference")
    exact.set_weights(model.weights)
    said |= {"X": ROWS, "outputs": exact(ROWS).tolist()}
    if model._position:
        steps, slots = model._network.state()
        sums = [[math.fsum(array.flat) for array in own] for own in slots[0]]
        said["position"] = [steps, model._position.epoch, model._position.step]
        said |= {"sums": sums, "history": model.history["loss"].tolist()}
    return said


def main():
    folder = HERE / schuss.__version__
    folder.mkdir()
    for make in (classes, blocks, training, architecture):
        model, path = make(), folder / f"{make.__name__}.safetensors"
        model.save(path, training_state=make is training)
        path.with_suffix(".json").write_text(json.dumps(expected(model)) + "\n")


if __name__ == "__main__":
    main()
