"""Losses of models that tell one class of several."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from schuss.checks import check_number, settle
from schuss.losses.loss import Loss

ClassWeight = str | tuple[float, ...] | dict[str | int, float]
Given = str | ArrayLike | Mapping[Any, float] | None


class LossOfClasses(Loss):
    """What losses of classes share: weights of classes.

    Attributes
    ----------
    class_weight : "balanced", tuple or dict of float, or None
        As for `SoftmaxCrossEntropy`.
    """

    class_weight: Given
    predicts: ClassVar[str] = "classes"

    def __post_init__(self) -> None:
        if self.class_weight is not None:
            weights = _class_weights(self.class_weight)
            object.__setattr__(self, "class_weight", weights)

    def check_outputs(self, outputs: int) -> None:
        """Check that there is a class for each weight, and a weight for each class.

        Parameters
        ----------
        outputs : int

        Raises
        ------
        ValueError
            If not.
        """
        given = self.class_weight
        if isinstance(given, tuple) and len(given) != outputs:
            raise ValueError(
                f"class_weight has {len(given)} numbers, but the model has {outputs} "
                "outputs; give one for each."
            )
        if isinstance(given, dict) and len(given) > outputs:
            raise ValueError(
                f"class_weight has {len(given)} classes, but the model has {outputs} "
                "outputs; leave out those that the model is not to tell."
            )

    def labelled(self, labels: Iterable[object]) -> Loss:
        """Return the loss with classes by the numbers of outputs; as `Loss.labelled`.

        A label is known by its text, as descriptions in JSON have it.
        """
        if not isinstance(self.class_weight, dict):
            return self
        numbers = {str(label): number for number, label in enumerate(labels)}
        for each in self.class_weight:
            if str(each) not in numbers:
                known = ", ".join([*numbers][:5]) + ", ..." * (len(numbers) > 5)
                raise ValueError(
                    f"class_weight has class {each!r}, which is none of the model's "
                    f"{len(numbers)} ({known}); give labels as y has them."
                )
        given = {numbers[str(key)]: value for key, value in self.class_weight.items()}
        return replace(self, class_weight=given)  # type: ignore[type-var]

    def weights(
        self, targets: NDArray[Any], sample_weight: NDArray[np.float64] | None
    ) -> NDArray[np.float64] | None:
        """Return each row's weight times that of its class; as `Loss.weights`."""
        given = self.class_weight
        if given is None:
            return sample_weight
        own = np.ones(len(targets)) if sample_weight is None else sample_weight
        labelled = targets.ndim == 1
        classes = int(targets.max()) + 1 if labelled else targets.shape[1]
        of_classes = np.ones(classes)
        if isinstance(given, tuple):
            of_classes = np.array(given[:classes])
        elif isinstance(given, dict):
            for each, weight in given.items():
                of_classes[each : each + 1] = weight
        else:
            sizes = np.bincount(targets, own) if labelled else own @ targets
            of_classes = np.divide(1, sizes, out=np.zeros(classes), where=sizes > 0)
        return own * (of_classes[targets] if labelled else targets @ of_classes)


def _class_weights(given: Any) -> ClassWeight:
    """Return what a user gave for class_weight, checked and of types of our own."""
    if isinstance(given, str):
        if given != "balanced":
            raise ValueError(
                f'class_weight is {given!r}; give "balanced", an array, or a mapping.'
            )
        return given
    if isinstance(given, Mapping):
        return {_label(each): _weight_of(each, w) for each, w in given.items()}
    numbers = np.asarray(given)
    if numbers.ndim != 1 or numbers.dtype.kind not in "iuf":
        raise TypeError(
            f'class_weight is {given!r}; give "balanced", a number for each class, or '
            "a mapping of classes to numbers."
        )
    return tuple(_weight_of(each, weight) for each, weight in enumerate(given))


def _label(given: object) -> str | int:
    """Return the label of a class as a plain one."""
    if isinstance(given, str):
        return str(given)
    if isinstance(given, bool | np.bool):
        return bool(given)
    if isinstance(given, int | np.integer):
        return int(given)
    raise TypeError(
        f"a class of class_weight is {given!r}; give strings, whole numbers or truth "
        "values, as y has them."
    )


def _weight_of(each: object, weight: float) -> float:
    return float(check_number(f"class_weight[{each}]", weight, 0))


@dataclass(frozen=True)
class SoftmaxCrossEntropy(LossOfClasses):
    """The cross-entropy of softmax(outputs), -sum_c t_c ln p_c, for classes.

    Targets are labels from 0 or distributions t over classes; the loss is in nats.
    Sources: J. S. Bridle, 1990; of the smoothing: C. Szegedy et al., "Rethinking the
    Inception Architecture for Computer Vision", 2016, section 7.

    Parameters
    ----------
    label_smoothing : float e, in [0, 1)
        Targets become (1 - e) t + e / K, with K classes, wherever the loss is computed.
    class_weight : "balanced", array_like, or mapping of labels to float, optional
        The weight c_k, at least 0, of the rows of each of the K classes, an array in
        the order of the outputs, a mapping by the labels that y has; classes that it
        leaves out have 1. A row of weight w and of class k counts w c_k, one of
        a distribution t counts w sum_k t_k c_k. "balanced" gives all classes that occur
        the same weight in whatever data the loss is of, c_k = 1 / (sum of w over the
        rows of class k): the loss is then the mean over classes of theirs. Source:
        G. King and L. Zeng, "Logistic Regression in Rare Events Data", 2001.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.
    """

    label_smoothing: float = 0.0
    class_weight: Given = None
    name: ClassVar[str] = "softmax_cross_entropy"
    takes: ClassVar[str] = "classes"
    has_probabilities: ClassVar[bool] = True

    def __post_init__(self) -> None:
        super().__post_init__()
        settle(self, "label_smoothing", 0, 1)

    @property
    def settings(self) -> list[float]:
        """The number the kernel takes after the targets: label_smoothing."""
        return [self.label_smoothing]


@dataclass(frozen=True)
class Perceptron(LossOfClasses):
    """The perceptron rule, max_c s_c - s_k, for labels k.

    Rows that are classified rightly change nothing; of any other, a step of plain SGD
    adds its inputs to the weights of its class and takes them from those of the class
    it was taken for. Outputs tell classes, and no probabilities. Sources:
    F. Rosenblatt, 1958; for several classes, R. O. Duda and P. E. Hart, 1973.

    Parameters
    ----------
    class_weight : "balanced", array_like, or mapping of labels to float, optional
        As for `SoftmaxCrossEntropy`.

    Raises
    ------
    TypeError, ValueError
        If it is not as described.
    """

    class_weight: Given = None
    name: ClassVar[str] = "perceptron"
    takes: ClassVar[str] = "labels"


@dataclass(frozen=True)
class Hinge(LossOfClasses):
    """The hinge loss of classes, max_c (s_c + [c is not k]) - s_k, for labels k.

    It is 0 where the label's output is above all others by 1 at least; with two classes
    it is max(0, 1 - m) of the margin m between their outputs. Outputs tell classes, and
    no probabilities. Source: K. Crammer and Y. Singer, "On the Algorithmic
    Implementation of Multiclass Kernel-based Vector Machines", 2001.

    Parameters
    ----------
    class_weight : "balanced", array_like, or mapping of labels to float, optional
        As for `SoftmaxCrossEntropy`.

    Raises
    ------
    TypeError, ValueError
        If it is not as described.
    """

    class_weight: Given = None
    name: ClassVar[str] = "hinge"
    takes: ClassVar[str] = "labels"
