"""A regressor that takes the place of scikit-learn's, and its parameters."""

from typing import Any, ClassVar

from sklearn.utils._param_validation import StrOptions

from schuss.losses import Loss
from schuss.sklearn.objectives import NUMERIC
from schuss.sklearn.parameters import CONSTRAINTS, keep
from schuss.sklearn.regression import NetworkRegressor
from schuss.sklearn.representation import Representation


class MLPRegressor(Representation, NetworkRegressor):
    """A multi-layer perceptron for numbers, as in `sklearn.neural_network`.

    Parameters
    ----------
    loss : str, schuss loss or callable, default "squared_error"
        Or "poisson", which predicts exp of the outputs, "absolute_error" or "huber"; or
        an object such as ``schuss.Pinball([0.1, 0.5, 0.9])``, which predicts a column
        for each quantile.
    hidden_layer_sizes : int or sequence of int, default (100,)
        Units of each hidden layer; () is a linear model.
    activation : str, CustomActivation, or list of them, default "relu"
        "identity", "logistic", "tanh" or "relu", another one of `schuss.Dense`, or a
        `schuss.CustomActivation`. A list has one for each hidden layer.
    solver : "adam", "sgd" or "lbfgs", default "adam"
        "lbfgs" searches over all rows at once, with SciPy.
    alpha : float, at least 0, default 0.0001
        L2 penalty as scikit-learn means it: alpha / (2 B) |w|^2 joins the mean loss of
        a batch of B rows, or of rows whose weights sum to B, so that it weighs less in
        larger batches. That is ``schuss.L2(alpha / (2 * B))`` for B = `batch_size`; a
        last batch that is smaller is penalized like the others.
    batch_size : int, at least 1, or "auto", default "auto"
        Rows per step; "auto" is min(200, rows).
    learning_rate : "constant", "invscaling", "adaptive", or a callable
        For "sgd": constant; learning_rate_init / t^power_t at the t-th row; or a fifth
        of it whenever there was no improvement for `n_iter_no_change` epochs. A
        schedule such as `schuss.CosineDecay`, or any callable of step and epoch, is for
        "adam", too, and comes instead of `learning_rate_init`.
    learning_rate_init : float, above 0, default 0.001
    power_t : float, at least 0, default 0.5
    max_iter : int, at least 1, default 200
        Epochs, or iterations of "lbfgs".
    shuffle : bool, default True
        Whether rows come in another order each epoch.
    random_state : int, RandomState or None, default None
        Determines first weights and held out rows exactly as in scikit-learn, and the
        order of rows and what dropout leaves out otherwise.
    tol : float, at least 0, default 0.0001
        The least improvement that is one; for "lbfgs" the largest number of the
        gradient at which it ends.
    verbose : bool or int, default False
        Whether to print the loss of every epoch.
    warm_start : bool, default False
        Whether `fit` begins with the weights there are.
    momentum : float, in [0, 1), default 0.9
    nesterovs_momentum : bool, default True
    early_stopping : bool, default False
        Whether to stop by the score of rows held out, and to keep the weights of the
        epoch with the best one.
    validation_fraction : float, between 0 and 1, default 0.1
        The share of rows held out, unless `fit` is given `X_val`.
    beta_1, beta_2 : float, in [0, 1), default 0.9 and 0.999
    epsilon : float, above 0, default 1e-8
        Of "adam", beside the root of the corrected mean of squares, as in the paper.
        scikit-learn has it beside the uncorrected one, where it weighs more in the
        first steps; that shows only where gradients are not far above it.
    n_iter_no_change : int, at least 1, or inf, default 10
        Epochs without an improvement that are borne.
    max_fun : int, at least 1, default 15000
        Evaluations of "lbfgs".
    optimizer : schuss optimizer, optional
        Such as `schuss.RMSprop`, instead of `solver` and all that belongs to it.
    dropout : float in [0, 1), or list of them, default 0
        The share of outputs that is left out in training, after each hidden layer.
    weight_decay : float, at least 0, default 0
        Decoupled decay, as in `schuss.AdamW`, beside `alpha`.
    clip_norm : float, above 0, optional
        What the norm of the gradient is clipped to; see `schuss.SGD`.
    callbacks : list of objects, optional
        As for `schuss.Model.fit`.
    max_time : float, above 0, in seconds, optional
        The first epoch that ends later is the last.
    n_threads : int from 1 to 256, optional
        Threads per call, while one is under way; see `schuss.set_threads`.
    progress : bool, default False
        Whether to show the progress line of `schuss.Model.fit`.

    Attributes
    ----------
    coefs_, intercepts_ : list of ndarray
        Weights (inputs, outputs) and bias (outputs,) of each layer; they cannot be
        written to. Give the attributes other arrays to change weights.
    loss_ : float
        Of the last epoch, penalty included.
    loss_curve_ : list of float
        Of every epoch.
    best_loss_ : float or None
        The lowest; None with early stopping.
    validation_scores_ : list of float or None
    best_validation_score_ : float or None
    history_ : schuss.History
        Of the last fit, in schuss's own terms.
    n_iter_, t_, n_layers_, n_outputs_ : int
        Epochs of the last fit, rows seen by all of them; layers, of which the inputs
        are one, and outputs.
    n_features_in_ : int
    feature_names_in_ : ndarray of str
        If X had names of columns that are all str.
    out_activation_ : str

    Raises
    ------
    ImportError
        If there is no scikit-learn.

    Notes
    -----
    The interface is that of scikit-learn 1.9, the mathematics schuss's. From equal
    first weights and equal batches the weights are those of scikit-learn but for
    roundings with "sgd", and with "adam" where `epsilon` is small. `loss_curve_` of
    rows that are shuffled takes the penalty for linear between the ends of an epoch of
    several steps. Weights of rows count in proportion in every batch, where
    scikit-learn divides by the sum in each: that is the same for full batches. A sparse
    X is computed with the few numbers that are not zero, by sums that may differ from
    those of a dense X by roundings; one that has many is spread out batch by batch, and
    a batch of "lbfgs" is all of it.

    Examples
    --------
    >>> from schuss.sklearn import MLPRegressor
    >>> from sklearn.datasets import load_diabetes
    >>> X, y = load_diabetes(return_X_y=True)
    >>> regressor = MLPRegressor(solver="lbfgs", tol=1.0, random_state=0).fit(X, y)
    >>> bool(regressor.score(X, y) > 0.4)
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = CONSTRAINTS | {
        "loss": [StrOptions(set(NUMERIC)), Loss, callable]
    }

    def __init__(
        self,
        loss: Any = "squared_error",
        hidden_layer_sizes: Any = (100,),
        activation: Any = "relu",
        *,
        solver: str = "adam",
        alpha: float = 0.0001,
        batch_size: int | str = "auto",
        learning_rate: Any = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool | int = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: float = 10,
        max_fun: int = 15000,
        optimizer: Any = None,
        dropout: Any = 0.0,
        weight_decay: float = 0.0,
        clip_norm: float | None = None,
        callbacks: Any = None,
        max_time: float | None = None,
        n_threads: int | None = None,
        progress: bool = False,
    ) -> None:
        keep(self, locals())
