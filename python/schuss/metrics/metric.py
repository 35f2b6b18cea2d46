"""A metric that knows its name and what it takes, and those that are known."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from numpy.typing import NDArray

from schuss.checks import check_known
from schuss.losses import Loss
from schuss.metrics.classes import accuracy, f1, log_loss, roc_auc, top_k_accuracy
from schuss.metrics.numbers import mean_absolute_error, mean_squared_error, r2

TAKES = ("prediction", "classes", "probabilities", "numbers")
BETTER = ("higher", "lower")


@dataclass(frozen=True)
class Metric:
    """A number that says how good predictions are, and what it takes.

    Parameters
    ----------
    function : callable of (y, predicted) that returns a float
    name : str, optional
        Its key in the history; that of the function by default.
    takes : "prediction", "classes", "probabilities" or "numbers"
        What `predicted` is: what `Model.predict` returns, whatever the model; the same
        for models of classes, or for those of numbers, only; or what
        `Model.predict_proba` returns: y then has the numbers of its columns.
    better : "higher" or "lower", optional
        Which value is the better one, for what waits for an improvement.
    of_labels : bool
        Whether y must be labels, and no distributions over classes.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.
    """

    function: Callable[..., float]
    name: str = ""
    takes: str = "prediction"
    better: str | None = None
    of_labels: bool = False

    def __post_init__(self) -> None:
        if not callable(self.function):
            raise TypeError(
                f"function of a Metric is {self.function!r}; give a callable of "
                "(y, predicted)."
            )
        name = self.name or getattr(self.function, "__name__", "")
        if not isinstance(name, str) or not name or name == "<lambda>":
            raise ValueError(
                f"metric {self.function!r} has no name; give schuss.metrics.Metric("
                'function, name="...").'
            )
        object.__setattr__(self, "name", name)
        check_known("takes", self.takes, TAKES)
        if self.better is not None:
            check_known("better", self.better, BETTER)

    def __call__(self, y: NDArray[Any], predicted: NDArray[Any]) -> float:
        """Return its value.

        Raises
        ------
        TypeError
            If the function returns no number.
        """
        value = self.function(y, predicted)
        try:
            return float(value)
        except (TypeError, ValueError) as error:
            raise TypeError(
                f"metric {self.name!r} returned {value!r}; return a number."
            ) from error


# What users give as a metric.
Given = str | Metric | Callable[..., float]

METRICS = {
    metric.name: metric
    for metric in (
        Metric(accuracy, "", "classes", "higher", of_labels=True),
        Metric(log_loss, "", "probabilities", "lower"),
        Metric(roc_auc, "", "probabilities", "higher", of_labels=True),
        Metric(f1, "", "classes", "higher", of_labels=True),
        Metric(mean_squared_error, "", "numbers", "lower"),
        Metric(mean_absolute_error, "", "numbers", "lower"),
        Metric(r2, "", "numbers", "higher"),
    )
}


def as_metric(
    given: object, outputs: int, classes: NDArray[Any] | None = None
) -> Metric:
    """Return what a user gave as a metric.

    Parameters
    ----------
    given : str, callable or Metric
        "top_3_accuracy", with any number, is `top_k_accuracy`; "f1" is that of class 1
        if there are two classes, or one event, and their mean if there are more.
    outputs : int
        Of the model.
    classes : ndarray or None
        Labels of the outputs, if they are other than 0, 1, ...

    Returns
    -------
    Metric

    Raises
    ------
    TypeError, ValueError
        If it is none.
    """
    if isinstance(given, Metric):
        return given
    if callable(given):
        known = METRICS.get(getattr(given, "__name__", ""))
        return known if known and known.function is given else Metric(given)
    if not isinstance(given, str):
        raise TypeError(f"a metric is {given!r}; give a name or a callable.")
    if given == "f1" and outputs <= 2:
        positive = 1 if classes is None else classes[-1]
        binary = partial(f1, average="binary", positive=positive)
        return Metric(binary, "f1", "classes", "higher", of_labels=True)
    if match := re.fullmatch(r"top_([1-9]\d*)_accuracy", given):
        best = partial(top_k_accuracy, k=int(match[1]))
        return Metric(best, given, "probabilities", "higher", of_labels=True)
    check_known("a metric", given, [*METRICS, "top_5_accuracy"])
    return METRICS[given]


def as_metrics(
    given: Iterable[Given],
    loss: Loss,
    outputs: int,
    classes: NDArray[Any] | None = None,
) -> list[Metric]:
    """Return what a user gave as metrics, known to suit a model.

    Parameters
    ----------
    given : iterable of str, callable or Metric
    loss : Loss
    outputs : int
        Of the model.
    classes : ndarray or None
        As for `as_metric`.

    Returns
    -------
    list of Metric

    Raises
    ------
    TypeError, ValueError
        If one is no metric, or not for such models, or a name comes twice.
    """
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise TypeError(f"metrics is {given!r}; give a list of names or callables.")
    metrics = [as_metric(each, outputs, classes) for each in given]
    for index, metric in enumerate(metrics):
        if not _suits(metric, loss):
            kind = metric.takes
            if kind == "probabilities":
                kind = "classes with probabilities"
            raise ValueError(
                f"metric {metric.name!r} is for {kind}, and this model predicts "
                f"{loss.predicts}; leave it out."
            )
        if metric.name in [other.name for other in metrics[:index]]:
            raise ValueError(f"metric {metric.name!r} is given twice; name one anew.")
        if metric.name == "loss":
            raise ValueError('metric "loss" has the name of the loss; name it anew.')
    return metrics


def _suits(metric: Metric, loss: Loss) -> bool:
    if metric.takes == "prediction":
        return True
    if metric.takes == "probabilities":
        return loss.has_probabilities
    return (metric.takes == "numbers") == (loss.predicts == "numbers")


def check_targets(metrics: Iterable[Metric], targets: NDArray[Any], name: str) -> None:
    """Check that targets are labels if a metric wants labels.

    Parameters
    ----------
    metrics : iterable of Metric
    targets : ndarray
    name : str
        What the targets are called in the message.

    Raises
    ------
    ValueError
        If they are not.
    """
    for metric in metrics:
        if metric.of_labels and targets.ndim != 1 and targets.shape[1] > 1:
            raise ValueError(
                f"metric {metric.name!r} compares class labels, and {name} has "
                f"shape {targets.shape}; give labels, or leave the metric out."
            )
