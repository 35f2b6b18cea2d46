"""The first weights of a layer: drawn at a scale that suits its activation."""

import numpy as np
from numpy.typing import NDArray

HE = "he"
GLOROT = "glorot"
LECUN = "lecun"
ZEROS = "zeros"
INITIALIZERS = (HE, GLOROT, LECUN, ZEROS)

# Activations that silence about half of their inputs.
RECTIFIERS = (
    "relu",
    "leaky_relu",
    "elu",
    "softplus",
    "gelu",
    "gelu_tanh",
    "silu",
    "mish",
)


def default_initializer(activation: object) -> str:
    """Return the initializer that suits an activation.

    "he" for ReLU and its kin, which silence about half of their inputs; "lecun" for
    "selu", which keeps a variance of 1 from layer to layer only with it (G. Klambauer
    et al., 2017); else "glorot".

    Parameters
    ----------
    activation : str, or any other

    Returns
    -------
    str
    """
    if activation == "selu":
        return LECUN
    return HE if activation in RECTIFIERS else GLOROT


def initial_weights(
    initializer: str, inputs: int, outputs: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Draw the first weights of a dense layer.

    "he": normal with variance 2 / inputs (K. He et al., 2015). "glorot": uniform in
    plus or minus sqrt(6 / (inputs + outputs)) (X. Glorot and Y. Bengio, 2010).
    "lecun": normal with variance 1 / inputs (Y. LeCun et al., 1998).
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
    if initializer == LECUN:
        return rng.normal(0.0, np.sqrt(1 / inputs), shape)
    return np.zeros(shape)
