"""Draws curves: how training went, and the loss along a line between weights."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from schuss.checks import check_known
from schuss.examples import as_array
from schuss.figures import PALETTE, _canvas
from schuss.history import History
from schuss.weights import as_arrays

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from schuss.model import Model

DASHES = ("-", "--", ":", "-.")
# More markers than that run into each other.
MOST_MARKERS = 50


def learning_curves(
    history: History, metric: str = "loss", *, ax: "Axes | None" = None
) -> "Figure":
    """Draw what was watched during training, epoch by epoch.

    Parameters
    ----------
    history : History
        Of a fit with at least one epoch.
    metric : str
        "loss", "accuracy" or any other key: drawn of the training rows and of every
        validation set that has it.
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
    ValueError
        If the history has no epochs, or nothing of that name.
    """
    if not len(history.get("loss", ())):
        raise ValueError("the history has no epochs to draw; fit a model first.")
    curves = _curves(history, metric)
    axes, figure = _canvas(ax)
    from matplotlib.ticker import MaxNLocator

    for number, (label, key) in enumerate(curves.items()):
        values = history[key]
        epochs = history.first_epoch + 1 + np.arange(len(values))
        axes.plot(
            epochs,
            values,
            DASHES[number % len(DASHES)],
            color=PALETTE[number % len(PALETTE)],
            marker="osD^"[number % 4] if len(values) <= MOST_MARKERS else None,
            markersize=3,
            label=label,
        )
    axes.set_xlabel("epoch")
    axes.set_ylabel(metric.replace("_", " "))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    if list(curves) != ["training"]:
        axes.legend()
    return figure


def _curves(history: History, metric: str) -> dict[str, str]:
    """Return the key of each curve, by what the legend calls it."""
    # Every validation set has a loss; "val_log_loss" is a metric of "val".
    ended = [key.removesuffix("_loss") for key in history if key.endswith("_loss")]
    logs = {f"{name}_log" for name in ended}
    sets = [name for name in ended if name not in logs]
    known = dict.fromkeys(history)
    for name in sets:
        known = dict.fromkeys(key.removeprefix(f"{name}_") for key in known)
    check_known("metric", metric, known)
    curves = {"training": metric} if metric in history else {}
    for name in sets:
        if f"{name}_{metric}" in history:
            curves["validation" if name == "val" else name] = f"{name}_{metric}"
    return curves


def loss_along_line(
    model: "Model",
    start: Sequence[Sequence[ArrayLike]],
    end: Sequence[Sequence[ArrayLike]],
    X: ArrayLike,
    y: ArrayLike,
    *,
    positions: ArrayLike | None = None,
    label: str | None = None,
    ax: "Axes | None" = None,
) -> "Figure":
    """Draw the loss along the straight line between two sets of weights.

    At position a the weights are (1 - a) start + a end. Training met other weights on
    its way; what the line shows is whether hills lie between its ends. Source: I. J.
    Goodfellow, O. Vinyals and A. M. Saxe, 2015.

    Parameters
    ----------
    model : Model
        Of that architecture and loss; it stays as it is.
    start, end : sequence of sequences of array_like
        As `Model.weights` gives them, for instance before and after a fit.
    X, y : array_like
        As for `Model.evaluate`.
    positions : array_like of float, shape (points,), optional
        By default 61 from -0.25 to 1.25.
    label : str, optional
        What the legend calls the curve.
    ax : matplotlib.axes.Axes, optional
        Where to draw, for instance a second curve; by default in a figure of its own.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ImportError
        If there is no matplotlib.
    TypeError, ValueError
        If an argument is not as described; nothing is drawn then.
    RuntimeError
        If the model has no weights yet.

    Examples
    --------
    >>> import schuss
    >>> X, y = schuss.datasets.make_moons(200, seed=0)
    >>> model = schuss.Model([schuss.Dense(8, "tanh"), schuss.Dense(2)]).build(2)
    >>> start = model.weights
    >>> history = model.fit(X, y, verbose=False)
    >>> figure = schuss.plots.loss_along_line(model, start, model.weights, X, y)
    """
    places = np.linspace(-0.25, 1.25, 61)
    if positions is not None:
        places = as_array(positions, "positions").astype(np.float64)
    if places.ndim != 1 or not len(places) or not np.isfinite(places).all():
        raise ValueError(
            f"positions have shape {places.shape}; give finite numbers in one "
            "dimension, at least one of them."
        )
    twin = model._twin(model.engine)
    ends = []
    for weights in (start, end):
        twin.set_weights(weights)
        ends.append(as_arrays(weights, model.layers))
    losses = []
    for place in places:
        twin.set_weights(
            [
                [(1 - place) * a + place * b for a, b in zip(*own, strict=True)]
                for own in zip(*ends, strict=True)
            ]
        )
        losses.append(twin.evaluate(X, y)["loss"])
    axes, figure = _canvas(ax)
    dashes = DASHES[len(axes.lines) % len(DASHES)]  # curves may lie on one another
    axes.plot(places, losses, dashes, label=label)
    axes.set_xlabel("position on the line (0: start, 1: end)")
    axes.set_ylabel("loss")
    if label:
        axes.legend()
    return figure
