"""How good predicted classes and their probabilities are."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from schuss.checks import check_known, check_number
from schuss.labels import numbered, of_one_kind
from schuss.metrics.shapes import alike

AVERAGES = ("binary", "macro")


def accuracy(y: ArrayLike, predicted: ArrayLike) -> float:
    """Return the share of rows that are classified rightly.

    Parameters
    ----------
    y, predicted : array_like of int, str or bool, shape (rows,)
        Class labels.

    Returns
    -------
    float, from 0 to 1

    Raises
    ------
    ValueError
        If shapes differ.
    """
    truth, given = alike(y, predicted)
    return float(np.mean(truth == given))


def top_k_accuracy(y: ArrayLike, probabilities: ArrayLike, k: int = 5) -> float:
    """Return the share of rows whose class is among the k most probable ones.

    Of classes that are equally probable the first is taken first, as `predict` does.

    Parameters
    ----------
    y : array_like of int, shape (rows,)
        Class labels from 0.
    probabilities : array_like, shape (rows, classes)
        Or anything that grows with them.
    k : int, at least 1

    Returns
    -------
    float, from 0 to 1

    Raises
    ------
    TypeError, ValueError
        If shapes do not fit, a label is no column, or k is out of range.
    """
    k = check_number("k", k, 1, whole=True)
    labels, table = _labelled(y, probabilities)
    own = table[np.arange(len(labels)), labels][:, None]
    earlier = np.arange(table.shape[1]) < labels[:, None]
    ahead = np.sum((table > own) | ((table == own) & earlier), axis=1)
    return float(np.mean(ahead < k))


def log_loss(y: ArrayLike, probabilities: ArrayLike) -> float:
    """Return -mean(ln p) of the true classes' probabilities p, the cross-entropy.

    Probabilities are held to at least the precision of their dtype, so that one wrong
    certainty does not make the mean infinite. Source: I. J. Good, 1952.

    Parameters
    ----------
    y : array_like, shape (rows,) or (rows, classes)
        Class labels from 0, or distributions over classes.
    probabilities : array_like, shape (rows, classes) or (rows,)
        In one dimension of class 1, y then having probabilities of it or labels.

    Returns
    -------
    float, at least 0, in nats

    Raises
    ------
    TypeError, ValueError
        If shapes do not fit, or a label is no column.
    """
    table = np.asarray(probabilities)
    least = np.finfo(table.dtype if table.dtype.kind == "f" else np.float64).eps
    if table.ndim == 1:
        truth, table = alike(y, table)
        y, table = np.stack([1 - truth, truth], 1), np.stack([1 - table, table], 1)
    logs = np.log(np.maximum(table, least).astype(np.float64))
    if np.ndim(y) == 2:
        truth, logs = alike(y, logs)
        return float(-np.mean(np.sum(truth * logs, axis=1)))
    labels, logs = _labelled(y, logs)
    return float(-np.mean(logs[np.arange(len(labels)), labels]))


def roc_auc(y: ArrayLike, scores: ArrayLike) -> float:
    """Return the area under the receiver operating characteristic.

    The probability that a row of the class has a higher score than one that is not of
    it, where equal scores count half: (R - n (n + 1) / 2) / (n m) for the sum R of the
    mean ranks of the n rows of the class, m being the others. With more than two
    classes it is the mean over classes, each against the rest. Sources: J. A. Hanley
    and B. J. McNeil, 1982; F. Provost and P. Domingos, 2000.

    Parameters
    ----------
    y : array_like of int, shape (rows,)
        Class labels from 0.
    scores : array_like, shape (rows,) or (rows, classes)
        Probabilities, or anything that grows with them; of class 1 in one dimension.

    Returns
    -------
    float, from 0 to 1
        NaN if a class has no rows, or all of them: there is nothing to compare then.

    Raises
    ------
    TypeError, ValueError
        If shapes do not fit, or a label is no column.
    """
    table = np.asarray(scores)
    if table.ndim == 1:
        labels, table = alike(y, table)
        return _area(labels == 1, table)
    labels, table = _labelled(y, table)
    classes = [1] if table.shape[1] == 2 else range(table.shape[1])
    return float(np.mean([_area(labels == c, table[:, c]) for c in classes]))


def f1(
    y: ArrayLike,
    predicted: ArrayLike,
    average: str = "macro",
    positive: int | str | None = None,
) -> float:
    """Return 2 TP / (2 TP + FP + FN), the harmonic mean of precision and recall.

    TP are rows of a class that are found, FP rows wrongly taken for it, FN rows of it
    that are missed. Source: C. J. van Rijsbergen, 1979.

    Parameters
    ----------
    y, predicted : array_like of int, str or bool, shape (rows,)
        Class labels.
    average : "macro" or "binary"
        The mean over all classes that occur in either, or that of one class alone.
    positive : int, str or bool, optional
        Which class that is, of numbers 1 by default.

    Returns
    -------
    float, from 0 to 1
        0 where nothing was found and nothing was to be found.

    Raises
    ------
    ValueError
        If shapes differ, the average is unknown, or no class is of that kind.
    TypeError
        If labels are missing, or of several kinds.
    """
    check_known("average", average, AVERAGES)
    truth, given = _labels(y, predicted)
    if average == "binary":
        classes: Iterable[Any] = [_positive(1 if positive is None else positive, truth)]
    elif positive is not None:
        raise ValueError(
            f"positive is {positive!r}, and the average is over all classes; give "
            'average="binary", too, for that one alone.'
        )
    else:
        classes = np.union1d(truth, given)
    shares = []
    for each in classes:
        found = np.sum((truth == each) & (given == each))
        named = np.sum(truth == each) + np.sum(given == each)
        shares.append(2 * found / max(named, 1))
    return float(np.mean(shares))


def _labels(y: ArrayLike, predicted: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return both as arrays that are alike, and Python's objects as what they are."""
    truth, given = alike(y, predicted)
    if truth.ndim == 1:
        return of_one_kind(truth, "y"), of_one_kind(given, "the prediction")
    return truth, given


