"""What an exported file is compared with where it runs: rows, and what is right."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from schuss.export.operations import Exported, Rescale
from schuss.export.rounding import exact_means, exact_outputs

Array = NDArray[Any]
ROWS = 4


class Golden(NamedTuple):
    """Golden vectors.

    Attributes
    ----------
    X : ndarray, shape (rows, inputs)
        Normal numbers, after any rescaling.
    expected, tolerances : ndarray, shape (rows, outputs)
        Probabilities, scores or numbers, and how far computed ones may be off.
    """

    X: Array
    expected: Array
    tolerances: Array


def golden(exported: Exported) -> Golden:
    """Return golden vectors for an export, always the same ones.

    Parameters
    ----------
    exported : Exported

    Returns
    -------
    Golden
        In its precision.
    """
    X = np.random.default_rng(0).normal(size=(ROWS, exported.inputs))
    first = exported.operations[0]
    if isinstance(first, Rescale):
        X = (X - first.offset) / first.scale
    X = X.astype(exported.dtype)
    with np.errstate(all="ignore"):
        means, errors = exact_means(exported, exact_outputs(exported, X))
    expected = means.astype(exported.dtype)
    off = np.abs(expected - means)
    # Rounded up: what is compared has been rounded as well.
    tolerances = 1.01 * (errors + 2 * off)
    most = np.finfo(exported.dtype).max
    return Golden(X, expected, np.minimum(tolerances, most).astype(exported.dtype))
