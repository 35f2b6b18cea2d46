"""Cells of every kind, what is missing among them, and what is refused by name."""

import datetime
from decimal import Decimal

import numpy as np
import pytest

from schuss.preprocessing.cells import column_of


def objects(*cells):
    array = np.empty(len(cells), object)
    array[:] = cells
    return array


@pytest.mark.parametrize("kind", ["i1", "u8", ">i4", "f2", "f4", ">f8"])
def test_numbers_of_every_type(kind):
    column = column_of("a", np.array([1, 2, 3], kind))
    assert column.kind == "numbers" and column.values.dtype == np.float64
    assert column.values.tolist() == [1, 2, 3] and not column.missing.any()


@pytest.mark.parametrize(
    ("cells", "kind", "values", "levels"),
    [
        (np.array(["b", "a", "b"]), "strings", [1, 0, 1], ["a", "b"]),
        (objects("b", None, "a"), "strings", [1, -1, 0], ["a", "b"]),
        (objects("b", float("nan")), "strings", [0, -1], ["b"]),
        (objects(True, None, np.False_), "truth values", [1, -1, 0], [False, True]),
        (np.array([True, False]), "truth values", [1, 0], [False, True]),
        (objects(1, None, 2.5), "numbers", [1, np.nan, 2.5], []),
        (objects(np.float32(3), Decimal("1.5")), "numbers", [3, 1.5], []),
        (objects(None, float("nan")), "gaps", [-1, -1], []),
    ],
)
def test_objects_are_what_all_of_them_are(cells, kind, values, levels):
    column = column_of("a", cells)
    assert column.kind == kind
    np.testing.assert_array_equal(column.values, values)
    assert column.levels.tolist() == levels


def test_strings_of_numpys_own_type():
    if not hasattr(np, "dtypes") or not hasattr(np.dtypes, "StringDType"):
        pytest.skip("NumPy 2 has it")
    column = column_of("a", np.array(["b", "a"], np.dtypes.StringDType()))
    assert column.kind == "strings" and column.values.tolist() == [1, 0]


def test_what_is_masked_is_missing():
    numbers = np.ma.array([1, 2], mask=[True, False])
    np.testing.assert_array_equal(column_of("a", numbers).values, [np.nan, 2])
    truths = np.ma.array([True, True], mask=[True, False])
    assert column_of("a", truths).values.tolist() == [-1, 1]
    texts = np.ma.array(["x", "y"], mask=[True, False])
    assert column_of("a", texts).levels.tolist() == ["y"]
    given = np.array([1.0, 2])
    column_of("a", given, np.array([True, False]))
    assert given.tolist() == [1, 2]  # is as it was


@pytest.mark.parametrize(
    ("cells", "error", "sentence"),
    [
        (
            np.zeros(2, "M8[D]"),
            TypeError,
            r"'a' has dates or times \(datetime64\[D\]\)",
        ),
        (np.zeros(2, "m8[s]"), TypeError, r"dates or times.*give numbers that tell"),
        (objects(datetime.date(2026, 1, 1)), TypeError, r"dates or times \(date\)"),
        (objects(datetime.datetime.now(), None), TypeError, r"times \(datetime\)"),
        (objects([1], [2]), TypeError, r"'a' has lists or structures \(list\); give a"),
        (objects({"b": 1}), TypeError, r"lists or structures \(dict\)"),
        (np.zeros(2, "i4,i4"), TypeError, "'a' has lists or structures"),
        (np.zeros(2, "c8"), TypeError, r"complex numbers \(complex64\); give two"),
        (objects(1j, 2), TypeError, r"complex numbers \(complex, int\)"),
        (np.zeros(2, "S3"), TypeError, r"'a' has bytes \(\|S3\); give strings"),
        (objects(b"x"), TypeError, r"'a' has bytes \(bytes\)"),
        (objects("x", 1), TypeError, "'a' has cells of type int, str; give numbers"),
        (objects(True, 1), TypeError, "'a' has cells of type bool, int"),
        (np.array([1, np.inf]), ValueError, "'a' is infinite in row 1; give finite"),
        (objects(1, -np.inf), ValueError, "'a' is infinite in row 1"),
        (np.zeros((2, 2)), ValueError, r"'a' has shape \(2, 2\); give a cell for"),
    ],
)
def test_what_is_no_column_is_refused_by_name(cells, error, sentence):
    with pytest.raises(error, match=sentence):
        column_of("a", cells)
