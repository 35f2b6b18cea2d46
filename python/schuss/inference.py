"""What a model with weights does: predict, evaluate, and show its gradients."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from schuss import gradient_check
from schuss.architecture import Architecture
from schuss.checks import check_number
from schuss.engines import CLASSES, MEANS, OUTPUTS, Parameters
from schuss.evaluation import WANTED, evaluate, shown
from schuss.examples import Examples
from schuss.metrics.metric import Given, Metric, as_metrics, check_targets
from schuss.reading import Reader


class Inference(Architecture):
    """The part of a model that trains nothing; parameters as for `Model`."""

    def __call__(self, X: ArrayLike) -> NDArray[Any]:
        """Return the outputs of the last layer: logits, or predicted numbers.

        Parameters
        ----------
        X : array_like, shape (rows, inputs)

        Returns
        -------
        ndarray of the model's dtype, shape (rows, outputs)

        Raises
        ------
        TypeError, ValueError
            If X is no table of finite numbers of the right width.
        RuntimeError
            If the model has no weights yet.
        """
        return self._predicted(X, OUTPUTS)

    def predict_proba(self, X: ArrayLike) -> NDArray[Any]:
        """Return the probability of every class or event.

        It is softmax of the outputs, or with "binary_cross_entropy" each output's
        1 / (1 + exp(-y)).

        Parameters
        ----------
        X : array_like, shape (rows, inputs)

        Returns
        -------
        ndarray of the model's dtype, shape (rows, outputs)
            Of classes, rows sum to 1.

        Raises
        ------
        TypeError, ValueError, RuntimeError
            As for a call of the model; ValueError also for a loss whose outputs tell no
            probabilities.
        """
        if not self.loss.has_probabilities:
            raise ValueError(
                f"a model with loss {self.loss.name!r} predicts {self.loss.predicts} "
                "without probabilities; use predict."
            )
        return self._predicted(X, MEANS)

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the most probable class per row, or what each output predicts.

        Parameters
        ----------
        X : array_like, shape (rows, inputs)

        Returns
        -------
        ndarray
            Of shape (rows,) for classes: the labels of ``model.classes``, or int64.
            Otherwise of shape (rows, outputs), or (rows,) if there is one output: 0 or
            1 in int64 for events, of which 1 is more probable than 1/2, and numbers in
            the model's dtype.

        Raises
        ------
        TypeError, ValueError, RuntimeError
            As for a call of the model.
        """
        if self.loss.predicts == "classes":
            numbers = self._predicted(X, CLASSES)
            return numbers if self.classes is None else self.classes[numbers]
        return shown(self._predicted(X, WANTED[self.loss.predicts]), self.loss)

    def evaluate(
        self,
        X: ArrayLike,
        y: ArrayLike,
        *,
        sample_weight: ArrayLike | None = None,
        metrics: Iterable[Given] = (),
    ) -> dict[str, float]:
        """Return the mean "loss", for class labels the "accuracy", and metrics.

        Parameters
        ----------
        X, y : array_like
            As for `fit`.
        sample_weight : array_like, shape (rows,), optional
            As for `fit`; weighs the loss, and nothing else.
        metrics : iterable of str, callable or schuss.metrics.Metric
            As for `fit`; each adds a value by its name.

        Returns
        -------
        dict of str to float

        Raises
        ------
        TypeError, ValueError, RuntimeError
            As for `fit` and a call of the model.
        """
        network = self._built()
        examples = self._weighed(X, y, sample_weight)
        known = self._metrics(metrics)
        check_targets(known, examples.targets, "y")
        return evaluate(network, examples, self.loss, known, self.classes)

    def gradients(
        self, X: ArrayLike, y: ArrayLike, *, sample_weight: ArrayLike | None = None
    ) -> list[Parameters]:
        """Return the gradient of the mean loss over X and y, layer by layer.

        What draws random numbers in a training does nothing here; a `BatchNorm` goes by
        X, as in a step, and the gradient of its running statistics is zero.

        Parameters
        ----------
        X, y, sample_weight : array_like
            As for `fit`.

        Returns
        -------
        list of tuples of ndarray, of the shapes of `weights`

        Raises
        ------
        TypeError, ValueError, RuntimeError
            As for `evaluate`.
        """
        network = self._built()
        _, table, targets, weights = self._weighed(X, y, sample_weight)
        network.differentiate(table, targets, weights)
        return [network.gradients(layer) for layer in range(len(self.layers))]

    def check_gradients(
        self,
        X: ArrayLike,
        y: ArrayLike,
        *,
        sample_weight: ArrayLike | None = None,
        samples: int = 100,
    ) -> gradient_check.GradientCheck:
        """Compare the gradient with central differences of the loss in float64.

        Parameters
        ----------
        X, y, sample_weight : array_like
            As for `fit`.
        samples : int, at least 1
            Parameters tried per array, drawn by the model's seed.

        Returns
        -------
        GradientCheck

        Raises
        ------
        TypeError, ValueError, RuntimeError
            As for `evaluate`.
        """
        samples = check_number("samples", samples, 1, whole=True)
        gradients = self.gradients(X, y, sample_weight=sample_weight)
        examples = self._weighed(X, y, sample_weight, "float64")
        twin = self._made(self.engine, "float64", self._inputs)
        rng = np.random.default_rng([self.seed, 2])
        return gradient_check.compare(
            gradients,
            self.weights,
            twin,
            examples,
            rng,
            samples,
            [layer.names[: layer.learned] for layer in self.layers],
            self.structure.by_batch,
        )

    @property
    def _reader(self) -> Reader:
        """How X and y are read."""
        return Reader(
            self.loss,
            self.structure.outputs,
            self.dtype,
            self._inputs,
            self.classes,
            self.feature_names,
            self.preprocessing,
        )

    def _predicted(self, X: ArrayLike, wanted: int) -> NDArray[Any]:
        network = self._network or self._built()
        # The native network checks what it reads as it reads it, which is in time.
        if type(X) is not np.ndarray or not self._direct:
            X = self._examples(X)
        return network.predict(X, wanted)

    def _examples(self, X: ArrayLike) -> NDArray[Any]:
        reader = self._reader
        return reader.inputs(reader.table(X, "X"))

    def _given(
        self,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None,
        dtype: str | None = None,
    ) -> Examples:
        """Return what a user gave, as the network takes it, with the user's weights."""
        reader = self._reader._replace(dtype=dtype or self.dtype)
        return reader.ready(reader.given("training", X, y, sample_weight, ""))

    def _weighed(
        self,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None,
        dtype: str | None = None,
    ) -> Examples:
        """Return the same with the weights that the loss's kernels take."""
        given = self._given(X, y, sample_weight, dtype)
        return self._reader.weighed(given, "sample_weight")

    def _metrics(self, given: Iterable[Given]) -> list[Metric]:
        return as_metrics(given, self.loss, self.structure.outputs, self.classes)
