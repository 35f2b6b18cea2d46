"""The same table from every kind of frame, array and mapping."""

import builtins
import datetime

import numpy as np
import pytest

from schuss.preprocessing import frames
from schuss.preprocessing.frames import (
    as_matrix,
    is_frame,
    kept,
    names_of,
    read_column,
    read_table,
)

COLUMNS = {
    "size": [1.5, None, 3.0],
    "count": [3, 1, 2],
    "town": ["Rome", None, "Oslo"],
    "open": [True, False, None],
}


def check(table, named=True):
    assert len(table) == 3
    assert table.named == named
    if named:
        assert table.names == list(COLUMNS)
    size, count, town, is_open = table.columns
    np.testing.assert_array_equal(size.values, [1.5, np.nan, 3])
    assert size.kind == count.kind == "numbers"
    assert count.values.tolist() == [3, 1, 2]
    assert town.kind == "strings" and town.values.tolist() == [1, -1, 0]
    assert town.levels.tolist() == ["Oslo", "Rome"]
    assert is_open.kind == "truth values" and is_open.values.tolist() == [1, 0, -1]


def test_mappings_and_arrays():
    check(read_table(COLUMNS, "X"))
    rows = list(zip(*COLUMNS.values(), strict=True))
    check(read_table(rows, "X"), named=False)
    check(read_table(np.array(rows, object), "X"), named=False)
    kinds = [("size", "f8"), ("count", "i2"), ("town", "O"), ("open", "O")]
    given = np.array([(np.nan if row[0] is None else row[0], *row[1:]) for row in rows])
    structured = np.empty(3, kinds)
    for name, column in zip(COLUMNS, given.T, strict=True):
        structured[name] = column
    check(read_table(structured, "X"))
    own = read_table(COLUMNS, "X")
    assert read_table(own, "X") is own


def pandas_frames():
    pandas = pytest.importorskip("pandas")
    plain = pandas.DataFrame(COLUMNS)
    yield plain
    yield plain.convert_dtypes()
    yield plain.astype({"town": "category", "open": "boolean", "count": "UInt8"})
    yield plain.set_index(pandas.Index([7, 7, 2]))  # an index says nothing


def test_pandas():
    for frame in pandas_frames():
        check(read_table(frame, "X"))


def test_pandas_with_types_of_arrow():
    pandas, pa = pytest.importorskip("pandas"), pytest.importorskip("pyarrow")
    types = [pa.float32(), pa.int8(), pa.string(), pa.bool_()]
    frame = pandas.DataFrame(
        {
            name: pandas.array(own, pandas.ArrowDtype(kind))
            for (name, own), kind in zip(COLUMNS.items(), types, strict=True)
        }
    )
    check(read_table(frame, "X"))


def test_pandas_needs_nothing_else(monkeypatch):
    pytest.importorskip("pandas")
    given = list(pandas_frames())
    original = builtins.__import__

    def refuse(name, *rest):
        assert not name.startswith("pyarrow"), name
        return original(name, *rest)

    def refuse_too(*_):
        raise AssertionError

    monkeypatch.setattr(builtins, "__import__", refuse)
    for name in ("table_of_arrow", "column_of_arrow", "columns_of_arrow"):
        monkeypatch.setattr(frames, name, refuse_too)
    for frame in given:
        check(read_table(frame, "X"))


def test_pandas_categories_of_numbers_are_declared():
    pandas = pytest.importorskip("pandas")
    series = pandas.Series([7, None, 5], dtype="category")
    column = read_column("a", series)
    assert column.kind == "numbers" and column.declared
    np.testing.assert_array_equal(column.values, [7, np.nan, 5])
    truths = read_column("a", pandas.Series([True, None, False], dtype="category"))
    assert truths.kind == "truth values" and truths.values.tolist() == [1, -1, 0]
    gaps = pandas.Series([None, None], dtype="category")
    assert read_column("a", gaps).kind == "gaps"


def polars_frames():
    polars = pytest.importorskip("polars")
    plain = polars.DataFrame(COLUMNS)
    yield plain
    for kind in (polars.Categorical, polars.Enum(["Rome", "Oslo"])):
        yield plain.with_columns(polars.col("town").cast(kind))


def test_polars():
    pytest.importorskip("pyarrow")
    for frame in polars_frames():
        check(read_table(frame, "X"))


def test_polars_needs_nothing_else(monkeypatch):
    monkeypatch.setattr(frames, "find_spec", lambda name: None)
    for frame in polars_frames():
        check(read_table(frame, "X"))


