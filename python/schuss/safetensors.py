"""Arrays and text as one piece of bytes, in the format safetensors, and back.

Eight bytes tell the length of a header in JSON, which names each tensor's dtype, shape
and place in the rest, and may have texts by name in "__metadata__". Nothing in it is
code, and nothing is believed: what a header claims is held against the bytes there are
before anything is made of that size.
"""

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

Tensors = dict[str, NDArray[Any]]
Metadata = dict[str, str]

DTYPES = {
    "BOOL": "|b1",
    "U8": "|u1",
    "I8": "|i1",
    "U16": "<u2",
    "I16": "<i2",
    "F16": "<f2",
    "U32": "<u4",
    "I32": "<i4",
    "F32": "<f4",
    "U64": "<u8",
    "I64": "<i8",
    "F64": "<f8",
}
NAMES = {np.dtype(dtype): name for name, dtype in DTYPES.items()}
METADATA = "__metadata__"
ENTRY = {"dtype", "shape", "data_offsets"}
# As in the format's own library: no header is that long, but a wrong length may be.
LONGEST_HEADER = 100_000_000
MOST_DIMENSIONS = 32


def name_of(array: NDArray[Any], name: str) -> str:
    """Return what the format calls the dtype of an array.

    Parameters
    ----------
    array : ndarray
    name : str
        What the array is called in the message.

    Raises
    ------
    TypeError
        If the format has no such dtype.
    """
    known = NAMES.get(array.dtype.newbyteorder("<"))
    if known is None:
        raise TypeError(
            f"{name} has dtype {array.dtype}, which a file cannot hold; give numbers "
            "or truth values."
        )
    return known


def encode(tensors: Tensors, metadata: Metadata) -> Iterator[bytes | memoryview]:
    """Return the parts of a file in order: its header, then every tensor's bytes.

    Tensors of larger numbers come first, so that each begins where its numbers may.

    Parameters
    ----------
    tensors : dict of str to ndarray
    metadata : dict of str to str

    Returns
    -------
    iterator of bytes, then memoryviews of bytes

    Raises
    ------
    TypeError
        If the format has no such dtype.
    """
    names = sorted(tensors, key=lambda name: -tensors[name].itemsize)
    header: dict[str, Any] = {METADATA: metadata}
    end = 0
    for name in names:
        array = tensors[name]
        begin, end = end, end + array.nbytes
        header[name] = {
            "dtype": name_of(array, name),
            "shape": list(array.shape),
            "data_offsets": [begin, end],
        }
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    yield len(text).to_bytes(8, "little") + text
    yield from (octets(tensors[name]) for name in names)


def octets(array: NDArray[Any]) -> memoryview:
    """Return the bytes of an array as a file has them: row-major, little-endian."""
    little = array.dtype.newbyteorder("<")
    return np.asarray(array, little, order="C").reshape(-1).view(np.uint8).data


def decode(content: bytes) -> tuple[Tensors, Metadata]:
    """Return what `encode` was given.

    Parameters
    ----------
    content : bytes
        Of a whole file.

    Returns
    -------
    tensors : dict of str to ndarray
        That read `content`, and cannot be written to.
    metadata : dict of str to str

    Raises
    ------
    ValueError
        If it is no such file, or not whole.
    """
    if len(content) < 8:
        _damaged(f"the file has {len(content)} bytes, and a header's length takes 8")
    length, there = int.from_bytes(content[:8], "little"), len(content) - 8
    if length > there and content[8:9] not in (b"{", b""):
        raise ValueError(
            "it does not begin as a file in the format safetensors; give one that "
            "Model.save has written, or take another copy."
        )
    if length > min(there, LONGEST_HEADER):
        _damaged(f"its header should have {length} bytes, of which {there} are there")
    header = parse(content[8 : 8 + length], "the header")
    if not isinstance(header, dict):
        _damaged("the header is no JSON object")
    metadata = header.pop(METADATA, {})
    texts = isinstance(metadata, dict) and all(
        isinstance(text, str) for text in metadata.values()
    )
    if not texts:
        _damaged(f"{METADATA} is no JSON object of texts")
    data = memoryview(content)[8 + length :]
    places = {name: _place(name, entry, len(data)) for name, entry in header.items()}
    _check_order(places, len(data))
    return {
        name: _tensor(name, entry, data, *places[name])
        for name, entry in header.items()
    }, metadata


def _place(name: str, entry: Any, size: int) -> tuple[int, int]:
    """Return where a tensor begins and ends, known to be in the file and to fit."""
    if not isinstance(entry, dict) or set(entry) != ENTRY:
        _damaged(f"tensor {name!r} is not described by {', '.join(sorted(ENTRY))}")
    dtype, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not isinstance(dtype, str) or dtype not in DTYPES:
        raise ValueError(
            f"tensor {name!r} has dtype {dtype!r}; it should be one of "
            f"{', '.join(DTYPES)}."
        )
    if not _are_counts(shape) or not _are_counts(offsets) or len(offsets) != 2:
        _damaged(f"tensor {name!r} has a shape or data_offsets that are no counts")
    begin, end = offsets
    if not begin <= end <= size:
        _damaged(f"tensor {name!r} takes bytes {begin} to {end} of {size} in the file")
    needed = math.prod(shape) * np.dtype(DTYPES[dtype]).itemsize
    if needed != end - begin:
        _damaged(
            f"tensor {name!r} of shape {shape} and dtype {dtype} takes {needed} bytes, "
            f"and has {end - begin}"
        )
    return begin, end


def _are_counts(values: object) -> bool:
    return (
        isinstance(values, list)
        and len(values) <= MOST_DIMENSIONS
        and all(type(value) is int and 0 <= value < 2**63 for value in values)
    )


def _check_order(places: Mapping[str, tuple[int, int]], size: int) -> None:
    """Refuse tensors that overlap, and bytes that belong to none."""
    reached = 0
    for name, (begin, end) in sorted(places.items(), key=lambda item: item[1]):
        if begin != reached:
            what = "overlaps another" if begin < reached else "leaves bytes before it"
            _damaged(f"tensor {name!r} {what}, beginning at {begin} and not {reached}")
        reached = end
    if reached != size:
        _damaged(f"its tensors take {reached} bytes, and {size} are there")


def _tensor(
    name: str, entry: dict[str, Any], data: memoryview, begin: int, end: int
) -> NDArray[Any]:
    shape = entry["shape"]
    flat = np.frombuffer(data[begin:end], DTYPES[entry["dtype"]])
    try:
        return flat.reshape(shape)
    except ValueError:  # of no numbers, but of too many if there were some
        _damaged(f"tensor {name!r} has shape {shape}")


def parse(text: str | bytes, name: str) -> Any:
    """Return what JSON says, in which every key and number must be sound.

    Parameters
    ----------
    text : str, or bytes in UTF-8
    name : str
        What the text is called in the message.

    Raises
    ------
    ValueError
        If it is no JSON, a key comes twice, or a number is not finite.
    """

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                raise ValueError(f"the key {key!r} comes twice")
            found[key] = value
        return found

    def finite(number: str) -> float:
        if math.isfinite(value := float(number)):
            return value
        raise ValueError(f"the number {number} is not finite")

    try:
        decoded = text if isinstance(text, str) else text.decode()
        return json.loads(
            decoded, object_pairs_hook=once, parse_float=finite, parse_constant=finite
        )
    except (ValueError, RecursionError) as error:
        _damaged(f"{name} cannot be read as JSON ({error})")


def _damaged(what: str) -> NoReturn:
    raise ValueError(f"{what}; the file is damaged, so take another copy.")
