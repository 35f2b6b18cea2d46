"""Labels of classes as users have them, and the numbers by which networks know them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

# NumPy's kinds of arrays whose numbers are labels.
INTEGERS = "iu"
KINDS = {"U": "strings", "b": "truth values", "i": "integers", "u": "integers"}


def learn_classes(labels: NDArray[Any], name: str, outputs: int) -> NDArray[Any] | None:
    """Return the classes that labels tell, if they are not numbers from 0.

    Parameters
    ----------
    labels : ndarray, shape (rows,)
    name : str
        What they are called in the message.
    outputs : int
        Of the model, one per class.

    Returns
    -------
    ndarray of str, bool or int, shape (outputs,), or None
        Sorted. None for integers from 0 to outputs - 1, and where labels are none,
        as `numbered` then says.

    Raises
    ------
    TypeError
        If labels are of several kinds, or missing.
    ValueError
        If there are more classes or fewer than outputs.
    """
    labels = of_one_kind(labels, name)
    kind = labels.dtype.kind
    if kind not in KINDS or not len(labels):
        return None
    if kind in INTEGERS and labels.min() >= 0 and labels.max() < outputs:
        return None
    classes = np.array([False, True]) if kind == "b" else np.unique(labels)
    if len(classes) == outputs:
        return classes
    if kind in INTEGERS:
        return None
    raise ValueError(
        f"{name} has {len(classes)} class{'es' * (len(classes) > 1)} "
        f"({shown(classes)}), but the model has {outputs} outputs; give the last Dense "
        "an output for each class."
    )


def numbered(
    labels: NDArray[Any], name: str, outputs: int, classes: NDArray[Any] | None
) -> NDArray[np.int32]:
    """Return labels as the numbers of their classes.

    Parameters
    ----------
    labels : ndarray, shape (rows,)
    name : str
        What they are called in the message.
    outputs : int
        Of the model.
    classes : ndarray or None
        Of `learn_classes`.

    Returns
    -------
    ndarray of int32, shape (rows,)
        A copy, so that labels stay what was checked if their owner changes them.

    Raises
    ------
    TypeError
        If labels are of another kind.
    ValueError
        If one is none of the classes.
    """
    if classes is None:
        return _counted(labels, name, outputs)
    labels = of_one_kind(labels, name)
    told, known = (KINDS.get(each.dtype.kind) for each in (labels, classes))
    if told != known:
        raise TypeError(
            f"{name} has {told or labels.dtype}, but the model's classes are {known} "
            f"({shown(classes)}); give such labels."
        )
    places = np.searchsorted(classes, labels).clip(max=len(classes) - 1)
    wrong = classes[places] != labels
    if wrong.any():
        row = int(wrong.argmax())
        raise ValueError(
            f"{name}[{row}] is {labels[row].item()!r}, which is none of the model's "
            f"{len(classes)} classes ({shown(classes)}); leave such rows out, or give "
            "a new model rows of that class as well."
        )
    return places.astype(np.int32)


def shown(classes: NDArray[Any]) -> str:
    """Return the first classes as text, for a message.

    Parameters
    ----------
    classes : ndarray
    """
    first = ", ".join(repr(each) for each in classes[:5].tolist())
    return first + (", ..." if len(classes) > 5 else "")


def _counted(labels: NDArray[Any], name: str, outputs: int) -> NDArray[np.int32]:
    """Return labels that are numbers from 0, checked."""
    if labels.dtype.kind not in "iub":
        labels = of_one_kind(labels, name)
        what = KINDS.get(labels.dtype.kind)
        if what in ("strings", "truth values"):
            raise TypeError(
                f"{name} has {what}, but the model knows its classes by the numbers "
                f"from 0 to {outputs - 1}; give these, or fit a new model."
            )
    if labels.dtype.kind not in "iub":
        raise TypeError(
            f"{name} has dtype {labels.dtype}, but class labels are integers, strings "
            "or truth values; give such labels, or a loss for numbers."
        )
    labels = np.array(labels, order="C")
    wrong = (labels < 0) | (labels >= outputs)
    if wrong.any():
        row = int(wrong.argmax())
        raise ValueError(
            f"{name}[{row}] is {labels[row]}, but the model has {outputs} outputs; "
            f"give labels from 0 to {outputs - 1}, or {outputs} different ones to a "
            "new model."
        )
    return np.array(labels, dtype=np.int32)


def of_one_kind(labels: NDArray[Any], name: str) -> NDArray[Any]:
    """Return Python's objects as an array of the kind that all of them have.

    Parameters
    ----------
    labels : ndarray
    name : str
        What they are called in the message.

    Returns
    -------
    ndarray
        Labels themselves, if they are no objects.

    Raises
    ------
    TypeError
        If labels are of several kinds, or missing.
    """
    if labels.dtype.kind == "T":
        labels = labels.astype(object)
    if labels.dtype.kind != "O":
        return labels
    kinds = {type(label) for label in labels}
    truths = {kind for kind in kinds if issubclass(kind, bool | np.bool)}
    whole = all(issubclass(kind, int | np.integer) for kind in kinds - truths)
    # Truth values are integers to Python, and no labels among others here.
    texts = all(issubclass(kind, str) for kind in kinds)
    if texts or truths == kinds or (whole and not truths):
        return np.array(labels.tolist())
    for row, label in enumerate(labels):
        kind = type(label).__name__
        if kind in ("NoneType", "NAType", "NaTType") or label != label:
            raise TypeError(f"{name}[{row}] is missing; leave such rows out.")
    names = ", ".join(sorted(kind.__name__ for kind in kinds))
    raise TypeError(
        f"{name} has labels of type {names}; give strings, integers or truth values, "
        "and one kind of them."
    )
