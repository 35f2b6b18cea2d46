"""Reads arrays in the IDX file format, and MNIST, which is published in it."""

import gzip
import io
import math
import os
import struct
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schuss.datasets.split import Split

_GZIP_MAGIC = b"\x1f\x8b"
_CHUNK = 1 << 20
_MAX_DIMENSIONS = 32
_SIDE = 28
_ELEMENTS: dict[int, np.dtype[Any]] = {
    0x08: np.dtype(">u1"),
    0x09: np.dtype(">i1"),
    0x0B: np.dtype(">i2"),
    0x0C: np.dtype(">i4"),
    0x0D: np.dtype(">f4"),
    0x0E: np.dtype(">f8"),
}
_MNIST_FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


def read_idx(path: str | os.PathLike[str]) -> NDArray[Any]:
    """Read one array from an IDX file, plain or compressed with gzip.

    Parameters
    ----------
    path : str or path-like
        The file. Whether it is compressed is told from its content, not its name.

    Returns
    -------
    ndarray
        Shape and element type (uint8, int8, int16, int32, float32 or float64) are
        those of the file; the byte order is the machine's own. It may be written to.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is not IDX, has an unknown element type, is shorter or longer
        than its header says, or is damaged gzip.

    Notes
    -----
    The format is two zero bytes, a type code, the number of dimensions, each
    dimension as a big-endian uint32, then the elements, big-endian, in C order:
    https://yann.lecun.com/exdb/mnist/
    """
    with open(path, "rb") as raw, _unzipped(raw) as stream:
        try:
            return _parse(stream)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise ValueError(
                f"{path} is damaged gzip ({error}); fetch the file again."
            ) from error
        except ValueError as error:
            raise ValueError(f"{path} {error}") from None


def load_mnist(directory: str | os.PathLike[str]) -> Split:
    """Load MNIST from the four IDX files it is published as.

    Parameters
    ----------
    directory : str or path-like
        The folder with `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`,
        `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`; each may be spelt
        with a dot before `idx` and may end in `.gz`.

    Returns
    -------
    Split
        The named tuple (X_train, X_test, y_train, y_test): images as uint8 of shape
        (n, 784), 0 (background) to 255, row by row; labels as int64 of shape (n,).

    Raises
    ------
    FileNotFoundError
        If a file is missing.
    ValueError
        If a file is damaged, holds something else than 28 by 28 images or a list
        of labels, or if there are not as many labels as images.
    """
    found = [_find(Path(directory), name) for name in _MNIST_FILES]
    X_train, y_train = _load_half(*found[:2])
    X_test, y_test = _load_half(*found[2:])
    return Split(X_train, X_test, y_train, y_test)


def _unzipped(raw: io.BufferedReader) -> io.BufferedIOBase:
    if raw.peek(2)[:2] == _GZIP_MAGIC:
        return gzip.GzipFile(fileobj=raw)
    return raw


def _parse(stream: io.BufferedIOBase) -> NDArray[Any]:
    dtype, shape = _parse_header(stream)
    data = _take(stream, math.prod(shape) * dtype.itemsize)
    if stream.read(1):
        raise ValueError(
            f"goes on after the {len(data)} bytes of elements its header declares; "
            "fetch the file again."
        )
    stored: NDArray[Any] = np.ndarray(shape, dtype, buffer=data)
    return stored.astype(dtype.newbyteorder("="), copy=False)


def _parse_header(
    stream: io.BufferedIOBase,
) -> tuple[np.dtype[Any], tuple[int, ...]]:
    magic = _take(stream, 4)
    if magic[:2] != b"\0\0" or not 1 <= magic[3] <= _MAX_DIMENSIONS:
        raise ValueError(
            f"starts with the bytes {magic.hex(' ')}, but IDX starts with 00 00, a "
            f"type and 1 to {_MAX_DIMENSIONS} dimensions; give an IDX file."
        )
    if magic[2] not in _ELEMENTS:
        known = ", ".join(f"{code:02x}" for code in _ELEMENTS)
        raise ValueError(
            f"has the unknown element type {magic[2]:02x}; IDX knows {known}."
        )
    dtype = _ELEMENTS[magic[2]]
    shape = struct.unpack(f">{magic[3]}I", _take(stream, 4 * magic[3]))
    # A zero dimension makes the size 0, yet NumPy refuses strides that overflow.
    if math.prod(max(d, 1) for d in shape) * dtype.itemsize > sys.maxsize:
        raise ValueError(f"declares the impossible shape {shape}; give an IDX file.")
    return dtype, shape


def _take(stream: io.BufferedIOBase, size: int) -> bytearray:
    # In pieces, because read(size) reserves what a false header claims.
    data = bytearray()
    while len(data) < size:
        piece = stream.read(min(_CHUNK, size - len(data)))
        if not piece:
            raise ValueError(
                f"ends {size - len(data)} bytes before the end that IDX or its own "
                "header calls for; fetch the file again."
            )
        data += piece
    return data


def _find(directory: Path, name: str) -> Path:
    for stem in (name, name.replace("-idx", ".idx")):
        for path in (directory / stem, directory / f"{stem}.gz"):
            if path.is_file():
                return path
    raise FileNotFoundError(
        f"{directory} has no file {name} (or {name}.gz); put the four MNIST files "
        f"there: {', '.join(_MNIST_FILES)}."
    )


def _load_half(
    images: Path, labels: Path
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    X, y = read_idx(images), read_idx(labels)
    if X.dtype != np.uint8 or X.shape[1:] != (_SIDE, _SIDE):
        raise ValueError(
            f"{images} holds {X.dtype} {X.shape}, expected uint8 (n, 28, 28); put "
            "MNIST's file of that name there."
        )
    if y.dtype != np.uint8 or y.shape != X.shape[:1]:
        raise ValueError(
            f"{labels} holds {y.dtype} {y.shape}, expected one uint8 label for each "
            f"of the {len(X)} images in {images.name}; take both from one data set."
        )
    return X.reshape(len(X), _SIDE * _SIDE), y.astype(np.int64)
