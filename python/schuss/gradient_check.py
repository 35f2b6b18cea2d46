"""Gradients against central differences of the loss."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from schuss.differences import STEP
from schuss.engines import Network, Parameters
from schuss.examples import Examples


class GradientCheck(NamedTuple):
    """How far a gradient is from central differences.

    Attributes
    ----------
    error : float
        The largest |gradient - difference|, relative to the largest difference in the
        same array (6e-6 at least); NaN where either is. About 1e-5 in float32 and
        1e-8 in float64, larger where a ReLU happens to switch within the difference
        and in arrays whose whole gradient is nearly zero.
    layer : int
        Where that is.
    array : str
        Its name: "weights" or "bias" of a dense layer, or another's.
    checked : int
        Parameters that were tried.
    """

    error: float
    layer: int
    array: str
    checked: int


def compare(
    gradients: list[Parameters],
    weights: list[Parameters],
    twin: Network,
    examples: Examples,
    rng: np.random.Generator,
    samples: int,
    names: Sequence[Sequence[str]] | None = None,
    by_batch: bool = False,
) -> GradientCheck:
    """Compare gradients with central differences, computed by a float64 twin.

    Parameters
    ----------
    gradients, weights : list of tuples of ndarray
        Per layer, as the model has them.
    twin : Network
        Of the same shape, in float64.
    examples : Examples
    rng : numpy.random.Generator
        Draws which parameters are tried.
    samples : int
        Parameters tried per array.
    names : sequence of sequences of str, optional
        Of each layer's arrays that are learned, which are its first; by default weights
        and bias of each.
    by_batch : bool
        Whether the loss is that of a batch, and not of rows that are evaluated.

    Returns
    -------
    GradientCheck
    """
    exact = [tuple(array.astype(np.float64) for array in own) for own in weights]
    for layer, own in enumerate(exact):
        twin.set_parameters(layer, *own)

    def loss() -> float:
        if by_batch:
            return twin.differentiate(*examples[1:])
        return twin.evaluate(*examples[1:])[0]

    names = names or [("weights", "bias")] * len(exact)
    worst, checked = GradientCheck(0.0, 0, names[0][0], 0), 0
    for layer, own in enumerate(exact):
        for which, name in enumerate(names[layer]):
            array, gradient = own[which], gradients[layer][which]
            tried = rng.permutation(array.size)[:samples]
            found = np.array(
                [_difference(twin, layer, own, array, i, loss) for i in tried]
            )
            scale = max(float(np.max(np.abs(found))), STEP)
            error = float(np.max(np.abs(found - gradient.ravel()[tried]))) / scale
            checked += len(tried)
            if not error <= worst.error and not np.isnan(worst.error):
                worst = GradientCheck(error, layer, name, 0)
    return worst._replace(checked=checked)


def _difference(
    twin: Network,
    layer: int,
    own: Parameters,
    array: NDArray[Any],
    index: int,
    loss: Callable[[], float],
) -> float:
    flat = array.reshape(-1)
    value = float(flat[index])
    step = STEP * max(1.0, abs(value))
    losses: list[float] = []
    for moved in (value + step, value - step):
        flat[index] = moved
        twin.set_parameters(layer, *own)
        losses.append(loss())
    flat[index] = value
    twin.set_parameters(layer, *own)
    return float((losses[0] - losses[1]) / (2 * step))
