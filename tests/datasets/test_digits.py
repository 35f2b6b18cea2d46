"""Tests that the bundled digits are complete and unaltered."""

import hashlib
from importlib.resources import files

import numpy as np
import pytest

from schuss.datasets import load_digits


def test_shapes_types_and_ranges():
    X, y = load_digits()
    assert X.shape == (1797, 64) and X.dtype == np.uint8
    assert y.shape == (1797,) and y.dtype == np.int64
    assert (X.min(), X.max()) == (0, 16)
    assert np.bincount(y).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_content_is_what_was_published():
    X, y = load_digits()
    content = X.tobytes() + y.astype(np.uint8).tobytes()
    assert hashlib.sha256(content).hexdigest() == (
        "87ff0c9e40dc7e2c0e34e7257799c2e3f3aec1a016363bb11cad869ec428a826"
    )


def test_equals_the_copy_in_scikit_learn():
    sklearn_datasets = pytest.importorskip("sklearn.datasets")
    X, y = load_digits()
    theirs = sklearn_datasets.load_digits()
    np.testing.assert_array_equal(X, theirs.data)
    np.testing.assert_array_equal(y, theirs.target)


def test_each_call_returns_arrays_of_its_own():
    X, y = load_digits()
    X[:], y[:] = 99, 99
    again_X, again_y = load_digits()
    assert again_X.max() == 16 and again_y.max() == 9


def test_file_is_small_and_its_licence_lies_beside_it():
    folder = files("schuss.datasets")
    assert len(folder.joinpath("digits.npz").read_bytes()) < 100_000
    assert "CC BY 4.0" in folder.joinpath("LICENSE-digits.md").read_text("utf-8")
