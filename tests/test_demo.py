"""Tests of the demonstration, run as users run it, and of the tables it prints."""

import re
import struct
import sys

import numpy as np
import pytest

from schuss import cli
from schuss.datasets import load_digits
from schuss.demo import _digits, _shifted, confusion_matrix, format_confusion

HALVES = {"train": 240, "t10k": 50}


@pytest.fixture(scope="module")
def small_mnist(tmp_path_factory):
    """A folder of digits from the package, in the middle of 28 by 28 pixels."""
    folder = tmp_path_factory.mktemp("mnist")
    X, y = load_digits()
    first = 0
    for half, rows in HALVES.items():
        images = 15 * X[first : first + rows].reshape(-1, 8, 8)
        wide = np.pad(images, ((0, 0), (10, 10), (10, 10)))
        write_idx(folder / f"{half}-images-idx3-ubyte", wide)
        write_idx(folder / f"{half}-labels-idx1-ubyte", y[first : first + rows])
        first += rows
    return folder


def write_idx(path, array):
    shape = struct.pack(f">{array.ndim}I", *array.shape)
    header = bytes([0, 0, 8, array.ndim]) + shape
    path.write_bytes(header + array.astype(np.uint8).tobytes())


def shown(arguments, capsys):
    assert cli.main(["demo", *arguments]) == 0
    return capsys.readouterr()


def numbers(text, label):
    """Return the numbers in the line that starts with a label."""
    line = re.search(rf"^{label} .*$", text, re.M).group()
    return [float(n.replace(",", "")) for n in re.findall(r"\d[\d.,]*", line)]


def test_the_demo_reads_97_percent_on_both_engines(capsys):
    out, err = shown(["--no-figure", "--epochs", "8"], capsys)
    accuracy, right, rows = numbers(out, "test accuracy")
    assert accuracy >= 97 and rows == 449
    assert accuracy == pytest.approx(100 * right / rows, abs=0.01)
    after = out[out.index("in NumPy") :]
    native, reference = numbers(after, "test accuracy")
    assert native == accuracy
    assert reference == pytest.approx(native, abs=0.5)
    assert numbers(after, "epochs") == [8, 8]
    assert all(speed > 0 for speed in numbers(after, "examples/s"))
    apart = re.search(r"losses differ by at most (\S+)\.$", after, re.M).group(1)
    assert float(apart) < 1e-2
    assert "figure" not in out and "val_accuracy" in err
    assert "6,065 rows to train on, 135 to validate, 449 to test" in out
    assert "Dense relu" in out and "64 x 256" in out


def test_mnist_is_read_from_its_folder_and_compared_for_one_epoch(small_mnist, capsys):
    arguments = ["--mnist", str(small_mnist), "--no-figure", "--epochs", "3"]
    out, _ = shown(arguments, capsys)
    assert "220 rows to train on, 20 to validate, 50 to test" in out
    assert "for 1 epoch only" in out
    assert numbers(out, "epochs") == [3, 1]


def test_a_seed_determines_everything_but_the_times(small_mnist, capsys):
    arguments = ["--mnist", str(small_mnist), "--no-figure", "--epochs", "2"]
    outputs = []
    for seed in ("3", "3", "4"):
        out, _ = shown([*arguments, "--seed", seed], capsys)
        outputs.append(out[: out.index("examples/s")])
    assert outputs[0] == outputs[1] != outputs[2]


def test_without_matplotlib_one_line_tells_how_to_get_the_figure(
    small_mnist, monkeypatch, capsys
):
    monkeypatch.setitem(sys.modules, "matplotlib.backends.backend_agg", None)
    arguments = ["--mnist", str(small_mnist), "--epochs", "1"]
    out, _ = shown(arguments, capsys)
    assert out.splitlines()[-1].endswith('pip install "schuss[plot]" gives one.')


def test_with_matplotlib_the_figure_is_drawn(small_mnist, tmp_path, capsys):
    pytest.importorskip("matplotlib")
    path = tmp_path / "one.svg"
    arguments = ["--mnist", str(small_mnist), "--epochs", "1", "--figure", str(path)]
    out, _ = shown(arguments, capsys)
    assert out.endswith(f"figure: {path}\n") and path.stat().st_size > 1000


def test_a_figure_that_cannot_be_is_refused_before_training(tmp_path, capsys):
    pytest.importorskip("matplotlib")
    for path in (tmp_path / "none" / "x.png", tmp_path / "x.jpog"):
        assert cli.main(["demo", "--figure", str(path)]) == 1
        streams = capsys.readouterr()
        assert streams.out == "" and streams.err.count("\n") == 1


def test_the_test_rows_are_the_same_for_every_seed_and_in_no_other_part():
    one, other = _digits(0, None), _digits(1, None)
    np.testing.assert_array_equal(one.X_test, other.X_test)
    assert not np.array_equal(one.fitting.X_test, other.fitting.X_test)
    everything = sorted(map(bytes, load_digits()[0]))
    unshifted = one.fitting.X_train[: len(one.fitting.X_train) // 5]
    parts = [unshifted, one.fitting.X_test, one.X_test]
    assert sorted(map(bytes, np.concatenate(parts))) == everything


def test_shifts_are_by_one_pixel_to_each_side():
    task = _digits(0, None)
    image = np.arange(1, 10).reshape(1, 9)
    fitting = task.fitting._replace(X_train=image, y_train=np.array([7]))
    shifted = _shifted(fitting, 3)
    np.testing.assert_array_equal(shifted.y_train, [7] * 5)
    assert shifted.X_train.tolist() == [
        [1, 2, 3, 4, 5, 6, 7, 8, 9],
        [2, 3, 0, 5, 6, 0, 8, 9, 0],
        [0, 1, 2, 0, 4, 5, 0, 7, 8],
        [4, 5, 6, 7, 8, 9, 0, 0, 0],
        [0, 0, 0, 1, 2, 3, 4, 5, 6],
    ]


def test_confusion_counts_true_rows_and_read_columns():
    matrix = confusion_matrix(np.array([0, 1, 1, 2, 1]), np.array([0, 1, 2, 2, 2]), 4)
    expected = [[1, 0, 0, 0], [0, 1, 2, 0], [0, 0, 1, 0], [0, 0, 0, 0]]
    assert matrix.tolist() == expected


def test_confusion_is_an_aligned_table_with_dots_for_zeros():
    table = format_confusion(np.array([[12, 0], [3, 105]]))
    assert table == "  read as    0    1\ntrue    0   12    .\n        1    3  105"
