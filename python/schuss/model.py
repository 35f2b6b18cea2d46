"""A model as people use it: what inference offers, and fit."""

import sys

from numpy.typing import ArrayLike

from schuss.examples import as_validation
from schuss.history import History
from schuss.inference import Inference
from schuss.optimizers import SGD, Optimizer
from schuss.plan import Plan
from schuss.progress import Progress
from schuss.regularizers import L2
from schuss.training import train


class Model(Inference):
    """A dense neural network.

    Parameters
    ----------
    layers : sequence of Dense, the first of which may be a Rescaling
        For class labels the last layer has one output per class and no activation:
        softmax is part of the loss. The width of the inputs is taken from the data.
    loss : "softmax_cross_entropy" or "mean_squared_error"
    seed : int, at least 0
        Determines the first weights and every epoch's order of rows.
    dtype : "float32" or "float64"
        The precision of all computation.
    engine : "native" or "reference"
        C++ kernels, or the same steps in NumPy, for reading and for comparison.

    Attributes
    ----------
    history : History
        Of the last call of `fit`, also of one that was interrupted.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong type, out of range, or an unknown name.

    Examples
    --------
    >>> import schuss
    >>> X, y = schuss.datasets.make_xor()
    >>> model = schuss.Model([schuss.Dense(8, "tanh"), schuss.Dense(2)], seed=1)
    >>> history = model.fit(X, y, epochs=200, batch_size=None, verbose=False)
    >>> model.predict(X)
    array([0, 1, 1, 0])
    """

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        *,
        epochs: int = 10,
        batch_size: int | None = 32,
        optimizer: Optimizer | None = None,
        regularizer: L2 | None = None,
        validation_data: tuple[ArrayLike, ArrayLike] | None = None,
        shuffle: bool = True,
        verbose: bool = True,
    ) -> History:
        """Train by gradient descent; calling it again goes on from where it is.

        The optimizer starts afresh (without momentum) with each call.

        Parameters
        ----------
        X : array_like, shape (rows, inputs)
            Any numeric dtype, strides and byte order; no copy of the whole is made.
        y : array_like, shape (rows,) or (rows, outputs)
            Class labels from 0, distributions over classes, or numbers.
        epochs : int, at least 0
            Times that every row is seen.
        batch_size : int, at least 1, or None
            Rows per step: 1 is online, None is full batch.
        optimizer : Optimizer, optional
            ``SGD(0.1)`` by default.
        regularizer : L2, optional
            Acts on weights, not on biases.
        validation_data : pair of array_like, optional
            X and y that are evaluated after every epoch and never trained on.
        shuffle : bool
            Whether rows come in another order each epoch.
        verbose : bool
            Whether to write a progress line to standard error.

        Returns
        -------
        History

        Raises
        ------
        TypeError, ValueError
            If an argument is not as described; the model is unchanged. A schedule that
            gives nonsense only later leaves the weights of the epoch before.
        RuntimeError
            If another thread is fitting the model.
        FloatingPointError
            If training diverges; the model then has its weights of before that epoch.
        KeyboardInterrupt
            On Ctrl-C; the model has the weights of the last finished step.
        """
        table = self._examples(X)
        plan = Plan(
            X=table,
            targets=self._targets(y, len(table)),
            validation=as_validation(
                validation_data, table, self.layers[-1].units, self.loss, self.dtype
            ),
            epochs=epochs,
            batch_size=batch_size,
            optimizer=SGD() if optimizer is None else optimizer,
            regularizer=regularizer,
            layers=len(self.layers),
            seed=self.seed,
            first_epoch=self._epochs_seen,
            shuffle=shuffle,
        )
        plan.learning_rates(0)  # a schedule that gives nonsense is refused here
        with self._fitting:
            self._run(plan, bool(verbose))
        return self.history

    def _run(self, plan: Plan, verbose: bool) -> None:
        network = self.build(plan.X.shape[1])._built()
        shown = verbose and plan.epochs > 0 and sys.stderr is not None
        progress = Progress(plan.epochs, len(plan.X)) if shown else None
        self.history = History()
        try:
            train(network, plan, self.history, progress)
        finally:
            self.history.finish()
            self._epochs_seen += len(self.history.get("loss", ()))
            if progress:
                progress.close()
