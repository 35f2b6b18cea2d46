"""Divides labelled examples into a training and a test part, class by class."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from schuss.checks import check_number


class Split(NamedTuple):
    """The two parts of a data set.

    Attributes
    ----------
    X_train, X_test : ndarray, shape (n_train, ...) and (n_test, ...)
        The examples, with the element type they were given in.
    y_train, y_test : ndarray, shape (n_train,) and (n_test,)
        Their labels, likewise.
    """

    X_train: NDArray[Any]
    X_test: NDArray[Any]
    y_train: NDArray[Any]
    y_test: NDArray[Any]


def stratified_split(
    X: ArrayLike, y: ArrayLike, test_fraction: float = 0.25, *, seed: int = 0
) -> Split:
    """Split examples at random, each class in the same proportion.

    The test part gets round(n * test_fraction) rows, shared among the classes by
    the method of largest remainders, but at least one row of every class goes to
    either side, even where that moves the total.

    Parameters
    ----------
    X : array_like, shape (n, ...)
        The examples. A memory map is copied only once, into the two parts.
    y : array_like, shape (n,)
        Their labels, numbers or strings; every class needs two rows or more.
    test_fraction : float, between 0 and 1, both excluded
        The share of rows that goes to the test part.
    seed : int, at least 0
        The same seed gives the same split.

    Returns
    -------
    Split
        The named tuple (X_train, X_test, y_train, y_test) of copies, the rows of
        both parts in random order.

    Raises
    ------
    TypeError
        If `test_fraction` or `seed` is not a number of its kind.
    ValueError
        If the shapes do not fit, there are fewer than two rows, a class has a single
        member, or `test_fraction` or `seed` is out of range.
    """
    examples, labels = np.asarray(X), np.asarray(y)
    _check_rows(examples, labels)
    check_number("test_fraction", test_fraction, 0, 1, strict=True)
    check_number("seed", seed, 0, whole=True)
    rng = np.random.default_rng(seed)
    train, test = stratified_rows(labels, float(test_fraction), rng)
    return Split(examples[train], examples[test], labels[train], labels[test])


def stratified_rows(
    labels: NDArray[Any],
    fraction: float,
    rng: np.random.Generator,
    classes: NDArray[Any] | None = None,
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the numbers of the rows on either side of a split, in random order.

    Parameters
    ----------
    labels : ndarray, shape (n,)
    fraction : float, between 0 and 1, both excluded
        The share of rows on the second side, as `stratified_split` has it.
    rng : Generator
    classes : ndarray, optional
        What the user calls them, if labels are places in it.

    Returns
    -------
    pair of ndarray of intp
        Together each number once.

    Raises
    ------
    ValueError
        If a class has a single member.
    """
    names, codes, members = np.unique(labels, return_inverse=True, return_counts=True)
    if members.min() < 2:
        name = names[members.argmin()]
        name = name if classes is None else classes[name]
        raise ValueError(
            f"class {name.item()!r} has a single member, but each side needs "
            "one; add another or leave the class out."
        )
    return _draw(codes, members, _apportion(members, fraction), rng)


def _check_rows(X: NDArray[Any], y: NDArray[Any]) -> None:
    if y.ndim != 1:
        raise ValueError(f"y has shape {y.shape}; give one label for each row, (n,).")
    if X.ndim == 0 or len(X) != len(y):
        raise ValueError(
            f"X has shape {X.shape} but y has {len(y)} labels; give one label for "
            "each row of X."
        )
    if len(y) < 2:
        raise ValueError(f"there are {len(y)} rows to split; give at least 2.")


def _apportion(members: NDArray[np.intp], fraction: float) -> NDArray[np.intp]:
    """Return how many rows of each class to test, from 1 to all but one."""
    quota = members * fraction
    seats: NDArray[np.intp] = np.floor(quota).astype(np.intp).clip(1, members - 1)
    lacking = round(int(members.sum()) * fraction) - int(seats.sum())
    while lacking > 0 and (seats < members - 1).any():
        seats[np.where(seats < members - 1, quota - seats, -np.inf).argmax()] += 1
        lacking -= 1
    while lacking < 0 and (seats > 1).any():
        seats[np.where(seats > 1, quota - seats, np.inf).argmin()] -= 1
        lacking += 1
    return seats


def _draw(
    codes: NDArray[np.intp],
    members: NDArray[np.intp],
    wanted: NDArray[np.intp],
    rng: np.random.Generator,
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the row numbers of the training and the test part, shuffled."""
    order = rng.permutation(len(codes))
    grouped = order[np.argsort(codes[order], kind="stable")]
    starts = np.cumsum(members) - members
    rank = np.arange(len(codes)) - np.repeat(starts, members)
    tested = rank < np.repeat(wanted, members)
    return rng.permutation(grouped[~tested]), rng.permutation(grouped[tested])
