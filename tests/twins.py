"""Two estimators that are trained alike, and how far they may differ."""

import warnings

import bounds
import numpy as np

# A change of every input by this much, relatively, is small, and far above roundings.
NUDGE = 2.0**-26


def trained(estimator, X, y, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return estimator.fit(X, y, **options)


def numbers(estimator):
    """Weights and losses of a fitted estimator, by one name for all solvers."""
    losses = getattr(estimator, "loss_curve_", [estimator.loss_])
    if estimator.solver == "lbfgs":
        losses = [estimator.loss_]
    arrays = [*estimator.coefs_, *estimator.intercepts_, np.array(losses)]
    return np.concatenate([np.ravel(array) for array in arrays])


def roundings(estimator, X):
    """Operations in a chain of an epoch: products down and up, and sums over rows."""
    widths = X.shape[1] + sum(len(bias) for bias in estimator.intercepts_)
    return (2 * widths + X.shape[0]) * estimator.n_iter_


def assert_alike(theirs, ours, X, y, given=None, **options):
    """Hold both to the same numbers but for roundings.

    Ours is trained on X, or on what is given: the same rows in another form.

    Products and sums of n terms are those of inputs that were changed by no more than
    gamma(n) (Higham, 2002, sections 3.1 and 3.5). What such a change does to the result
    is measured on scikit-learn's own: it is trained again with all inputs changed up or
    down. The largest number it moves any result by, per unit of change, stands for all.
    """
    signs = np.random.default_rng(0).choice([-1, 1], X.shape)
    first = trained(theirs, X, y, **options)
    exact, n_iter, chain = numbers(first), first.n_iter_, roundings(first, X)
    nudged = numbers(trained(theirs, X * (1 + NUDGE * signs), y, **options))
    own = numbers(trained(ours, X if given is None else given, y, **options))
    assert ours.n_iter_ == n_iter
    sensitivity = np.abs(nudged - exact).max() / NUDGE
    scale = np.abs(exact).max()
    error = np.abs(own - exact).max()
    assert error <= bounds.gamma(chain, np.float64) * (sensitivity + scale)
