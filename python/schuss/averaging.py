"""A callback that averages weights over steps: a path is noisier than its middle."""

from collections.abc import Mapping
from itertools import chain

import numpy as np

from schuss.callbacks import Callback
from schuss.checks import check_number
from schuss.engines import Parameters
from schuss.fitting import Fit
from schuss.history import History


class EMA(Callback):
    """Keeps an exponential moving average of the weights and gives it to the model.

    After step t it is the mean of the weights w_1 to w_t that the steps have left, the
    k-th weighted by decay^(t - k): a <- a + c (w_t - a) with
    c = (1 - decay) / (1 - decay^t). It spans about 1 / (1 - decay) steps. The divisor,
    as that of `Adam`, makes the weights of the mean add up to 1, so that an average
    leans towards nothing, neither zero nor the weights drawn at first, however short
    the fit was; it needs no other warm-up. All that layers have is averaged, means and
    variances of `BatchNorm` as well. Sources: B. T. Polyak and A. B. Juditsky, 1992,
    for averaging; D. P. Kingma and J. Ba, 2015, for the divisor.

    Training does not see it, steps are the same to the bit. It has the model's dtype;
    by rounding, each step may move it by about the unit roundoff (6e-8 in float32),
    which adds up to 1 / (1 - decay) times as much at most.

    When a fit ends in good order the model gets the average, and
    ``model.set_weights(ema.last_weights)`` takes it back; the values of validation sets
    are those of the average, too, and so is what `EarlyStopping` judges by them and
    restores. After an exception the model has the last weights, and
    ``model.set_weights(ema.weights)`` gives it the average. With ``resume=True`` and
    the same object, training goes on from the last weights, as if the fit before had
    not ended, to the bit.

    Parameters
    ----------
    decay : float, in [0, 1)
        What is kept of the average at each step; 0 follows the last weights.
    apply : bool
        Whether the model gets the average when the fit ends, and validation sets see
        it. Without, ``ema.weights`` is all that is different.

    Raises
    ------
    TypeError, ValueError
        If an argument is no number, out of its range, or no truth value; by fit, if
        the optimizer is `LBFGS`.

    Examples
    --------
    >>> import schuss
    >>> X, y = schuss.datasets.load_digits()
    >>> model, ema = schuss.Model([schuss.Dense(10)]), schuss.EMA(0.99)
    >>> history = model.fit(X, y, epochs=3, callbacks=[ema], verbose=False)
    >>> ema.steps == 3 * -(-len(X) // 32)
    True
    """

    outermost = True

    def __init__(self, decay: float = 0.999, *, apply: bool = True) -> None:
        self.decay = check_number("decay", decay, 0, 1)
        if not isinstance(apply, bool):
            raise TypeError(f"apply is {apply!r}; give True or False.")
        self.apply = apply
        self._fit: Fit | None = None
        self._steps = 0
        self._average: list[Parameters] = []
        self._last: list[Parameters] = []

    @property
    def steps(self) -> int:
        """How many were averaged, also while a fit goes on."""
        return self._fit.average()[0] if self._fit else self._steps

    @property
    def weights(self) -> list[Parameters]:
        """The average of every layer's arrays, also while a fit goes on.

        Raises
        ------
        RuntimeError
            If no step was averaged.
        """
        self._averaged()
        return _copies(self._fit.average()[1] if self._fit else self._average)

    @property
    def last_weights(self) -> list[Parameters]:
        """Copies of the weights that the last step has left, not averaged.

        Raises
        ------
        RuntimeError
            If no step was averaged.
        """
        self._averaged()
        return _copies(self._fit.weights() if self._fit else self._last)

    def settle(self, keys: Mapping[str, str | None]) -> None:
        """Refuse a fit without steps to average over.

        Parameters
        ----------
        keys : mapping of str
            What the history will have.

        Raises
        ------
        ValueError
            If the optimizer has no learning rate.
        """
        if "learning_rate" not in keys:
            raise ValueError(
                "EMA averages over many small steps, and LBFGS makes few large ones; "
                "leave it out."
            )

    def on_fit_begin(self, fit: Fit) -> None:
        """Begin anew, unless the fit goes on where the one before it ended."""
        self._keep()
        now, network = fit.weights(), fit.network
        network.start_average(self.decay)
        if fit.resumed and _alike(now, self._last, same=False):
            if _alike(now, self._average, same=True):
                fit.set_weights(self._last)
            network.set_average(self._steps, self._average)
        self._fit, fit.validates_average = fit, self.apply

    def on_fit_end(self, history: History) -> None:
        """Give the model the average; let the fit and its data go."""
        fit = self._fit
        self._keep()
        if fit and self.apply and self._steps:
            fit.set_weights(self._average)

    def _keep(self) -> None:
        """Keep what is asked of a fit while it goes on."""
        if self._fit:
            self._last = self._fit.weights()
            self._steps, self._average = self._fit.average()
            self._fit = None

    def _averaged(self) -> None:
        if not self.steps:
            raise RuntimeError(
                "the EMA has averaged no step yet; give it to fit as a callback."
            )


def _copies(weights: list[Parameters]) -> list[Parameters]:
    return [tuple(array.copy() for array in arrays) for arrays in weights]


def _alike(one: list[Parameters], other: list[Parameters], *, same: bool) -> bool:
    """Whether two lists of weights have the same shapes, or the same numbers."""
    if len(one) != len(other):
        return False
    flat, flat_b = (list(chain.from_iterable(arrays)) for arrays in (one, other))
    return len(flat) == len(flat_b) and all(
        np.array_equal(a, b) if same else a.shape == b.shape
        for a, b in zip(flat, flat_b, strict=True)
    )
