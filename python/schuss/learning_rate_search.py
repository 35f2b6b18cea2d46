"""A search for a learning rate: it rises, mini-batch by mini-batch, and losses tell."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from schuss.checks import check_number
from schuss.engines import Network
from schuss.figures import draw_search
from schuss.model import Model
from schuss.optimizers import SGD, Optimizer
from schuss.plan import Plan
from schuss.preparation import prepare
from schuss.regularizers import Regularizer

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False)
class LearningRateSearch:
    """What a search saw, step by step until it ended.

    Attributes
    ----------
    rates : ndarray of float64, shape (steps taken,)
        Rising by the same factor from step to step.
    losses : ndarray of float64, shape (steps taken,)
        The mean loss of each mini-batch, before the step at the rate beside it.
    smoothed : ndarray of float64, shape (steps taken,)
        Exponentially weighted means of the losses so far.
    suggestion : float or None
        The rate at which the loss fell most steeply by the logarithm of the rate;
        None if it never fell.
    """

    rates: NDArray[np.float64]
    losses: NDArray[np.float64]
    smoothed: NDArray[np.float64]
    suggestion: float | None

    def plot(self, ax: "Axes | None" = None) -> "Figure":
        """Draw the losses against the rates, and the suggestion, with matplotlib.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; by default in a figure of its own.

        Returns
        -------
        matplotlib.figure.Figure

        Raises
        ------
        ImportError
            If there is no matplotlib.
        TypeError
            If `ax` is none of its axes.
        """
        return draw_search(self.rates, self.losses, self.smoothed, self.suggestion, ax)


def find_learning_rate(
    model: Model,
    X: ArrayLike,
    y: ArrayLike,
    *,
    sample_weight: ArrayLike | None = None,
    lowest: float = 1e-5,
    highest: float = 10.0,
    steps: int = 100,
    batch_size: int | None = 32,
    optimizer: Optimizer | None = None,
    regularizer: Regularizer | None = None,
    smoothing: float = 0.9,
    give_up: float = 4.0,
) -> LearningRateSearch:
    """Try rising learning rates on a twin of the model, which itself stays as it is.

    Step k = 0, 1, ... is taken at the rate lowest (highest / lowest)^(k / (steps - 1)).
    The losses l_k are smoothed, m_k = b m_{k-1} + (1 - b) l_k with b for `smoothing`
    and s_k = m_k / (1 - b^{k+1}); the search ends early once s_k exceeds `give_up`
    times the least s so far, or a number stops being finite. Where s, on its way to the
    least, falls most steeply by ln(rate), the loss did b / (1 - b) steps before, by
    which such a mean lags behind a straight line; that is the suggestion. Source: L. N.
    Smith, "Cyclical Learning Rates for Training Neural Networks", 2017, section 3.3.

    Parameters
    ----------
    model : Model
        Trained, or not yet: its twin then has the weights it would begin with.
    X, y, sample_weight : array_like
        As for `Model.fit`.
    lowest, highest : float, above 0, lowest below highest
        The first and the last learning rate.
    steps : int, at least 2
        Mini-batches at most; as many epochs as they take.
    batch_size, optimizer, regularizer
        As for `Model.fit`; the optimizer's own learning rate is not used.
    smoothing : float, in [0, 1)
        b, the weight of the past. Slopes of the first 1 / (1 - b) means do not count,
        unless there are no more: they are not yet of many losses.
    give_up : float, above 1

    Returns
    -------
    LearningRateSearch

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    Examples
    --------
    >>> import schuss
    >>> X, y = schuss.datasets.make_moons(500, seed=0)
    >>> model = schuss.Model([schuss.Dense(16, "tanh"), schuss.Dense(2)])
    >>> found = schuss.find_learning_rate(model, X, y)
    >>> optimizer = schuss.SGD(found.suggestion)
    """
    if not isinstance(model, Model):
        raise TypeError(f"model is {model!r}; give a schuss.Model.")
    lowest = check_number("lowest", lowest, 0, strict=True)
    highest = check_number("highest", highest, lowest, strict=True)
    steps = check_number("steps", steps, 2, whole=True)
    smoothing = check_number("smoothing", smoothing, 0, 1)
    give_up = check_number("give_up", give_up, 1, strict=True)
    examples = prepare(
        model._reader,
        X,
        y,
        sample_weight,
        trained=model._epochs_seen > 0,
        seed=model.seed,
    ).training
    _, table, targets, weights = examples
    plan = Plan(
        X=table,
        targets=targets,
        weights=weights,
        validation=None,
        epochs=1,
        batch_size=batch_size,
        optimizer=SGD() if optimizer is None else optimizer,
        regularizer=regularizer,
        layers=len(model.layers),
        learning_rate_factors=[layer.learning_rate_factor for layer in model.layers],
        seed=model.seed,
        first_epoch=model._epochs_seen,
        shuffle=True,
    )
    if not plan.has_rate:
        raise ValueError(
            f"optimizer is {optimizer!r}, which has no learning rate; give another."
        )
    model.structure.check_batch(plan.rows_per_step)
    model._check_callables(examples)
    rates = np.geomspace(lowest, highest, steps)
    losses, smoothed = _climb(_twin(model, table), plan, rates, smoothing, give_up)
    rates = rates[: len(losses)]
    return LearningRateSearch(
        rates, losses, smoothed, _steepest(rates, smoothed, smoothing)
    )


def _twin(model: Model, X: NDArray[np.generic]) -> Network:
    twin = model._made(model.engine, model.dtype, X.shape[1])
    if model._network is not None:
        for layer, pair in enumerate(model.weights):
            twin.set_parameters(layer, *pair)
    return twin


def _climb(
    network: Network,
    plan: Plan,
    rates: NDArray[np.float64],
    smoothing: float,
    give_up: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the losses of the steps at rising rates, as they were and smoothed."""
    optimizer = plan.optimizer
    network.start(optimizer.name, optimizer.settings, **plan.rules)
    training = network.training(
        plan.X,
        plan.targets,
        plan.rows_per_step,
        plan.key,
        plan.first_epoch,
        plan.weights,
    )
    losses: list[float] = []
    smoothed: list[float] = []
    mean = before = 0.0
    for step in range(len(rates)):
        # A call tells the mean over the epoch so far, of which the step is a part.
        first = step % plan.steps * plan.rows_per_step
        rows = min(plan.rows_per_step, len(plan.X) - first)
        _, _, so_far, _, problem = training.run(rates[step : step + 1])
        if isinstance(problem, BaseException):  # of a custom loss
            raise problem
        total = float(so_far) * (first + rows)
        loss = (total - (before if first else 0.0)) / rows
        before = total
        if not math.isfinite(loss):
            break
        mean = smoothing * mean + (1 - smoothing) * loss
        losses.append(loss)
        smoothed.append(mean / (1 - smoothing ** (step + 1)))
        if problem or smoothed[-1] > give_up * min(smoothed):
            break
    return np.array(losses), np.array(smoothed)


def _steepest(
    rates: NDArray[np.float64], smoothed: NDArray[np.float64], smoothing: float
) -> float | None:
    """Return the rate at which the loss fell most steeply, if it fell."""
    if len(rates) < 2:
        return None
    slopes = np.gradient(smoothed, np.log(rates))
    unsettled = min(round(1 / (1 - smoothing)), len(rates) - 1)
    # What falls after the least was thrown up before, by rates that are too large.
    end = unsettled + int(np.argmin(smoothed[unsettled:])) + 1
    steepest = unsettled + int(np.argmin(slopes[unsettled:end]))
    if slopes[steepest] >= 0:
        return None
    lag = round(smoothing / (1 - smoothing))
    return float(rates[max(steepest - lag, 0)])
