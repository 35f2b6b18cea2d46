"""The demonstration: one training, told from data to test, on both engines."""

from dataclasses import dataclass
from os import PathLike, fspath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schuss import config, figures
from schuss.datasets import Split, load_digits, load_mnist, stratified_split
from schuss.history import History
from schuss.layers import Dense, Rescaling
from schuss.model import Model
from schuss.optimizers import SGD
from schuss.regularizers import L2
from schuss.schedules import ExponentialDecay

NO_MATPLOTLIB = 'no figure without matplotlib: pip install "schuss[plot]" gives one'


@dataclass(frozen=True)
class Task:
    """What is trained on (the test part of `fitting` is for validation), and how."""

    about: str
    fitting: Split
    X_test: NDArray[Any]
    y_test: NDArray[Any]
    white: int
    hidden: tuple[int, ...]
    optimizer: SGD
    batch_size: int
    epochs: int
    reference_epochs: int

    @property
    def classes(self) -> int:
        """As many as the training rows have."""
        return int(self.fitting.y_train.max()) + 1

    def model(self, seed: int, engine: str) -> Model:
        """Return a new model for the task, not yet trained."""
        hidden = [Dense(units, "relu") for units in self.hidden]
        layers = [Rescaling(1 / self.white), *hidden, Dense(self.classes)]
        model = Model(layers, seed=seed, engine=engine)
        return model.build(self.X_test.shape[1])


@dataclass(frozen=True)
class Run:
    """What came out of one training; `speed` is in training rows per second."""

    history: History
    predicted: NDArray[np.int64]
    accuracy: float
    speed: float


def demo(
    mnist: str | PathLike[str] | None = None,
    epochs: int | None = None,
    seed: int = 0,
    figure: str | PathLike[str] | None = None,
) -> None:
    """Train, test and compare, and print how it went.

    Parameters
    ----------
    mnist : path, optional
        The folder of MNIST's files; by default the digits in the package are used.
    epochs : int, at least 1, optional
    seed : int, at least 0
        Of the first weights, the order of the rows and the rows for validation.
    figure : path, optional
        Where to draw the figure; none is drawn by default.

    Raises
    ------
    OSError, ValueError
        If the files of MNIST or the path of the figure will not do.
    """
    drawing = figure is not None and figures.check_path(figure)
    task = _digits(seed, epochs) if mnist is None else _mnist(mnist, seed, epochs)
    _tell_task(task, seed)
    print(f"\nTraining on {config.get_isa()}, at most {config.get_threads()} threads:")
    native = _run(task, seed, "native", task.epochs)
    right = round(native.accuracy * len(task.y_test))
    print(
        f"\ntest accuracy {native.accuracy:.2%} ({right:,} of {len(task.y_test):,})\n"
    )
    print(
        format_confusion(confusion_matrix(task.y_test, native.predicted, task.classes))
    )
    print("\nThe same in NumPy, the reference engine:")
    print(_comparison(native, _run(task, seed, "reference", task.reference_epochs)))
    if figure is not None and drawing:
        figures.demo_figure(
            native.history, native.predicted, task.X_test, task.y_test, figure
        )
        print(f"\nfigure: {fspath(figure)}")
    elif figure is not None:
        print(f"\n{NO_MATPLOTLIB}")


def _run(task: Task, seed: int, engine: str, epochs: int) -> Run:
    """Train a new model on a task, then test it."""
    model = task.model(seed, engine)
    X, X_validation, y, y_validation = task.fitting
    history = model.fit(
        X,
        y,
        epochs=epochs,
        batch_size=task.batch_size,
        optimizer=task.optimizer,
        regularizer=L2(5e-4),
        validation_data=(X_validation, y_validation),
    )
    predicted = model.predict(task.X_test)
    accuracy = float(np.mean(predicted == task.y_test))
    speed = len(X) / float(np.median(history["seconds"]))
    return Run(history, predicted, accuracy, speed)


def confusion_matrix(
    y: NDArray[Any], predicted: NDArray[Any], classes: int
) -> NDArray[np.int64]:
    """Count how often each class (row) was read as each class (column).

    Parameters
    ----------
    y, predicted : ndarray of int, shape (rows,)
    classes : int

    Returns
    -------
    ndarray of int64, shape (classes, classes)
    """
    cells = np.bincount(y * classes + predicted, minlength=classes**2)
    return cells.reshape(classes, classes)


