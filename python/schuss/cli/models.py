"""Models for the data of a file: what is to be learned, and a network for it."""

import json
from argparse import Namespace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from schuss.cli.sources import Data
from schuss.layers import Dense, Layer, Rescaling
from schuss.model import Model
from schuss.preprocessing import TabularPreprocessor
from schuss.stages import Dropout

MOST_CLASSES = 20  # of integers that count as names and not as numbers


class Task(NamedTuple):
    """What is to be learned.

    Attributes
    ----------
    y : ndarray
        As a model takes it.
    classes : int
        How many; 0 for numbers.
    mean, deviation : float
        Of numbers before they were scaled to mean 0 and deviation 1, if they were.
    """

    y: NDArray[Any]
    classes: int = 0
    mean: float = 0.0
    deviation: float = 1.0

    @property
    def scaled(self) -> bool:
        """Whether numbers are other than they were."""
        return (self.mean, self.deviation) != (0, 1)


def task_of(y: NDArray[Any], name: str, wanted: str | None) -> Task:
    """Decide what a target is.

    Parameters
    ----------
    y : ndarray, shape (rows,)
    name : str
        Of the target.
    wanted : "classification", "regression" or None

    Returns
    -------
    Task

    Raises
    ------
    ValueError
        If there is one class only, or texts are to be numbers.
    """
    values = np.unique(y.astype(str) if y.dtype == object else y)
    few = y.dtype.kind in "iu" and len(values) <= MOST_CLASSES
    if wanted != "regression" and (wanted or few or y.dtype.kind in "OUSb"):
        if len(values) < 2:
            raise ValueError(
                f"the target {name!r} has one class only, {str(values[0])!r}; give "
                "rows of at least two."
            )
        return Task(y.astype(str) if y.dtype == object else y, len(values))
    if y.dtype.kind not in "iuf":
        raise ValueError(
            f"the target {name!r} has texts; give --task classification, or numbers."
        )
    return Task(y.astype(np.float64))


def scaled(task: Task) -> Task:
    """Return the task with numbers of mean 0 and deviation 1."""
    if task.classes:
        return task
    mean, deviation = float(task.y.mean()), float(task.y.std()) or 1.0
    return Task((task.y - mean) / deviation, 0, mean, deviation)


def model_and_task(data: Data, arguments: Namespace) -> tuple[Model, Task]:
    """Return what the options of a training ask for.

    Raises
    ------
    OSError, TypeError, ValueError
        As `task_of` and `read_model` do.
    """
    assert data.y is not None
    task = task_of(data.y, arguments.target, arguments.task)
    if arguments.model is None:
        hidden, dropout = arguments.hidden, arguments.dropout
        own = arguments.categorical, arguments.seed
        return make_model(data, task, hidden, dropout, *own), scaled(task)
    model = read_model(arguments.model)
    if data.is_table:
        categorical = arguments.categorical
        model.preprocessing = TabularPreprocessor(categorical=categorical)
    return model, task


def make_model(
    data: Data,
    task: Task,
    units: tuple[int, ...],
    dropout: float,
    categorical: tuple[str, ...],
    seed: int,
) -> Model:
    """Return a network of ReLU layers for data, scaled as they need.

    Bytes, as images have, are brought to between 0 and 1; all else is looked at by a
    `TabularPreprocessor`.
    """
    bytes_only = not data.is_table and data.X.dtype == np.uint8
    layers: list[Layer] = [Rescaling(1 / 255)] if bytes_only else []
    for count in units:
        layers.append(Dense(count, "relu"))
        if dropout:
            layers.append(Dropout(dropout))
    layers.append(Dense(task.classes or 1))
    loss = "softmax_cross_entropy" if task.classes else "mean_squared_error"
    preprocessing = None
    if not bytes_only:
        preprocessing = TabularPreprocessor(categorical=categorical)
    return Model(layers, loss=loss, seed=seed, preprocessing=preprocessing)


def read_model(path: Path) -> Model:
    """Return the model that a JSON file describes.

    Raises
    ------
    ValueError
        If it describes none.
    OSError
        If it cannot be read.
    """
    try:
        return Model.from_description(json.loads(path.read_text(encoding="utf-8")))
    except (TypeError, ValueError) as error:
        raise ValueError(f"{path} describes no model: {error}") from error


def unscaled(model: Model, task: Task) -> Model:
    """Return the model with outputs on the scale that its numbers had before."""
    if not task.scaled:
        return model
    *rest, (weights, bias) = model.weights
    rest.append((weights * task.deviation, bias * task.deviation + task.mean))
    model.set_weights(rest)
    return model