def _positive(label: Any, labels: NDArray[Any]) -> Any:
    """Return a label, refused if it is text among numbers or a number among text."""
    first = labels.flat[0]
    if isinstance(first, str) != isinstance(label, str):
        raise ValueError(
            f"positive is {label!r}, and y has labels such as {str(first)!r}; say "
            "which of them is positive."
        )
    return label


def confusion_matrix(
    y: ArrayLike, predicted: ArrayLike, classes: int | ArrayLike | None = None
) -> NDArray[np.int64]:
    """Return how many rows of class i were taken for class j, in row i and column j.

    Parameters
    ----------
    y, predicted : array_like of int, str or bool, shape (rows,)
        Class labels.
    classes : int, at least 1, or array_like of labels, optional
        How many there are, labels being numbers from 0, or all of them in the order
        of the matrix, as ``Model.classes``. By default numbers go up to the largest
        one, and strings are those that occur, sorted.

    Returns
    -------
    ndarray of int64, shape (classes, classes)

    Raises
    ------
    TypeError, ValueError
        If shapes differ, labels are of another kind, or one is none of the classes.
    """
    truth, given = _labels(y, predicted)
    count: Any = classes
    if truth.ndim == 1 and (np.ndim(count) or truth.dtype.kind in "UTO"):
        names = np.union1d(truth, given) if count is None else np.asarray(count)
        names = np.array(names.tolist())  # of a type that all of them have
        order, count = np.argsort(names), len(names)
        truth, given = (
            order[numbered(own, name, count, names[order])]
            for own, name in ((truth, "y"), (given, "the prediction"))
        )
    if truth.ndim != 1 or not {truth.dtype.kind, given.dtype.kind} <= set("iub"):
        raise TypeError(
            f"y has shape {truth.shape} and dtype {truth.dtype}, the predictions have "
            f"dtype {given.dtype}; give class labels from 0, in one dimension."
        )
    largest = max(int(truth.max()), int(given.max()))
    least = min(int(truth.min()), int(given.min()))
    if count is None:
        count = largest + 1
    count = check_number("classes", count, 1, whole=True)
    if least < 0 or largest >= count:
        raise ValueError(
            f"labels go from {least} to {largest}, and there are {count} classes; "
            f"give labels from 0 to {count - 1}."
        )
    counts = np.zeros((count, count), np.int64)
    np.add.at(counts, (truth.astype(np.int64), given.astype(np.int64)), 1)
    return counts


def _labelled(y: ArrayLike, table: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:
    labels, columns = np.asarray(y), np.asarray(table)
    if labels.ndim != 1 or columns.ndim != 2 or len(labels) != len(columns):
        raise ValueError(
            f"y has shape {labels.shape} and the probabilities {columns.shape}; give "
            "shapes (rows,) and (rows, classes)."
        )
    if labels.dtype.kind not in "iub":
        raise TypeError(
            f"y has labels of dtype {labels.dtype}, and the columns of probabilities "
            "have numbers; give these, np.searchsorted(model.classes, y)."
        )
    if not len(labels) or labels.min() < 0 or labels.max() >= columns.shape[1]:
        raise ValueError(
            f"y has labels that are none of the {columns.shape[1]} classes, or none "
            f"at all; give labels from 0 to {columns.shape[1] - 1}."
        )
    return labels, columns


def _area(positive: NDArray[np.bool], scores: NDArray[Any]) -> float:
    count, rest = int(positive.sum()), int((~positive).sum())
    if not count or not rest:
        return float("nan")
    _, place, ties = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = np.cumsum(ties) - (ties - 1) / 2
    total = float(ranks[place][positive].sum())
    return (total - count * (count + 1) / 2) / (count * rest)
