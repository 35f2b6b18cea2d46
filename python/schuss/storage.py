"""A model in plain data and arrays: descriptions, files, pickles and copies."""

import os
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from copy import deepcopy
from typing import Any, Self

import numpy as np

from schuss.architecture import Architecture
from schuss.checks import check_number
from schuss.description import ARRAYS, CLASS, describe, refuse, restore
from schuss.fitting import Position
from schuss.history import History
from schuss.inspection import Inspection
from schuss.lbfgs import LBFGS
from schuss.optimizers import Optimizer

Record = dict[str, Any]

OPTIONS = ("loss", "seed", "dtype", "engine")
# What a record says; copies and pickles carry along as it is all else that a model has.
HELD = {
    *("structure", "layers", *OPTIONS, "history"),
    *("_network", "_inputs", "_epochs_seen", "_position", "_fit", "_fitting"),
}
DEFAULT_LOSS = "softmax_cross_entropy"
MOST = 2**53  # epochs and steps


class Storage(Inspection):
    """The part of a model that is kept and made anew; parameters as for `Model`."""

    def describe(self) -> dict[str, Any]:
        """Return what the model was made from, in plain data, as JSON has it.

        Returns
        -------
        dict
            "layers", a list, "loss", "seed", "dtype" and "engine". Layers and the loss
            are dicts, with the name of the class as "class" and all settings.

        Raises
        ------
        ValueError
            If a layer or the loss is of the user's own making.

        Examples
        --------
        >>> import schuss
        >>> model = schuss.Model([schuss.Dropout(0.2), schuss.Dense(10)])
        >>> model.describe()["layers"][0]
        {'class': 'Dropout', 'rate': 0.2}
        """
        return self._described(refuse)

    @classmethod
    def from_description(cls, description: Mapping[str, Any]) -> Self:
        """Return a new model, without weights, from what `describe` returns.

        Parameters
        ----------
        description : mapping
            All but "layers" may be left out, as may settings that have a default; a
            loss may be its name.

        Returns
        -------
        Model

        Raises
        ------
        TypeError, ValueError
            If it describes no model, naming what is wrong.

        Examples
        --------
        >>> import schuss
        >>> dense = {"class": "Dense", "units": 10}
        >>> model = schuss.Model.from_description({"layers": [dense], "seed": 1})
        """
        layers, options = _arguments(description)
        return cls(layers, **options)

    def save(
        self, path: str | os.PathLike[str], *, training_state: bool = False
    ) -> None:
        """Write the model to a file, from which `schuss.load` makes it again.

        The file is in the format safetensors, and holds a description, the weights and
        a checksum, but no code and no data. What was in a file of that name stays until
        the new one is whole. A callback may save ``fit.model``.

        Parameters
        ----------
        path : str or path-like
            By custom it ends in ".safetensors".
        training_state : bool
            Whether the file also has the history, the optimizer and its state, by which
            ``fit(resume=True)`` goes on to the bit. It takes twice or three times the
            space.

        Raises
        ------
        ValueError
            If the loss, a layer or, with the training state, the learning rate is of
            the user's own making, or the optimizer is `schuss.LBFGS`.
        TypeError
            If `training_state` is no truth value.
        RuntimeError
            If another thread is fitting the model.
        OSError
            If the file cannot be written.

        Examples
        --------
        >>> import os, tempfile, schuss
        >>> path = os.path.join(tempfile.mkdtemp(), "model.safetensors")
        >>> schuss.Model([schuss.Dense(10)]).build(64).save(path)
        >>> schuss.load(path).weights[0][0].shape
        (64, 10)
        """
        if not isinstance(training_state, bool | np.bool):
            raise TypeError(
                f"training_state is {training_state!r}; give True or False."
            )
        from schuss import files  # and with it hashes and JSON, for this alone

        with self._still():
            record = self._record(refuse)
            if training_state:
                record["training"] = self._training(refuse)
        for name in files.BESIDE:
            if (given := getattr(self, name, None)) is not None:
                record[name] = given
        names = [layer.names for layer in self.layers]
        files.write(path, *files.to_file(record, names))

    def __getstate__(self) -> Record:
        """Return weights and history, and nothing of a training."""
        return self._carried(position=False)

    def __setstate__(self, state: Record) -> None:
        layers, options = _arguments(state["model"])
        Architecture.__init__(self, layers, **options)
        self._fill(state)
        self.__dict__.update(state["attributes"])

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Return a model of its own that goes on as this one would."""
        state = deepcopy(self._carried(position=True), memo)
        twin = object.__new__(type(self))
        twin.__setstate__(state)
        return twin

    def __copy__(self) -> Self:
        return deepcopy(self)

    def _still(self) -> AbstractContextManager[None]:
        """Keep other threads from fitting; a callback is inside of a fit anyway."""
        return nullcontext() if self._fitting.held else self._fitting

    def _carried(self, position: bool) -> Record:
        """Return a record with functions, and with attributes that others have set."""
        with self._still():
            record = self._record(_itself)
            record["training"] = self._training(_itself, position)
        own = {key: value for key, value in vars(self).items() if key not in HELD}
        return record | {"attributes": own}

    def _described(self, other: Callable[[object], Any]) -> dict[str, Any]:
        options = {name: getattr(self, name) for name in OPTIONS}
        described: dict[str, Any] = describe(
            {"layers": self.structure.given, **options}, other
        )
        return described

    def _record(self, other: Callable[[object], Any]) -> Record:
        """Return description and weights; `other` is asked about what is no data."""
        built = self._network is not None
        described, seen = self._described(other), self._epochs_seen
        if self._fit:
            seen += len(self._fit.history.get("loss", ()))
        return {
            "model": _without_arrays(described) if built else described,
            "epochs": seen,
            "weights": self.weights if built else None,
        }

    def _training(
        self, other: Callable[[object], Any], position: bool = True
    ) -> Record:
        """Return the history, and where a fit would go on if that is wanted."""
        history = self._fit.history if self._fit else self.history
        training: Record = {
            "history": dict(history),
            "first_epoch": history.first_epoch,
            "stop_reason": history.stop_reason,
            "position": None,
            "state": [],
        }
        at = self._fit.position() if self._fit else self._position
        if not position or not at:
            return training
        if isinstance(at.optimizer, LBFGS):
            if other is _itself:
                return training
            raise ValueError(
                "LBFGS keeps nothing that a fit could go on with; leave training_state "
                "out."
            )
        steps, training["state"] = self._built().state()
        training["position"] = {
            "optimizer": describe(at.optimizer, other),
            "epoch": at.epoch,
            "step": at.step,
            "learning_rate_factor": at.learning_rate_factor,
            "steps": steps,
        }
        return training

    def _fill(self, record: Record) -> None:
        """Take the weights of a record, and the training if it has one."""
        self._epochs_seen = _count("epochs", record["epochs"])
        if record["weights"] is not None:
            self.set_weights(record["weights"])
        training = record.get("training")
        if training is None:
            return
        self.history = History(_count("first_epoch", training["first_epoch"]))
        self.history.add(**training["history"])
        self.history.finish()
        self.history.stop_reason = str(training["stop_reason"])
        if training["position"] is not None:
            self._go_to(training["position"], training["state"])

    def _go_to(self, position: Record, state: Any) -> None:
        """Let a resumed fit go on from a position."""
        optimizer = restore(position["optimizer"])
        if not isinstance(optimizer, Optimizer) or isinstance(optimizer, LBFGS):
            raise TypeError(f"optimizer is {optimizer!r}, with which no fit goes on.")
        if self._network is None:
            raise ValueError("there is a position of a training, but no weights.")
        network = self._network
        network.start(optimizer.name, optimizer.settings)
        if _shapes(state) != _shapes(network.state()[1]):
            raise ValueError(f"the state of {optimizer!r} does not fit the model.")
        network.set_state(_count("steps", position["steps"]), state)
        self._position = Position(
            optimizer,
            _count("epoch", position["epoch"]),
            _count("step", position["step"]),
            check_number(
                "learning_rate_factor", position["learning_rate_factor"], 0, strict=True
            ),
        )


def _itself(value: object) -> Any:
    return value


def _shapes(state: Any) -> list[Any]:
    return [[[array.shape for array in own] for own in slot] for slot in state]


def _count(name: str, value: int) -> int:
    count: int = check_number(name, value, 0, MOST, whole=True)
    return count


def _arguments(description: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """Return the layers, and the other arguments of a model that is described."""
    if not isinstance(description, Mapping):
        raise TypeError(
            f"description is {description!r}; give a mapping, as Model.describe does."
        )
    for key in description:
        if key != "layers" and key not in OPTIONS:
            known = ", ".join(("layers", *OPTIONS))
            raise ValueError(f"a description of a model has {key!r}; give {known}.")
    layers = restore(description.get("layers"))
    if not isinstance(layers, list):
        raise TypeError(f"layers are {layers!r}; give a list of descriptions.")
    options = {key: value for key, value in description.items() if key != "layers"}
    return layers, options | {"loss": restore(options.get("loss", DEFAULT_LOSS))}


def _without_arrays(plain: Any) -> Any:
    """Return a description without first weights, which have been replaced."""
    if isinstance(plain, list):
        return [_without_arrays(item) for item in plain]
    if not isinstance(plain, dict):
        return plain
    dense = plain.get(CLASS) == "Dense"
    return {
        key: None if dense and key in ARRAYS else _without_arrays(value)
        for key, value in plain.items()
    }
