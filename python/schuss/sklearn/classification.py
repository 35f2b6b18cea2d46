"""What all classifiers share: labels of any kind, their weights, probabilities."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import ClassifierMixin, _fit_context
from sklearn.utils import column_or_1d
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import (
    _check_partial_fit_first_call,
    type_of_target,
    unique_labels,
)
from sklearn.utils.validation import validate_data

from schuss.losses import Loss
from schuss.model import Model
from schuss.sklearn.estimator import NetworkEstimator, unchanged_on_error
from schuss.sklearn.labels import Labels
from schuss.sklearn.objectives import classification
from schuss.sklearn.rows import Rows


def _has_probabilities(estimator: Any) -> bool:
    objective = vars(estimator).get("_objective")
    if objective is not None:
        return bool(objective.loss.has_probabilities)
    loss = estimator.loss
    return loss == "log_loss" or getattr(loss, "has_probabilities", False)


def _has_only_outputs(estimator: Any) -> bool:
    return not _has_probabilities(estimator)


class NetworkClassifier(ClassifierMixin, NetworkEstimator):
    """The part of a classifier that does not depend on its parameters."""

    _labels: Labels

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
        y : array-like, shape (rows,) or (rows, classes)
            Labels of any type, or indicators of several labels per row.
        sample_weight : array-like, shape (rows,), optional
            How much each row counts, at least 0.
        X_val, y_val, sample_weight_val : array-like, optional
            Rows to be evaluated after every epoch: `validation_scores_` has the
            accuracy, `history_` the loss. Early stopping goes by them, if there are
            any, instead of a part of X.

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
    def partial_fit(
        self, X: Any, y: Any, sample_weight: Any = None, classes: Any = None
    ) -> Any:
        """Train for one epoch, going on where the last one ended.

        Parameters
        ----------
        X, y, sample_weight : array-like
            As for `fit`.
        classes : array-like, shape (classes,), optional
            All classes there will be; the first call needs them.

        Returns
        -------
        self

        Raises
        ------
        ValueError, TypeError
            As for `fit`.
        """
        if self.class_weight == "balanced":
            raise ValueError(
                "class_weight 'balanced' is not supported for partial_fit, which does "
                "not see all rows; give a dict of class weights."
            )
        with unchanged_on_error(self):
            if _check_partial_fit_first_call(self, classes):
                several = type_of_target(y).startswith("multilabel")
                self._labels = Labels(y if several else classes)
                self.classes_ = self._labels.classes
            return self._fit(X, y, sample_weight, incremental=True)

    def predict(self, X: Any) -> Any:
        """Return the most probable class of each row, or its several labels.

        Parameters
        ----------
        X : {array-like, sparse matrix}, shape (rows, inputs)

        Returns
        -------
        ndarray, shape (rows,) or (rows, classes)

        Raises
        ------
        NotFittedError, ValueError
            If there was no fit, or X is no table of the right width.
        """
        predicted = self._asked(X, "predict")
        return self._labels.decode(predicted)

    @available_if(_has_probabilities)
    def predict_proba(self, X: Any) -> NDArray[Any]:
        """Return the probability of every class.

        Parameters
        ----------
        X : {array-like, sparse matrix}, shape (rows, inputs)

        Returns
        -------
        ndarray of the dtype of `coefs_`, shape (rows, classes)
            In the order of `classes_`.

        Raises
        ------
        NotFittedError, ValueError
            As for `predict`.
        """
        p = self._asked(X, "predict_proba")
        if self.n_outputs_ == 1:
            return np.hstack([1 - p, p])
        return p

    @available_if(_has_probabilities)
    def predict_log_proba(self, X: Any) -> NDArray[Any]:
        """Return the logarithm of `predict_proba`.

        Parameters
        ----------
        X : {array-like, sparse matrix}, shape (rows, inputs)

        Returns
        -------
        ndarray of the dtype of `coefs_`, shape (rows, classes)

        Raises
        ------
        NotFittedError, ValueError
            As for `predict`.
        """
        p: NDArray[Any] = self.predict_proba(X)
        return np.asarray(np.log(p, out=p))

    @available_if(_has_only_outputs)
    def decision_function(self, X: Any) -> NDArray[Any]:
        """Return the outputs, where these are no logarithms of probabilities.

        Parameters
        ----------
        X : {array-like, sparse matrix}, shape (rows, inputs)

        Returns
        -------
        ndarray, shape (rows,) or (rows, classes)
            Of two classes the difference of the outputs.

        Raises
        ------
        NotFittedError, ValueError
            As for `predict`.
        """
        s = self._asked(X, "__call__")
        return np.asarray(s[:, 1] - s[:, 0]) if s.shape[1] == 2 else s

    def _settled(self, X: Any, y: Any, reset: bool, incremental: bool) -> Any:
        X, y = validate_data(
            self,
            X,
            y,
            accept_sparse="csr",
            multi_output=True,
            dtype=(np.float64, np.float32),
            reset=reset,
        )
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        if "classes_" not in vars(self) or not (self.warm_start or incremental):
            self._labels = Labels(y)
            self.classes_ = self._labels.classes
        else:
            self._check_labels(y)
        loss = self.loss
        if isinstance(loss, Loss):
            loss = loss.labelled(self.classes_.tolist())
        self._objective = classification(
            loss, len(self.classes_), self._labels.multilabel, self.label_smoothing
        )
        return X, y

    def _check_labels(self, y: Any) -> None:
        """Refuse labels that a network that goes on does not know."""
        labels = unique_labels(y) if self._labels.multilabel else np.unique(y)
        if self.warm_start:
            if set(labels) != set(self.classes_):
                raise ValueError(
                    "warm_start can only be used where `y` has the same classes as in "
                    f"the previous call to fit. Previously got {self.classes_}, `y` "
                    f"has {labels}"
                )
        elif len(np.setdiff1d(labels, self.classes_, assume_unique=True)):
            raise ValueError(
                "`y` has classes not in `self.classes_`. `self.classes_` has "
                f"{self.classes_}. 'y' has {labels}."
            )

    def _encoded(self, y: Any) -> NDArray[Any]:
        return self._labels.encode(y, numbered=self._objective.of_labels)

    def _smoothed(self, targets: NDArray[Any]) -> NDArray[Any]:
        e = float(self.label_smoothing)
        if not e or self._objective.of_labels:
            return targets
        return (1 - e) * targets + e / 2

    def _weighed(
        self, y: Any, weights: NDArray[np.float64] | None
    ) -> NDArray[np.float64] | None:
        if self.class_weight is None:
            return weights
        of_classes: NDArray[np.float64] = compute_sample_weight(self.class_weight, y)
        return of_classes if weights is None else weights * of_classes

    @property
    def _stratifies(self) -> bool:  # type: ignore[override]
        return self._objective.outputs == 1

    def _score_of(self, model: Model, rows: Rows) -> float:
        predicted = model.predict(rows.X)
        targets = rows.targets
        if targets.ndim == 2:
            predicted = predicted.reshape(targets.shape)
            hits = (predicted == targets).all(axis=1)
        else:
            hits = predicted == targets
        return float(np.average(hits, weights=rows.weights))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        bits = self.loss == "log_loss" or getattr(self.loss, "predicts", "") == "bits"
        tags.classifier_tags.multi_label = bits
        return tags
