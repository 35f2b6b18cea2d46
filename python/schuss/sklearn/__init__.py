"""Estimators for scikit-learn, in the place of those of `sklearn.neural_network`.

They need scikit-learn: ``pip install "schuss[sklearn]"``. ``import schuss`` does not
import them.
"""

try:
    import sklearn.base  # noqa: F401
except ImportError as error:
    raise ImportError(
        'schuss.sklearn needs scikit-learn; pip install "schuss[sklearn]".'
    ) from error

from schuss.sklearn.classifier import MLPClassifier
from schuss.sklearn.linear import Perceptron, SoftmaxRegression
from schuss.sklearn.regressor import MLPRegressor

__all__ = ["MLPClassifier", "MLPRegressor", "Perceptron", "SoftmaxRegression"]
