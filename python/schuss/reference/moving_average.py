"""The meaning of an average of what changes from step to step."""

import numpy as np

from schuss.reference.elementary import Array

__all__ = ["moving_average"]

Parameters = tuple[Array, ...]


def moving_average(average: Array, x: Array, rate: float) -> Array:
    """Return average + rate (x - average).

    An average of what stands still does, too. Source: B. T. Polyak and A. B. Juditsky,
    1992.

    Parameters
    ----------
    average, x : ndarray, shape (rows, columns) or (columns,)
    rate : float, above 0 and at most 1

    Returns
    -------
    ndarray, of that shape
        A new array.
    """
    return np.asarray(average + average.dtype.type(rate) * (x - average))


class Average:
    """The exponential moving average of all parameters, over the steps since it began.

    After step t it moves by the rate (1 - decay) / (1 - decay^t) and so is the mean of
    the parameters after steps 1 to t, the k-th weighted by decay^(t - k), with weights
    that add up to 1; what it was before the first step counts for nothing.
    Sources: B. T. Polyak and A. B. Juditsky, 1992; D. P. Kingma and J. Ba, 2015, for
    the divisor.

    Parameters
    ----------
    layers : list of tuples of ndarray
        The parameters, whose shapes count.
    decay : float, in [0, 1)

    Attributes
    ----------
    steps : int
        Those that it was taken over.
    layers : list of tuples of ndarray
    """

    def __init__(self, layers: list[Parameters], decay: float) -> None:
        self._decay, self.steps = decay, 0
        self.layers = [tuple(map(np.zeros_like, arrays)) for arrays in layers]

    def add(self, layers: list[Parameters]) -> None:
        """Take the parameters in that a step has left."""
        self.steps += 1
        rate = (1 - self._decay) / (1 - self._decay**self.steps)
        self.layers = [
            tuple(moving_average(a, x, rate) for a, x in zip(own, arrays, strict=True))
            for own, arrays in zip(self.layers, layers, strict=True)
        ]
