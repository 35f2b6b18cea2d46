"""Class labels of any kind, and the numbers that a network is trained on."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.preprocessing import LabelBinarizer


class Labels:
    """The classes of a classifier, or its several labels per row.

    Parameters
    ----------
    y : array_like, shape (rows,) or (rows, classes)
        Labels, of which every class has at least one; or indicators of several.

    Attributes
    ----------
    classes : ndarray, shape (classes,)
    multilabel : bool
        Whether a row may be of several.
    """

    def __init__(self, y: Any) -> None:
        self._binarizer = LabelBinarizer().fit(y)
        self.classes: NDArray[Any] = self._binarizer.classes_
        self.multilabel = str(self._binarizer.y_type_).startswith("multilabel")

    def encode(self, y: Any, *, numbered: bool) -> NDArray[Any]:
        """Return targets.

        Parameters
        ----------
        y : array_like, shape (rows,) or (rows, classes)
        numbered : bool
            Whether classes are wanted as numbers from 0, and not as events.

        Returns
        -------
        ndarray of int32, shape (rows,), or of bool, shape (rows, events)

        Raises
        ------
        ValueError
            If a label is none of the classes.
        """
        if self.multilabel:
            return np.asarray(self._binarizer.transform(y), bool)
        y = np.asarray(y)
        places = np.searchsorted(self.classes, y)
        places = np.minimum(places, len(self.classes) - 1)
        wrong = self.classes[places] != y
        if np.any(wrong):
            label = y[wrong].tolist()[0]
            raise ValueError(
                f"a label is {label!r}, and classes_ are {self.classes}; leave rows of "
                "other classes out."
            )
        if numbered:
            return np.asarray(places, np.int32)
        return np.asarray(places == 1)[:, None]

    def decode(self, predicted: NDArray[Any]) -> Any:
        """Return labels, as `y` had them.

        Parameters
        ----------
        predicted : ndarray of int64, shape (rows,) or (rows, classes)
            Numbers of classes, or events.
        """
        if self.multilabel:
            return self._binarizer.inverse_transform(predicted.astype(float))
        return self.classes[np.minimum(predicted, len(self.classes) - 1)]