def test_arrow():
    pa = pytest.importorskip("pyarrow")
    table = pa.table(COLUMNS)
    check(read_table(table, "X"))
    check(read_table(table.to_batches()[0], "X"))
    check(read_table(table.to_reader(), "X"))
    assert names_of(kept(table.to_reader(), "X")) == list(COLUMNS)


def test_columns_of_a_mapping_may_be_of_any_library():
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    pa = pytest.importorskip("pyarrow")
    check(
        read_table(
            {
                "size": np.array([1.5, np.nan, 3]),
                "count": pandas.Series(COLUMNS["count"]),
                "town": polars.Series(COLUMNS["town"]),
                "open": pa.array(COLUMNS["open"]),
            },
            "X",
        )
    )


def test_frames_of_numbers_are_matrices():
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    pa = pytest.importorskip("pyarrow")
    numbers = {"a": [1, 2, 3], "b": [0.5, 1.5, 2.5]}
    expected = np.array(list(numbers.values())).T
    for frame in (
        pandas.DataFrame(numbers),
        pandas.DataFrame(numbers).convert_dtypes(),
        polars.DataFrame(numbers),
        pa.table(numbers),
        pa.table(numbers).to_batches()[0],
        numbers,
        read_table(numbers, "X"),
    ):
        assert is_frame(frame) and names_of(frame) == ["a", "b"]
        np.testing.assert_array_equal(as_matrix(frame, "X"), expected)
    one = pandas.DataFrame(np.ones((5, 2), np.float32))
    assert np.shares_memory(as_matrix(one, "X"), one.to_numpy())
    assert names_of(one) is None  # they are numbers
    mixed = pandas.DataFrame({"a": [1.5, 2], "b": [True, False]})
    np.testing.assert_array_equal(as_matrix(mixed, "X"), [[1.5, 1], [2, 0]])


def test_a_lazy_frame_is_to_be_collected_first():
    polars = pytest.importorskip("polars")
    with pytest.raises(ValueError, match="X has type LazyFrame; give a frame"):
        read_table(polars.LazyFrame({"a": [1]}), "X")


def test_a_column_is_no_table():
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    pa = pytest.importorskip("pyarrow")
    cells = [1.0, 2.0]
    for column in (pandas.Series(cells), polars.Series(cells), pa.array(cells)):
        assert not is_frame(column)
        with pytest.raises(ValueError, match=r"X has shape \(2,\); give a frame"):
            read_table(column, "X")

    class Stream:
        def __arrow_c_stream__(self, requested_schema=None):
            return pa.chunked_array([cells]).__arrow_c_stream__(requested_schema)

    for read in (read_table, kept):
        with pytest.raises(TypeError, match="X is a Stream, and no table"):
            read(Stream(), "X")


@pytest.mark.parametrize(
    ("X", "error", "sentence"),
    [
        ([1, 2, 3], ValueError, r"X has shape \(3,\); give a frame of pandas, polars"),
        (5, ValueError, "X has type int; give a frame"),
        ({}, ValueError, "X is empty: it has no columns"),
        ({"a": [[1], [2]]}, ValueError, r"column 'a' has shape \(2, 1\)"),
        ({"a": [datetime.date(2026, 1, 1)]}, TypeError, "column 'a' has dates or tim"),
        ([[1, 2], [3]], ValueError, r"X has shape \(2,\)"),
    ],
)
def test_what_is_no_table_is_refused(X, error, sentence):
    with pytest.raises(error, match=sentence):
        read_table(X, "X")


def test_what_pandas_can_have_and_a_table_cannot():
    pandas = pytest.importorskip("pandas")
    day = pandas.Timestamp("2026-01-01")
    for cells in (
        pandas.Series([day]),
        pandas.Series([day.tz_localize("UTC")]),
        pandas.Series([day.to_period("D")]),
        pandas.Series([day - day]),
        pandas.Series([day, day], dtype="category"),
        pandas.cut(pandas.Series([1, 2]), 2),
    ):
        with pytest.raises(TypeError, match="column 'when' has dates or times"):
            read_table(pandas.DataFrame({"when": cells}), "X")
    frame = pandas.DataFrame({("a", "b"): [1]})
    with pytest.raises(ValueError, match=r"column \('a', 'b'\) of several levels"):
        read_table(frame, "X")
    frame = pandas.DataFrame([[1, 2]], columns=["a", "a"])
    with pytest.raises(ValueError, match="X has two columns 'a'"):
        read_table(frame, "X")
