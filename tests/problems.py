"""Something to compute for every loss: settings, outputs and targets that it takes."""

import numpy as np

LABELLED = ("softmax_cross_entropy", "perceptron", "hinge")


def settings_of(loss, columns):
    """Of numbers that every precision has."""
    if loss == "binary_cross_entropy":
        return [(k % 7) / 2 for k in range(columns)]
    smoothing = [0.25] if loss == "softmax_cross_entropy" else []
    return needed_settings(loss, columns) or smoothing


def needed_settings(loss, columns):
    """Those without which there is no loss."""
    if loss == "pinball":
        return [(1 + k % 7) / 8 for k in range(columns)]
    return [0.75] if loss == "huber" else []


def targets_of(loss, rng, dtype, rows, columns):
    if loss in LABELLED:
        return rng.integers(columns, size=rows).astype(np.int32)
    if loss == "binary_cross_entropy":
        return rng.integers(5, size=(rows, columns)).astype(dtype) / 4
    if loss == "poisson":
        return rng.integers(5, size=(rows, columns)).astype(dtype)
    return rng.normal(size=(rows, columns)).astype(dtype)


def outputs_of(rng, dtype, rows, columns):
    return rng.normal(size=(rows, columns)).astype(np.float32).astype(dtype)
