"""A model's predictions for serving: weights of its own, and little around them."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from schuss.engines import CLASSES, Network, make_predictor
from schuss.evaluation import WANTED, shown
from schuss.examples import as_examples
from schuss.losses import Loss


class Predictor:
    """What `Model.compile_predict` returns; it is called with rows.

    Any number of threads may call one predictor. A row by itself is predicted in memory
    that the predictor has set aside, and what comes while that is in use, or is more
    than a row, in memory of its own.

    Parameters
    ----------
    network : Network
        A native one, which nobody else has.
    inputs, outputs : int
    dtype : "float32" or "float64"
    loss : Loss
    classes : ndarray, shape (outputs,), or None

    Attributes
    ----------
    inputs, outputs : int
        Numbers per row, in and out.
    dtype : numpy.dtype
        Of what comes out.
    function : built-in function of (X, out)
        What a call comes down to, for who counts tenths of a microsecond: it takes
        arrays, by position.

    Examples
    --------
    >>> import numpy as np, schuss
    >>> X, y = schuss.datasets.make_xor()
    >>> model = schuss.Model([schuss.Dense(8, "tanh"), schuss.Dense(2)], seed=1)
    >>> predict = model.build(2).compile_predict()
    >>> probabilities = np.empty((4, 2), np.float32)
    >>> predict(X, out=probabilities) is probabilities
    True
    """

    def __init__(
        self,
        network: Network,
        inputs: int,
        outputs: int,
        dtype: str,
        loss: Loss,
        classes: NDArray[Any] | None = None,
    ) -> None:
        self.inputs, self.outputs, self.dtype = inputs, outputs, np.dtype(dtype)
        self._predict, self.function = network.predict, make_predictor(network, dtype)
        self._loss, self._classes = loss, classes

    def __call__(self, X: ArrayLike, out: NDArray[Any] | None = None) -> NDArray[Any]:
        """Return probabilities, scores where the loss has none, or numbers.

        Parameters
        ----------
        X : array_like or SciPy's sparse array, shape (rows, inputs)
            An array of the predictor's dtype is read where it is.
        out : ndarray of the predictor's dtype, shape (rows, outputs), optional
            Where the result goes; C-contiguous.

        Returns
        -------
        ndarray, shape (rows, outputs)
            `out`, if it is given.

        Raises
        ------
        TypeError, ValueError
            If X is no table of finite numbers of the right width, or `out` no place
            for the result; it is as it was then.
        """
        if type(X) is not np.ndarray:
            X = self._table(X)
        return self.function(X, out)

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return labels or numbers, as `Model.predict` does.

        Parameters
        ----------
        X : array_like, shape (rows, inputs)

        Returns
        -------
        ndarray

        Raises
        ------
        TypeError, ValueError
            As for a call of the predictor.
        """
        if type(X) is not np.ndarray:
            X = self._table(X)
        if self._loss.predicts != "classes":
            return shown(self._predict(X, WANTED[self._loss.predicts]), self._loss)
        indices = self._predict(X, CLASSES)
        return indices if self._classes is None else self._classes[indices]

    def _table(self, X: ArrayLike) -> NDArray[Any]:
        return as_examples(X, "X", self.inputs, str(self.dtype))
