"""What a model is made of: descriptions of layers, without any numbers computed."""

from dataclasses import dataclass
from typing import ClassVar

from numpy.typing import ArrayLike

from schuss.activations import CustomActivation, Pair, settle_activation
from schuss.checks import LARGEST, SMALLEST, check_known, settle
from schuss.initializers import INITIALIZERS


class Layer:
    """What a model is made of: `Dense`, what stands between, or first a `Rescaling`.

    Attributes
    ----------
    names : tuple of str
        Of the arrays that it has, each a part of `Model.weights`.
    learned : int
        How many of them, the first, are learned by gradients.
    """

    names: ClassVar[tuple[str, ...]] = ()
    learned: ClassVar[int] = 0

    def shapes(self, inputs: int) -> tuple[tuple[int, ...], ...]:
        """Return the shapes of its arrays.

        Parameters
        ----------
        inputs : int

        Returns
        -------
        tuple of tuples of int
        """
        return ((inputs,),) * len(self.names)

    @property
    def title(self) -> str:
        """What it is called in a summary."""
        return type(self).__name__

    def form(self, inputs: int) -> str:
        """Return the shapes of its arrays for a summary; 0 inputs are not known."""
        return f"{len(self.names)} x {inputs or '?'}" if self.names else ""


@dataclass(frozen=True, eq=False)
class Dense(Layer):
    """A fully connected layer, h = f(x W + b).

    Parameters
    ----------
    units : int, at least 1
        Number of outputs, or neurons.
    activation : str, CustomActivation, or pair of callables
        Name of f: "identity"; "step", "hard_sigmoid", "sigmoid" or "tanh"; "relu",
        "leaky_relu", "elu", "selu" or "softplus"; "gelu", "gelu_tanh", "silu" or
        "mish". `schuss.reference` has a function of each name that tells its formula.
        The slope of "step" is zero: layers with it predict, but neither they nor those
        below them learn by gradients. Or a function of one's own, as a pair of NumPy
        functions (value, derivative): see `schuss.CustomActivation`.
    initializer : str, optional
        "he", "glorot", "lecun" or "zeros"; by default what suits the activation,
        "glorot" for one of one's own.
    weights : array_like, shape (inputs, units), optional
        The first weights, instead of random ones.
    bias : array_like, shape (units,), optional
        The first bias, instead of zeros.
    learning_rate_factor : float, at least 0
        What the optimizer's learning rate is multiplied by in this layer. 0 freezes
        it: no gradient, penalty, decay or limit moves its weights or its bias.
        `schuss.Rprop` multiplies the sizes its steps begin with; `schuss.LBFGS` takes 0
        and 1 alone.

    Raises
    ------
    TypeError, ValueError
        If `units` is no whole number of at least 1, `activation` a sequence or callable
        but no pair of callables, `initializer` unknown, or `learning_rate_factor` no
        number of at least 0.

    Examples
    --------
    A perceptron (Rosenblatt, 1958) with ten neurons is ``Dense(10)``; one formal
    neuron (McCulloch and Pitts, 1943) is ``Dense(1, "step")``.
    """

    units: int
    activation: str | CustomActivation | Pair = "identity"
    initializer: str | None = None
    weights: ArrayLike | None = None
    bias: ArrayLike | None = None
    learning_rate_factor: float = 1.0
    names: ClassVar[tuple[str, ...]] = ("weights", "bias")
    learned: ClassVar[int] = 2

    def __post_init__(self) -> None:
        settle(self, "units", 1, 2**31, whole=True)
        settle_activation(self)
        if self.initializer is not None:
            check_known("initializer", self.initializer, INITIALIZERS)
        settle(self, "learning_rate_factor", 0)

    def shapes(self, inputs: int) -> tuple[tuple[int, ...], ...]:
        """Return those of weights and bias."""
        return (inputs, self.units), (self.units,)

    @property
    def title(self) -> str:
        """Its activation is a part of it."""
        return f"Dense {self.activation}"

    def form(self, inputs: int) -> str:
        """Return the shape of its weights."""
        return f"{inputs or '?'} x {self.units}"


@dataclass(frozen=True)
class Rescaling(Layer):
    """A first layer that makes every input scale * x + offset.

    It costs nothing: rows are rescaled while they are gathered, so that bytes can stay
    bytes in memory.

    Parameters
    ----------
    scale : float, at least 1.2e-38
        1/255 brings bytes to the range from 0 to 1.
    offset : float

    Raises
    ------
    TypeError, ValueError
        If an argument is no finite number, or out of its range.
    """

    scale: float = 1.0
    offset: float = 0.0

    def __post_init__(self) -> None:
        settle(self, "scale", SMALLEST)
        settle(self, "offset", -LARGEST)
