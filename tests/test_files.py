"""Files are whole or not there, sealed by a checksum, and keep what was there."""

import os
import stat

import numpy as np
import pytest

from schuss import files
from schuss.safetensors import decode, encode

TENSORS = {"a.b": np.arange(6.0).reshape(2, 3), "a.c": np.array([1, 2], np.int32)}
METADATA = {"format": "schuss", "text": "ä"}


def written(path):
    files.write(path, TENSORS, METADATA)
    return path.read_bytes()


def test_a_file_has_its_checksum(tmp_path):
    tensors, metadata = decode(written(tmp_path / "m"))
    assert metadata.pop("checksum") == files.checksum(TENSORS, METADATA)
    assert metadata == METADATA
    np.testing.assert_array_equal(tensors["a.b"], TENSORS["a.b"])
    assert os.listdir(tmp_path) == ["m"]


def test_the_checksum_is_what_the_page_says():
    """Of the header without places, then the bytes by name; written down by hand."""
    text = (
        '{"__metadata__":{"format":"schuss","text":"\\u00e4"},'
        '"a.b":{"dtype":"F64","shape":[2,3]},"a.c":{"dtype":"I32","shape":[2]}}'
    )
    import hashlib

    data = text.encode() + TENSORS["a.b"].tobytes() + TENSORS["a.c"].tobytes()
    assert files.checksum(TENSORS, METADATA) == hashlib.sha256(data).hexdigest()


def test_the_checksum_goes_by_all_that_is_said():
    right = files.checksum(TENSORS, METADATA)
    assert files.checksum(dict(reversed(TENSORS.items())), METADATA) == right
    assert files.checksum(TENSORS, METADATA | {"checksum": "0"}) == right
    other = TENSORS | {"a.b": TENSORS["a.b"].reshape(3, 2)}
    changed = TENSORS["a.b"].copy()
    changed[0, 0] = np.nextafter(0, 1)
    for tensors, metadata in (
        (other, METADATA),
        (TENSORS | {"a.b": changed}, METADATA),
        (TENSORS | {"a.c": TENSORS["a.c"].astype("u4")}, METADATA),
        (TENSORS, METADATA | {"text": "a"}),
        (TENSORS, METADATA | {"more": ""}),
    ):
        assert files.checksum(tensors, metadata) != right


@pytest.mark.parametrize("failing", ["replace", "fsync"])
@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_what_was_there_stays_if_writing_fails(tmp_path, monkeypatch, failing, error):
    def fail(*arguments):
        raise error

    path = tmp_path / "m"
    path.write_bytes(b"old")
    monkeypatch.setattr(files.os, failing, fail)
    with pytest.raises(type(error)):
        written(path)
    assert path.read_bytes() == b"old" and os.listdir(tmp_path) == ["m"]


def test_what_was_there_stays_if_a_dtype_is_none(tmp_path):
    path = tmp_path / "m"
    path.write_bytes(b"old")
    with pytest.raises(TypeError, match="a has dtype complex128, which a file cannot"):
        files.write(path, {"a": np.zeros(2, complex)}, {})
    assert path.read_bytes() == b"old" and os.listdir(tmp_path) == ["m"]


def test_names_may_be_as_long_as_the_system_has_them(tmp_path):
    assert written(tmp_path / ("m" * 255))


def test_a_folder_that_is_not_there_is_the_systems_error(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no.m'$"):
        files.write(tmp_path / "no" / "m", TENSORS, METADATA)


@pytest.mark.skipif(os.name != "posix", reason="POSIX has links and modes")
def test_links_and_modes_stay(tmp_path):
    (tmp_path / "there").mkdir()
    target, link = tmp_path / "there" / "m", tmp_path / "link"
    target.write_bytes(b"old")
    target.chmod(0o640)
    link.symlink_to(target)
    written(link)
    assert link.is_symlink() and len(target.read_bytes()) > 3
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    plain = tmp_path / "plain"
    plain.write_bytes(b"")
    assert written(tmp_path / "new") == target.read_bytes()
    assert (tmp_path / "new").stat().st_mode == plain.stat().st_mode


@pytest.mark.parametrize(
    "classes",
    [
        np.array(["no", "yes", "ä"]),
        np.array(["a", "b"], object),
        np.array([3, 5, -7]),
        np.array([3, 5], np.uint8),
        np.array([False, True]),
    ],
    ids=repr,
)
def test_labels_keep_their_kind(classes):
    record = {"model": {}, "epochs": 0, "weights": None, "classes": classes}
    tensors, metadata = files.to_file(record, [])
    metadata["checksum"] = files.checksum(tensors, metadata)
    again = decode(b"".join(encode(tensors, metadata)))
    found = files.from_file(*again)["classes"]
    np.testing.assert_array_equal(found, classes)
    assert found.dtype.kind == "U" or found.dtype == classes.dtype


@pytest.mark.parametrize(
    ("classes", "sentence"),
    [
        ([0.5, 1.5], "classes are .*; a file holds one-dimensional texts"),
        ([[1], [2]], "classes are .*; a file holds one-dimensional texts"),
        (np.array(["a", 1], object), "classes are .*; a file holds labels of one type"),
    ],
)
def test_other_labels_are_refused(classes, sentence):
    record = {"model": {}, "epochs": 0, "weights": None, "classes": classes}
    with pytest.raises(TypeError, match=sentence):
        files.to_file(record, [])
