"""The meaning of a training run: epochs, their order, and an end that is noticed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from schuss.reference.shuffle import shuffle

if TYPE_CHECKING:
    from schuss.reference.memory import Averaged, Parameters
    from schuss.reference.network import Network

# X, targets and the weights of the rows, if they have some.
Rows = tuple[NDArray[Any], NDArray[Any], NDArray[Any] | None]
Problem = str | BaseException | None
Result = tuple[NDArray[np.float64], NDArray[np.int64], float, int, Problem]


class Training:
    """Steps through a table, epoch by epoch; the native training's twin.

    Parameters
    ----------
    network : Network
        That has been given an optimizer, whose steps are counted on.
    X, targets : ndarray
    batch_size : int, at least 1
    key : int or None
        Determines the order of every epoch; None: rows as they stand.
    first_epoch : int
        What the first epoch's number is, for its order.
    weights : ndarray, shape (rows,), or None
    validation : sequence of (X, targets, weights)
        What is evaluated when an epoch has ended.
    """

    def __init__(
        self,
        network: "Network",
        X: NDArray[Any],
        targets: NDArray[Any],
        batch_size: int,
        key: int | None = None,
        first_epoch: int = 0,
        weights: NDArray[Any] | None = None,
        validation: Sequence[Rows] = (),
    ) -> None:
        self._network, self._X, self._targets = network, X, targets
        self._weights, self._validation = weights, validation
        self._batch_size = min(batch_size, len(X))
        self._key, self._epoch = key, first_epoch
        self._order = np.arange(len(X))
        self._done = self._correct = 0
        self._loss = 0.0
        self._stopped = False
        self._before: list[Parameters] = []
        self._average_before: Averaged = (0, [])
        self._gradient_norms: list[float] = []
        self._evaluations: list[list[tuple[float, int]]] = []

    def run(self, learning_rates: NDArray[np.float64]) -> Result:
        """Take one step for every learning rate.

        If a loss or a weight stops being finite, the network gets back the parameters,
        and their average, that it had at the start of that epoch, and no more steps
        are taken.

        Parameters
        ----------
        learning_rates : ndarray, shape (steps,)

        Returns
        -------
        losses : ndarray of float64
            The mean loss over its rows of every epoch that ended.
        correct : ndarray of int64
            How many of its rows were classified rightly before their update.
        loss : float
            The mean so far over the epoch of the last step.
        steps : int
            How many were taken.
        problem : str, exception or None
            Why they ended early; what a custom loss or activation raised.
        """
        losses, hits, loss, steps = [], [], 0.0, 0
        self._gradient_norms, self._evaluations = [], []
        problem: Problem = None
        for rate in () if self._stopped else learning_rates:
            if self._done == 0 and (problem := self._begin_epoch()):
                break
            try:
                self._take(float(rate))
                steps += 1
                loss = self._loss / self._done
                if not np.isfinite(loss):
                    problem = "the loss stopped being finite"
                    break
                if self._done == len(self._X):
                    losses.append(loss)
                    hits.append(self._correct)
                    self._done, self._epoch = 0, self._epoch + 1
                    self._validate()
            except Exception as error:
                problem = error
                break
        if not self._stopped and not problem and not self._finite():
            problem = "a weight stopped being finite"
        if problem:
            self._go_back()
        return np.array(losses), np.array(hits, dtype=np.int64), loss, steps, problem

    def gradient_norms(self) -> NDArray[np.float64]:
        """Return the norm of the gradients of every step of the last run.

        They are those of the loss, before they were clipped, and without those of
        frozen layers. Empty where nothing is clipped by the norm.
        """
        measured = self._network.measures
        return np.array(self._gradient_norms if measured else [])

    def evaluations(self) -> NDArray[np.float64]:
        """Return what the sets were worth after each epoch that ended in the last run.

        Returns
        -------
        ndarray of float64, shape (epochs, sets, 2)
            The mean loss of each set, and how many of its rows are right.
        """
        shape = (len(self._evaluations), len(self._validation), 2)
        return np.reshape(np.array(self._evaluations, dtype=np.float64), shape)

    def _validate(self) -> None:
        with np.errstate(all="ignore"):
            evaluate = self._network.evaluate
            self._evaluations.append([evaluate(*rows) for rows in self._validation])

    def _begin_epoch(self) -> str | None:
        if not self._finite():
            return "a weight stopped being finite"
        network = self._network
        self._before = [network.parameters(layer) for layer in range(network.depth)]
        self._average_before = network.average()
        if self._key is not None:
            self._order = shuffle(len(self._X), self._key, self._epoch)
        self._loss, self._correct = 0.0, 0
        return None

    def _take(self, learning_rate: float) -> None:
        rows = self._order[self._done : self._done + self._batch_size]
        targets, given = self._targets[rows], self._weights
        weights = None if given is None else given[rows]
        self._network.steps += 1
        with np.errstate(all="ignore"):
            x = self._network.gathered(self._X, rows)
            number = self._network.steps
            loss = self._network.step(x, targets, learning_rate, number, weights)
        self._gradient_norms.append(self._network.gradient_norm)
        self._loss += loss * len(rows)
        self._done += len(rows)
        self._correct += self._network.hits(self._network.outputs[-1], targets)

    def _finite(self) -> bool:
        network = self._network
        pairs = (network.parameters(layer) for layer in range(network.depth))
        return all(np.isfinite(array).all() for pair in pairs for array in pair)

    def _go_back(self) -> None:
        self._stopped = True
        for layer, arrays in enumerate(self._before):
            self._network.set_parameters(layer, *arrays)
        if self._average_before[1]:
            self._network.set_average(*self._average_before)
