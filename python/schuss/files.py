"""Records of models as files: texts and tensors by name, a checksum, a safe write.

A record is what `schuss.storage` makes of a model, in plain data and arrays.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import numpy as np

from schuss import safetensors
from schuss.engines import Parameters
from schuss.safetensors import Metadata, Tensors, encode, octets, parse
from schuss.writing import write_whole

Record = dict[str, Any]

FORMAT, VERSION = "schuss", 1
CHECKSUM = "checksum"
# What a model may have been given beside; who gives it to a model looks after it.
BESIDE = ("classes", "feature_names", "preprocessing")
# What the training part of a record has as text; the rest of it is arrays.
PLACES = ("position", "first_epoch", "stop_reason")


def to_file(record: Record, names: list[tuple[str, ...]]) -> tuple[Tensors, Metadata]:
    """Return a record as the tensors and texts of a file, all but its checksum.

    Parameters
    ----------
    record : dict
    names : list of tuple of str
        Of the arrays of each layer that has any.

    Returns
    -------
    tensors : dict of str to ndarray
    metadata : dict of str to str
    """
    from schuss import __version__

    metadata = {
        "format": FORMAT,
        "format_version": str(VERSION),
        "schuss_version": __version__,
        "model": _text(record["model"]),
        "epochs": str(record["epochs"]),
    }
    tensors = dict(_named("layers", names, record["weights"] or []))
    training = record.get("training")
    if training is not None:
        metadata["training"] = _text({key: training[key] for key in PLACES})
        for number, slot in enumerate(training["state"]):
            tensors |= _named(f"optimizer.{number}.layers", names, slot)
        for key, values in training["history"].items():
            tensors[f"history.{key}"] = values
    if "classes" in record:
        metadata["classes"] = _text(_classes(record["classes"]))
    if "feature_names" in record:
        metadata["feature_names"] = _text(
            [str(name) for name in record["feature_names"]]
        )
    if "preprocessing" in record:
        settings, arrays = record["preprocessing"].state()
        metadata["preprocessing"] = _text(settings)
        for name, array in arrays.items():
            tensors[f"preprocessing.{name}"] = np.asarray(array)
    return tensors, metadata


def from_file(tensors: Tensors, metadata: Metadata) -> Record:
    """Return the record that a file holds, its tensors grouped but not yet checked.

    Parameters
    ----------
    tensors : dict of str to ndarray
    metadata : dict of str to str

    Returns
    -------
    dict
        With "weights" and "state" still by the names of tensors.

    Raises
    ------
    ValueError
        If the format is another one, the checksum is wrong, or something is missing.
    """
    _check_format(metadata)
    if metadata.get(CHECKSUM) != checksum(tensors, metadata):
        raise ValueError(
            "the checksum is wrong; the file is damaged, so take another copy."
        )
    parts: dict[str, Tensors] = {}
    for name, tensor in tensors.items():
        part, _, rest = name.partition(".")
        parts.setdefault(part, {})[rest] = tensor
    record: Record = {
        "model": _parsed(metadata, "model"),
        "epochs": _parsed(metadata, "epochs"),
        "weights": parts.pop("layers", None),
    }
    if "training" in metadata:
        training = _parsed(metadata, "training")
        if not isinstance(training, dict) or set(training) != set(PLACES):
            keys = ", ".join(PLACES)
            raise ValueError(f"training is {training!r}; it should have {keys}.")
        record["training"] = training | {
            "state": parts.pop("optimizer", {}),
            "history": parts.pop("history", {}),
        }
    if "classes" in metadata:
        record["classes"] = _as_classes(_parsed(metadata, "classes"))
    if "feature_names" in metadata:
        names = _parsed(metadata, "feature_names")
        if not isinstance(names, list) or not all(isinstance(n, str) for n in names):
            raise ValueError(f"feature_names are {names!r}; they should be texts.")
        record["feature_names"] = names
    if "preprocessing" in metadata:
        settings = _parsed(metadata, "preprocessing")
        record["preprocessing"] = settings, parts.pop("preprocessing", {})
    for part, owned in parts.items():
        name = f"{part}.{next(iter(owned))}" if next(iter(owned)) else part
        raise ValueError(f"there is a tensor {name!r}, which no part of a model owns.")
    return record


def checksum(tensors: Tensors, metadata: Metadata) -> str:
    """Return the SHA-256 of all that a file says, however it is laid out.

    It is of a text in JSON, without spaces, with keys in order and all but ASCII
    escaped, of the texts but for the checksum and of each tensor's dtype and shape;
    then of the tensors' bytes in the order of their names.

    Parameters
    ----------
    tensors : dict of str to ndarray
    metadata : dict of str to str

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    said: dict[str, Any] = {
        name: {"dtype": safetensors.name_of(array, name), "shape": list(array.shape)}
        for name, array in tensors.items()
    }
    texts = {key: text for key, text in metadata.items() if key != CHECKSUM}
    said[safetensors.METADATA] = texts
    digest = hashlib.sha256(_text(said, sort_keys=True).encode())
    for name in sorted(tensors):
        digest.update(octets(tensors[name]))
    return digest.hexdigest()


