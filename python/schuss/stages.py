"""What stands between dense layers: descriptions, without any numbers computed."""

from dataclasses import dataclass
from typing import ClassVar

from schuss.checks import settle
from schuss.layers import Layer


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
    settings : list of float
        The numbers the network is given for it.
    """

    name: ClassVar[str]
    draws: ClassVar[bool] = False

    @property
    def settings(self) -> list[float]:
        """The numbers the network is given for it, in order."""
        raise NotImplementedError

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

    def __post_init__(self) -> None:
        settle(self, "deviation", 0)

    @property
    def settings(self) -> list[float]:
        """The deviation."""
        return [self.deviation]
