"""A callback that averages weights over epochs: a path is noisier than its middle."""

from itertools import chain

import numpy as np
from numpy.typing import NDArray

from schuss.callbacks import Callback
from schuss.checks import check_number
from schuss.engines import Parameters
from schuss.fitting import Fit
from schuss.history import History

Exact = list[list[NDArray[np.float64]]]


class EMA(Callback):
    """Keeps an exponential moving average of the weights and gives it to the model.

    After each epoch a <- decay a + (1 - decay) w, from a = 0, and the average is
    a / (1 - decay^t) after t of them: without that divisor it would lean towards zero
    as long as decay^t is not small. It spans about 1 / (1 - decay) epochs. Training
    does not see it: steps, and values of the history, are those of the weights w.
    Sources: B. T. Polyak and A. B. Juditsky, 1992, for averaging; D. P. Kingma and
    J. Ba, 2015, for the divisor.

    When a fit ends in good order the model gets the average, and
    ``model.set_weights(ema.last_weights)`` takes it back; after an exception the model
    has the last weights, and ``model.set_weights(ema.weights)`` gives it the average.
    Of callbacks that set weights at the end, as `EarlyStopping` does, the last in the
    list has its way. With ``resume=True`` and the same object, training goes on from
    the last weights, as if the fit before had not ended, to the bit.

    Parameters
    ----------
    decay : float, in [0, 1)
        What is kept of the average at each epoch; 0 keeps the last weights.
    apply : bool
        Whether the model gets the average when the fit ends.

    Attributes
    ----------
    epochs : int
        How many were averaged.

    Raises
    ------
    TypeError, ValueError
        If an argument is no number, out of its range, or no truth value.

    Examples
    --------
    >>> import schuss
    >>> X, y = schuss.datasets.load_digits()
    >>> model, ema = schuss.Model([schuss.Dense(10)]), schuss.EMA(0.5)
    >>> history = model.fit(X, y, epochs=3, callbacks=[ema], verbose=False)
    >>> ema.epochs
    3
    """

    def __init__(self, decay: float = 0.9, *, apply: bool = True) -> None:
        self.decay = check_number("decay", decay, 0, 1)
        if not isinstance(apply, bool):
            raise TypeError(f"apply is {apply!r}; give True or False.")
        self.apply, self.epochs = apply, 0
        self._sums: Exact = []
        self._last: list[Parameters] = []

    @property
    def weights(self) -> list[Parameters]:
        """The average of every layer's arrays, in the model's dtype.

        Raises
        ------
        RuntimeError
            If no epoch was averaged.
        """
        self._averaged()
        # In float64 this cannot be 0: the largest decay below 1 is 1 - 2^-53.
        share = 1 - self.decay**self.epochs
        return [
            tuple((total / share).astype(last[0].dtype) for total in sums)
            for sums, last in zip(self._sums, self._last, strict=True)
        ]

    @property
    def last_weights(self) -> list[Parameters]:
        """Copies of the weights that the last epoch ended with, not averaged.

        Raises
        ------
        RuntimeError
            If no epoch was averaged.
        """
        self._averaged()
        return [tuple(array.copy() for array in arrays) for arrays in self._last]

    def on_fit_begin(self, fit: Fit) -> None:
        """Begin anew, unless the fit goes on where the one before it ended."""
        self._fit = fit
        now = self._read()
        if not fit.resumed or not _alike(now, self._last, same=False):
            self.epochs, self._sums, self._last = 0, [], []
        elif _alike(now, self.weights, same=True):
            self._write(self._last)

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Add an epoch's weights to the average."""
        self._last = self._read()
        if not self.epochs:
            self._sums = [[np.zeros(a.shape) for a in arrays] for arrays in self._last]
        for sums, arrays in zip(self._sums, self._last, strict=True):
            for total, array in zip(sums, arrays, strict=True):
                total *= self.decay
                total += (1 - self.decay) * array.astype(np.float64)
        self.epochs += 1

    def on_fit_end(self, history: History) -> None:
        """Give the model the average."""
        if self.apply and self.epochs:
            self._write(self.weights)
        del self._fit

    def _averaged(self) -> None:
        if not self.epochs:
            raise RuntimeError(
                "the EMA has averaged no epoch yet; give it to fit as a callback."
            )

    def _read(self) -> list[Parameters]:
        layers = range(self._fit.plan.layers)
        return [self._fit.network.parameters(layer) for layer in layers]

    def _write(self, weights: list[Parameters]) -> None:
        for layer, arrays in enumerate(weights):
            self._fit.network.set_parameters(layer, *arrays)


def _alike(one: list[Parameters], other: list[Parameters], *, same: bool) -> bool:
    """Whether two lists of weights have the same shapes, or the same numbers."""
    if len(one) != len(other):
        return False
    flat, flat_b = (list(chain.from_iterable(arrays)) for arrays in (one, other))
    return len(flat) == len(flat_b) and all(
        np.array_equal(a, b) if same else a.shape == b.shape
        for a, b in zip(flat, flat_b, strict=True)
    )
