"""Draws how a network divides the plane: its classes, a layer's units, or one unit."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from schuss.checks import check_number
from schuss.figures import PALETTE, _canvas
from schuss.labels import numbered
from schuss.reading import as_target_array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from schuss.model import Model

MARKERS = "os^Dv<>"
# What is added to each side of the data, as a share of its width.
MARGIN = 0.1


def decision_boundary(
    model: "Model",
    X: ArrayLike,
    y: ArrayLike | None = None,
    *,
    layer: int | None = None,
    unit: int | None = None,
    points: int = 200,
    ax: "Axes | None" = None,
) -> "Figure":
    """Draw how a model of two inputs divides the plane.

    Without a layer: the predicted class by colour, with a black line where the two best
    logits are equal; of one event, where its logit is 0 and its probability 1/2, and of
    several such a line for each; for a model of numbers its first output. Of a layer:
    a line per unit, where its sum u = x W + b is 0, at which a sigmoid is 1/2, a tanh
    is 0 and a ReLU begins; such lines are straight in the first layer and bent above.
    Of a unit: its output in grey, and its line.

    Parameters
    ----------
    model : Model
        With weights, of two inputs.
    X : array_like, shape (rows, 2)
        Drawn as points; how far they reach is what is shown.
    y : array_like of int, shape (rows,), optional
        Classes of the points, by colour and marker.
    layer : int, optional
        As for `Model.transform`.
    unit : int, at least 0, optional
        Of the layer.
    points : int, at least 2
        Of the grid, along each axis.
    ax : matplotlib.axes.Axes, optional
        Where to draw, then without a legend (``ax.legend()`` adds it); by default in a
        figure of its own.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ImportError
        If there is no matplotlib.
    TypeError, ValueError, RuntimeError
        As for `Model.predict`, or if an argument is not as described; nothing is drawn
        then.
    """
    points = check_number("points", points, 2, whole=True)
    model._built()
    if model.preprocessing is not None:
        raise ValueError(
            "the model has a preprocessing, which leaves no plane of its inputs to be "
            "drawn; give a model without."
        )
    if model._inputs != 2:
        raise ValueError(
            f"the model has {model._inputs} inputs, and a plane has two; give a model "
            "of 2 inputs."
        )
    table = model._examples(X).astype(np.float64)
    labels = _checked(y, len(table), model.classes)
    if unit is not None and layer is None:
        raise ValueError(f"unit is {unit!r} of no layer; give its layer as well.")
    plane = _Plane(table, points)
    if layer is None:
        plane.look(model)
    else:
        plane.look_at_layer(model, layer, unit)
    axes, figure = _canvas(ax)
    if ax is None:
        axes.grid(False)
    plane.draw(axes)
    _scatter(axes, table, labels, model.classes)
    axes.set(xlim=plane.x[[0, -1]], ylim=plane.y[[0, -1]])
    axes.set(xlabel="$x_1$", ylabel="$x_2$")
    if ax is None and axes.get_legend_handles_labels()[0]:
        # Above: inside there is no place where nothing could be.
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4, frameon=False)
    return figure


class _Plane:
    """What is seen on a grid: a colour or a number everywhere, and lines."""

    def __init__(self, X: NDArray[Any], points: int) -> None:
        low, high = X.min(axis=0), X.max(axis=0)
        margin = MARGIN * np.where(high > low, high - low, 10.0)
        self.x, self.y = np.linspace(low - margin, high + margin, points).T
        grid = np.meshgrid(self.x, self.y)
        self._table = np.stack([axis.ravel() for axis in grid], axis=1)
        self._shape = points, points
        self._classes: NDArray[Any] | None = None
        self._field: NDArray[Any] | None = None
        self._meaning = ""
        # By label; lines without one are the boundaries of classes.
        self._lines: list[tuple[str, str, NDArray[Any]]] = []

    def look(self, model: "Model") -> None:
        """See the classes that are predicted, or the first output."""
        outputs, predicted = model(self._table), model.predict(self._table)
        if model.classes is not None:
            predicted = np.searchsorted(model.classes, predicted)
        if predicted.dtype.kind != "i":
            self._field, self._meaning = outputs[:, 0], "predicted"
            return
        if model.loss.predicts == "bits":
            self._look_at_events(outputs)
            return
        self._classes = predicted.reshape(self._shape)
        # The last class has no boundary that is not another's too.
        for each in range(outputs.shape[1] - 1):
            others = np.delete(outputs, each, axis=1).max(axis=1)
            self._lines.append(("", "black", outputs[:, each] - others))

    def _look_at_events(self, logits: NDArray[Any]) -> None:
        """See where events are as likely as not, at logits of 0."""
        if logits.shape[1] == 1:
            self._classes = (logits[:, 0] > 0).astype(int).reshape(self._shape)
            self._lines.append(("", "black", logits[:, 0]))
            return
        for each, values in enumerate(logits.T):
            self._lines.append((f"event {each}", PALETTE[each % len(PALETTE)], values))

    def look_at_layer(self, model: "Model", layer: int, unit: int | None) -> None:
        """See where the units of a layer switch, or what one of them puts out."""
        sums = model._lower(layer, sums=True)(self._table)
        if unit is not None:
            which = check_number("unit", unit, 0, sums.shape[1], whole=True)
            self._field = model.transform(self._table, layer)[:, which]
            self._meaning = f"output of unit {which} of layer {layer}"
            self._lines.append(("", "black", sums[:, which]))
            return
        for each, values in enumerate(sums.T):
            colour = PALETTE[each % len(PALETTE)]
            label = f"unit {each}" if sums.shape[1] <= len(PALETTE) else ""
            self._lines.append((label, colour, values))

    def draw(self, axes: "Axes") -> None:
        """Draw what was seen."""
        from matplotlib.colors import to_rgba_array

        half = (self.x[1] - self.x[0]) / 2, (self.y[1] - self.y[0]) / 2
        options: dict[str, Any] = {
            "origin": "lower",
            "aspect": "auto",
            "extent": (
                self.x[0] - half[0],
                self.x[-1] + half[0],
                self.y[0] - half[1],
                self.y[-1] + half[1],
            ),
        }
        if self._classes is not None:
            colours = to_rgba_array(PALETTE, 0.25)
            axes.imshow(colours[self._classes % len(PALETTE)], **options)
        if self._field is not None:
            field = self._field.reshape(self._shape)
            # Not down to black, on which neither lines nor points are seen.
            low, high = float(field.min()), float(field.max())
            dark = high + 0.6 * (high - low)
            image = axes.imshow(field, cmap="Greys", vmin=low, vmax=dark, **options)
            bar = axes.figure.colorbar(image, ax=axes, label=self._meaning)
            if high > low:
                bar.ax.set_ylim(low, high)
        for label, colour, values in self._lines:
            style: dict[str, Any] = {"linewidths": 1.5, "colors": colour}
            if values.min() < 0 < values.max():
                line = values.reshape(self._shape)
                axes.contour(self.x, self.y, line, levels=[0.0], **style)
                if label:
                    axes.plot([], [], color=colour, label=label)


def _checked(
    y: ArrayLike | None, rows: int, classes: NDArray[Any] | None
) -> NDArray[Any] | None:
    if y is None:
        return None
    labels = as_target_array(y, "y")
    if classes is not None:
        labels = numbered(labels, "y", len(classes), classes)
    if labels.shape != (rows,) or labels.dtype.kind not in "iub":
        raise ValueError(
            f"y has shape {labels.shape} and dtype {labels.dtype}; give one class "
            f"label for each of the {rows} rows of X."
        )
    return labels.astype(np.int64)


def _scatter(
    axes: "Axes",
    X: NDArray[Any],
    labels: NDArray[Any] | None,
    classes: NDArray[Any] | None,
) -> None:
    style: dict[str, Any] = {"edgecolors": "white", "linewidths": 0.5, "s": 24}
    if labels is None:
        axes.scatter(X[:, 0], X[:, 1], color="dimgray", **style)
        return
    for each in np.unique(labels):
        rows, number = X[labels == each], int(each) % len(PALETTE)
        style["marker"], style["color"] = MARKERS[number], PALETTE[number]
        name = f"class {each}" if classes is None else str(classes[each])
        axes.scatter(rows[:, 0], rows[:, 1], label=name, **style)
