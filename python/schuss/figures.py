"""Draws figures: of the demonstration, of learning rates, of searches."""

import math
from collections.abc import Sequence
from numbers import Real
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from schuss.history import History

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

# Colours of Okabe and Ito's palette, which colour-blind people can tell apart.
BLUE, VERMILION = "#0072B2", "#D55E00"
PALETTE = (BLUE, VERMILION, "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MOST_IMAGES = 10


def check_path(path: str | PathLike[str]) -> bool:
    """Check where a figure is to go, before the work that it will show.

    Parameters
    ----------
    path : path
        Its suffix tells the format.

    Returns
    -------
    bool
        Whether there is matplotlib to draw with.

    Raises
    ------
    OSError, ValueError
        If there is no such folder, or no such format.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
    except ImportError:
        return False
    formats = FigureCanvasAgg.get_supported_filetypes()
    suffix = Path(path).suffix.lower().lstrip(".")
    if suffix not in formats:
        raise ValueError(
            f"{fspath(path)!r} ends in no format of matplotlib's; give one of "
            f"{', '.join(sorted(formats))}."
        )
    if not Path(path).parent.is_dir():
        raise FileNotFoundError(
            f"there is no folder {Path(path).parent}; make it, or put the figure "
            "elsewhere."
        )
    return True


def demo_figure(
    history: History,
    predicted: NDArray[Any],
    X_test: NDArray[Any],
    y_test: NDArray[Any],
    path: str | PathLike[str],
) -> None:
    """Draw how training went and what is still misread.

    Parameters
    ----------
    history : History
        With validation.
    predicted : ndarray of int, shape (rows,)
    X_test : ndarray, shape (rows, side * side)
        Square images, row by row, 0 for no ink.
    y_test : ndarray of int, shape (rows,)
    path : path
        Where to write; the suffix tells the format.

    Raises
    ------
    OSError, ValueError
        If that fails.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 5.6), dpi=150, layout="constrained")
    above, below = figure.subfigures(
        2, 1, height_ratios=(2.6, 1), hspace=0.04, squeeze=False
    )[:, 0]
    _draw_curves(above, history)
    _draw_misread(below, predicted, X_test, y_test)
    figure.savefig(path)


def _draw_curves(figure: "SubFigure", history: History) -> None:
    from matplotlib.ticker import LogLocator, MaxNLocator

    left, right = figure.subplots(1, 2)
    _draw_pair(left, history["loss"], history["val_loss"])
    left.set_yscale("log")
    left.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    left.yaxis.set_major_formatter("{x:g}")
    left.minorticks_off()
    left.set_ylabel("cross-entropy (nats)")
    left.legend(frameon=False)
    _draw_pair(right, 100 * history["accuracy"], 100 * history["val_accuracy"])
    right.set_ylabel("accuracy (%)")
    for axes in (left, right):
        axes.set_xlabel("epoch")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def _draw_pair(
    axes: "Axes", training: NDArray[np.float64], validation: NDArray[np.float64]
) -> None:
    epochs = np.arange(1, len(training) + 1)
    axes.plot(epochs, training, "o-", color=BLUE, ms=3, label="training")
    axes.plot(epochs, validation, "s--", color=VERMILION, ms=3, label="validation")
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)


def _draw_misread(
    figure: "SubFigure",
    predicted: NDArray[Any],
    X_test: NDArray[Any],
    y_test: NDArray[Any],
) -> None:
    wrong = np.flatnonzero(predicted != y_test)
    shown = wrong[:MOST_IMAGES]
    side = math.isqrt(X_test.shape[1])
    count = f"{len(wrong):,} of {len(y_test):,} test digits misread"
    which = f", the first {len(shown)}" if len(shown) < len(wrong) else ""
    figure.suptitle(f"{count}{which} (true → read)")
    for axes in figure.subplots(1, MOST_IMAGES)[len(shown) :]:
        axes.set_axis_off()
    for axes, row in zip(figure.axes, shown, strict=False):
        axes.imshow(X_test[row].reshape(side, side), cmap="gray_r", vmin=0)
        axes.set_title(f"{y_test[row]} → {predicted[row]}")
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_color("silver")


