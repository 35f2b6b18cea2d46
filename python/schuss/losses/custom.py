"""Losses of the user's own: a Python callable of outputs and targets."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from schuss.differences import STEP, TOLERANCE
from schuss.losses.loss import Loss

Function = Callable[[NDArray[Any], NDArray[Any]], tuple[Any, Any]]


@dataclass(frozen=True)
class CustomLoss(Loss):
    """A loss of one's own, of numbers.

    Parameters
    ----------
    function : callable of (outputs, targets) that returns (values, gradient)
        Outputs and targets are arrays of shape (rows, outputs), of the model's dtype;
        values has shape (rows,), and gradient, of each row's value by its outputs, that
        of the outputs. Any part of a batch may come in one call, from any thread, so
        the value of a row must depend on its row alone. What it raises ends a fit,
        with the weights of before that epoch. Before the first epoch of a fit the
        gradient is compared with differences of the values, in float64.

    Raises
    ------
    TypeError
        If it is no callable.

    Examples
    --------
    The squared error, as a loss of one's own:

    >>> import schuss
    >>> def squares(outputs, targets):
    ...     error = outputs - targets
    ...     return (error**2).sum(axis=1), 2 * error
    >>> model = schuss.Model([schuss.Dense(1)], loss=squares)
    """

    function: Function
    name: ClassVar[str] = "custom"
    takes: ClassVar[str] = "numbers"
    predicts: ClassVar[str] = "numbers"

    def __post_init__(self) -> None:
        if not callable(self.function):
            raise TypeError(
                f"function of a custom loss is {self.function!r}; give a callable of "
                "(outputs, targets)."
            )

    @property
    def custom(self) -> Function:
        """The function, of which the answer is checked."""
        return self._checked

    def _checked(
        self, outputs: NDArray[Any], targets: NDArray[Any]
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        given = self.function(outputs, targets)
        if not isinstance(given, tuple | list) or len(given) != 2:
            raise TypeError(
                f"the loss returned {type(given).__name__}; return a pair (values, "
                "gradient) of arrays."
            )
        try:
            values, gradient = (np.asarray(part, outputs.dtype) for part in given)
        except (TypeError, ValueError) as error:
            raise TypeError(
                f"the loss returned what are no numbers ({error}); return a pair "
                "(values, gradient) of arrays."
            ) from error
        if values.shape != outputs.shape[:1] or gradient.shape != outputs.shape:
            raise ValueError(
                f"the loss returned shapes {values.shape} and {gradient.shape}; for "
                f"outputs of shape {outputs.shape} return {outputs.shape[:1]} and "
                f"{outputs.shape}."
            )
        return values, gradient

    def check_gradient(self, outputs: NDArray[Any], targets: NDArray[Any]) -> None:
        """Compare the gradient with central differences of the values.

        Parameters
        ----------
        outputs, targets : ndarray
            Of some rows.

        Raises
        ------
        ValueError
            If it is another one.
        Exception
            What the function raises.
        """
        points = np.array(outputs, np.float64)
        gradient = self._checked(points, targets)[1]
        differences = np.empty_like(points)
        for column in range(points.shape[1]):
            steps = STEP * np.maximum(1.0, np.abs(points[:, column]))
            values = []
            for sign in (1, -1):
                moved = points.copy()
                moved[:, column] += sign * steps
                values.append(self._checked(moved, targets)[0])
            differences[:, column] = (values[0] - values[1]) / (2 * steps)
        scale = max(1.0, float(np.max(np.abs(differences))))
        wrong = ~(np.abs(gradient - differences) <= TOLERANCE * scale)
        if wrong.any():
            row, column = np.argwhere(wrong)[0]
            raise ValueError(
                f"the loss's gradient of row {row} by output {column} is "
                f"{gradient[row, column]:.6g}, and differences of its values say "
                f"{differences[row, column]:.6g}; return the derivative of each row's "
                "value by its own outputs."
            )


@dataclass(frozen=True)
class CustomLossOfLabels(CustomLoss):
    """A loss of one's own, of class labels.

    Parameters
    ----------
    function : callable of (outputs, targets) that returns (values, gradient)
        As for `CustomLoss`, but targets are labels, integers of shape (rows,); the
        model predicts the class of the largest output.

    Raises
    ------
    TypeError
        If it is no callable.
    """

    name: ClassVar[str] = "custom_of_labels"
    takes: ClassVar[str] = "labels"
    predicts: ClassVar[str] = "classes"
