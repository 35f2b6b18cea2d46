"""What Arrow hands over, whoever made it, and without its library one sentence."""

import numpy as np
import pytest

from schuss.preprocessing import arrow
from schuss.preprocessing.arrow import array_of_arrow, column_of_arrow, columns_of_arrow

pa = pytest.importorskip("pyarrow")


class Stream:
    """A foreign table, of which nothing but the protocol is known."""

    def __init__(self, table):
        self._table = table

    def __arrow_c_stream__(self, requested_schema=None):
        return self._table.__arrow_c_stream__(requested_schema)


@pytest.mark.parametrize(
    "kind", ["int8", "uint64", "float16", "float32", "float64", "decimal128"]
)
def test_numbers_of_every_type(kind):
    if kind == "float16":
        values = pa.array([np.float16(1.5), None], pa.float16())
    else:
        kind = pa.decimal128(5, 2) if kind == "decimal128" else getattr(pa, kind)()
        values = pa.array([1, None, 3], kind)
    column = column_of_arrow("a", values)
    assert column.kind == "numbers"
    expected = [np.nan if each is None else float(each) for each in values.to_pylist()]
    np.testing.assert_array_equal(column.values, expected)


@pytest.mark.parametrize("kind", ["string", "large_string", "string_view"])
@pytest.mark.parametrize("coded", [False, True])
def test_strings_and_categories_of_them(kind, coded):
    values = pa.array(["b", None, "a", "b"], pa.string())
    if coded:
        values = values.dictionary_encode()
        kind = pa.dictionary(pa.int32(), getattr(pa, kind)())
        values = pa.DictionaryArray.from_arrays(
            values.indices, values.dictionary.cast(kind.value_type)
        )
    else:
        values = values.cast(getattr(pa, kind)())
    column = column_of_arrow("a", values)
    assert (column.kind, column.declared) == ("strings", coded)
    assert column.levels.tolist() == ["a", "b"]
    assert column.values.tolist() == [1, -1, 0, 1]


def test_truth_values_and_gaps():
    column = column_of_arrow("a", pa.array([True, None, False]))
    assert column.kind == "truth values" and column.values.tolist() == [1, -1, 0]
    column = column_of_arrow("a", pa.nulls(2))
    assert column.kind == "gaps" and len(column.values) == 2
    assert column_of_arrow("a", pa.array([None, None], pa.string())).kind == "gaps"


def test_categories_of_numbers_and_truth_values():
    values = pa.array([7, None, 5]).dictionary_encode()
    column = column_of_arrow("a", values)
    assert (column.kind, column.declared) == ("numbers", True)
    np.testing.assert_array_equal(column.values, [7, np.nan, 5])
    column = column_of_arrow("a", pa.array([True, None]).dictionary_encode())
    assert column.kind == "truth values" and column.values.tolist() == [1, -1]


def test_chunks_with_dictionaries_of_their_own_are_one_column():
    chunks = [pa.array(each).dictionary_encode() for each in (["b", "c"], ["a", "c"])]
    column = column_of_arrow("a", pa.chunked_array(chunks))
    assert column.levels.tolist() == ["a", "b", "c"]
    assert column.values.tolist() == [1, 2, 0, 2]


def test_a_table_of_whoever_follows_the_protocol():
    table = pa.table({"n": [1, 2], "s": ["x", None]})
    for given in (table, table.to_batches()[0], Stream(table), table.to_reader()):
        number, text = columns_of_arrow("X", given)
        assert (number.name, text.name) == ("n", "s")
        assert number.values.tolist() == [1, 2] and text.values.tolist() == [0, -1]
    column = column_of_arrow("s", Stream(table["s"]))
    assert column.values.tolist() == [0, -1]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (lambda: pa.array([0], pa.timestamp("us")), r"dates or times \(timestamp\[us"),
        (lambda: pa.array([0], pa.date32()), r"dates or times \(date32"),
        (lambda: pa.array([0], pa.duration("s")), r"dates or times \(duration\[s\]\)"),
        (lambda: pa.array([[1]]), r"lists or structures \(list<"),
        (lambda: pa.array([{"b": 1}]), r"lists or structures \(struct<"),
        (lambda: pa.array([b"x"]), r"bytes \(binary\)"),
        (lambda: pa.array([0], pa.date32()).dictionary_encode(), r"dates or times"),
    ],
)
def test_what_is_no_column_is_refused_by_name(values, sentence):
    with pytest.raises(TypeError, match=f"column 'a' has {sentence}"):
        column_of_arrow("a", values())


def test_arrays_are_decoded_gaps_and_all():
    coded = pa.array(["b", None, "a"]).dictionary_encode()
    assert array_of_arrow("y", coded).tolist() == ["b", None, "a"]
    assert array_of_arrow("y", pa.array([3, 4])).dtype == np.int64
    table = pa.table({"a": [1.0, 2], "b": [3.0, 4]})
    np.testing.assert_array_equal(array_of_arrow("y", table), [[1, 3], [2, 4]])


def test_without_pyarrow_there_is_one_sentence(monkeypatch):
    def refuse(name):
        raise ImportError(name)

    monkeypatch.setattr(arrow, "import_module", refuse)
    sentence = r'X is a pyarrow Table.*there is no pyarrow; pip install "schuss\[tables'
    with pytest.raises(
        ImportError, match=sentence.replace("pyarrow Table", ".* Table")
    ):
        columns_of_arrow("X", pa.table({"a": [1]}))
