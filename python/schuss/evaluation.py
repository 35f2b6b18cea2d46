"""How a network does on examples: its loss, and metrics of its predictions."""

from collections.abc import Iterable
from typing import Any

from numpy.typing import NDArray

from schuss.engines import CLASSES, MEANS, Network
from schuss.examples import Examples
from schuss.losses import Loss
from schuss.metrics import METRICS, Metric


def evaluate(
    network: Network,
    examples: Examples,
    loss: Loss,
    metrics: Iterable[Metric] = (),
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
    truth = _without_a_lone_column(targets)
    predicted: dict[bool, NDArray[Any]] = {}
    for metric in metrics:
        if metric is METRICS["accuracy"]:
            continue  # the same number
        means = metric.takes == "probabilities"
        if means not in predicted:
            predicted[means] = (
                network.predict(X, MEANS) if means else predict(network, X, loss)
            )
        values[metric.name] = metric(truth, predicted[means])
    return values


def predict(network: Network, X: NDArray[Any], loss: Loss) -> NDArray[Any]:
    """Return what `Model.predict` does.

    Parameters
    ----------
    network : Network
    X : ndarray
    loss : Loss
        The network's.

    Returns
    -------
    ndarray
    """
    if loss.predicts == "classes":
        return network.predict(X, CLASSES)
    return _without_a_lone_column(network.predict(X, MEANS))


def _without_a_lone_column(array: NDArray[Any]) -> NDArray[Any]:
    """Return numbers of one output in one dimension, as `Model.predict` does."""
    return array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array
