"""Files are written whole, or not at all."""

import os

import pytest

from schuss import writing


def test_a_file_is_replaced_and_keeps_its_mode(tmp_path):
    path = tmp_path / "file"
    writing.write_whole(path, [b"o", b"ne"])
    os.chmod(path, 0o640)
    writing.write_whole(str(path), [b"t", b"wo"])
    assert path.read_bytes() == b"two"
    assert path.stat().st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path) == ["file"]


def test_a_failure_leaves_what_was_there(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_bytes(b"one")

    def full(*_):
        raise OSError("no space")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        writing.write_whole(path, [b"two"])
    assert path.read_bytes() == b"one"
    assert os.listdir(tmp_path) == ["file"]
    with pytest.raises(FileNotFoundError):
        writing.write_whole(tmp_path / "no" / "file", [b"two"])
