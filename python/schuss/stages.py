"""What stands between dense layers: descriptions, without any numbers computed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from schuss.activations import CustomActivation, Pair, settle_activation
from schuss.checks import settle
from schuss.layers import Layer, Rescaling


class Stage(Layer):
    """A layer that gives as many outputs as it has inputs.

    It may stand first of all, and then changes the (rescaled) inputs, or after any
    layer.

    Attributes
    ----------
    name : str
        The stage of the network that does it.
    draws : bool
        Whether it draws random numbers; such a layer does nothing but in training.
    unsteady : str
        Why the same weights need not have the same loss in every step of a training;
        empty if they do.
    first : tuple of float
        What all numbers of each of its arrays are at first.
    settings : list of float
        The numbers the network is given for it.
    """

    name: ClassVar[str]
    draws: ClassVar[bool] = False
    unsteady: ClassVar[str] = ""
    first: ClassVar[tuple[float, ...]] = ()
    learning_rate_factor: ClassVar[None] = None

    @property
    def kind(self) -> str:
        """What the network calls it."""
        return self.name

    @property
    def settings(self) -> list[float]:
        """The numbers the network is given for it, in order."""
        return []

    @property
    def title(self) -> str:
        """What it is called in a summary."""
        numbers = (f"{number:.4g}" for number in self.settings)
        return " ".join([type(self).__name__, *numbers])


@dataclass(frozen=True)
class Dropout(Stage):
    """Leaves out a random share of its inputs, other ones for each row and step.

    In training h = m x / (1 - rate), where every m is 0 with probability `rate` and
    else 1; in prediction and evaluation h = x, of which the other is the mean. Neurons
    cannot rely on each other then, and a network learns its examples less by heart. It
    suits hidden layers, with about 0.5, and the inputs, with about 0.2.

    What is left out follows from the model's seed, the number of the optimizer's step,
    the layer, and the place in the batch: it is the same for any number of threads, on
    every instruction set, in both precisions, and in a fit that is resumed.

    Source: N. Srivastava et al., "Dropout: a simple way to prevent neural networks from
    overfitting", 2014; there it is the prediction that is scaled.

    Parameters
    ----------
    rate : float, in [0, 1)
        The share that is left out.

    Raises
    ------
    TypeError, ValueError
        If `rate` is no number or out of its range.

    Examples
    --------
    >>> import schuss
    >>> layers = [schuss.Dense(30, "relu"), schuss.Dropout(0.5), schuss.Dense(10)]
    >>> X, y = schuss.datasets.load_digits()
    >>> model = schuss.Model(layers, seed=0)
    >>> history = model.fit(X, y, epochs=1, verbose=False)
    """

    rate: float = 0.5
    name: ClassVar[str] = "dropout"
    draws: ClassVar[bool] = True
    unsteady: ClassVar[str] = "draws anew in every step"

    def __post_init__(self) -> None:
        settle(self, "rate", 0, 1)

    @property
    def settings(self) -> list[float]:
        """The rate."""
        return [self.rate]


@dataclass(frozen=True)
class GaussianNoise(Stage):
    """Adds normal noise to its inputs, other noise for each row and step.

    In training h = x + deviation n, where every n is normal with mean 0 and variance 1;
    in prediction and evaluation h = x. On the inputs of a network it acts as a penalty
    on how steeply the outputs change with them. What is drawn follows from the same as
    for `Dropout`.

    Source: C. M. Bishop, "Training with noise is equivalent to Tikhonov
    regularization", 1995.

    Parameters
    ----------
    deviation : float, at least 0
        The standard deviation, in units of the inputs.

    Raises
    ------
    TypeError, ValueError
        If `deviation` is no finite number of at least 0.
    """

    deviation: float = 0.1
    name: ClassVar[str] = "gaussian_noise"
    draws: ClassVar[bool] = True
    unsteady: ClassVar[str] = "draws anew in every step"

    def __post_init__(self) -> None:
        settle(self, "deviation", 0)

    @property
    def settings(self) -> list[float]:
        """The deviation."""
        return [self.deviation]


@dataclass(frozen=True)
class Activation(Stage):
    """An activation of its own, h = f(x), for places that no `Dense` has in it.

    ``Dense(30, "relu")`` and ``Dense(30), Activation("relu")`` are the same; between
    the two there may be something else, as a `BatchNorm`.

    Parameters
    ----------
    activation : str, CustomActivation, or pair of callables
        f, as for `Dense`.

    Raises
    ------
    TypeError
        If it is a sequence or callable but no pair of callables.

    Examples
    --------
    >>> import schuss
    >>> layers = [schuss.Dense(30), schuss.BatchNorm(), schuss.Activation("relu")]
    >>> model = schuss.Model([*layers, schuss.Dense(10)])
    """

    activation: str | CustomActivation | Pair
    name: ClassVar[str] = "activation"

    def __post_init__(self) -> None:
        settle_activation(self)

    @property
    def kind(self) -> str:
        """The name of f."""
        return str(self.activation)

    @property
    def title(self) -> str:
        """Its function is a part of it."""
        return f"Activation {self.activation}"


@dataclass(frozen=True)
class PReLU(Stage):
    """The rectifier whose slope below 0 is learned: h = x, or slope x for x < 0.

    Every column has a slope of its own, which is 0.25 at first; the regularizer and
    weight decay leave it alone, as they would draw it towards a plain ReLU.

    Source: K. He, X. Zhang, S. Ren and J. Sun, "Delving deep into rectifiers", 2015.
    """

    name: ClassVar[str] = "prelu"
    names: ClassVar[tuple[str, ...]] = ("slope",)
    learned: ClassVar[int] = 1
    first: ClassVar[tuple[float, ...]] = (0.25,)


@dataclass(frozen=True)
class Branch(Stage):
    """Where a way around some layers begins; a `Residual` has it."""

    name: ClassVar[str] = "branch"

    @property
    def title(self) -> str:
        """That of the whole."""
        return "Residual"


@dataclass(frozen=True)
class Join(Stage):
    """Where such a way ends, and what went into it is added."""

    name: ClassVar[str] = "join"


@dataclass(frozen=True)
class Residual(Layer):
    """Some layers, and a way around them: h = x + f(x), where f is the layers' work.

    Such a block need only learn what is to change about x, and the gradient comes back
    past it undiminished: networks of many layers learn that would not without. Blocks
    may stand one after the other, and within each other.

    Source: K. He, X. Zhang, S. Ren and J. Sun, "Deep residual learning for image
    recognition", 2016.

    Parameters
    ----------
    layers : sequence of Layer, at least one
        As many outputs as inputs must come of them.

    Raises
    ------
    TypeError
        If an item is no layer, or a Rescaling.
    ValueError
        If there is none. (Widths that differ are refused by the model.)

    Examples
    --------
    >>> import schuss
    >>> block = schuss.Residual([schuss.Dense(30, "relu"), schuss.Dense(30)])
    >>> model = schuss.Model([schuss.Dense(30), block, block, schuss.Dense(10)])
    """

    layers: Sequence[Layer]

    def __post_init__(self) -> None:
        given = self.layers
        if isinstance(given, str) or not isinstance(given, Iterable):
            raise TypeError(f"layers are {given!r}; give a list of layers.")
        object.__setattr__(self, "layers", tuple(given))
        for layer in self.layers:
            if not isinstance(layer, Layer) or isinstance(layer, Rescaling):
                raise TypeError(
                    f"in a Residual is {layer!r}; give schuss.Dense layers, and others "
                    "that may stand between them."
                )
        if not self.layers:
            raise ValueError("a Residual is empty; give at least one layer.")
