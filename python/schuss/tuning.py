"""A search for hyper-parameters: trials that a validation set tells apart."""

import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from schuss.building import (
    Built,
    Parameters,
    build_candidates,
    check_options,
    check_tried,
)
from schuss.candidates import Candidate, Leader
from schuss.checks import check_flag, check_number
from schuss.config import get_threads
from schuss.examples import as_array
from schuss.model import Model
from schuss.preprocessing.frames import is_frame, read_table
from schuss.reading import as_target_array
from schuss.spaces import Space, as_space
from schuss.sparse import is_sparse
from schuss.strategies import points, rounds
from schuss.trial_progress import TrialProgress
from schuss.trials import Tuning
from schuss.validation import Pair, held_out_rows
from schuss.workers import side_by_side


def tune(
    build: Callable[[Parameters], Built],
    X: ArrayLike,
    y: ArrayLike,
    space: Space,
    *,
    validation_data: Pair | Mapping[str, Pair] | None = None,
    validation_fraction: float | None = None,
    strategy: str = "grid",
    trials: int | None = None,
    epochs: int = 10,
    factor: int = 2,
    monitor: str = "val_loss",
    mode: str | None = None,
    workers: int | None = None,
    seed: int = 0,
    verbose: bool | int = True,
    **fit: Any,
) -> Tuning:
    """Train models with different hyper-parameters; keep the one that validates best.

    Hyper-parameters are those of training and of architecture alike: batch_size,
    gradient_tolerance, learning_rate, optimizer, regularizer and shuffle go to
    `Model.fit`, and all of them to `build`. A learning_rate is given to the optimizer
    there is, whatever its kind.

    The score of a trial is the best value that is monitored in any of its epochs, on
    validation data that is not trained on. As the best of many scores on the same data,
    it flatters: a search should not see the test set at all, and how good its best
    model is, only that set can tell.

    "grid" tries all combinations of the choices, "random" draws (J. Bergstra and
    Y. Bengio, "Random Search for Hyper-Parameter Optimization", 2012). "halving" gives
    few epochs to all, and goes on with the best of them only: of n trials and
    k = 0, ..., K = floor(log_f n), the best floor(n / f^k) are trained until they have
    ceil(epochs / f^(K - k)), with f for `factor`; where a round would add no epoch, it
    is left out. A trial goes on as if its fit had never ended, to the bit, unless a
    callback of its own changes weights at the end of a fit. Sources: K. Jamieson and
    A. Talwalkar, "Non-stochastic Best Arm Identification and Hyperparameter
    Optimization", 2016, where f is 2; L. Li et al., "Hyperband", 2018, where it is 3.

    Trials run side by side on threads of this process, and share X and y. Meanwhile
    each call of schuss, also elsewhere in the process, uses one thread. Neither
    `workers` nor who is ready first changes a bit of the result, `max_time` aside. On
    Ctrl-C, trials under way end with their epoch, and those that had finished are
    returned as ``Tuning.interrupted``; a second Ctrl-C is raised.

    Parameters
    ----------
    build : callable
        Called for each trial with a dict of its hyper-parameters, before the first of
        them is trained, one after the other. Returns a new Model, or a pair of one and
        a dict with keywords for its fit, which go over what is in `space`: those below,
        and "callbacks", which are called in the thread of the trial.
    X, y : array_like
        As for `Model.fit`.
    space : dict of str to list or distribution
        The choices of every hyper-parameter, or a `LogUniform`, `Uniform` or
        `IntUniform` to draw from; choices of a list are drawn all alike.
    validation_data : pair of array_like, or mapping of str to such pairs, optional
        As for `Model.fit`; never the test set. This or the fraction is needed.
    validation_fraction : float, between 0 and 1, both excluded, optional
        Instead, the share of the rows of X to take away from training, the same ones
        for all trials; of labels, the same share of each class.
    strategy : "grid", "random" or "halving"
    trials : int, at least 1, optional
        How many to draw; each depends on `seed` and its number alone. Needed for
        "random". Without it, "halving" begins with all combinations.
    epochs : int, at least 1
        Of every trial; with "halving", of those that are left in the end.
    factor : int, at least 2
        By which "halving" divides the number of trials.
    monitor : str
        A key of the history.
    mode : "min" or "max", optional
        What is better: lower or higher. Known of losses and of the metrics by name.
    workers : int from 1 to 256, optional
        Trials at a time; by default what `get_threads` says. 1 leaves a trial all the
        threads that `set_threads` allows, which suits few trials of large networks.
    seed : int, at least 0
        Determines draws and the rows that are held out; models have their own.
    verbose : bool, or 0 or 1
        Whether to tell on standard error of the trials that are done, of the best score
        so far and of the time that is left, as `Model.fit` tells of its epochs.
    **fit
        `batch_size`, `gradient_tolerance`, `max_time`, `metrics`, `optimizer`,
        `regularizer` and `shuffle` for each call of `Model.fit`, where neither `space`
        nor `build` has others.

    Returns
    -------
    Tuning
        A trial that fails, since its `build` or fit raises or it diverges, is in it
        with its error and no score.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described, or no trial could be started for one.
    RuntimeError
        If every trial failed.
    KeyboardInterrupt
        On Ctrl-C, if no trial had finished without an error.

    Examples
    --------
    >>> import schuss
    >>> X, y = schuss.datasets.make_moons(200, seed=0)
    >>> def build(parameters):
    ...     units = parameters["units"]
    ...     return schuss.Model([schuss.Dense(units, "tanh"), schuss.Dense(2)], seed=1)
    >>> space = {
    ...     "units": [2, 16],
    ...     "optimizer": [schuss.SGD(momentum=0.9), schuss.Adam()],
    ...     "learning_rate": schuss.LogUniform(1e-3, 1.0),
    ... }
    >>> found = schuss.tune(
    ...     build, X, y, space, validation_fraction=0.25, strategy="halving", trials=16
    ... )
    >>> sorted(found.best_parameters)
    ['learning_rate', 'optimizer', 'units']
    >>> predicted = found.best_model.predict(X)
    """
    seed = check_number("seed", seed, 0, 2**128, whole=True)
    epochs = check_number("epochs", epochs, 1, whole=True)
    known = as_space(space)
    tried = points(strategy, known, trials, seed)
    plan = rounds(strategy, len(tried), epochs, factor)
    if workers is None:
        workers = get_threads()
    workers = check_number("workers", workers, 1, 257, whole=True)
    options = check_options(fit)
    shown = check_flag("verbose", verbose)
    check_tried(known)
    stop = threading.Event()
    candidates = build_candidates(build, tried, options, monitor, mode, stop)
    data = _data(candidates, X, y, validation_data, validation_fraction, seed)
    told = TrialProgress(plan, monitor, shown)
    try:
        leader = _climb(candidates, data, plan, workers, stop, told)
    finally:
        told.close("ended: interrupted" if stop.is_set() else "")
    if leader is None or leader.error:
        if stop.is_set():
            raise KeyboardInterrupt
        raise _failure(candidates) from candidates[0].error
    records = tuple(each.record() for each in candidates if each.finished)
    return Tuning(
        trials=records,
        best_trial=next(each for each in records if each.number == leader.number),
        best_model=leader.trained(),
        monitor=monitor,
        mode="max" if leader.best.highest else "min",
        interrupted=stop.is_set(),
    )


