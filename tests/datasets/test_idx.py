"""Tests the IDX reader on files written here, and on MNIST where it is at hand."""

import gzip
import os
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from schuss.datasets import load_mnist, read_idx

TYPES = {
    0x08: ("B", np.uint8, [0, 1, 255]),
    0x09: ("b", np.int8, [-128, 0, 127]),
    0x0B: ("h", np.int16, [-32768, 258, 32767]),
    0x0C: ("i", np.int32, [-(2**31), 16909060, 2**31 - 1]),
    0x0D: ("f", np.float32, [-1.5, 0.0, 3.0e38]),
    0x0E: ("d", np.float64, [-1.5, 0.1, 1e300]),
}
MNIST_SHAPES = {
    "train-images-idx3-ubyte": (6, 28, 28),
    "train-labels-idx1-ubyte": (6,),
    "t10k-images-idx3-ubyte": (2, 28, 28),
    "t10k-labels-idx1-ubyte": (2,),
}
packed_or_not = pytest.mark.parametrize(
    "pack", [bytes, gzip.compress], ids=["plain", "gzip"]
)


def header(code, *shape):
    return struct.pack(f">HBB{len(shape)}I", 0, code, len(shape), *shape)


def write(folder, content, name="file"):
    path = folder / name
    path.write_bytes(content)
    return path


def ubytes(*shape):
    return header(8, *shape) + bytes(i % 251 for i in range(int(np.prod(shape))))


def write_mnist(folder, rename=lambda name: name, pack=lambda content: content):
    for name, shape in MNIST_SHAPES.items():
        write(folder, pack(ubytes(*shape)), rename(name))


@packed_or_not
@pytest.mark.parametrize("code", TYPES)
def test_every_element_type(tmp_path, code, pack):
    letter, dtype, values = TYPES[code]
    content = header(code, 3) + struct.pack(f">3{letter}", *values)
    array = read_idx(write(tmp_path, pack(content)))
    assert array.dtype == dtype and array.dtype.isnative
    np.testing.assert_array_equal(array, np.array(values, dtype=dtype))
    array[0] = 1  # refused if the array were a read-only view


def test_dimensions_are_in_c_order(tmp_path):
    array = read_idx(write(tmp_path, ubytes(2, 3, 4)))
    np.testing.assert_array_equal(array, np.arange(24).reshape(2, 3, 4))


@pytest.mark.parametrize("shape", [(0,), (0, 28, 28), (3, 0)])
def test_empty_arrays(tmp_path, shape):
    assert read_idx(write(tmp_path, header(8, *shape))).shape == shape


def test_compression_is_told_by_content_and_not_by_name(tmp_path):
    plain = read_idx(write(tmp_path, ubytes(5), "plain.gz"))
    packed = read_idx(write(tmp_path, gzip.compress(ubytes(5)), "packed"))
    np.testing.assert_array_equal(plain, packed)


@packed_or_not
def test_content_longer_than_one_read(tmp_path, pack):
    size = (1 << 20) + 17
    array = read_idx(write(tmp_path, pack(header(8, size) + bytes(size - 1) + b"\7")))
    assert array.shape == (size,) and array[-1] == 7 and array.sum() == 7


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "ends 4 bytes before"),
        (b"hello world", "starts with the bytes 68 65 6c 6c"),
        (b"\0\1\x08\1\0\0\0\0", "starts with the bytes 00 01 08 01"),
        (b"\0\0\x08\0\1", "1 to 32 dimensions"),
        (b"\0\0\x08\xff", "1 to 32 dimensions"),
        (header(0x0A, 1) + b"\0", "unknown element type 0a"),
        (header(8, 2, 3)[:-1], "ends 1 bytes before"),
        (ubytes(9)[:-2], "ends 2 bytes before"),
        (ubytes(9) + b"\0", "goes on after the 9 bytes"),
        (header(14, 0, *[2**32 - 1] * 3), "impossible shape"),
    ],
)
@packed_or_not
def test_malformed_files_are_refused_by_name(tmp_path, content, message, pack):
    path = write(tmp_path, pack(content))
    with pytest.raises(ValueError, match=message) as caught:
        read_idx(path)
    assert str(caught.value).startswith(str(path))


