"""The demonstration: one training, told from data to test, on both engines."""

from dataclasses import dataclass
from os import PathLike, fspath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schuss import config, datasets, figures
from schuss.history import History
from schuss.layers import Dense, Rescaling
from schuss.model import Model
from schuss.optimizers import SGD
from schuss.regularizers import L2
from schuss.schedules import ExponentialDecay


@dataclass(frozen=True)
class Task:
    """What is trained on (the test part of `fitting` is for validation), and how."""

    about: str
    fitting: datasets.Split
    X_test: NDArray[Any]
    y_test: NDArray[Any]
    brightest: int
    batch_size: int
    decay: float
    epochs: int
    reference_epochs: int

    @property
    def classes(self) -> int:
        """As many as the training rows have."""
        return int(self.fitting.y_train.max()) + 1

    def model(self, seed: int, engine: str) -> Model:
        """Return a new model for the task, not yet trained."""
        hidden = [Dense(256, "relu"), Dense(128, "relu")]
        layers = [Rescaling(1 / self.brightest), *hidden, Dense(self.classes)]
        return Model(layers, seed=seed, engine=engine).build(self.X_test.shape[1])


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
        Of the first weights, the order of the rows and the choice for validation.
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
    threads = config.get_threads()
    print(f"\nTraining on {config.get_isa()}, at most {threads} threads:", flush=True)
    native = _run(task, seed, "native", task.epochs)
    right = round(native.accuracy * len(task.y_test))
    print(
        f"\ntest accuracy {native.accuracy:.2%} ({right:,} of {len(task.y_test):,})\n"
    )
    print(
        format_confusion(confusion_matrix(task.y_test, native.predicted, task.classes))
    )
    only = "" if task.reference_epochs == task.epochs else ", for 1 epoch only"
    print(f"\nThe same in NumPy{only}:", flush=True)
    print(_comparison(native, _run(task, seed, "reference", task.reference_epochs)))
    if figure is not None and drawing:
        seen = (native.predicted, task.X_test, task.y_test)
        figures.demo_figure(native.history, *seen, figure)
        print(f"\nfigure: {fspath(figure)}")
    elif figure is not None:
        print('\nNo figure without matplotlib: pip install "schuss[plot]" gives one.')


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
    table = ["  read as" + "".join(f"{name:{width}}" for name in range(len(matrix)))]
    for name, row in enumerate(matrix.tolist()):
        cells = "".join(f"{count or '.':>{width}}" for count in row)
        table.append(f"{'' if name else 'true':6}{name:3}{cells}")
    return "\n".join(table)


def _tell_task(task: Task, seed: int) -> None:
    rows = [len(y) for y in (task.fitting.y_train, task.fitting.y_test, task.y_test)]
    print(task.about)
    print("{:,} rows to train on, {:,} to validate, {:,} to test\n".format(*rows))
    task.model(seed, "native").summary()


def _run(task: Task, seed: int, engine: str, epochs: int) -> Run:
    model = task.model(seed, engine)
    X, X_validation, y, y_validation = task.fitting
    history = model.fit(
        X,
        y,
        epochs=epochs,
        batch_size=task.batch_size,
        optimizer=SGD(ExponentialDecay(0.1, rate=task.decay), momentum=0.9),
        regularizer=L2(5e-4),
        validation_data=(X_validation, y_validation),
    )
    predicted = model.predict(task.X_test)
    speed = len(X) / float(np.median(history["seconds"]))
    return Run(history, predicted, float(np.mean(predicted == task.y_test)), speed)


def _comparison(native: Run, reference: Run) -> str:
    losses = [run.history["loss"] for run in (native, reference)]
    common = min(map(len, losses))
    apart = np.abs(losses[0][:common] - losses[1][:common]).max()
    rows = [("", "native", "NumPy"), ("epochs", *(str(len(loss)) for loss in losses))]
    rows.append(
        ("test accuracy", f"{native.accuracy:.2%}", f"{reference.accuracy:.2%}")
    )
    rows.append(("examples/s", f"{native.speed:,.0f}", f"{reference.speed:,.0f}"))
    return (
        "\n".join(f"{name:<14}{a:>12}{b:>12}" for name, a, b in rows)
        + "\n(examples/s: rows to train on, over the seconds of the median epoch, "
        "validation included)\n"
        f"\nNative is {native.speed / reference.speed:.1f} times as fast as NumPy. The "
        f"training losses differ by {apart:.1e}\nat most (epochs in common: {common})."
    )


def _digits(seed: int, epochs: int | None) -> Task:
    # The test rows are the same for every seed, as those of MNIST are.
    X, X_test, y, y_test = datasets.stratified_split(*datasets.load_digits(), seed=0)
    fitting = datasets.stratified_split(X, y, 0.1, seed=seed)
    about = (
        "Handwritten digits, 8 x 8 pixels, from the package (E. Alpaydin and C. Kaynak,\n"
        "UCI Machine Learning Repository, 1998, CC BY 4.0). Of the training part, "
        f"{len(fitting.X_train):,}\nimages are given as they are, and shifted by a pixel "
        "to the four sides."
    )
    epochs = epochs or 15
    return Task(
        about, _shifted(fitting, 8), X_test, y_test, 16, 64, 0.2, epochs, epochs
    )


def _shifted(fitting: datasets.Split, side: int) -> datasets.Split:
    """Return the split with four shifted copies of every training image added."""
    wide = np.pad(fitting.X_train.reshape(-1, side, side), ((0, 0), (1, 1), (1, 1)))
    corners = [(1, 1), (1, 2), (1, 0), (2, 1), (0, 1)]
    images = [wide[:, top : top + side, left : left + side] for top, left in corners]
    X = np.concatenate(images).reshape(-1, side * side)
    return fitting._replace(X_train=X, y_train=np.tile(fitting.y_train, len(images)))


def _mnist(directory: str | PathLike[str], seed: int, epochs: int | None) -> Task:
    X, y, X_test, y_test = datasets.load_mnist(directory)
    fitting = datasets.stratified_split(X, y, 1 / 12, seed=seed)
    about = "MNIST, 28 x 28 pixels (Y. LeCun, C. Cortes and C. Burges, 1998)"
    about += f", from {fspath(directory)}"
    return Task(about, fitting, X_test, y_test, 255, 128, 0.3, epochs or 10, 1)
