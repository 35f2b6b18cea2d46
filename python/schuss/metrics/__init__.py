"""How good predictions are: the formulas in NumPy, and the names they go by.

`Model.fit` and `Model.evaluate` take a metric by its name, as any callable of
(y, predicted) that returns a number, or as a `Metric`, which also says what it takes.
"""

from schuss.metrics.classes import (
    accuracy,
    confusion_matrix,
    f1,
    log_loss,
    roc_auc,
    top_k_accuracy,
)
from schuss.metrics.metric import METRICS, Metric
from schuss.metrics.numbers import mean_absolute_error, mean_squared_error, r2

__all__ = [
    "METRICS",
    "Metric",
    "accuracy",
    "confusion_matrix",
    "f1",
    "log_loss",
    "mean_absolute_error",
    "mean_squared_error",
    "r2",
    "roc_auc",
    "top_k_accuracy",
]
