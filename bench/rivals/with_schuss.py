"""Trains with schuss: its native engine and its NumPy reference, by `Model.fit`.

Both get the bytes as they are and a `Rescaling`, which is how schuss means to be used;
the reference, which stands for plain NumPy, may also have scaled float32 if it prefers.
"""

from typing import Any

import numpy as np

import schuss
from bench.rivals.workloads import Layers, Task


class Native:
    """The C++ kernels."""

    engine = "native"
    options: tuple[dict[str, Any], ...] = ({},)

    def __init__(self, task: Task, threads: int, inputs: str = "uint8") -> None:
        schuss.set_threads(threads)
        work = task.workload
        self._task = task
        self._X = task.X if inputs == "uint8" else task.scaled()
        rescaling = schuss.Rescaling(work.scale if inputs == "uint8" else 1.0)
        hidden = [schuss.Dense(units, "relu") for units in work.widths[1:-1]]
        output = schuss.Dense(work.widths[-1])
        self._model = schuss.Model([rescaling, *hidden, output], engine=self.engine)
        self._optimizer = schuss.SGD(work.learning_rate, momentum=work.momentum)

    def reset(self) -> None:
        """Go back to the first weights; `fit` itself forgets the velocity."""
        self._model.set_weights(self._task.first)

    def train(self, epochs: int, shuffle: bool) -> None:
        """Train; this alone is timed."""
        self._model.fit(
            self._X,
            self._task.y,
            epochs=epochs,
            batch_size=self._task.workload.batch_size,
            optimizer=self._optimizer,
            shuffle=shuffle,
            verbose=False,
        )

    def weights(self) -> Layers:
        """Return every layer's weights, inputs by outputs, and bias."""
        return self._model.weights

    @staticmethod
    def about() -> dict[str, str]:
        """Return versions and what else the result depends on."""
        return {"schuss": schuss.__version__, "instruction set": schuss.get_isa()}


class Reference(Native):
    """The NumPy twin."""

    engine = "reference"
    options = ({"inputs": "uint8"}, {"inputs": "float32"})

    @staticmethod
    def about() -> dict[str, str]:
        """Return the version of NumPy and of its BLAS."""
        build: Any = np.show_config(mode="dicts")
        blas = build["Build Dependencies"]["blas"]
        return {"numpy": f"{np.__version__} ({blas['name']} {blas['version']})"}