def draw_rates(
    rates: NDArray[np.float64], unit: str, label: str, axes: "Axes | None" = None
) -> "Figure":
    """Draw learning rates against time, each as long as it holds.

    Parameters
    ----------
    rates : ndarray of float64, shape (times,)
    unit : "epoch" or "step"
        What time counts.
    label : str
        What the legend calls the curve.
    axes : matplotlib.axes.Axes, optional
        Where to draw; by default in a figure of its own.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ImportError
        If there is no matplotlib.
    TypeError
        If `axes` are none.
    """
    axes, figure = _canvas(axes)
    # Up to the end of the last time unit.
    times, held = np.arange(len(rates) + 1), np.append(rates, rates[-1:])
    axes.plot(times, held, drawstyle="steps-post", label=label)
    axes.set(xlabel=unit, ylabel="learning rate")
    axes.locator_params("x", integer=True)
    axes.legend()  # with its frame: curves may leave no place free
    return figure


def draw_search(
    rates: NDArray[np.float64],
    losses: NDArray[np.float64],
    smoothed: NDArray[np.float64],
    suggestion: float | None,
    axes: "Axes | None" = None,
) -> "Figure":
    """Draw losses against the learning rates at which they were met.

    In a figure of its own, the losses before the least fill the height: what explodes
    leaves it.

    Parameters
    ----------
    rates, losses, smoothed : ndarray of float64, shape (steps,)
    suggestion : float or None
        The rate that is marked, if any.
    axes : matplotlib.axes.Axes, optional
        Where to draw; by default in a figure of its own.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ImportError
        If there is no matplotlib.
    TypeError
        If `axes` are none.
    """
    own = axes is None
    axes, figure = _canvas(axes)
    axes.set_xscale("log")
    axes.plot(rates, losses, ".", color="silver", label="loss of a mini-batch")
    axes.plot(rates, smoothed, color=BLUE, label="smoothed")
    if suggestion is not None:
        told = f"suggestion: {suggestion:.2g}"
        axes.axvline(suggestion, color=VERMILION, linestyle="--", label=told)
    axes.set_xlabel("learning rate")
    axes.set_ylabel("loss")
    if own and len(losses):
        before = losses[: int(np.argmin(smoothed)) + 1]
        low, high = float(losses.min()), float(before.max())
        margin = 0.1 * (high - low) or 1.0
        axes.set_ylim(low - margin, high + 2 * margin)
    axes.legend()
    return figure


def draw_trials(
    values: Sequence[Any],
    scores: NDArray[np.float64],
    best: int,
    parameter: str | None,
    monitor: str,
    axes: "Axes | None" = None,
) -> "Figure":
    """Draw the scores of trials by number, or against a hyper-parameter.

    Parameters
    ----------
    values : sequence
        Numbers, on a logarithmic axis if they span two decades, or categories.
    scores : ndarray of float64, shape (trials,)
    best : int
        Which of them is marked.
    parameter, monitor : str
        What values and scores are of; None for the numbers of trials.
    axes : matplotlib.axes.Axes, optional
        As for `draw_rates`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ImportError
        If there is no matplotlib.
    TypeError
        If `axes` are none.
    """
    axes, figure = _canvas(axes)
    if all(isinstance(v, Real) and not isinstance(v, bool) for v in values):
        places = [float(value) for value in values]
        if parameter is not None and max(places) >= 100 * min(places) > 0:
            axes.set_xscale("log")
    else:
        names = list(dict.fromkeys(map(str, values)))
        places = [float(names.index(str(value))) for value in values]
        axes.set_xticks(range(len(names)), names)
    axes.plot(places, scores, "o", color=BLUE, alpha=0.7, label="trial")
    told = f"best: {scores[best]:.4g}"
    axes.plot(places[best], scores[best], "*", color=VERMILION, ms=14, label=told)
    axes.set_xlabel(parameter or "trial")
    axes.set_ylabel(monitor)
    axes.legend()
    return figure


def _canvas(axes: "Axes | None") -> tuple["Axes", "Figure"]:
    """Return the axes to draw in, new ones unless given, and their figure."""
    try:
        from matplotlib.axes import Axes
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError(
            'there is no matplotlib to draw with; pip install "schuss[plot]" gives it.'
        ) from error
    if axes is None:
        axes = Figure(figsize=(6, 4), dpi=150, layout="constrained").subplots()
        axes.set_prop_cycle(color=PALETTE)
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
    elif not isinstance(axes, Axes):
        raise TypeError(f"ax is {axes!r}; give axes of matplotlib's.")
    return axes, axes.figure.figure  # the second: of a subfigure, the whole
