"""Trains with scikit-learn's MLPClassifier, by one `fit` for a block of epochs.

`partial_fit` epoch by epoch was tried and is slower: it checks the whole table anew
each time. One untimed epoch makes the arrays, which the first weights then replace;
with `warm_start` the next `fit` goes on from there, with a velocity of zero.
"""

import warnings
from typing import Any

import numpy as np
import sklearn
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from bench.rivals.workloads import Layers, Task


class Sklearn:
    """MLPClassifier without its extras: no L2, no Nesterov, no early end."""

    options: tuple[dict[str, Any], ...] = ({},)

    def __init__(self, task: Task, threads: int) -> None:
        # That max_iter was reached is the plan, not a failure to converge.
        warnings.simplefilter("ignore", ConvergenceWarning)
        work = task.workload
        self._task = task
        self._X = task.scaled()
        self._model = MLPClassifier(
            work.widths[1:-1],
            activation="relu",
            solver="sgd",
            alpha=0,
            batch_size=work.batch_size,
            learning_rate_init=work.learning_rate,
            max_iter=1,
            tol=0,
            n_iter_no_change=10**9,
            momentum=work.momentum,
            nesterovs_momentum=False,
            warm_start=True,
            random_state=np.random.RandomState(0),
        )
        self._model.fit(self._X, task.y)

    def reset(self) -> None:
        """Go back to the first weights; `fit` itself forgets the velocity."""
        self._model.coefs_ = [weights.copy() for weights, _ in self._task.first]
        self._model.intercepts_ = [bias.copy() for _, bias in self._task.first]

    def train(self, epochs: int, shuffle: bool) -> None:
        """Train; this alone is timed."""
        self._model.max_iter, self._model.shuffle = epochs, shuffle
        self._model.fit(self._X, self._task.y)

    def weights(self) -> Layers:
        """Return every layer's weights, inputs by outputs, and bias."""
        return list(zip(self._model.coefs_, self._model.intercepts_, strict=True))

    @staticmethod
    def about() -> dict[str, str]:
        """Return versions and what else the result depends on."""
        return {"scikit-learn": sklearn.__version__}
