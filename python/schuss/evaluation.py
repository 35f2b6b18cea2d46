"""How a network does on examples: its loss, and metrics of its predictions."""

from collections.abc import Iterable
from typing import Any

from numpy.typing import NDArray

from schuss.engines import CLASSES, OUTPUTS, PROBABILITIES, Network
from schuss.metrics import METRICS, Metric


def evaluate(
    network: Network,
    X: NDArray[Any],
    targets: NDArray[Any],
    of_classes: bool,
    metrics: Iterable[Metric] = (),
) -> dict[str, float]:
    """Return the mean "loss", for labels the "accuracy", and every metric.

    Parameters
    ----------
    network : Network
    X, targets : ndarray
        As `Network.evaluate` takes them.
    of_classes : bool
        Whether outputs are logits.
    metrics : iterable of Metric

    Returns
    -------
    dict of str to float

    Raises
    ------
    Exception
        What a metric raises.
    """
    loss, correct = network.evaluate(X, targets)
    values = {"loss": loss}
    if targets.ndim == 1:
        values["accuracy"] = correct / len(X)
    truth = _without_a_lone_column(targets)
    predicted: dict[int, NDArray[Any]] = {}
    for metric in metrics:
        if metric is METRICS["accuracy"]:
            continue  # the same number
        wanted = CLASSES if of_classes else OUTPUTS
        if metric.takes == "probabilities":
            wanted = PROBABILITIES
        if wanted not in predicted:
            predicted[wanted] = network.predict(X, wanted)
        given = predicted[wanted]
        if wanted == OUTPUTS:
            given = _without_a_lone_column(given)
        values[metric.name] = metric(truth, given)
    return values


def _without_a_lone_column(array: NDArray[Any]) -> NDArray[Any]:
    """Return numbers of one output in one dimension, as `Model.predict` does."""
    return array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array