def _data(
    candidates: list[Candidate],
    X: ArrayLike,
    y: ArrayLike,
    held: Pair | Mapping[str, Pair] | None,
    fraction: float | None,
    seed: int,
) -> dict[str, Any]:
    """Return the data of every fit, which a candidate at least has taken."""
    if (held is None) == (fraction is None):
        raise ValueError(
            f"there are {'no' if held is None else 'both'} validation_data "
            f"{'and no' if held is None else 'and a'} validation_fraction; give one of "
            "them, since scores are of validation data."
        )
    table = _rows(X)
    targets = as_target_array(y, "y")
    refusal = None
    for each in candidates:
        if each.model is None:
            continue
        try:
            data = _divided(each.model, table, targets, held, fraction, seed)
            each.check(data)
            return data
        except Exception as error:
            refusal = refusal or error
    if refusal:
        raise refusal
    return {}


def _rows(X: Any) -> Any:
    """Return X as something of which rows can be taken by their numbers."""
    if is_sparse(X):
        return X.tocsr()
    return read_table(X, "X") if is_frame(X) else as_array(X, "X")


def _divided(
    model: Model,
    X: Any,
    y: np.ndarray[Any, Any],
    held: Pair | Mapping[str, Pair] | None,
    fraction: float | None,
    seed: int,
) -> dict[str, Any]:
    """Return rows to train on and rows to validate on, as the model reads y."""
    if fraction is not None:
        reader = model._reader.met(y, trained=False)
        labels = reader.given("", X, y, None, "").targets
        left, taken = held_out_rows(fraction, labels, seed, reader.classes)
        held = (X[taken], y[taken])
        X, y = X[left], y[left]
    return {"X": X, "y": y, "validation_data": held}


def _climb(
    candidates: list[Candidate],
    data: Mapping[str, Any],
    plan: list[tuple[int, int]],
    workers: int,
    stop: threading.Event,
    told: TrialProgress,
) -> Candidate | None:
    """Train round by round, fewer and fewer; return the best, if one has finished."""
    leader, alive = Leader(), candidates

    def task(candidate: Candidate, epochs: int, last: bool) -> None:
        if candidate.going:
            candidate.train(data, epochs)
        told.ended(None if candidate.error else candidate.best)
        if last:  # nobody comes back to it
            leader.meet(candidate)

    try:
        for number, (count, epochs) in enumerate(plan):
            ranked = sorted(alive, key=lambda each: each.key) if number else alive
            alive = ranked[:count]
            for each in ranked[count:]:
                leader.meet(each)
            last = number == len(plan) - 1
            tasks = [partial(task, each, epochs, last) for each in alive]
            if side_by_side(tasks, min(workers, len(tasks)), stop):
                break
    except KeyboardInterrupt:
        if stop.is_set():  # the second one
            raise
        stop.set()
    for each in candidates:
        if each.finished:
            leader.meet(each)
    return leader.candidate


def _failure(candidates: list[Candidate]) -> RuntimeError:
    first = candidates[0]
    sentence = f"{type(first.error).__name__}: {first.error}"
    return RuntimeError(
        f"all {len(candidates)} trials failed; the first, {first.parameters}, with "
        f"{sentence}"
    )
