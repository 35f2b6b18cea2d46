"""CSV files: what is read, and what is wrong in them, by line and column."""

import numpy as np
import pytest

from schuss.cli.csv_table import read_csv


@pytest.fixture
def read(tmp_path):
    def read(text, name="table.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_csv(path)

    return read


def test_columns_are_what_their_cells_are(read):
    table = read("i, f ,t\n1,0.5,x\n-2,NA,\n\n3,1e3,y z\n")
    assert table.lines == [2, 3, 5]
    integers, floats, texts = map(table.column, ("i", "f", "t"))
    np.testing.assert_array_equal(integers, [1, -2, 3])
    assert integers.dtype == np.int64
    np.testing.assert_array_equal(floats, [0.5, np.nan, 1000])
    assert texts.tolist() == ["x", None, "y z"]


def test_quotes_tabs_and_marks_of_byte_order(read):
    table = read('\ufeffa,b\n"x, y","1\n2"\n3,4\n')
    assert table.cells == {"a": ["x, y", "3"], "b": ["1\n2", "4"]}
    assert table.lines == [3, 4]
    assert read("a\tb\n1\t2\n", "table.tsv").cells == {"a": ["1"], "b": ["2"]}


def test_a_gap_is_found_by_its_line(read):
    table = read("a,b\n1,x\n2,?\n")
    assert table.first_gap("a") is None
    assert table.first_gap("b") == 3


def test_text_among_numbers_is_named(read):
    table = read("a,b\n1,2\n3,4\nfive,6\n")
    with pytest.raises(ValueError, match=r"table.csv, line 4: column 'a' .* 'five'"):
        table.column("a")


def test_codes_of_digits_and_letters_are_text(read):
    assert read("a\n12A\n12B\n13\n").column("a").tolist() == ["12A", "12B", "13"]


@pytest.mark.parametrize("cell", ["1_000", "0x10", "1,5"])
def test_what_only_python_calls_a_number_is_none(read, cell):
    assert read(f'a\n"{cell}"\n').column("a").tolist() == [cell]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("a,b\n", "has no rows"),
        ("a,a\n1,2\n", "two columns 'a'"),
        ("a,\n1,2\n", "column 2 has no name"),
        ("a,b\n1,2\n3\n", "line 3: there are 1 cells, and 2 columns"),
        (b"a\n\xff\n", "is not UTF-8"),
        ('a\n"x', "line 2: unexpected end of data"),
        ("a\n" + "x" * 200_000 + "\n", "field larger than"),
    ],
)
def test_what_is_no_table_is_refused(read, text, said):
    with pytest.raises(ValueError, match=f"table.csv.*{said}"):
        read(text)
