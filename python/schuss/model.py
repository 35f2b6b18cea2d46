"""What a model does: fit, predict, evaluate, and show its gradients."""

import sys
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from schuss import gradient_check
from schuss.architecture import Architecture
from schuss.checks import check_number
from schuss.engines import CLASSES, OUTPUTS, PROBABILITIES, Parameters
from schuss.examples import as_examples, as_targets, as_validation
from schuss.history import History
from schuss.optimizers import SGD, Optimizer
from schuss.plan import Plan
from schuss.progress import Progress
from schuss.regularizers import L2
from schuss.training import train


class Model(Architecture):
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

    def __call__(self, X: ArrayLike) -> NDArray[Any]:
        """Return the outputs of the last layer: logits, or predicted numbers.

        Parameters
        ----------
        X : array_like, shape (rows, inputs)

        Returns
        -------
        ndarray of the model's dtype, shape (rows, outputs)

        Raises
        ------
        TypeError, ValueError
            If X is no table of finite numbers of the right width.
        RuntimeError
            If the model has no weights yet.
        """
        return self._predicted(X, OUTPUTS)

    def predict_proba(self, X: ArrayLike) -> NDArray[Any]:
        """Return the probability of every class, softmax of the outputs.

        Parameters
        ----------
        X : array_like, shape (rows, inputs)

        Returns
        -------
        ndarray of the model's dtype, shape (rows, classes), rows summing to 1

        Raises
        ------
        TypeError, ValueError, RuntimeError
            As for a call of the model; ValueError also for a model of numbers.
        """
        if not self.loss.of_classes:
            raise ValueError(
                f"a model with loss {self.loss.name!r} predicts numbers, not classes; "
                "use predict."
            )
        return self._predicted(X, PROBABILITIES)

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the most probable class per row, or the predicted numbers.

        Parameters
        ----------
        X : array_like, shape (rows, inputs)

        Returns
        -------
        ndarray
            int64 of shape (rows,) for classes; the model's dtype, of shape
            (rows, outputs), or (rows,) if there is one output, for numbers.

        Raises
        ------
        TypeError, ValueError, RuntimeError
            As for a call of the model.
        """
        if self.loss.of_classes:
            return self._predicted(X, CLASSES)
        output = self._predicted(X, OUTPUTS)
        return output[:, 0] if output.shape[1] == 1 else output

    def evaluate(self, X: ArrayLike, y: ArrayLike) -> dict[str, float]:
        """Return the mean "loss" and, for class labels, the "accuracy".

        Parameters
        ----------
        X, y : array_like
            As for `fit`.

        Returns
        -------
        dict of str to float

        Raises
        ------
        TypeError, ValueError, RuntimeError
            As for `fit` and a call of the model.
        """
        network = self._built()
        table = self._examples(X)
        targets = self._targets(y, len(table))
        loss, correct = network.evaluate(table, targets)
        labelled = targets.ndim == 1
        return {"loss": loss} | ({"accuracy": correct / len(table)} if labelled else {})

    def gradients(self, X: ArrayLike, y: ArrayLike) -> list[Parameters]:
        """Return the gradient of the mean loss over X and y, layer by layer.

        Parameters
        ----------
        X, y : array_like
            As for `fit`.

        Returns
        -------
        list of (ndarray of shape (inputs, outputs), ndarray of shape (outputs,))

        Raises
        ------
        TypeError, ValueError, RuntimeError
            As for `evaluate`.
        """
        network = self._built()
        table = self._examples(X)
        network.differentiate(table, self._targets(y, len(table)))
        return [network.gradients(layer) for layer in range(len(self.layers))]

    def check_gradients(
        self, X: ArrayLike, y: ArrayLike, *, samples: int = 100
    ) -> gradient_check.GradientCheck:
        """Compare the gradient with central differences of the loss in float64.

        Parameters
        ----------
        X, y : array_like
            As for `fit`.
        samples : int, at least 1
            Parameters tried per array, drawn by the model's seed.

        Returns
        -------
        GradientCheck

        Raises
        ------
        TypeError, ValueError, RuntimeError
            As for `evaluate`.
        """
        samples = check_number("samples", samples, 1, whole=True)
        gradients = self.gradients(X, y)
        table = self._examples(X)
        twin = self._made(self.engine, "float64", self._inputs)
        targets, rng = (
            self._targets(y, len(table)),
            np.random.default_rng([self.seed, 2]),
        )
        return gradient_check.compare(
            gradients, self.weights, twin, table, targets, rng, samples
        )

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

    def _predicted(self, X: ArrayLike, wanted: int) -> NDArray[Any]:
        network = self._network or self._built()
        # The native network checks what it reads as it reads it, which is in time.
        if type(X) is not np.ndarray or self.engine != "native":
            X = self._examples(X)
        return network.predict(X, wanted)

    def _examples(self, X: ArrayLike) -> NDArray[Any]:
        return as_examples(X, "X", self._inputs, self.dtype)

    def _targets(self, y: ArrayLike, rows: int) -> NDArray[Any]:
        outputs = self.layers[-1].units
        return as_targets(y, "y", rows, outputs, self.loss, self.dtype)
