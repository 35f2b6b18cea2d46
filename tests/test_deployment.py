"""What a model becomes elsewhere; what files say is in the tests of each export."""

import os

import pytest

import schuss


def test_a_file_that_cannot_be_written_leaves_what_was_there(tmp_path):
    path = tmp_path / "model.c"
    path.write_text("before")
    with pytest.raises(RuntimeError, match="no weights yet"):
        schuss.Model([schuss.Dense(2)]).to_c(path)
    model = schuss.Model([schuss.Dense(2)]).build(2)
    with pytest.raises(ValueError, match="quantization"):
        model.to_c(path, quantization="int2")
    assert path.read_text() == "before"
    model.to_c(path)
    assert path.read_text().startswith("/* A trained network, 2-2,")
    with pytest.raises(FileNotFoundError):
        model.to_c(tmp_path / "nowhere" / "model.c")
    assert os.listdir(tmp_path) == ["model.c"]