DAMAGES = {
    "magic": lambda packed: packed[:2],
    "half": lambda packed: packed[: len(packed) // 2],
    "tail": lambda packed: packed[:-1],
    "method": lambda packed: packed[:2] + b"\0" + packed[3:],
    "body": lambda packed: packed[:10] + b"\xff\xff" + packed[12:],
    "checksum": lambda packed: packed[:-8] + bytes(4) + packed[-4:],
    "garbage after": lambda packed: packed + b"garbage",
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damaged_gzip_is_refused(tmp_path, damage):
    with pytest.raises(ValueError, match="damaged gzip"):
        read_idx(write(tmp_path, damage(gzip.compress(ubytes(500), mtime=0))))


@packed_or_not
@pytest.mark.parametrize("shape", [(2**31,), (2**32 - 1,), (2**15, 2**15, 2**15)])
def test_false_size_reserves_no_memory(tmp_path, shape, pack):
    path = write(tmp_path, pack(header(8, *shape) + bytes(100)))
    tracemalloc.start()
    with pytest.raises(ValueError, match="ends"):
        read_idx(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 << 20


def test_random_bytes_give_an_array_or_a_value_error(tmp_path):
    rng = np.random.default_rng(0)
    starts = [b"", b"\0\0", b"\0\0\x08\1", b"\0\0\x0e\2\0\0\0", b"\x1f\x8b\x08\0"]
    refused = 0
    for i in range(500):
        content = starts[i % len(starts)] + rng.bytes(int(rng.integers(0, 40)))
        try:
            read_idx(write(tmp_path, content))
        except ValueError:
            refused += 1
    assert refused > 400


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("joint", ["-idx", ".idx"])
def test_mnist_under_every_spelling(tmp_path, joint, suffix):
    pack = gzip.compress if suffix else bytes
    write_mnist(tmp_path, lambda name: name.replace("-idx", joint) + suffix, pack)
    data = load_mnist(str(tmp_path))
    assert data.X_train.shape == (6, 784) and data.X_test.shape == (2, 784)
    assert data.X_train.dtype == data.X_test.dtype == np.uint8
    assert data.y_train.dtype == data.y_test.dtype == np.int64
    assert data.y_train.tolist() == [*range(6)] and data.y_test.tolist() == [0, 1]
    np.testing.assert_array_equal(data.X_train[1], np.arange(784, 1568) % 251)


@pytest.mark.parametrize("name", MNIST_SHAPES)
def test_missing_mnist_file_is_named(tmp_path, name):
    write_mnist(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(FileNotFoundError, match=f"has no file {name}.*put the four"):
        load_mnist(tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("train-labels-idx1-ubyte", ubytes(5), "each of the 6 images"),
        ("t10k-images-idx3-ubyte", ubytes(3, 28, 28), "each of the 3 images"),
        ("t10k-images-idx3-ubyte", ubytes(2, 27, 28), r"uint8 \(n, 28, 28\)"),
        ("t10k-labels-idx1-ubyte", ubytes(2, 1), "one uint8 label"),
        ("t10k-labels-idx1-ubyte", header(12, 2) + bytes(8), "one uint8 label"),
    ],
)
def test_files_that_do_not_fit_together_are_refused(tmp_path, name, content, message):
    write_mnist(tmp_path)
    write(tmp_path, content, name)
    with pytest.raises(ValueError, match=message):
        load_mnist(tmp_path)


def test_real_mnist():
    folder = Path(os.environ.get("SCHUSS_DATA", os.devnull)) / "mnist"
    if not folder.is_dir():
        pytest.skip("SCHUSS_DATA does not name a folder that contains mnist/")
    X_train, X_test, y_train, y_test = load_mnist(folder)
    assert X_train.shape == (60000, 784) and X_test.shape == (10000, 784)
    assert y_train[0] == 5 and y_test[0] == 7 and X_train.max() == X_test.max() == 255
    histograms = np.stack([np.bincount(y_train), np.bincount(y_test)])
    assert histograms.tolist() == [
        [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
        [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009],
    ]
