"""Training on a sparse table that would be too large if it were dense all at once."""

import time
from typing import Any

import numpy as np
from scipy.sparse import issparse

from schuss.callbacks import Callback
from schuss.fitting import Fit
from schuss.model import Model
from schuss.optimizers import Optimizer
from schuss.regularizers import Regularizer
from schuss.sklearn import rows as tables
from schuss.sklearn.journal import Journal
from schuss.sklearn.rows import Rows, dense


def too_large(X: Any) -> bool:
    """Return whether a table is sparse, and would take more than a block if dense.

    Parameters
    ----------
    X : ndarray or sparse matrix
    """
    return bool(issparse(X)) and X.shape[0] * X.shape[1] * 8 > 4 * tables.BLOCK


class Part(Callback):
    """Lets a journal see the parts of an epoch as one.

    Parameters
    ----------
    journal : Journal
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._loss = 0.0
        self.share, self.last = 0.0, False

    def on_fit_begin(self, fit: Fit) -> None:
        """Begin the journal with the first part, and show it the fit of each.

        Parameters
        ----------
        fit : Fit
        """
        if self._journal.begun:
            self._journal.turn_to(fit)
        else:
            self._journal.on_fit_begin(fit)

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Add the part's share of the loss; end the journal's epoch with the last.

        Parameters
        ----------
        epoch : int
        logs : dict of str to float
        """
        self._loss += self.share * logs["loss"]
        if self.last:
            loss, self._loss = self._loss, 0.0
            self._journal.on_epoch_end(epoch, {"loss": loss})


def fit_in_parts(
    model: Model,
    estimator: Any,
    journal: Journal,
    rows: Rows,
    data: Any,
    *,
    epochs: int,
    batch_size: int,
    optimizer: Optimizer,
    regularizer: Regularizer | None,
    shuffle: bool,
    resume: bool,
) -> None:
    """Train on some batches at a time, of which each part is made dense by itself.

    Batches are those of one epoch over all rows. Weights of rows count in proportion
    within a part.

    Parameters
    ----------
    model : Model
    estimator : estimator
    journal : Journal
    rows : Rows
        Whose X is sparse.
    data : tuple or None
        To validate on, after every epoch.
    epochs, batch_size, optimizer, regularizer, shuffle, resume
        As for `schuss.Model.fit`.

    Raises
    ------
    ValueError
        If the estimator has callbacks, which would see parts.
    """
    if estimator.callbacks:
        raise ValueError(
            "callbacks look at epochs, and a sparse X of this size is trained on in "
            "parts of one; give a dense X, or no callbacks."
        )
    n, part = len(rows.targets), Part(journal)
    width = batch_size * max(
        1, tables.BLOCK // (8 * max(1, rows.X.shape[1]) * batch_size)
    )
    rng = np.random.default_rng([estimator._seed, journal.seen])
    started, order = time.perf_counter(), np.arange(n)
    targets = estimator._smoothed(rows.targets)
    for _ in range(epochs):
        order = rng.permutation(n) if shuffle else order
        for first in range(0, n, width):
            some = order[first : first + width]
            part.share, part.last = len(some) / n, first + width >= n
            weights = None if rows.weights is None else rows.weights[some]
            model.fit(
                dense(rows.X[some]),
                targets[some],
                sample_weight=weights,
                validation_data=data if part.last else None,
                epochs=1,
                batch_size=batch_size,
                optimizer=optimizer,
                regularizer=regularizer,
                callbacks=[part],
                shuffle=False,
                resume=resume,
                verbose=False,
            )
            resume = True
        late = estimator.max_time and time.perf_counter() - started > estimator.max_time
        if journal.stopped or late:
            break
    journal.on_fit_end(None)
