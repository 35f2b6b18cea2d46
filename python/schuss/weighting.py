"""How much each row counts: the user's weights and the loss's, brought to mean 1."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from schuss.examples import Examples, as_array
from schuss.losses import Loss


def as_sample_weight(
    weights: ArrayLike | None, name: str, rows: int
) -> NDArray[np.float64] | None:
    """Return a weight for each row, checked, or None if there are none.

    Parameters
    ----------
    weights : array_like, shape (rows,), or None
    name : str
        What the argument is called in the message.
    rows : int

    Returns
    -------
    ndarray of float64, shape (rows,), or None
        A copy.

    Raises
    ------
    TypeError
        If they are no numbers.
    ValueError
        If there are more or fewer, or one is not finite or below 0.
    """
    if weights is None:
        return None
    array = as_array(weights, name)
    if array.dtype.kind not in "iufb":
        raise TypeError(f"{name} has dtype {array.dtype}; give numbers.")
    if array.shape != (rows,):
        raise ValueError(
            f"X has {rows} rows but {name} has shape {array.shape}; give one weight "
            "per row."
        )
    array = array.astype(np.float64)
    wrong = ~(np.isfinite(array) & (array >= 0))
    if wrong.any():
        row = int(wrong.argmax())
        raise ValueError(
            f"{name}[{row}] is {array[row]}; give finite numbers of at least 0."
        )
    return array


def weighed(examples: Examples, loss: Loss, name: str) -> Examples:
    """Return examples with the weights that the kernels of a loss are given.

    Each is the user's, times what the loss makes of it, divided by the mean of all: the
    mean of the weighted losses, over all rows or over a batch of them, is then one of
    sum_i w_i l_i / sum_i w_i. See `schuss.losses.Loss`.

    Parameters
    ----------
    examples : Examples
        With the user's weights, or None.
    loss : Loss
    name : str
        What the user's weights are called in the message.

    Returns
    -------
    weighed : Examples
        Without weights, if all of them are 1.

    Raises
    ------
    ValueError
        If they sum to 0.
    """
    weights = loss.weights(examples.targets, examples.weights)
    if weights is None:
        return examples
    largest = float(weights.max())
    if not largest > 0:
        raise ValueError(
            f"no row counts, as all of {name} and of what the loss makes of them is 0; "
            "give a weight above 0."
        )
    weights = weights / largest
    weights /= np.mean(weights)
    return examples._replace(weights=None if np.all(weights == 1) else weights)


def sliced(weights: NDArray[Any] | None, rows: NDArray[np.intp]) -> NDArray[Any] | None:
    """Return the weights of some rows, if there are weights."""
    return None if weights is None else weights[rows]
