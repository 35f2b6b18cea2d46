"""One fit of an estimator: by steps, or by SciPy's search over all rows."""

import warnings
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split

from schuss.config import threads_per_call
from schuss.model import Model
from schuss.regularizers import L2
from schuss.sklearn.iterations import Iterations
from schuss.sklearn.journal import Journal, Stepwise
from schuss.sklearn.rows import Rows
from schuss.sklearn.solvers import Solver, make_solver

NOT_FINITE = (
    "Solver produced non-finite parameter weights. The input data may contain large "
    "values and need to be preprocessed."
)
TOO_SMALL = (
    "The validation set is too small. Increase 'validation_fraction' or the size of "
    "your dataset."
)
CLIPPED = (
    "Got `batch_size` less than 1 or larger than sample size. It is going to be clipped"
)


def descend(
    estimator: Any,
    rows: Rows,
    watched: Rows | None,
    *,
    first: bool,
    incremental: bool,
) -> None:
    """Train by steps, as "sgd" and "adam" do, and set the attributes.

    Parameters
    ----------
    estimator : estimator
    rows : Rows
        To train on.
    watched : Rows or None
        To look at after every epoch.
    first : bool
        Whether attributes begin anew.
    incremental : bool
        Whether it is one epoch that goes on where the last one ended.
    """
    objective, n = estimator._objective, len(rows.targets)
    batch = batch_size(estimator.batch_size, n)
    steps = -(-n // batch)
    solver, resumed = _solver(estimator, incremental)
    mean = rows.weight / n
    exact = not estimator.shuffle and steps > 1
    journal = (Stepwise if exact and estimator.alpha else Journal)(
        estimator,
        objective,
        solver,
        n,
        steps,
        constant=objective.constant(rows.targets, rows.weights),
        penalty=float(estimator.alpha) * steps / (2 * rows.weight) if mean else 0.0,
        score=None if watched is None else lambda m: estimator._score_of(m, watched),
        first=first,
    )
    epochs = 1 if incremental else int(estimator.max_iter)
    finished = _run(
        estimator,
        journal,
        rows,
        watched,
        epochs=epochs,
        batch_size=batch,
        optimizer=solver.optimizer,
        regularizer=penalty(estimator, batch * mean),
        shuffle=bool(estimator.shuffle),
        resume=resumed,
    )
    estimator._optimizer = solver
    journal.report()
    if finished and journal.epochs == epochs and not (incremental or journal.stopped):
        warnings.warn(
            f"Stochastic Optimizer: Maximum iterations ({epochs}) reached and the "
            "optimization hasn't converged yet.",
            ConvergenceWarning,
            stacklevel=2,
        )


def minimize(estimator: Any, rows: Rows, watched: Rows | None) -> None:
    """Train by L-BFGS, and set the attributes.

    Parameters
    ----------
    estimator : estimator
    rows, watched : Rows
        As for `descend`.
    """
    objective = estimator._objective
    solver = make_solver(estimator, objective)
    journal = Iterations(
        estimator,
        objective,
        constant=objective.constant(rows.targets, rows.weights),
        penalty=float(estimator.alpha) / (2 * rows.weight) if rows.weight else 0.0,
    )
    finished = _run(
        estimator,
        journal,
        rows,
        watched,
        epochs=int(estimator.max_iter),
        batch_size=None,
        optimizer=solver.optimizer,
        regularizer=penalty(estimator, rows.weight),
    )
    estimator._optimizer = None
    journal.report()
    reason = estimator.history_.stop_reason
    if finished and reason.startswith(("all ", "the line search")):
        warnings.warn(
            f"lbfgs failed to converge after {estimator.n_iter_} iteration(s): "
            f"{reason}. Increase max_iter or max_fun, or scale the data.",
            ConvergenceWarning,
            stacklevel=2,
        )


def penalty(estimator: Any, weight: float) -> L2 | None:
    """Return scikit-learn's alpha as a penalty of schuss's objective.

    scikit-learn adds alpha / (2 W) |w|^2 to the mean loss of a batch whose rows have
    the weights W together. schuss's loss is scikit-learn's, divided by c.

    Parameters
    ----------
    estimator : estimator
    weight : float
        W.
    """
    if not estimator.alpha or not weight:
        return None
    return L2(float(estimator.alpha) / (2 * weight * estimator._objective.gradient))


def batch_size(given: Any, rows: int) -> int:
    """Return how many rows a step takes.

    Parameters
    ----------
    given : int or "auto"
    rows : int

    Returns
    -------
    int
    """
    if isinstance(given, str):
        return min(200, rows)
    if given > rows:
        warnings.warn(CLIPPED, stacklevel=2)
    return int(np.clip(given, 1, rows))


def held_out(
    estimator: Any, rows: Rows, rng: np.random.RandomState
) -> tuple[Rows, Rows]:
    """Return what is trained on, and what early stopping looks at.

    Parameters
    ----------
    estimator : estimator
    rows : Rows
    rng : RandomState

    Returns
    -------
    tuple of Rows

    Raises
    ------
    ValueError
        If less than two rows, or a class of one row, would be held out.
    """
    targets = rows.targets
    stratify = targets if estimator._stratifies and targets.ndim == 2 else None
    training, held = train_test_split(
        np.arange(len(targets)),
        random_state=rng,
        test_size=estimator.validation_fraction,
        stratify=stratify,
    )
    if len(held) < 2:
        raise ValueError(TOO_SMALL)
    return rows.part(training), rows.part(held)


def _solver(estimator: Any, incremental: bool) -> tuple[Solver, bool]:
    """Return the solver, and whether it goes on where it ended."""
    solver = make_solver(estimator, estimator._objective)
    before: Solver | None = vars(estimator).get("_optimizer")
    if not incremental or before is None:
        return solver, False
    if before.optimizer.name != solver.optimizer.name:
        return solver, False
    if estimator.learning_rate != "constant":
        solver.learning_rate = before.learning_rate
    solver.state = before.state
    return solver, True


def _run(
    estimator: Any,
    journal: Journal | Iterations,
    rows: Rows,
    watched: Rows | None,
    **options: Any,
) -> bool:
    """Fit the model; return whether that ended in good order."""
    model: Model = estimator._synced()
    data: Any = None
    if watched is not None:
        data = tuple(part for part in watched if part is not None)
    try:
        with threads_per_call(estimator.n_threads):
            model.fit(
                rows.X,
                estimator._smoothed(rows.targets),
                sample_weight=rows.weights,
                validation_data=data,
                callbacks=[*(estimator.callbacks or ()), journal],
                max_time=estimator.max_time,
                verbose=bool(estimator.progress),
                **options,
            )
    except KeyboardInterrupt:
        if not journal.begun:
            raise
        journal.on_fit_end(None)
        warnings.warn("Training interrupted by user.", stacklevel=3)
        return False
    except FloatingPointError as error:
        if not journal.diverged():
            raise ValueError(NOT_FINITE) from error
        warnings.warn(str(error), ConvergenceWarning, stacklevel=3)
        return False
    finally:
        estimator.history_ = model.history
        estimator._take(model)
    return True