def format_confusion(matrix: NDArray[np.int64]) -> str:
    """Return a confusion matrix as a table with a dot for every zero.

    Parameters
    ----------
    matrix : ndarray of int64, shape (classes, classes)

    Returns
    -------
    str
    """
    width = len(str(max(matrix.max(), len(matrix)))) + 2
    names = "".join(f"{name:{width}}" for name in range(len(matrix)))
    lines = ["".join(f"{n or '.':>{width}}" for n in row) for row in matrix.tolist()]
    table = [f"{'read as':>9}{names}"]
    for name, line in enumerate(lines):
        table.append(f"{'true' if name == 0 else '':5}{name:>4}{line}")
    return "\n".join(table)


def _comparison(native: Run, reference: Run) -> str:
    """Return results and speed of two runs, side by side."""
    both = (native, reference)
    common = min(len(one.history["loss"]) for one in both)
    curves = [one.history["loss"][:common] for one in both]
    rows = [
        ("", ["native", "NumPy"]),
        ("epochs", [str(len(one.history["loss"])) for one in both]),
        ("test accuracy", [f"{one.accuracy:.2%}" for one in both]),
        ("examples/s", [f"{one.speed:,.0f}" for one in both]),
    ]
    lines = [f"{name:<14}{a:>12}{b:>12}" for name, (a, b) in rows]
    ratio = native.speed / reference.speed
    return "\n".join(
        [
            *lines,
            f"\nnative is {ratio:.1f} times as fast as NumPy (training rows / seconds of "
            "the median epoch, validation included)",
            f"largest difference of the training losses over {common} epochs: "
            f"{np.abs(curves[0] - curves[1]).max():.1e}",
        ]
    )


def _tell_task(task: Task, seed: int) -> None:
    rows = (len(task.fitting.y_train), len(task.fitting.y_test), len(task.y_test))
    print(task.about)
    print("{:,} rows to train, {:,} for validation, {:,} to test\n".format(*rows))
    task.model(seed, "native").summary()


def _digits(seed: int, epochs: int | None) -> Task:
    # The test rows are the same for every seed, as those of MNIST are.
    X, X_test, y, y_test = stratified_split(*load_digits(), 0.25, seed=0)
    fitting = stratified_split(X, y, 0.1, seed=seed)
    return Task(
        about="Handwritten digits, 8 x 8 pixels, from the package (E. Alpaydin and "
        "C. Kaynak,\nUCI Machine Learning Repository, 1998, CC BY 4.0); "
        f"{len(fitting.X_train):,} images are trained on,\neach as it is and shifted "
        "by a pixel to the left, right, top and bottom.",
        fitting=_with_shifts(fitting, 8),
        X_test=X_test,
        y_test=y_test,
        white=16,
        hidden=(256, 128),
        optimizer=SGD(ExponentialDecay(0.1, rate=0.15), momentum=0.9),
        batch_size=16,
        epochs=epochs or 20,
        reference_epochs=epochs or 20,
    )


def _with_shifts(fitting: Split, side: int) -> Split:
    """Return the split with four shifted copies of every training image."""
    images = fitting.X_train.reshape(-1, side, side)
    wide = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    corners = [(1, 1), (1, 2), (1, 0), (2, 1), (0, 1)]
    shifted = [wide[:, top : top + side, left : left + side] for top, left in corners]
    X = np.concatenate(shifted).reshape(-1, side * side)
    return fitting._replace(X_train=X, y_train=np.tile(fitting.y_train, len(shifted)))


def _mnist(directory: str | PathLike[str], seed: int, epochs: int | None) -> Task:
    X, y, X_test, y_test = load_mnist(directory)
    return Task(
        about=f"MNIST, 28 x 28 pixels, from {fspath(directory)} (Y. LeCun, C. Cortes "
        "and C. Burges, 1998).",
        fitting=stratified_split(X, y, 1 / 12, seed=seed),
        X_test=X_test,
        y_test=y_test,
        white=255,
        hidden=(256, 128),
        optimizer=SGD(ExponentialDecay(0.1, rate=0.3), momentum=0.9),
        batch_size=128,
        epochs=epochs or 10,
        reference_epochs=1,
    )
