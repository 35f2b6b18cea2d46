"""What a model shows of its inside: hidden outputs, deltas, slopes at its inputs."""

from typing import TYPE_CHECKING, Any, Self, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from schuss import reference
from schuss.checks import check_number
from schuss.claim import Claim
from schuss.examples import Examples
from schuss.history import History
from schuss.inference import Inference
from schuss.losses import LOSSES
from schuss.optimizers import Optimizer
from schuss.regularizers import Regularizer

if TYPE_CHECKING:
    from schuss.explanation import Explanation


class Inspection(Inference):
    """The part of a model that looks inside; parameters as for `Model`."""

    def transform(self, X: ArrayLike, layer: int = -2) -> NDArray[Any]:
        """Return the outputs h of a layer: what the network has made of its inputs.

        The weights up to that layer are copied by each call: give many rows at once.

        Parameters
        ----------
        X : array_like, shape (rows, inputs)
        layer : int, from -layers to layers - 1
            The `schuss.Dense` layers, counted from 0 at the first, or backwards from -1
            at the last, whose outputs a call of the model returns; by default the last
            hidden one. What stands after a layer is not in its outputs.

        Returns
        -------
        ndarray of the model's dtype, shape (rows, units)

        Raises
        ------
        TypeError, ValueError, RuntimeError
            As for a call of the model, or if there is no such layer.
        """
        self._built()
        return self._lower(layer)(X)

    def deltas(self, X: ArrayLike, y: ArrayLike) -> list[NDArray[Any]]:
        """Return the error signals of backpropagation, layer by layer.

        Delta^l = dL/dU^l for the sums U^l = H^(l-1) W^l + b^l and the mean loss L over
        the rows: Delta^l = (Delta^(l+1) W^(l+1)T) * f'(U^l), of which
        dL/dW^l = H^(l-1)T Delta^l. A native step keeps none of them, so they are those
        of the NumPy reference in the model's precision. Source: D. E. Rumelhart, G. E.
        Hinton and R. J. Williams, 1986.

        Parameters
        ----------
        X, y : array_like
            As for `fit`.

        Returns
        -------
        list of ndarray, shape (rows, units)

        Raises
        ------
        TypeError, ValueError, RuntimeError
            As for `evaluate`.
        """
        network = self._reference()
        _, table, targets, weights = self._weighed(X, y, None)
        with np.errstate(all="ignore"):
            network.differentiate(table, targets, weights)
            return [
                reference.ACTIVATIONS[name].backward(kept, d_output)
                for name, kept, d_output in zip(
                    network.activations, network.kept, network.deltas, strict=True
                )
            ]

    def input_gradient(
        self, X: ArrayLike, y: ArrayLike | None = None, *, output: int | None = None
    ) -> NDArray[Any]:
        """Return what a small change of each input does, for every row by itself.

        With y, dl_i/dx_i of each row's own loss l_i, whatever the number of rows; with
        an output k, ds_k/dx of that output: of a logit, not of a probability. If there
        is a preprocessing, x is what it makes of X. By the
        NumPy reference in the model's precision. Source: K. Simonyan, A. Vedaldi and A.
        Zisserman, 2014, who draw it as an image.

        Parameters
        ----------
        X : array_like, shape (rows, inputs)
        y : array_like, optional
            As for `fit`.
        output : int, from 0 to outputs - 1, optional
            Which output, instead of y.

        Returns
        -------
        ndarray of the model's dtype, shape (rows, inputs)
            By the inputs as they were given, before any `schuss.Rescaling`.

        Raises
        ------
        TypeError, ValueError, RuntimeError
            As for `evaluate`; TypeError also unless one of y and output is given.
        """
        network = self._reference()
        table = self._examples(X)
        if (y is None) == (output is None):
            raise TypeError(
                f"y and output are {'both' if output is not None else 'neither'} "
                "given; give y for the slope of the loss, or output for that of one "
                "output."
            )
        with np.errstate(all="ignore"):
            outputs = network.forward(network.gathered(table, np.arange(len(table))))
            if y is not None:
                _, delta = network.loss(outputs, self._given(X, y, None).targets)
                delta = delta * outputs.dtype.type(len(table))
            else:
                which = check_number(
                    "output", cast(int, output), 0, outputs.shape[1], whole=True
                )
                delta = np.zeros_like(outputs)
                delta[:, which] = 1
            return network.backward(delta) * outputs.dtype.type(
                self.structure.rescaling.scale
            )

    def explain_step(
        self,
        x: ArrayLike,
        y: ArrayLike,
        *,
        optimizer: Optimizer | None = None,
        regularizer: Regularizer | None = None,
    ) -> "Explanation":
        """Follow one example through a step of training, number by number.

        Every equation of its way forward, of the way back and of the update, with the
        numbers of the model's engine beside those of the NumPy reference, for dense
        layers with any activation, loss by name, optimizer with a learning rate, and
        regularizer. The model stays as it is; the optimizer starts from rest, at the
        first rate of its schedule. Meant for networks so small that a pencil can
        follow. `Explanation` tells the notation.

        Parameters
        ----------
        x : array_like, shape (inputs,) or (1, inputs)
        y : int, or array_like, shape (outputs,)
            Class label, distribution over classes, or numbers.
        optimizer : Optimizer, optional
            ``SGD(0.1)`` by default.
        regularizer : Regularizer, optional

        Returns
        -------
        Explanation
            ``print`` writes it as text; ``explanation["delta^h"].value`` is a number.

        Raises
        ------
        TypeError, ValueError, RuntimeError
            As for `fit`; ValueError also for layers that are not dense, a loss of one's
            own, missing targets and `schuss.LBFGS`; RuntimeError also if the model has
            no weights yet.
        FloatingPointError
            If the step diverges.

        Examples
        --------
        >>> import schuss
        >>> layers = [schuss.Dense(2, "sigmoid"), schuss.Dense(2)]
        >>> model = schuss.Model(layers, dtype="float64").build(2)
        >>> print(model.explain_step([0, 1], 1))  # doctest: +ELLIPSIS
        One step of training on one example, in float64...
        """
        from schuss.equations import explain  # a tenth of the time to load a model

        self._built()
        return explain(self, x, y, optimizer, regularizer)

    def _check_callables(self, examples: Examples) -> None:
        """Check the derivatives of what is the user's own at some of the rows."""
        X, targets = examples.X[:8], examples.targets[:8]
        own = self.structure.custom_activations
        if own or self.loss.custom:
            network = self._reference(X.shape[1])
            with np.errstate(all="ignore"):
                rows = network.gathered(X, np.arange(len(X)))
                outputs = network.forward(rows, reference.stages.DIFFERENTIATE)
            for (activation, named), stage in zip(
                own, network.custom_activations, strict=True
            ):
                activation.check_derivative(stage.kept, named)
            self.loss.check_gradient(outputs, targets)

    def _reference(self, inputs: int = 0) -> reference.Network:
        """Return a network of the reference with the model's weights.

        With a number of inputs the first ones, if it has none yet.
        """
        weights = self.weights if self._network or not inputs else []
        network = self._made("reference", self.dtype, self._inputs or inputs)
        for layer, pair in enumerate(weights):
            network.set_parameters(layer, *pair)
        return cast(reference.Network, network)

    def _twin(self, engine: str) -> Self:
        """Return a model like this one, on an engine, with the same weights."""
        twin = self._bare()
        twin.engine = engine
        twin.preprocessing = self.preprocessing  # the engine has a say in how X is read
        twin.set_weights(self.weights)
        return twin

    def _bare(self) -> Self:
        """Return a model like this one that has no weights yet."""
        bare = object.__new__(type(self))
        bare.__dict__.update(self.__dict__)
        bare._network, bare._fit, bare._fitting = None, None, Claim()
        bare.history, bare._position = History(), None
        return bare

    def _lower(self, layer: int, sums: bool = False) -> Self:
        """Return a model whose outputs are those of a layer, or its sums x W + b."""
        depth = len(self.structure.dense)
        top = check_number("layer", layer, -depth, depth, whole=True) % depth
        lower = self._bare()
        if sums:
            lower.structure = self.structure.until(top, "identity")
        elif top + 1 < depth:
            lower.structure = self.structure.until(top)
        lower.layers = lower.structure.layers
        lower.loss = LOSSES["mean_squared_error"]
        lower.set_weights(self.weights[: len(lower.layers)])
        return lower
