"""A model as people use it: what inference and inspection offer, files, and fit."""

from collections.abc import Iterable, Mapping

from numpy.typing import ArrayLike

from schuss.callbacks import Callbacks
from schuss.checks import check_flag
from schuss.deployment import Deployment
from schuss.fitting import Fit, Position
from schuss.history import History
from schuss.lbfgs import LBFGS
from schuss.metrics.metric import Given
from schuss.minimization import minimize
from schuss.optimizers import SGD, Optimizer
from schuss.plan import Plan
from schuss.preparation import prepare
from schuss.progress import make_progress
from schuss.reading import Reader
from schuss.regularizers import Regularizer
from schuss.storage import Storage
from schuss.training import train
from schuss.validation import Pair


class Model(Deployment, Storage):
    """A dense neural network.

    Parameters
    ----------
    layers : sequence of Layer
        `Dense` layers, and others between them or before the first; a `Rescaling` may
        be the very first. For class labels the last has one output per class and no
        activation: softmax is part of the loss. The width of the inputs is taken from
        the data.
    loss : str, Loss or callable
        For classes "softmax_cross_entropy", "perceptron" or "hinge"; for events
        "binary_cross_entropy"; for numbers "mean_squared_error", "mean_absolute_error",
        "huber", "pinball" or "poisson". Or, where there is more to say, an object such
        as ``schuss.Pinball([0.1, 0.5, 0.9])``. Or a function of one's own: see
        `schuss.CustomLoss`.
    seed : int, at least 0
        Determines the first weights and every epoch's order of rows.
    dtype : "float32" or "float64"
        The precision of all computation.
    engine : "native" or "reference"
        C++ kernels, or the same steps in NumPy, for reading and for comparison.
    preprocessing : TabularPreprocessor, True, "auto" or None
        What makes numbers of tables with categories, gaps and numbers of any scale;
        True and "auto" are ``TabularPreprocessor()``. The first fit fits a copy of it,
        on the rows that are trained on, unless it is fitted already; it then stays.

    Attributes
    ----------
    classes : ndarray of str, bool or int, shape (outputs,), or None
        The labels of the outputs, sorted, as the first fit has found them in y; None
        if these are the numbers from 0, or the loss is not of classes.
    feature_names : list of str or None
        Columns of the first fit's X, if it was a table whose columns have names.
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
        sample_weight: ArrayLike | None = None,
        epochs: int = 10,
        batch_size: int | None = 32,
        optimizer: Optimizer | None = None,
        regularizer: Regularizer | None = None,
        validation_data: Pair | Mapping[str, Pair] | None = None,
        validation_fraction: float | None = None,
        metrics: Iterable[Given] = (),
        callbacks: Iterable[object] = (),
        max_time: float | None = None,
        gradient_tolerance: float | None = None,
        resume: bool = False,
        initial_epoch: int = 0,
        shuffle: bool = True,
        verbose: bool | int = True,
    ) -> History:
        """Train by gradient descent; calling it again goes on from where it is.

        The optimizer starts afresh (without momentum) with each call, unless it is
        resumed: two fits of 50 epochs, the second with ``resume=True``, then leave the
        same bits as one of 100. A table that is too large for memory is a
        `numpy.memmap`, of which no copy is made, or comes in parts, with a resumed fit
        of one epoch for each, which schedules then count as one; without shuffling,
        steps are those of one fit on the whole.

        Parameters
        ----------
        X : array_like, shape (rows, inputs), or table
            Any numeric dtype, strides and byte order; no copy of the whole is made. Or
            one of SciPy's sparse arrays, whose entries alone are copied. Of a table (a
            frame of pandas or polars, a table of Arrow, a dict of columns) the columns
            are known by name from then on, in any order; if not all of them are
            numbers, the model needs a `preprocessing`.
        y : array_like, shape (rows,) or (rows, outputs)
            Class labels, distributions over classes, or numbers, as the loss takes
            them. Labels are strings, truth values, or integers, of which there are as
            many different ones as outputs, or which count from 0.
        sample_weight : array_like, shape (rows,), optional
            How much each row counts, at least 0; only ratios matter. The loss is
            sum w l / sum w over all rows, and a step's gradient that of the mean of
            w l over the batch, with w divided by their mean over all rows: see
            `schuss.losses.Loss`. Accuracy and metrics count all rows alike.
        epochs : int, at least 0
            Times that every row is seen in this call.
        batch_size : int, at least 1, or None
            Rows per step: 1 is online, None is full batch.
        optimizer : Optimizer, optional
            ``SGD(0.1)`` by default, or when resumed that of the fit before. With
            `schuss.LBFGS` an epoch is one of its iterations.
        regularizer : Regularizer, optional
            `schuss.L1`, `schuss.L2`, `schuss.MaxNorm`, or a sum of them. They act on
            weights, and on biases only where they are asked to.
        validation_data : tuple of array_like, or mapping of str to such, optional
            X and y, or X, y and sample_weight, that are evaluated after every epoch and
            never trained on; the history has "val_loss" of a tuple, "name_loss" of a
            set that has a name.
        validation_fraction : float, between 0 and 1, both excluded, optional
            Takes this share of the rows of X away from training, instead, of labels
            the same share of each class; the model's seed says which. The two parts
            are copies, and a `preprocessing` looks at the first alone.
        metrics : iterable of str, callable or schuss.metrics.Metric
            Evaluated on validation data after every epoch. Names are those of the
            functions in `schuss.metrics`; a callable of (y, predicted) gets what
            `predict` returns, and its name goes into the history.
        callbacks : iterable of objects
            With methods of `schuss.Callback`, or callables of (epoch, logs).
        max_time : float, above 0, in seconds, optional
            The first epoch that ends later is the last.
        gradient_tolerance : float, at least 0, optional
            For full batches only: the fit ends with the first epoch after which the
            Euclidean norm of the gradient of the whole objective, the loss over all
            rows and the regularizer, is no larger; where `schuss.L1` has no gradient,
            the least it could be counts, and frozen layers do not. The history has that
            norm of every
            epoch, at the weights the epoch ended with, as "gradient_norm"; 0 is for who
            only wants to see it. It costs a pass down and up of all rows per epoch,
            about as much as the epoch itself, since a step moves weights before their
            whole gradient is there to be looked at. It has no noise in it.
        resume : bool
            Whether to go on as if the fit before had not ended: the optimizer keeps
            its state and its number of steps, schedules and callbacks their place. If
            there is nothing to go on from, since the model has never been fitted or
            the last fit diverged, the optimizer starts afresh.
        initial_epoch : int, at least 0
            The number of the first epoch for schedules, callbacks and progress, if it
            is not resumed.
        shuffle : bool
            Whether rows come in another order each epoch.
        verbose : bool, or 0 or 1
            Whether to write a progress line to standard error; with
            ``schuss[progress]``, on a terminal and in a notebook, a bar.

        Returns
        -------
        History

        Raises
        ------
        ImportError
            If X or y is a table that takes pyarrow to be read, and there is none.
        TypeError, ValueError
            If an argument is not as described; the model is unchanged. A schedule that
            gives nonsense only later leaves the weights of the epoch before.
        RuntimeError
            If another thread is fitting the model.
        FloatingPointError
            If training diverges; the model then has its weights of before that epoch.
        KeyboardInterrupt
            On Ctrl-C; the model has the weights of the last finished step.
        Exception
            What a callback or a metric raises; likewise. What a loss or an
            activation of one's own raises; the model then has its weights of before
            that epoch.
        """
        check_flag("verbose", verbose)
        check_flag("resume", resume)
        examples, validation, reader = prepare(
            self._reader,
            X,
            y,
            sample_weight,
            trained=self._epochs_seen > 0,
            seed=self.seed,
            data=validation_data,
            fraction=validation_fraction,
            metrics=metrics,
        )
        hooks = Callbacks(callbacks)
        position = self._resumed(optimizer, initial_epoch) if resume else None
        plan = Plan(
            X=examples.X,
            targets=examples.targets,
            weights=examples.weights,
            validation=validation,
            epochs=epochs,
            batch_size=batch_size,
            optimizer=optimizer or (position.optimizer if position else SGD()),
            regularizer=regularizer,
            layers=len(self.layers),
            learning_rate_factors=[layer.learning_rate_factor for layer in self.layers],
            seed=self.seed,
            first_epoch=self._epochs_seen,
            shuffle=shuffle,
            max_time=max_time,
            gradient_tolerance=gradient_tolerance,
            resumed=position is not None,
            initial_epoch=position.epoch if position else initial_epoch,
            initial_step=position.step if position else None,
            learning_rate_factor=position.learning_rate_factor if position else 1.0,
        )
        self.structure.check_batch(plan.rows_per_step)
        if plan.epochs:
            self._check_callables(examples)
        if plan.has_rate:
            plan.learning_rates(0)  # a schedule that gives nonsense is refused here
        else:
            self.structure.require_steady("LBFGS")
        hooks.settle(plan.keys)
        with self._fitting:
            self.build(plan.X.shape[1])  # which may refuse to
            self._learn(reader)
            self._run(plan, hooks, bool(verbose))
        return self.history

    def _learn(self, reader: Reader) -> None:
        """Keep what was learned of the data, beside weights."""
        self.classes, self.feature_names = reader.classes, reader.feature_names
        self.preprocessing = reader.preprocessing

    def _run(self, plan: Plan, callbacks: Callbacks, verbose: bool) -> None:
        network = self._built()
        shown = verbose and plan.epochs > 0
        first = plan.initial_epoch
        epochs = first + plan.epochs
        progress = make_progress(epochs, len(plan.X), first) if shown else None
        fit = Fit(network, plan, self)
        self.history, self._position, self._fit = fit.history, None, fit
        try:
            run = train if plan.has_rate else minimize
            self.history.stop_reason = run(fit, callbacks, progress)
        except BaseException as error:
            self.history.stop_reason = f"{type(error).__name__}: {error}"
            raise
        finally:
            self.history.finish()
            ended = len(self.history.get("loss", ()))
            self._epochs_seen += ended
            self._position, self._fit = fit.position(), None
            fit.end()
            if progress:
                early = ended < plan.epochs
                progress.close(f"ended: {self.history.stop_reason}" if early else "")

    def _resumed(
        self, optimizer: Optimizer | None, initial_epoch: int
    ) -> Position | None:
        """Return where to go on from, if there is such a place."""
        if initial_epoch:
            raise ValueError(
                f"initial_epoch is {initial_epoch!r}, but a resumed fit goes on "
                "counting; leave it out."
            )
        position = self._position
        before = position.optimizer if position else None
        if isinstance(optimizer, LBFGS) or isinstance(before, LBFGS):
            raise ValueError(
                "LBFGS keeps nothing that a fit could go on with; leave resume out to "
                "begin from the weights there are."
            )
        if position and isinstance(optimizer, Optimizer):
            kept = position.optimizer
            if optimizer.name != kept.name:
                raise ValueError(
                    f"resume goes on with the state of {kept!r}, and the optimizer is "
                    f"{optimizer!r}; give one of the same kind, or resume=False."
                )
        return position
