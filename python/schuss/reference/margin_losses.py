"""The meaning of losses of labels that look at a class and its worst rival."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from schuss.reference.elementary import Array
from schuss.reference.weighting import weighted

__all__ = ["hinge", "perceptron"]


def _lost_to_the_rival(
    output: Array, labels: NDArray[Any], margin: int, weights: Array | None
) -> tuple[float, Array]:
    if len(output) == 0:
        return 0.0, np.zeros_like(output)
    rows = np.arange(len(output))
    own = output[rows, labels]
    raised = output + output.dtype.type(margin)
    raised[rows, labels] = own
    rival = np.argmax(raised, axis=1)
    slopes = np.zeros_like(output)
    slopes[rows, rival] += 1
    slopes[rows, labels] -= 1
    return weighted(raised[rows, rival] - own, slopes, weights)


def perceptron(
    output: Array, targets: NDArray[Any], *, weights: Array | None = None
) -> tuple[float, Array]:
    """Return how far the class's output is below the largest, and its gradient.

    l = max_c s_c - s_k for class k. Of a row that is classified rightly, loss and
    gradient are 0; of any other the gradient is 1 at the first largest output and -1 at
    k, so that a step of size 1 takes its inputs from the weights of the class that was
    found and adds them to those of the class that it is: the perceptron rule. Sources:
    F. Rosenblatt, 1958; for several classes, R. O. Duda and P. E. Hart, 1973.

    Parameters
    ----------
    output : ndarray, shape (batch, classes)
        Scores s.
    targets : ndarray of integers, shape (batch,)
        Class indices k.
    weights : ndarray, shape (batch,), optional
        By which the rows' losses are multiplied; all of them 1 by default.

    Returns
    -------
    loss : float
        0 for an empty batch.
    gradient : ndarray, shape (batch, classes)
        d(loss) / d(output).
    """
    return _lost_to_the_rival(output, targets, 0, weights)


def hinge(
    output: Array, targets: NDArray[Any], *, weights: Array | None = None
) -> tuple[float, Array]:
    """Return what a class lacks to a margin of 1 over all others, and its gradient.

    l = max_c (s_c + [c is not k]) - s_k for class k; the gradient is 1 at the first
    such c and -1 at k, or 0 if they are one. Source: K. Crammer and Y. Singer, "On the
    Algorithmic Implementation of Multiclass Kernel-based Vector Machines", 2001.

    Parameters
    ----------
    output, targets, weights
        As for `perceptron`.

    Returns
    -------
    loss, gradient
        As for `perceptron`.
    """
    return _lost_to_the_rival(output, targets, 1, weights)
