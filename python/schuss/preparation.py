"""What a fit is made ready with: data to train on, to evaluate, and how it was read."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from numpy.typing import ArrayLike

from schuss.examples import Examples
from schuss.metrics.metric import Given, as_metrics
from schuss.preprocessing.frames import kept, names_of
from schuss.preprocessing.table import Table
from schuss.reading import Reader, as_target_array
from schuss.validation import Pair, Validation, as_validation, held_out


class Prepared(NamedTuple):
    """The data of a fit.

    Attributes
    ----------
    training : Examples
        With the weights that the loss's kernels take.
    validation : Validation or None
    reader : Reader
        That has looked at the training data, and at no other.
    """

    training: Examples
    validation: Validation | None
    reader: Reader


def prepare(
    reader: Reader,
    X: Any,
    y: ArrayLike,
    sample_weight: ArrayLike | None = None,
    *,
    trained: bool,
    seed: int,
    data: Pair | Mapping[str, Pair] | None = None,
    fraction: float | None = None,
    metrics: Iterable[Given] = (),
) -> Prepared:
    """Return the data of a fit; X, y, sample_weight and metrics are those of `fit`.

    Parameters
    ----------
    reader : Reader
        Of the model.
    X, y, sample_weight : array_like
    trained : bool
        Whether the model was.
    seed : int
        Of the model.
    data, fraction
        validation_data and validation_fraction.
    metrics : iterable of str, callable or Metric

    Returns
    -------
    Prepared

    Raises
    ------
    Exception
        What `Model.fit` says of its arguments.
    """
    if fraction is not None and data is not None:
        raise ValueError(
            "there are validation_data and a validation_fraction; give one of them."
        )
    X, y = kept(X, "X"), as_target_array(y, "y")
    reader = reader.met(y, trained)
    examples, held = reader.given("training", X, y, sample_weight, ""), None
    if fraction is not None:
        examples, held = held_out(fraction, examples, seed, reader.classes)
    table = isinstance(examples.X, Table)
    reader = reader.fitted(examples.X, names_of(examples.X if table else X))
    examples = reader.ready(examples)
    sets = as_validation(data, reader)
    if held is not None:
        own = reader.weighed(reader.ready(held), "the sample_weight held out")
        sets = (own,)
    known = as_metrics(metrics, reader.loss, reader.outputs, reader.classes)
    validation = Validation(sets, tuple(known), reader.loss, reader.classes)
    training = reader.weighed(examples, "sample_weight")
    return Prepared(training, validation if sets else None, reader)
