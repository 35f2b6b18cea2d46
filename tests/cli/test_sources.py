"""Files of examples: CSV, Parquet, NPZ and IDX."""

import numpy as np
import pytest

from schuss.cli.sources import read_examples, read_inputs


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("n,code,y\n1,10,a\n2,20,b\n,10,a\n")
    return path


def test_csv(table):
    data = read_examples(table, "y", ["code"])
    assert data.is_table and data.y.tolist() == ["a", "b", "a"]
    np.testing.assert_array_equal(data.X["n"], [1, 2, np.nan])
    assert data.X["code"].tolist() == ["10", "20", "10"]


def test_npz(tmp_path):
    images = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    np.savez(tmp_path / "a.npz", X=images, label=[0, 1])
    data = read_examples(tmp_path / "a.npz", "label")
    np.testing.assert_array_equal(data.X, images.reshape(2, 12))
    np.testing.assert_array_equal(data.y, [0, 1])


def test_idx(tmp_path):
    (tmp_path / "X").write_bytes(bytes([0, 0, 8, 3, *[0, 0, 0, 2] * 3, *range(8)]))
    (tmp_path / "y").write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 2, 5, 6]))
    data = read_examples(tmp_path / "X", str(tmp_path / "y"))
    np.testing.assert_array_equal(data.X, [[0, 1, 2, 3], [4, 5, 6, 7]])
    np.testing.assert_array_equal(data.y, [5, 6])


def test_parquet(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "a.parquet"
    parquet.write_table(pyarrow.table({"x": [1, None, 3], "y": ["a", "b", "a"]}), path)
    data = read_examples(path, "y")
    assert list(data.X) == ["x"] and data.y.tolist() == ["a", "b", "a"]
    parquet.write_table(pyarrow.table({"x": [1, 2], "y": ["a", None]}), path)
    with pytest.raises(ValueError, match="target 'y' is missing in 1 rows"):
        read_examples(path, "y")
    path.write_bytes(b"PAR1 nothing")
    with pytest.raises(ValueError, match="no Parquet file"):
        read_examples(path, "y")


def test_a_missing_target_is_named_by_its_line(table):
    table.write_text("n,y\n1,a\n2,\n")
    with pytest.raises(ValueError, match="line 3: the target 'y' is missing"):
        read_examples(table, "y")


@pytest.mark.parametrize("names", [("z", ()), ("y", ["z"])])
def test_columns_that_are_not_there_are_named(table, names):
    with pytest.raises(ValueError, match="no column 'z', but 'n', 'code', 'y'"):
        read_examples(table, *names)


def test_a_target_alone_is_no_table(tmp_path):
    (tmp_path / "a.csv").write_text("y\n1\n")
    with pytest.raises(ValueError, match="no column but 'y'"):
        read_examples(tmp_path / "a.csv", "y")


def test_arrays_that_are_not_there_are_named(tmp_path):
    np.savez(tmp_path / "a.npz", X=np.ones((2, 2)))
    with pytest.raises(ValueError, match="no array 'y', but 'X'"):
        read_examples(tmp_path / "a.npz", "y")
    (tmp_path / "a.npz").write_bytes(b"nothing")
    with pytest.raises(ValueError, match="no NPZ file"):
        read_examples(tmp_path / "a.npz", "y")


def test_inputs_are_the_columns_a_model_knows_as_it_knows_them(table):
    X = read_inputs(table, ["code", "n"], {"n"})
    assert list(X) == ["code", "n"] and X["code"].tolist() == ["10", "20", "10"]
    with pytest.raises(ValueError, match="line 2: column 'y' is of numbers"):
        read_inputs(table, ["y"], {"y"})
    with pytest.raises(ValueError, match="no column 'z'"):
        read_inputs(table, ["z"], set())
