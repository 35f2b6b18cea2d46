"""Loads the small set of handwritten digits that ships with the package."""

from importlib.resources import files

import numpy as np
from numpy.typing import NDArray


def load_digits() -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Load 1,797 handwritten digits of 8 by 8 pixels.

    Every pixel counts the inked points in one 4 by 4 block of a 32 by 32 bitmap.
    No network is needed: the file is part of the package.

    Returns
    -------
    X : ndarray of uint8, shape (1797, 64)
        The images, row by row, with values 0 (blank) to 16 (all ink).
    y : ndarray of int64, shape (1797,)
        The digit that each image shows, 0 to 9.

    Notes
    -----
    E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI
    Machine Learning Repository, 1998, doi:10.24432/C50P49, licence CC BY 4.0.
    These are the images of its test set as scikit-learn ships them, in that order.

    Examples
    --------
    >>> X, y = load_digits()
    >>> X[0].reshape(8, 8)[0].tolist(), y[:3].tolist()
    ([0, 0, 5, 13, 9, 1, 0, 0], [0, 1, 2])
    """
    with (
        files("schuss.datasets").joinpath("digits.npz").open("rb") as file,
        np.load(file, allow_pickle=False) as stored,
    ):
        return stored["X"], stored["y"].astype(np.int64)
