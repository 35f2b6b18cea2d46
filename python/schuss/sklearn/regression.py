"""What a regressor is: numbers to fit, and a score of how well."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import RegressorMixin, _fit_context
from sklearn.metrics import r2_score
from sklearn.utils import column_or_1d
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import validate_data

from schuss.model import Model
from schuss.sklearn.estimator import NetworkEstimator
from schuss.sklearn.objectives import regression
from schuss.sklearn.rows import Rows


class NetworkRegressor(RegressorMixin, NetworkEstimator):
    """The part of a regressor that does not depend on its parameters."""

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        X_val: Any = None,
        y_val: Any = None,
        sample_weight_val: Any = None,
    ) -> Any:
        """Train from new weights, or with `warm_start` from those there are.

        Parameters
        ----------
        X : {array-like, sparse matrix}, shape (rows, inputs)
            Finite numbers. float32 is computed in float32, all else in float64.
        y : array-like, shape (rows,) or (rows, outputs)
            Finite numbers.
        sample_weight : array-like, shape (rows,), optional
            How much each row counts, at least 0.
        X_val, y_val, sample_weight_val : array-like, optional
            Rows to be evaluated after every epoch: `validation_scores_` has R2,
            `history_` the loss. Early stopping goes by them, if there are any, instead
            of a part of X.

        Returns
        -------
        self

        Raises
        ------
        ValueError, TypeError
            If arguments or parameters are not as described, or training diverges; the
            estimator is unchanged.
        """
        validation = (X_val, y_val, sample_weight_val)
        return self._fit(X, y, sample_weight, validation)

    @available_if(NetworkEstimator._check_solver)
    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
        """Train for one epoch, going on where the last one ended.

        Parameters
        ----------
        X, y, sample_weight : array-like
            As for `fit`.

        Returns
        -------
        self

        Raises
        ------
        ValueError, TypeError
            As for `fit`.
        """
        return self._fit(X, y, sample_weight, incremental=True)

    def predict(self, X: Any) -> NDArray[Any]:
        """Return the numbers that are predicted.

        Parameters
        ----------
        X : {array-like, sparse matrix}, shape (rows, inputs)

        Returns
        -------
        ndarray of the dtype of `coefs_`, shape (rows,) or (rows, outputs)

        Raises
        ------
        NotFittedError, ValueError
            If there was no fit, or X is no table of the right width.
        """
        return self._asked(X, "predict")

    def _settled(self, X: Any, y: Any, reset: bool, incremental: bool) -> Any:
        X, y = validate_data(
            self,
            X,
            y,
            accept_sparse="csr",
            multi_output=True,
            y_numeric=True,
            dtype=(np.float64, np.float32),
            reset=reset,
        )
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        self._objective = regression(self.loss, 1 if y.ndim == 1 else y.shape[1])
        return X, y

    def _encoded(self, y: Any) -> NDArray[Any]:
        return np.asarray(y)

    def _score_of(self, model: Model, rows: Rows) -> float:
        predicted = model.predict(rows.X)
        if predicted.shape != rows.targets.shape:  # several quantiles of one number
            loss = model.evaluate(rows.X, rows.targets, sample_weight=rows.weights)
            return -loss["loss"]
        if not np.isfinite(predicted).all():
            return float("nan")
        with np.errstate(over="ignore"):  # of squares, shortly before the loss
            return float(r2_score(rows.targets, predicted, sample_weight=rows.weights))
