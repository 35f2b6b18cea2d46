"""Draws the first layer's weights as images of the inputs they look for."""

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from schuss.checks import check_number
from schuss.figures import _canvas
from schuss.layers import Dense

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from schuss.model import Model


def weight_images(
    model: "Model",
    *,
    shape: tuple[int, int] | None = None,
    units: Iterable[int] | None = None,
    ax: "Axes | None" = None,
) -> "Figure":
    """Draw the incoming weights of each unit of the first layer as an image.

    Red weights are positive, blue ones negative, white ones zero; the units stand row
    by row.

    Parameters
    ----------
    model : Model
        With weights, whose inputs are images, row by row.
    shape : (int, int), optional
        Height and width of an image; by default it is a square.
    units : iterable of int, at least 0, optional
        Which of them, in that order; by default all.
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
    RuntimeError
        If the model has no weights yet.
    """
    own = zip(model.layers, model.weights, strict=True)
    weights = next(arrays[0] for layer, arrays in own if isinstance(layer, Dense))
    height, width = _image_shape(shape, len(weights))
    chosen = range(weights.shape[1]) if units is None else units
    shown = [
        check_number("a unit", unit, 0, weights.shape[1], whole=True) for unit in chosen
    ]
    if not shown:
        raise ValueError("units is empty; give at least one.")
    tiles = _tiled(weights.T[shown].reshape(-1, height, width))
    axes, figure = _canvas(ax)
    if ax is None:
        axes.grid(False)
    limit = float(np.nanmax(np.abs(tiles))) or 1.0
    image = axes.imshow(
        tiles, cmap="RdBu_r", vmin=-limit, vmax=limit, interpolation="nearest"
    )
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    axes.figure.colorbar(image, ax=axes, label="weight")
    return figure


def _image_shape(shape: tuple[int, int] | None, inputs: int) -> tuple[int, int]:
    side = math.isqrt(inputs)
    if shape is None:
        if side * side != inputs:
            raise ValueError(
                f"the model has {inputs} inputs, which make no square; give shape="
                "(height, width)."
            )
        return side, side
    try:
        height, width = shape
    except (TypeError, ValueError):
        raise ValueError(f"shape is {shape!r}; give (height, width).") from None
    height = check_number("height", height, 1, whole=True)
    width = check_number("width", width, 1, whole=True)
    if height * width != inputs:
        raise ValueError(
            f"shape is {shape!r}, of {height * width} pixels, but the model has "
            f"{inputs} inputs; give a shape of as many."
        )
    return height, width


def _tiled(images: NDArray[Any]) -> NDArray[Any]:
    """Return images in one, row by row, with gaps of a pixel that are NaN."""
    count, height, width = images.shape
    columns = math.ceil(math.sqrt(count))
    rows = -(-count // columns)
    tiles = np.full((rows * (height + 1) - 1, columns * (width + 1) - 1), np.nan)
    for number, image in enumerate(images):
        top, left = divmod(number, columns)
        top, left = top * (height + 1), left * (width + 1)
        tiles[top : top + height, left : left + width] = image
    return tiles
