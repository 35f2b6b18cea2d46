"""How a model reads what a user gives for X and y, and what it learns of them."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from schuss.examples import Examples, as_array, as_examples, as_targets
from schuss.labels import learn_classes
from schuss.losses import Loss
from schuss.preprocessing import TabularPreprocessor
from schuss.preprocessing.arrow import array_of_arrow, is_arrow
from schuss.preprocessing.frames import (
    as_matrix,
    is_frame,
    kept,
    names_of,
    read_table,
)
from schuss.preprocessing.table import Table, arranged
from schuss.weighting import as_sample_weight, weighed


class Reader(NamedTuple):
    """What a model knows of its data.

    Parameters
    ----------
    loss : Loss
    outputs : int
    dtype : str
    columns : int
        Of what the network is given; 0 while that is not known.
    classes : ndarray or None
        Labels of the outputs, where these are other than 0, 1, ...
    feature_names : list of str or None
        Columns of X.
    preprocessing : TabularPreprocessor or None
    """

    loss: Loss
    outputs: int
    dtype: str
    columns: int = 0
    classes: NDArray[Any] | None = None
    feature_names: list[str] | None = None
    preprocessing: TabularPreprocessor | None = None

    @property
    def labelled_loss(self) -> Loss:
        """The loss that knows labels by the numbers of outputs."""
        labels = range(self.outputs) if self.classes is None else self.classes
        return self.loss.labelled(labels)

    def met(self, y: NDArray[Any], trained: bool) -> "Reader":
        """Return a reader that knows the classes of training data.

        Parameters
        ----------
        y : ndarray
            Of `as_target_array`.
        trained : bool
            Whether the network was: what its outputs mean does not change then.

        Returns
        -------
        Reader

        Raises
        ------
        TypeError, ValueError
            As `learn_classes` does.
        """
        known = trained or self.classes is not None
        if known or self.loss.takes == "numbers" or y.ndim != 1:
            return self
        return self._replace(classes=learn_classes(y, "y", self.outputs))

    def fitted(self, X: NDArray[Any] | Table, names: list[str] | None) -> "Reader":
        """Return a reader that has looked at training data, unless it had before.

        Parameters
        ----------
        X : ndarray or Table
            Of `table`.
        names : list of str or None
            Of its columns.

        Returns
        -------
        Reader

        Raises
        ------
        TypeError, ValueError
            As `TabularPreprocessor.fit` does.
        """
        if isinstance(X, Table):
            preprocessing = self.preprocessing
            assert preprocessing is not None
            if not preprocessing.is_fitted:
                preprocessing = preprocessing.unfitted().fit(X)
            known = self._replace(preprocessing=preprocessing)
        else:
            same = X.shape[1] == self.columns
            known = self if same else self._replace(columns=X.shape[1])
        new = names and not self.feature_names
        return known._replace(feature_names=names) if new else known

    def table(self, X: Any, name: str) -> NDArray[Any] | Table:
        """Return X as an array for the network, or as what `inputs` makes one of.

        Parameters
        ----------
        X : array_like or table
        name : str
            What the argument is called in the message.

        Returns
        -------
        ndarray, or Table if there is a preprocessing

        Raises
        ------
        ImportError, TypeError, ValueError
            If it is no table, or one of other columns.
        """
        if self.preprocessing is not None:
            return read_table(X, name)
        if not is_frame(X):
            return as_examples(X, name, self.columns, self.dtype)
        X = kept(X, name)
        array, names = as_matrix(X, name), names_of(X)
        if names and self.feature_names:
            order = arranged(names, self.feature_names, name)
            array = array if order is None else array[:, order]
        return as_examples(array, name, self.columns, self.dtype)

    def inputs(self, table: NDArray[Any] | Table) -> NDArray[Any]:
        """Return what the network is given.

        Parameters
        ----------
        table : ndarray or Table
            Of `table`.

        Returns
        -------
        ndarray, shape (rows, columns)

        Raises
        ------
        RuntimeError, TypeError, ValueError
            As `TabularPreprocessor.transform` does.
        """
        if isinstance(table, Table):
            assert self.preprocessing is not None
            return self.preprocessing.transform(table, self.dtype)
        return table

    def given(
        self, name: str, X: Any, y: ArrayLike, weights: ArrayLike | None, about: str
    ) -> Examples:
        """Return what a user gave, checked, with the user's weights.

        Parameters
        ----------
        name : str
            Of the set.
        X : array_like or table
        y, weights : array_like
        about : str
            What stands before X, y and sample_weight in messages.

        Returns
        -------
        given : Examples
            Whose X is that of `table`.

        Raises
        ------
        ImportError, TypeError, ValueError
            If they are not as described.
        """
        table: Any = self.table(X, f"{about}X")
        rows = len(table)
        targets = as_targets(
            as_target_array(y, f"{about}y"),
            f"{about}y",
            rows,
            self.outputs,
            self.loss,
            self.dtype,
            self.classes,
        )
        own = as_sample_weight(weights, f"{about}sample_weight", rows)
        return Examples(name, table, targets, own)

    def weighed(self, examples: Examples, name: str) -> Examples:
        """Return examples, ready for the network, with what its loss makes of weights.

        Parameters
        ----------
        examples : Examples
        name : str
            What the user's weights are called in messages.

        Returns
        -------
        weighed : Examples
            Of `schuss.weighting.weighed`.

        Raises
        ------
        ValueError
            If no row counts, or the loss speaks of classes that are none.
        """
        return weighed(examples, self.labelled_loss, name)

    def ready(self, examples: Examples) -> Examples:
        """Return examples with what the network is given for X."""
        if self.preprocessing is None:
            return examples
        return examples._replace(X=self.inputs(examples.X))


def as_target_array(y: Any, name: str) -> NDArray[Any]:
    """Return y as an array; of a frame of one column, that column.

    Parameters
    ----------
    y : array_like, or a column of pandas, polars or Arrow, or a frame of them
    name : str
        What the argument is called in the message.

    Returns
    -------
    ndarray

    Raises
    ------
    ImportError, TypeError, ValueError
        As for `as_array`, or if it is of Arrow and not to be read.
    """
    if isinstance(y, np.ndarray):
        return as_array(y, name)
    if is_arrow(y) and (_of_pyarrow(y) or not hasattr(y, "__array__")):
        return array_of_arrow(name, y)
    array = as_array(y, name)
    if array.dtype.kind == "U" and isinstance(y, list | tuple):
        array = np.array(y, object)  # else gaps and numbers have become strings
    lone = array.ndim == 2 and array.shape[1] == 1
    return array[:, 0] if lone and is_frame(y) else array


def _of_pyarrow(y: object) -> bool:
    """Whether Arrow's own arrays are to be made NumPy's.

    What theirs make of categories with gaps is not what was in them.
    """
    return type(y).__module__.split(".")[0] == "pyarrow"
