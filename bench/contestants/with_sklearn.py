"""Trains with scikit-learn's MLPClassifier or MLPRegressor, one `fit` for a block.

`partial_fit` epoch by epoch was tried and is slower: it checks the whole table anew
each time. One untimed step makes the arrays, which the first weights then replace;
with `warm_start` the next `fit` goes on from there, with a new optimizer.
"""

import warnings
from typing import Any

import numpy as np
import sklearn
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor

from bench.contestants import Axes
from bench.task import Layers, Task
from bench.workloads import SQUARED_ERROR

_ACTIVATIONS = {"relu": "relu", "tanh": "tanh", "sigmoid": "logistic"}


def about() -> dict[str, str]:
    """Return versions and what else the result depends on."""
    return {"scikit-learn": sklearn.__version__}


def model_of(task: Task) -> Any:
    """Return the workload's network, without the extras: no L2, no early end."""
    work = task.workload
    squared = work.loss == SQUARED_ERROR
    kind = MLPRegressor if squared else MLPClassifier
    return kind(
        hidden_layer_sizes=work.widths[1:-1],
        activation=_ACTIVATIONS[work.activation],
        solver=work.optimizer,
        alpha=0,
        batch_size=task.batch_size,
        # Its squared error is half of everybody else's.
        learning_rate_init=work.learning_rate * (2 if squared else 1),
        max_iter=1,
        tol=0,
        n_iter_no_change=10**9,
        momentum=0,
        nesterovs_momentum=False,
        warm_start=True,
        random_state=np.random.RandomState(0),
    )


def refusal(task: Task) -> str:
    """Return why this task cannot be done here, or nothing."""
    if task.workload.loss != SQUARED_ERROR and task.workload.widths[-1] == 2:
        return "for two classes it has one output, which is another network"
    return ""


def set_weights(model: Any, layers: Layers) -> None:
    """Replace the weights of a model that was fitted once."""
    model.coefs_ = [weights.copy() for weights, _ in layers]
    model.intercepts_ = [bias.copy() for _, bias in layers]


class Trainer:
    """One `fit` for all epochs of a block."""

    unit = 1

    @staticmethod
    def axes(task: Task) -> Axes:
        """Return what is worth trying: nothing but the number of threads."""
        return {}

    @staticmethod
    def refuses(task: Task) -> str:
        """Return why this task cannot be done here, or nothing."""
        return refusal(task)

    def __init__(self, task: Task, threads: int) -> None:
        # That max_iter was reached is the plan, not a failure to converge; and the
        # first fit has fewer rows than a batch.
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.filterwarnings("ignore", message="Got `batch_size`")
        self._task, self._X = task, task.scaled()
        y = task.table.y
        self._y = y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y
        self._model = model_of(task)
        # One row of every class, or of every number that occurs, is enough.
        some = np.unique(self._y, return_index=True)[1]
        self._model.fit(self._X[some], self._y[some])

    def reset(self) -> None:
        """Go back to the first weights; `fit` itself begins the optimizer anew."""
        set_weights(self._model, self._task.first)

    def train(self, epochs: int, shuffle: bool) -> None:
        """Train; this alone is timed."""
        self._model.max_iter, self._model.shuffle = epochs, shuffle
        self._model.fit(self._X, self._y)

    def weights(self) -> Layers:
        """Return every layer's weights, inputs by outputs, and bias."""
        return list(zip(self._model.coefs_, self._model.intercepts_, strict=True))


class Predictor:
    """`predict_proba` of a model whose weights were put in its place."""

    @staticmethod
    def axes(task: Task) -> Axes:
        """Return what is worth trying."""
        return {}

    @staticmethod
    def refuses(task: Task) -> str:
        """Return why this task cannot be done here, or nothing."""
        return refusal(task)

    def __init__(self, task: Task, threads: int) -> None:
        warnings.simplefilter("ignore", ConvergenceWarning)
        classes = task.workload.widths[-1]
        self._model = model_of(task)
        few = np.zeros((classes, task.workload.widths[0]), np.float32)
        self._model.batch_size = classes
        self._model.fit(few, np.arange(classes))
        set_weights(self._model, task.first)

    def predict(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the probabilities of every row."""
        result: NDArray[np.float32] = self._model.predict_proba(x)
        return result
