"""Trains and predicts with schuss, by `Model.fit` and `predict_proba`.

Bytes stay bytes and are scaled by a `Rescaling`, which is how schuss means to be used.
"""

import schuss
from bench.contestants import Axes
from bench.task import Layers, Task


def about() -> dict[str, str]:
    """Return versions and what else the result depends on."""
    return {"schuss": schuss.__version__, "instruction set": schuss.get_isa()}


def use_threads(threads: int) -> None:
    """Use one thread, or leave it to schuss to use up to all cores, as it comes."""
    schuss.set_threads(1 if threads == 1 else None)


def model_of(task: Task) -> schuss.Model:
    """Return the workload's network."""
    work = task.workload
    layers = [schuss.Dense(units, work.activation) for units in work.widths[1:-1]]
    layers.append(schuss.Dense(work.widths[-1]))
    if task.table.scale != 1:
        layers.insert(0, schuss.Rescaling(task.table.scale))
    return schuss.Model(layers, loss=work.loss)


class Trainer:
    """One call of `fit` for all epochs of a block."""

    unit = 1

    @staticmethod
    def axes(task: Task) -> Axes:
        """Return what is worth trying: nothing but the number of threads."""
        return {}

    @staticmethod
    def refuses(task: Task) -> str:
        """Return why this task cannot be done here, or nothing."""
        return ""

    def __init__(self, task: Task, threads: int) -> None:
        use_threads(threads)
        self._task, self._model = task, model_of(task)
        kind = schuss.SGD if task.workload.optimizer == "sgd" else schuss.Adam
        self._optimizer = kind(task.workload.learning_rate)

    def reset(self) -> None:
        """Go back to the first weights; `fit` itself begins the optimizer anew."""
        self._model.set_weights(self._task.first)

    def train(self, epochs: int, shuffle: bool) -> None:
        """Train; this alone is timed."""
        self._model.fit(
            self._task.table.X,
            self._task.table.y,
            epochs=epochs,
            batch_size=self._task.workload.batch_size,
            optimizer=self._optimizer,
            shuffle=shuffle,
            verbose=False,
        )

    def weights(self) -> Layers:
        """Return every layer's weights, inputs by outputs, and bias."""
        return self._model.weights


class Predictor:
    """`predict_proba` of a model with the task's weights."""

    @staticmethod
    def axes(task: Task) -> Axes:
        """Return what is worth trying: nothing but the number of threads."""
        return {}

    @staticmethod
    def refuses(task: Task) -> str:
        """Return why this task cannot be done here, or nothing."""
        return ""

    def __init__(self, task: Task, threads: int) -> None:
        use_threads(threads)
        model = model_of(task).build(task.workload.widths[0])
        model.set_weights(task.first)
        self.predict = model.predict_proba
