"""What a model is: layers, a loss, and parameters that people read and set."""

from collections.abc import Sequence
from typing import Any, Self

from numpy.typing import ArrayLike, NDArray

from schuss import reference
from schuss.activations import CustomActivation
from schuss.checks import check_known, check_number
from schuss.claim import Claim
from schuss.engines import DTYPES, ENGINES, Network, Parameters, make_network
from schuss.fitting import Fit, Position
from schuss.history import History
from schuss.layers import Layer
from schuss.losses import as_loss
from schuss.losses.custom import Function
from schuss.losses.loss import Loss
from schuss.preprocessing import TabularPreprocessor, as_preprocessor
from schuss.stages import Activation
from schuss.structure import Structure
from schuss.summary import summarize
from schuss.weights import as_arrays, first_weights, fitting_weights


class Architecture:
    """The part of a model that does not ask for data; parameters as for `Model`."""

    def __init__(
        self,
        layers: Sequence[Layer],
        *,
        loss: str | Loss | Function = "softmax_cross_entropy",
        seed: int = 0,
        dtype: str = "float32",
        engine: str = "native",
        preprocessing: TabularPreprocessor | bool | str | None = None,
    ) -> None:
        structure = Structure(layers)
        for index, layer in enumerate(structure.dense):
            _check_activation(f"activation of layer {index}", layer.activation)
        for stage in structure.items:
            if isinstance(stage, Activation):
                _check_activation("activation", stage.activation)
        check_known("dtype", dtype, DTYPES)
        check_known("engine", engine, ENGINES)
        self.structure = structure
        self.layers = structure.layers
        self.loss = as_loss(loss, structure.outputs)
        self.seed: int = check_number("seed", seed, 0, 2**128, whole=True)
        self.dtype = dtype
        self.engine = engine
        self.preprocessing = as_preprocessor(preprocessing)
        self.classes: NDArray[Any] | None = None
        self.feature_names: list[str] | None = None
        self.history = History()
        self._network: Network | None = None
        self._inputs = 0
        self._epochs_seen = 0
        self._position: Position | None = None
        self._fit: Fit | None = None  # while one is under way
        self._fitting = Claim()

    @property
    def preprocessing(self) -> TabularPreprocessor | None:
        """What makes numbers of X; of its own, and fitted by the first `fit`."""
        return self._preprocessing

    @preprocessing.setter
    def preprocessing(self, given: TabularPreprocessor | None) -> None:
        self._preprocessing = given
        # Whether the network may look at arrays as they are.
        self._direct = given is None and self.engine == "native"

    def build(self, inputs: int) -> Self:
        """Make the network for a number of inputs, as the first `fit` does.

        Parameters
        ----------
        inputs : int, at least 1

        Returns
        -------
        Model
            Itself.

        Raises
        ------
        TypeError, ValueError
            If `inputs` is no whole number of at least 1, the model has been built
            for another, or given weights or a Residual do not fit.
        """
        inputs = check_number("inputs", inputs, 1, 2**31, whole=True)
        if self._network is None:
            self._build(inputs)
        elif inputs != self._inputs:
            raise ValueError(
                f"the model was built for {self._inputs} inputs, not {inputs}; "
                "make a new model."
            )
        return self

    @property
    def weights(self) -> list[Parameters]:
        """Copies of the arrays of every layer that has any, in order.

        Of a `Dense` weights (inputs, outputs) and bias (outputs,); of others one array
        of a number per column for each of their `names`.
        """
        network = self._built()
        return [network.parameters(layer) for layer in range(len(self.layers))]

    def set_weights(self, weights: Sequence[Sequence[ArrayLike]]) -> None:
        """Set what `weights` returns; builds the model if need be.

        Parameters
        ----------
        weights : sequence of sequences of array_like
            Of every `Dense` a pair of shapes (inputs, outputs) and (outputs,).

        Raises
        ------
        TypeError, ValueError
            If a number of layers, a shape or a value is wrong; nothing is set then.
        """
        given = as_arrays(weights, self.layers)
        inputs = self._inputs or len(given[0][0])
        checked = fitting_weights(self.layers, inputs, given, self.dtype)
        if self._network is None:
            self._build(check_number("inputs", inputs, 1, 2**31, whole=True), checked)
            return
        for layer, arrays in enumerate(checked):
            self._network.set_parameters(layer, *arrays)

    def summary(self) -> None:
        """Print layers, shapes, parameters and bytes."""
        print(summarize(self.structure, self._inputs, self.dtype))

    def _built(self) -> Network:
        if self._network is None:
            raise RuntimeError(
                "the model has no weights yet; call fit, build or set_weights first."
            )
        return self._network

    def _build(self, inputs: int, weights: list[Parameters] | None = None) -> None:
        """Make the network, with weights that fit or with its first ones."""
        self.structure.check_widths(inputs)
        self._network = self._made(self.engine, self.dtype, inputs, weights)
        self._inputs = inputs

    def _made(
        self,
        engine: str,
        dtype: str,
        inputs: int,
        weights: list[Parameters] | None = None,
    ) -> Network:
        """Return a new network with weights that fit, or with its first ones."""
        if weights is None:
            weights = first_weights(self.layers, inputs, self.seed, self.dtype)
        shapes = self.structure.shapes
        rescaling, stages = self.structure.rescaling, self.structure.stages(self.seed)
        network = make_network(
            engine,
            dtype,
            inputs,
            shapes,
            self.loss.name,
            rescaling.scale,
            rescaling.offset,
            stages,
            self.loss.settings_of(self.structure.outputs),
            self.loss.custom,
        )
        for layer, arrays in enumerate(weights):
            network.set_parameters(layer, *arrays)
        return network


def _check_activation(name: str, given: object) -> None:
    if not isinstance(given, CustomActivation):
        check_known(name, given, reference.ACTIVATIONS)
