"""Draws which classes are taken for which."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from schuss import metrics
from schuss.figures import _canvas
from schuss.labels import of_one_kind

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Of more classes the numbers do not fit into their squares.
MOST_NUMBERS = 20


def confusion_matrix(
    y: ArrayLike,
    predicted: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    ax: "Axes | None" = None,
) -> "Figure":
    """Draw `schuss.metrics.confusion_matrix`: truth by row, prediction by column.

    The number in a square counts rows; its shade is their share of the true class.

    Parameters
    ----------
    y, predicted : array_like of int or str, shape (rows,)
        Class labels, numbers from 0 or strings.
    names : sequence of str, optional
        Of the classes; by default their numbers, or the strings that occur, sorted.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default in a figure of its own.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ImportError
        If there is no matplotlib.
    TypeError, ValueError
        If an argument is not as described; nothing is drawn then.
    """
    labels = of_one_kind(np.asarray(y), "y")
    found = of_one_kind(np.asarray(predicted), "the prediction")
    if labels.dtype.kind in "iub":
        known = None if names is None else len(names)
        counts = metrics.confusion_matrix(labels, found, known)
    else:
        names = np.union1d(labels, found).tolist() if names is None else names
        counts = metrics.confusion_matrix(labels, found, names)
    totals = counts.sum(axis=1, keepdims=True)
    shares = 100 * counts / np.maximum(totals, 1)
    axes, figure = _canvas(ax)
    if ax is None:
        axes.grid(False)
        axes.spines[:].set_visible(True)
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=100)
    axes.figure.colorbar(image, ax=axes, label="share of the true class (%)")
    axes.set(xlabel="predicted class", ylabel="true class")
    classes = range(len(counts))
    if names is not None:
        long = max(map(len, names)) > 3
        axes.set_xticks(classes, names)
        if long:
            for text in axes.get_xticklabels():
                text.set(rotation=45, ha="right", rotation_mode="anchor")
        axes.set_yticks(classes, names)
    elif len(counts) <= MOST_NUMBERS:
        axes.set(xticks=classes, yticks=classes)
    if len(counts) <= MOST_NUMBERS:
        for (row, column), count in np.ndenumerate(counts):
            colour = "white" if shares[row, column] > 60 else "black"
            told = axes.text(column, row, f"{count}", color=colour, fontsize=7)
            told.set(ha="center", va="center")
    return figure
