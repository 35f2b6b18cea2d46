"""The first weights of a layer: drawn at a scale that suits its activation."""

import numpy as np
from numpy.typing import NDArray

HE = "he"
GLOROT = "glorot"
ZEROS = "zeros"
INITIALIZERS = (HE, GLOROT, ZEROS)


def default_initializer(activation: str) -> str:
    """Return "he" for activations that silence half of their inputs, else "glorot".

    Parameters
    ----------
    activation : str

    Returns
    -------
    str
    """
    return HE if activation == "relu" else GLOROT


def initial_weights(
    initializer: str, inputs: int, outputs: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Draw the first weights of a dense layer.

    "he": normal with variance 2 / inputs (K. He et al., 2015). "glorot": uniform in
    plus or minus sqrt(6 / (inputs + outputs)) (X. Glorot and Y. Bengio, 2010).
    "zeros": zeros, enough for a layer that has no hidden layer below it.

    Parameters
    ----------
    initializer : str
        One of `INITIALIZERS`.
    inputs, outputs : int, at least 1
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of float64, shape (inputs, outputs)
    """
    shape = (inputs, outputs)
    if initializer == HE:
        return rng.normal(0.0, np.sqrt(2 / inputs), shape)
    if initializer == GLOROT:
        limit = np.sqrt(6 / (inputs + outputs))
        return rng.uniform(-limit, limit, shape)
    return np.zeros(shape)
