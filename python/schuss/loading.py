"""Models from files: what `Model.save` wrote, read back or refused in one sentence."""

import os
from pathlib import Path
from typing import Any

from schuss.engines import Parameters
from schuss.files import BESIDE, Record, from_file
from schuss.model import Model
from schuss.preprocessing import TabularPreprocessor
from schuss.safetensors import Tensors, decode

POSITION = ("optimizer", "epoch", "step", "learning_rate_factor", "steps")


def load(path: str | os.PathLike[str]) -> Model:
    """Return the model that a file holds, as `Model.save` wrote it.

    Nothing in a file is run, and nothing is believed: classes are of a closed list,
    settings are checked as those of a user are, shapes and lengths against the bytes
    there are, and all of it against a checksum.

    Parameters
    ----------
    path : str or path-like

    Returns
    -------
    Model
        With the same weights to the bit. If the file has the training state,
        ``fit(resume=True)`` goes on from there.

    Raises
    ------
    ValueError
        If the file holds no model, is damaged, or is of a later format.
    OSError
        If it cannot be read.

    Examples
    --------
    >>> import os, tempfile, schuss
    >>> path = os.path.join(tempfile.mkdtemp(), "model.safetensors")
    >>> model = schuss.Model([schuss.Dense(2)], seed=3).build(4)
    >>> model.save(path)
    >>> bool((schuss.load(path)([[1, 2, 3, 4]]) == model([[1, 2, 3, 4]])).all())
    True
    """
    content = Path(path).read_bytes()
    try:
        return _model(from_file(*decode(content)))
    except (TypeError, ValueError) as error:
        raise ValueError(f"{os.fspath(path)} cannot be loaded: {error}") from error
    except RecursionError:
        raise ValueError(
            f"{os.fspath(path)} cannot be loaded: what it describes is nested too "
            "deeply."
        ) from None


def _model(record: Record) -> Model:
    model = Model.from_description(record["model"])
    names = [layer.names for layer in model.layers]
    if record["weights"] is not None:
        tensors = record["weights"]
        record["weights"] = _arrays(tensors, names, model.dtype)
        for name in tensors:
            raise ValueError(f"there is a tensor 'layers.{name}', which no layer has.")
    if "training" in record:
        _order_training(record["training"], names, model.dtype)
    model._fill(record)
    if "preprocessing" in record:
        settings, arrays = record["preprocessing"]
        own = {name: array.copy() for name, array in arrays.items()}
        record["preprocessing"] = TabularPreprocessor.from_state(settings, own)
    for name in BESIDE:
        if name in record:
            setattr(model, name, record[name])
    return model


def _arrays(
    tensors: Tensors, names: list[tuple[str, ...]], dtype: str, prefix: str = ""
) -> list[Parameters]:
    """Take the arrays of every layer that has any out of tensors, by their names."""
    layers = []
    for number, own in enumerate(names):
        arrays = []
        for name in own:
            key = f"{prefix}{number}.{name}"
            if key not in tensors:
                raise ValueError(f"{name} of layer {number} is not in the file.")
            array = tensors.pop(key)
            if array.dtype != dtype:
                raise ValueError(
                    f"{name} of layer {number} has dtype {array.dtype}, and the "
                    f"model's is {dtype}."
                )
            arrays.append(array)
        layers.append(tuple(arrays))
    return layers


def _order_training(
    training: dict[str, Any], names: list[tuple[str, ...]], dtype: str
) -> None:
    """Bring what the file has of a training into the order that a model takes."""
    lengths = set()
    for key, values in training["history"].items():
        lengths.add(values.shape)
        if len(lengths) > 1 or values.ndim != 1 or values.dtype != "float64":
            raise ValueError(
                f"history {key!r} has shape {values.shape} and dtype {values.dtype}; "
                "it should have a float64 for each epoch."
            )
    position, tensors = training["position"], training["state"]
    if position is not None and (
        not isinstance(position, dict) or set(position) != set(POSITION)
    ):
        keys = ", ".join(POSITION)
        raise ValueError(f"position is {position!r}; it should have {keys}.")
    state: list[list[Parameters]] = []
    while tensors:
        state.append(_arrays(tensors, names, dtype, f"{len(state)}.layers."))
    training["state"] = state
