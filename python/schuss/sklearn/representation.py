"""A network in the middle of a Pipeline: what its last hidden layer makes of rows."""

from typing import Any

from numpy.typing import NDArray
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin

from schuss.sklearn.estimator import NetworkEstimator


class Representation(
    ClassNamePrefixFeaturesOutMixin, TransformerMixin, NetworkEstimator
):
    """The part of an estimator that transforms."""

    def transform(self, X: Any) -> NDArray[Any]:
        """Return the outputs of the last hidden layer.

        Parameters
        ----------
        X : {array-like, sparse matrix}, shape (rows, inputs)

        Returns
        -------
        ndarray of the dtype of `coefs_`, shape (rows, units)
            Or what `set_output` asks for, with the names of `get_feature_names_out`.

        Raises
        ------
        NotFittedError, ValueError
            As for `predict`, or if there is no hidden layer.
        """
        if vars(self).get("n_layers_") == 2:
            raise ValueError(
                "hidden_layer_sizes is empty, and transform returns the outputs of the "
                "last hidden layer; give one."
            )
        return self._asked(X, "transform")

    @property
    def _n_features_out(self) -> int:
        return int(self.coefs_[-1].shape[0])
