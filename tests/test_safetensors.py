"""The format's bytes: as its own library has them, and refused where they are wrong."""

import json

import numpy as np
import pytest

from schuss.safetensors import DTYPES, LONGEST_HEADER, decode, encode, parse

METADATA = {"format": "schuss", "text": 'ä "quoted" \\ text\n'}


def tensors(rng):
    every = {
        name: rng.integers(0, 2, (3, 2)).astype(dtype) for name, dtype in DTYPES.items()
    }
    return every | {
        "none": np.zeros((0, 4)),
        "one": np.array(0.5, np.float32),
        "of columns": rng.normal(size=(4, 3)).T,
        "of another order": rng.normal(size=3).astype(">f8"),
    }


def content(given, metadata=METADATA):
    return b"".join(encode(given, metadata))


def same(found, given):
    assert set(found) == set(given)
    for name, array in given.items():
        assert found[name].shape == array.shape
        assert found[name].dtype == array.dtype.newbyteorder("=")
        np.testing.assert_array_equal(found[name], array)


def test_what_is_written_is_read(rng):
    given = tensors(rng)
    found, metadata = decode(content(given))
    same(found, given)
    assert metadata == METADATA
    assert decode(content({}, {})) == ({}, {})
    assert not found["F32"].flags.writeable


def test_numbers_begin_where_they_may(rng):
    written = content(tensors(rng))
    header = json.loads(written[8 : 8 + int.from_bytes(written[:8], "little")])
    del header["__metadata__"]
    start = len(written) - max(entry["data_offsets"][1] for entry in header.values())
    for entry in header.values():
        size = np.dtype(DTYPES[entry["dtype"]]).itemsize
        assert (start + entry["data_offsets"][0]) % size == 0


def test_its_own_library_reads_what_is_written(rng, tmp_path):
    library = pytest.importorskip("safetensors")
    numpy = pytest.importorskip("safetensors.numpy")
    given = tensors(rng)
    path = tmp_path / "a.safetensors"
    path.write_bytes(content(given))
    same(numpy.load_file(path), given)
    with library.safe_open(path, "numpy") as file:
        assert file.metadata() == METADATA


def test_what_its_own_library_writes_is_read(rng, tmp_path):
    numpy = pytest.importorskip("safetensors.numpy")
    given = {
        name: np.ascontiguousarray(array, array.dtype.newbyteorder("=")).reshape(
            array.shape
        )
        for name, array in tensors(rng).items()
    }
    numpy.save_file(given, tmp_path / "b.safetensors", METADATA)
    found, metadata = decode((tmp_path / "b.safetensors").read_bytes())
    same(found, given)
    assert metadata == METADATA


@pytest.mark.parametrize("dtype", ["complex64", "U3", "M8[s]", "O"])
def test_what_the_format_has_no_name_for_is_refused(dtype):
    with pytest.raises(TypeError, match="x has dtype .*, which a file cannot hold"):
        content({"x": np.zeros(2, dtype)})


def made(header, data=b"", length=None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    length = len(text) if length is None else length
    return length.to_bytes(8, "little") + text + data


def entry(begin, end, shape=None, dtype="F32"):
    shape = [(end - begin) // 4] if shape is None else shape
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


EIGHT = bytes(8)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (b"", "the file has 0 bytes, and a header's length takes 8"),
        (b"1234567", "the file has 7 bytes"),
        (made(b"{}", length=3), "should have 3 bytes, of which 2 are there"),
        (made(b"{}", length=2**64 - 1), f"should have {2**64 - 1} bytes"),
        (made(b"\xff{}"), "the header cannot be read as JSON .*utf-8"),
        (made(b"{"), "the header cannot be read as JSON"),
        (made(b"[" * 100_000), "cannot be read as JSON .*recursion"),
        (made(b"[]"), "the header is no JSON object"),
        (made(b'{"a": 1e999}'), "the number 1e999 is not finite"),
        (made(b'{"a": NaN}'), "the number NaN is not finite"),
        (made(b'{"a": %s}' % (b"9" * 5000)), "cannot be read as JSON"),
        (made({"__metadata__": {"a": 1}}), "__metadata__ is no JSON object of texts"),
        (made({"__metadata__": []}), "__metadata__ is no JSON object of texts"),
        (made({"a": [0, 4]}, EIGHT), "'a' is not described by data_offsets, dtype"),
        (made({"a": entry(0, 8) | {"b": 1}}, EIGHT), "'a' is not described by"),
        (made({"a": entry(0, 8, dtype="F99")}, EIGHT), "'a' has dtype 'F99'; it sho"),
        (made({"a": entry(0, 8, dtype=["F32"])}, EIGHT), r"'a' has dtype \['F32'\]"),
        (made({"a": entry(0, 8, [-2])}, EIGHT), "'a' has a shape or data_offsets"),
        (made({"a": entry(0, 8, [2.0])}, EIGHT), "'a' has a shape or data_offsets"),
        (made({"a": entry(0, 4, [True])}, EIGHT), "'a' has a shape or data_offsets"),
        (made({"a": entry(0, 8, [1] * 33)}, EIGHT), "'a' has a shape or data_offse"),
        (made({"a": entry(0, 0, [2**64, 0])}), "'a' has a shape or data_offsets"),
        (made({"a": entry(0, 0, [2**62, 2**62, 0])}), "'a' has shape"),
        (made({"a": entry(8, 0, [2])}, EIGHT), "'a' takes bytes 8 to 0 of 8"),
        (made({"a": entry(0, 12)}, EIGHT), "'a' takes bytes 0 to 12 of 8"),
        (made({"a": entry(0, 2**32)}, EIGHT), f"'a' takes bytes 0 to {2**32} of 8"),
        (
            made({"a": entry(0, 8, [2**15, 2**15])}, EIGHT),
            f"'a' of shape .* takes {2**32} bytes, and has 8",
        ),
        (made({"a": entry(0, 8, dtype="F64")}, EIGHT), "takes 16 bytes, and has 8"),
        (
            made({"a": entry(0, 8), "b": entry(4, 8)}, EIGHT),
            "'b' overlaps another, beginning at 4 and not 8",
        ),
        (made({"a": entry(4, 8)}, EIGHT), "'a' leaves bytes before it"),
        (made({"a": entry(0, 4)}, EIGHT), "its tensors take 4 bytes, and 8 are there"),
        (made({}, EIGHT), "its tensors take 0 bytes, and 8 are there"),
    ],
)
def test_what_is_wrong_is_told(given, sentence):
    with pytest.raises(ValueError, match=sentence) as refused:
        decode(given)
    assert "take another copy." in str(refused.value) or "dtype" in sentence


def test_a_header_is_not_longer_than_the_format_allows():
    length = LONGEST_HEADER + 8
    with pytest.raises(ValueError, match=f"should have {length} bytes"):
        decode(length.to_bytes(8, "little") + bytes(length))


@pytest.mark.parametrize("place", ["{%s}", '{"b": {%s}}', '[{"c": 0, %s}]'])
def test_keys_come_once(place):
    with pytest.raises(ValueError, match="the text .*the key 'a' comes twice"):
        parse(place % '"a": 1, "a": 2', "the text")
