"""The meaning of an epoch's order of rows."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["shuffle"]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def _mix(z: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return SplitMix64's output function of every number, modulo 2^64."""
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def shuffle(rows: int, key: int, epoch: int) -> NDArray[np.int64]:
    """Return a permutation of 0 ... rows - 1 that a key and an epoch determine.

    Row i first takes its own place, then changes it with the place j that is drawn from
    0 ... i: R. Durstenfeld's shuffle of 1964, inside out. The draws are the upper 32
    bits of SplitMix64 (G. L. Steele, D. Lea and C. H. Flood, 2014), started from key
    and epoch, scaled to i + 1.

    Parameters
    ----------
    rows : int, at least 0 and below 2^32
    key, epoch : int, at least 0 and below 2^64

    Returns
    -------
    ndarray of int64, shape (rows,)
    """
    start = _mix(np.array([key], dtype=np.uint64)) + np.uint64(epoch)
    counts = np.arange(1, rows + 1, dtype=np.uint64)
    draws = _mix(_mix(start) + counts * _GOLDEN) >> np.uint64(32)
    order = list(range(rows))
    for i, j in enumerate((draws * counts >> np.uint64(32)).tolist()):
        order[i] = order[j]
        order[j] = i
    return np.array(order, dtype=np.int64)
