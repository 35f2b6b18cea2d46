"""What all estimators share: fit in one order, and a model behind the attributes."""

import operator
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import (
    _check_sample_weight,
    check_is_fitted,
    validate_data,
)

from schuss.config import threads_per_call
from schuss.layers import Layer
from schuss.lbfgs import LBFGS
from schuss.model import Model
from schuss.sklearn.architecture import first_weights, hidden_sizes, make_layers
from schuss.sklearn.objectives import Objective
from schuss.sklearn.parameters import CONSTRAINTS
from schuss.sklearn.rows import Rows
from schuss.sklearn.solvers import STOCHASTIC, Solver
from schuss.sklearn.training import descend, held_out, minimize

Given = tuple[Any, Any, Any]


@contextmanager
def unchanged_on_error(estimator: Any) -> Iterator[None]:
    """Give an estimator back the attributes it had, if anything is raised.

    Its model may have been trained meanwhile: it is made anew from them.

    Parameters
    ----------
    estimator : estimator
    """
    attributes = estimator.__dict__
    before = dict(attributes)
    try:
        yield
    except BaseException:
        attributes.clear()
        attributes.update(before)
        attributes.pop("_model", None)
        attributes.pop("_known", None)
        raise


class NetworkEstimator(BaseEstimator):
    """The part of an estimator that knows neither classes nor numbers."""

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = CONSTRAINTS
    _stratifies = False

    _objective: Objective
    _optimizer: Solver | None
    _model: Model | None
    _known: tuple[Any, ...]

    def _settled(self, X: Any, y: Any, reset: bool, incremental: bool) -> Any:
        """Return X and y, checked, and settle the objective if it is a first fit."""
        raise NotImplementedError

    def _encoded(self, y: Any) -> NDArray[Any]:
        """Return y as the targets of the network."""
        raise NotImplementedError

    def _smoothed(self, targets: NDArray[Any]) -> NDArray[Any]:
        """Return what the network is trained on instead of its targets."""
        return targets

    def _weighed(
        self, y: Any, weights: NDArray[np.float64] | None
    ) -> NDArray[np.float64] | None:
        """Return the rows' weights, times those of their classes."""
        return weights

    def _score_of(self, model: Model, rows: Rows) -> float:
        """Return what early stopping looks at."""
        raise NotImplementedError

    def _fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        validation: Given = (None, None, None),
        incremental: bool = False,
    ) -> Self:
        with unchanged_on_error(self):
            self._train(X, y, sample_weight, validation, incremental)
        return self

    def _train(
        self, X: Any, y: Any, sample_weight: Any, validation: Given, incremental: bool
    ) -> None:
        sizes = hidden_sizes(self.hidden_layer_sizes)
        first = not hasattr(self, "coefs_") or not (self.warm_start or incremental)
        if incremental and self.early_stopping:
            raise ValueError("partial_fit does not support early_stopping=True")
        reset = first or not hasattr(self, "n_features_in_")
        X, y = self._settled(X, y, reset, incremental)
        rows = self._rows(X, y, sample_weight)
        watched = self._watched(*validation)
        rng = check_random_state(self.random_state)
        if first:
            self._draw(X, sizes, rng)
        if first or "_layers" not in vars(self):  # weights may be the user's own
            self._begin(rng)
        self._settle_layers(sizes)
        if not self._steps:
            minimize(self, rows, watched)
            return
        if self.early_stopping and watched is None:
            rows, watched = held_out(self, rows, rng)
        descend(self, rows, watched, first=first, incremental=incremental)

    def _rows(self, X: Any, y: Any, sample_weight: Any) -> Rows:
        weights = None
        if sample_weight is not None:
            weights = _check_sample_weight(sample_weight, X).astype(np.float64)
        return Rows(X, self._encoded(y), self._weighed(y, weights))

    def _watched(self, X: Any, y: Any, sample_weight: Any) -> Rows | None:
        """Return the validation set that `fit` was given, if it was."""
        if X is None or y is None:
            for name, value in (
                ("X_val", X),
                ("y_val", y),
                ("sample_weight_val", sample_weight),
            ):
                if value is not None:
                    raise ValueError(f"there is {name}; give both X_val and y_val.")
            return None
        X = validate_data(self, X, accept_sparse="csr", reset=False)
        rows = self._rows(X, np.asarray(y), sample_weight)
        if len(rows.targets) != X.shape[0]:
            raise ValueError(
                f"X_val has {X.shape[0]} rows and y_val {len(rows.targets)}; give one "
                "target per row."
            )
        return rows

    def _draw(self, X: Any, sizes: list[int], rng: np.random.RandomState) -> None:
        """Set weights from the random numbers that scikit-learn would have."""
        units = [X.shape[1], *sizes, self._objective.outputs]
        dtype = "float32" if X.dtype == np.float32 else "float64"
        pairs = first_weights(units, self.activation, dtype, rng)
        self.coefs_ = [weights for weights, _ in pairs]
        self.intercepts_ = [bias for _, bias in pairs]

    def _begin(self, rng: np.random.RandomState) -> None:
        """Begin a network with the weights that the attributes have."""
        # A twin is asked, so that rng splits rows as it would without the question.
        twin = np.random.RandomState()
        twin.set_state(rng.get_state())
        self._seed = int(twin.randint(2**31 - 1))
        self._layers: list[Layer] = []
        self._optimizer = None
        self.t_ = 0

    def _settle_layers(self, sizes: list[int]) -> None:
        """Make layers by the parameters, and a new model if they are others."""
        objective = self._objective
        made = make_layers(sizes, objective.outputs, self)
        before = repr(self._layers), vars(self).get("_made_for")
        self._layers, self._made_for = made, repr(objective)
        if before != (repr(made), repr(objective)):
            self._model, self._known = None, ()
        self.n_layers_, self.n_outputs_ = len(sizes) + 2, objective.outputs
        self.out_activation_ = objective.out_activation

    def _synced(self) -> Model:
        """Return the model, with the weights that the attributes have."""
        arrays = (*self.coefs_, *self.intercepts_)
        model: Model | None = vars(self).get("_model")
        known: tuple[Any, ...] = vars(self).get("_known", ())
        same = len(arrays) == len(known) and all(map(operator.is_, arrays, known))
        if model is not None and same:
            return model
        if model is None:
            model = Model(
                self._layers,
                loss=self._objective.loss,
                seed=self._seed,
                dtype=str(np.asarray(arrays[0]).dtype),
            )
        model.set_weights(list(zip(self.coefs_, self.intercepts_, strict=True)))
        self._model = model
        self._take(model)
        return model

    def _take(self, model: Model) -> None:
        """Set the attributes to the model's weights: copies nobody can write to."""
        pairs = model.weights
        for array in (array for pair in pairs for array in pair):
            array.flags.writeable = False
        self.coefs_ = [pair[0] for pair in pairs]
        self.intercepts_ = [pair[1] for pair in pairs]
        self._known = (*self.coefs_, *self.intercepts_)

    def _asked(self, X: Any, method: str) -> NDArray[Any]:
        """Return what a method of the model says of X."""
        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse="csr", reset=False)
        with threads_per_call(self.n_threads):
            return np.asarray(getattr(self._synced(), method)(X))

    @property
    def _steps(self) -> bool:
        """Whether it trains by steps, and not by a search over all rows."""
        if self.optimizer is not None:
            return not isinstance(self.optimizer, LBFGS)
        return self.solver in STOCHASTIC

    def _check_solver(self) -> bool:
        """Refuse `partial_fit` where there is no step to take."""
        if not self._steps:
            raise AttributeError(
                "partial_fit is only available for stochastic optimizers. "
                f"{self.optimizer or self.solver} is not stochastic."
            )
        return True

    def __getstate__(self) -> dict[str, Any]:
        """Return all but the model, which is made anew from the attributes."""
        state: dict[str, Any] = dict(super().__getstate__())
        state.pop("_model", None)
        state.pop("_known", None)
        return state

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags
