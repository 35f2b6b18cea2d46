"""Gathering rows of any type, strides and byte order: equal to NumPy, bit for bit."""

import numpy as np
import pytest

from schuss import reference
from schuss._core import kernels

DTYPES = ["?", "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8"]
INDEX = np.array([3, 0, 8, 3, 5, 1, 7, 2], np.int64)


def table(rng, dtype, rows=9, columns=37):
    if np.dtype(dtype).kind == "f":
        return rng.normal(size=(rows, columns)).astype(dtype)
    if dtype == "?":
        return rng.integers(0, 2, size=(rows, columns)).astype(bool)
    info = np.iinfo(dtype)
    return rng.integers(info.min, info.max, size=(rows, columns), dtype=dtype)


def assert_same(source, dtype, index=INDEX):
    found = kernels.gather(source, index, dtype=dtype)
    truth = reference.gather(source, index, dtype=dtype)
    assert found.dtype == truth.dtype
    np.testing.assert_array_equal(found, truth)


@pytest.mark.parametrize("byte_order", ["<", ">"])
@pytest.mark.parametrize("source_dtype", DTYPES)
def test_gather(isa, dtype, rng, source_dtype, byte_order):
    source = table(rng, source_dtype)
    assert_same(source.astype(source.dtype.newbyteorder(byte_order)), dtype)


@pytest.mark.parametrize("columns", [1, 2, 7, 8, 15, 16, 17, 31, 33, 64, 65])
@pytest.mark.parametrize("source_dtype", ["u1", "f2", "f4", "f8", "i8"])
def test_gather_of_every_width(isa, dtype, rng, source_dtype, columns):
    assert_same(table(rng, source_dtype, columns=columns), dtype)


@pytest.mark.parametrize("source_dtype", ["u1", "f4", ">f8"])
def test_gather_of_any_strides(isa, dtype, rng, source_dtype):
    source = table(rng, source_dtype, 18, 40)
    views = {
        "rows skipped": source[::2],
        "reversed": source[::-1, ::-1],
        "columns skipped": source[:, 1::3],
        "Fortran": np.asfortranarray(source),
        "transposed": source.T[:18],
        "broadcast": np.broadcast_to(source[:1], (18, 40)),
        "read-only": source.copy(),
    }
    views["read-only"].setflags(write=False)
    for view in views.values():
        assert_same(view, dtype)


def test_gather_of_unaligned_numbers(isa, dtype, rng):
    record = np.zeros((9, 5), dtype=[("byte", "u1"), ("number", "<f8")])
    record["number"] = rng.normal(size=(9, 5))
    assert record["number"].ctypes.data % 8 or record["number"].strides[1] % 8
    assert_same(record["number"], dtype)


def test_gather_of_every_half(isa, dtype):
    halves = np.arange(2**16, dtype=np.uint16).view(np.float16).reshape(-1, 64)
    assert_same(halves, dtype, np.arange(len(halves)))


def test_gather_rescales(isa, dtype, rng):
    source = table(rng, "u1")
    found = kernels.gather(source, INDEX, 1 / 255, -0.5, dtype)
    truth = source[INDEX].astype("f8") * np.dtype(dtype).type(1 / 255) - 0.5
    # One product below 1 and one sum, each rounded at most once.
    assert np.max(np.abs(found - truth)) <= 1.5 * np.finfo(dtype).eps


def test_gather_refuses_rows_that_are_not_there(isa, dtype, rng):
    source = table(rng, "u1")
    for wrong in (-1, 9):
        with pytest.raises(
            ValueError, match=f"order\\[0\\] is {wrong}; expected 0 to 8"
        ):
            kernels.gather(source, np.array([wrong]), dtype=dtype)