def write(path: str | os.PathLike[str], tensors: Tensors, metadata: Metadata) -> None:
    """Write a file whole or not at all, its checksum included.

    Parameters
    ----------
    path : str or path-like
    tensors : dict of str to ndarray
    metadata : dict of str to str

    Raises
    ------
    OSError
        If it cannot be written; what was there is as it was.
    TypeError
        If a tensor has a dtype that a file cannot hold; likewise.
    """
    metadata = metadata | {CHECKSUM: checksum(tensors, metadata)}
    write_whole(path, encode(tensors, metadata))


def _named(
    prefix: str, names: list[tuple[str, ...]], layers: list[Parameters]
) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
    for number, arrays in enumerate(layers):
        for name, array in zip(names[number], arrays, strict=True):
            yield f"{prefix}.{number}.{name}", array


def _text(value: object, *, sort_keys: bool = False) -> str:
    return json.dumps(
        value, separators=(",", ":"), allow_nan=False, sort_keys=sort_keys
    )


def _check_format(metadata: Metadata) -> None:
    if metadata.get("format") != FORMAT:
        raise ValueError(
            "it is a safetensors file, but none that Model.save wrote; make a model "
            "and give it the arrays by set_weights."
        )
    version = metadata.get("format_version")
    if version != str(VERSION):
        writer = metadata.get("schuss_version")
        raise ValueError(
            f"its format has version {version!r}, written by schuss {writer}, and this "
            f"schuss reads {VERSION}; update schuss."
        )


def _parsed(metadata: Metadata, key: str) -> Any:
    if key not in metadata:
        raise ValueError(f"the metadata has no {key!r}.")
    return parse(metadata[key], key)


def _classes(classes: object) -> dict[str, object]:
    """Return labels as plain data, and their dtype."""
    array = np.asarray(classes)
    kind = "str" if array.dtype.kind in "OU" else array.dtype.name
    if array.ndim != 1 or array.dtype.kind not in "OUbiu":
        raise TypeError(
            f"classes are {classes!r}; a file holds one-dimensional texts, whole "
            "numbers or truth values."
        )
    values = array.tolist()
    if kind == "str" and not all(isinstance(value, str) for value in values):
        raise TypeError(f"classes are {classes!r}; a file holds labels of one type.")
    return {"dtype": kind, "values": values}


def _as_classes(plain: Any) -> np.ndarray[Any, Any]:
    if isinstance(plain, Mapping) and set(plain) == {"dtype", "values"}:
        dtype, values = plain["dtype"], plain["values"]
        kinds = {"str": str, "bool": bool}
        whole = isinstance(dtype, str) and dtype.removeprefix("u").startswith("int")
        kind = int if whole else kinds.get(str(dtype))
        listed = isinstance(values, list)
        if kind and listed and all(type(value) is kind for value in values):
            with suppress(TypeError, OverflowError):
                array = np.array(values, dtype)
                if array.tolist() == values:
                    return array
    raise ValueError(f"classes are {plain!r}; they should be labels of one dtype.")
