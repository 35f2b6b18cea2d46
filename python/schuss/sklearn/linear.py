"""Classifiers without a hidden layer: members of the same family."""

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from schuss.sklearn.classification import NetworkClassifier
from schuss.sklearn.parameters import keep


class LinearClassifier(NetworkClassifier):
    """The part of a linear classifier that does not depend on its parameters."""

    # What `MLPClassifier` has as parameters, and no linear one needs to be asked for.
    hidden_layer_sizes: Any = ()
    activation: Any = "identity"
    loss: Any = "log_loss"
    solver = "sgd"
    alpha = 0.0
    batch_size: Any = "auto"
    learning_rate: Any = "constant"
    power_t = 0.5
    momentum = 0.0
    nesterovs_momentum = False
    beta_1, beta_2, epsilon = 0.9, 0.999, 1e-8
    max_fun = 15000
    label_smoothing = 0.0
    optimizer: Any = None
    dropout = weight_decay = 0.0
    clip_norm: float | None = None
    callbacks: Any = None
    max_time: float | None = None
    progress = False

    @property
    def coef_(self) -> NDArray[Any]:
        """Weights, shape (outputs, inputs), as linear models have them."""
        return np.asarray(self.coefs_[0].T)

    @property
    def intercept_(self) -> NDArray[Any]:
        """The bias, shape (outputs,)."""
        return np.asarray(self.intercepts_[0])


class SoftmaxRegression(LinearClassifier):
    """Logistic regression of any number of classes: the network without hidden layer.

    p = softmax(x W + b), or for two classes, and for each of several labels, one
    logistic output; the mean cross-entropy and alpha / (2 n) |W|^2, n rows in a batch,
    are least. With "lbfgs" that is `sklearn.linear_model.LogisticRegression` with
    C = 1 / alpha. Sources: D. R. Cox, 1958; J. S. Bridle, 1990.

    Parameters
    ----------
    alpha : float, at least 0, default 0.0001
    solver : "lbfgs", "adam" or "sgd", default "lbfgs"
    batch_size, learning_rate, learning_rate_init, max_iter, shuffle, random_state
        As for `MLPClassifier`.
    tol, verbose, warm_start, momentum, early_stopping, validation_fraction
        As for `MLPClassifier`.
    n_iter_no_change, max_fun, optimizer, label_smoothing, class_weight, n_threads
        As for `MLPClassifier`.

    Attributes
    ----------
    coef_, intercept_ : ndarray, shape (outputs, inputs) and (outputs,)
        All others are those of `MLPClassifier`.

    Raises
    ------
    ImportError
        If there is no scikit-learn.

    Examples
    --------
    >>> from schuss.sklearn import SoftmaxRegression
    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> SoftmaxRegression().fit(X, y).coef_.shape
    (3, 4)
    """

    def __init__(
        self,
        alpha: float = 0.0001,
        *,
        solver: str = "lbfgs",
        batch_size: int | str = "auto",
        learning_rate: Any = "constant",
        learning_rate_init: float = 0.001,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool | int = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: float = 10,
        max_fun: int = 15000,
        optimizer: Any = None,
        label_smoothing: float = 0.0,
        class_weight: Any = None,
        n_threads: int | None = None,
    ) -> None:
        keep(self, locals())


class Perceptron(LinearClassifier):
    """The perceptron: weights that move where a row is taken for another class.

    Of any such row, w of its class becomes w + eta0 x, and w of the class it was taken
    for w - eta0 x, row by row; the weights begin at zero. `sklearn.linear_model` trains
    one such unit for each class against all others instead. Sources: F. Rosenblatt,
    1958; for several classes, R. O. Duda and P. E. Hart, 1973.

    Parameters
    ----------
    max_iter : int, at least 1, default 1000
        Epochs.
    tol : float, at least 0, default 0.001
    eta0 : float, above 0, default 1
        The learning rate: any is as good as another.
    shuffle, random_state, verbose, warm_start, early_stopping, validation_fraction
        As for `MLPClassifier`.
    n_iter_no_change : int, at least 1, default 5
    class_weight, n_threads
        As for `MLPClassifier`.

    Attributes
    ----------
    coef_, intercept_ : ndarray, shape (classes, inputs) and (classes,)
        All others are those of `MLPClassifier`. There are no probabilities.

    Raises
    ------
    ImportError
        If there is no scikit-learn.

    Examples
    --------
    >>> from schuss.sklearn import Perceptron
    >>> Perceptron(random_state=0).fit([[0, 1], [1, 0]], ["a", "b"]).predict([[0, 2]])
    array(['a'], dtype='<U1')
    """

    loss = "perceptron"
    batch_size = 1
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **NetworkClassifier._parameter_constraints,
        "eta0": NetworkClassifier._parameter_constraints["learning_rate_init"],
    }

    def __init__(
        self,
        *,
        max_iter: int = 1000,
        tol: float = 1e-3,
        eta0: float = 1.0,
        shuffle: bool = True,
        random_state: Any = None,
        verbose: bool | int = False,
        warm_start: bool = False,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: float = 5,
        class_weight: Any = None,
        n_threads: int | None = None,
    ) -> None:
        keep(self, locals())

    @property
    def learning_rate_init(self) -> float:
        """What all others call it."""
        return float(self.eta0)

    def _draw(self, X: Any, sizes: list[int], rng: np.random.RandomState) -> None:
        super()._draw(X, sizes, rng)
        self.coefs_ = [np.zeros_like(self.coefs_[0])]
        self.intercepts_ = [np.zeros_like(self.intercepts_[0])]
