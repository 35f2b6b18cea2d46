"""How a network does on examples: its loss, and metrics of its predictions."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schuss.engines import CLASSES, MEANS, OUTPUTS, Network
from schuss.examples import Examples
from schuss.losses import Loss
from schuss.metrics import METRICS, Metric

# What a network is asked for, for what a model predicts.
WANTED = {"classes": CLASSES, "bits": OUTPUTS, "numbers": MEANS}


def evaluate(
    network: Network,
    examples: Examples,
    loss: Loss,
    metrics: Iterable[Metric] = (),
    classes: NDArray[Any] | None = None,
) -> dict[str, float]:
    """Return the mean "loss", for labels the "accuracy", and every metric.

    Parameters
    ----------
    network : Network
    examples : Examples
        Whose weights count for the loss alone.
    loss : Loss
        The network's.
    metrics : iterable of Metric
    classes : ndarray or None
        Labels of the outputs, which metrics of predictions get; those of probabilities
        get their numbers.

    Returns
    -------
    dict of str to float

    Raises
    ------
    Exception
        What a metric raises.
    """
    _, X, targets, weights = examples
    mean, correct = network.evaluate(X, targets, weights)
    values = {"loss": mean}
    if targets.ndim == 1:
        values["accuracy"] = correct / len(X)
    return values | measure(network, examples, loss, metrics, classes)


def measure(
    network: Network,
    examples: Examples,
    loss: Loss,
    metrics: Iterable[Metric],
    classes: NDArray[Any] | None = None,
) -> dict[str, float]:
    """Return every metric, but no accuracy of labels, which an evaluation has.

    Parameters
    ----------
    network, examples, loss, metrics, classes
        As for `evaluate`.

    Returns
    -------
    dict of str to float

    Raises
    ------
    Exception
        What a metric raises.
    """
    _, X, targets, _ = examples
    truth = _without_a_lone_column(targets)
    values = dict[str, float]()
    predicted: dict[bool, NDArray[Any]] = {}
    for metric in metrics:
        if metric is METRICS["accuracy"] and targets.ndim == 1:
            continue  # the same number
        means = metric.takes == "probabilities"
        if means not in predicted:
            wanted = MEANS if means else WANTED[loss.predicts]
            given = network.predict(X, wanted)
            predicted[means] = (
                _without_a_lone_column(given) if means else shown(given, loss)
            )
        y, given = truth, predicted[means]
        if classes is not None and not means:
            y = classes[truth] if truth.ndim == 1 else truth
            given = classes[given]
        values[metric.name] = metric(y, given)
    return values


def shown(predicted: NDArray[Any], loss: Loss) -> NDArray[Any]:
    """Return what a network was asked for as `Model.predict` does.

    Parameters
    ----------
    predicted : ndarray
        What the network said to `WANTED`.
    loss : Loss
        The network's.

    Returns
    -------
    ndarray
    """
    if loss.predicts == "bits":  # above 1/2 where the logit is above 0
        predicted = (predicted > 0).astype(np.int64)
    return _without_a_lone_column(predicted)


def _without_a_lone_column(array: NDArray[Any]) -> NDArray[Any]:
    """Return numbers of one output in one dimension."""
    return array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array
