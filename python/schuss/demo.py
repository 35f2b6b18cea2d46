"""The demonstration: one training, told from data to test, on both engines."""

from os import PathLike, fspath
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import schuss
from schuss import datasets, figures


class Task(NamedTuple):
    """What is trained on (the test part of `fitting` is for validation), and how."""

    about: str
    fitting: datasets.Split
    X_test: NDArray[Any]
    y_test: NDArray[Any]
    brightest: int
    batch_size: int
    decay: float
    epochs: int

    @property
    def classes(self) -> int:
        """As many as the training rows have."""
        return int(self.fitting.y_train.max()) + 1

    def model(self, seed: int, engine: str) -> schuss.Model:
        """Return a new model for the task, not yet trained."""
        first = (schuss.Rescaling(1 / self.brightest), schuss.Dense(256, "relu"))
        layers = (*first, schuss.Dense(128, "relu"), schuss.Dense(self.classes))
        model = schuss.Model(layers, seed=seed, engine=engine)
        return model.build(self.X_test.shape[1])


class Run(NamedTuple):
    """What came out of one training; `speed` is in training rows per second."""

    history: schuss.History
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
        The folder of MNIST's files, instead of the digits in the package.
    epochs, seed : int
        The seed is that of weights, row order and choice of validation rows.
    figure : path, optional
        Where to draw the figure, if at all.

    Raises
    ------
    OSError, ValueError
        If a path will not do.
    """
    drawing = figure is not None and figures.check_path(figure)
    task = _digits(seed, epochs) if mnist is None else _mnist(mnist, seed, epochs)
    _tell_task(task, seed)
    native = _run(task, seed, "native", task.epochs)
    _tell_test(task, native)
    short = mnist is not None
    print(f"\nThe same in NumPy{', for 1 epoch only' if short else ''}:", flush=True)
    reference = _run(task, seed, "reference", 1 if short else task.epochs)
    print(_comparison(native, reference))
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
    threads = schuss.get_threads()
    print(f"\nTraining on {schuss.get_isa()}, at most {threads} threads:", flush=True)


def _tell_test(task: Task, run: Run) -> None:
    matrix = confusion_matrix(task.y_test, run.predicted, task.classes)
    right, rows = matrix.trace(), len(task.y_test)
    print(f"\ntest accuracy {run.accuracy:.2%} ({right:,} of {rows:,})\n")
    print(format_confusion(matrix))


def _run(task: Task, seed: int, engine: str, epochs: int) -> Run:
    model, fitting = task.model(seed, engine), task.fitting
    schedule = schuss.ExponentialDecay(0.1, rate=task.decay)
    history = model.fit(
        fitting.X_train,
        fitting.y_train,
        epochs=epochs,
        batch_size=task.batch_size,
        optimizer=schuss.SGD(schedule, momentum=0.9),
        regularizer=schuss.L2(5e-4),
        validation_data=(fitting.X_test, fitting.y_test),
    )
    predicted = model.predict(task.X_test)
    speed = len(fitting.X_train) / float(np.median(history["seconds"]))
    return Run(history, predicted, float(np.mean(predicted == task.y_test)), speed)


def _comparison(native: Run, reference: Run) -> str:
    runs = (native, reference)
    losses = [run.history["loss"] for run in runs]
    apart = max(abs(a - b) for a, b in zip(*losses, strict=False))
    rows = [("", "native", "NumPy"), ("epochs", *map(str, map(len, losses)))]
    rows.append(("test accuracy", *(f"{run.accuracy:.2%}" for run in runs)))
    rows.append(("examples/s", *(f"{run.speed:,.0f}" for run in runs)))
    table = "\n".join(f"{name:<14}{a:>12}{b:>12}" for name, a, b in rows)
    return f"""\
{table}

Examples/s are training rows over the seconds of the median epoch, its validation
included; native is {native.speed / reference.speed:.1f} times as fast as NumPy. \
NumPy's threads are its own, and
suffer most if the machine is busy: then the ratio says little. In the epochs that
both have, the training losses differ by at most {apart:.1e}."""


def _digits(seed: int, epochs: int | None) -> Task:
    # The test rows are the same for every seed, as those of MNIST are.
    X, X_test, y, y_test = datasets.stratified_split(*datasets.load_digits(), seed=0)
    fitting = datasets.stratified_split(X, y, 0.1, seed=seed)
    about = f"""\
Handwritten digits, 8 x 8 pixels, from the package (E. Alpaydin and C. Kaynak, UCI
Machine Learning Repository, 1998, CC BY 4.0). Each of {len(fitting.X_train):,} images \
is trained on
as it is, and shifted by a pixel to the left, right, top and bottom."""
    fitting = _shifted(fitting, 8)
    return Task(about, fitting, X_test, y_test, 16, 64, 0.2, epochs or 15)


def _shifted(fitting: datasets.Split, side: int) -> datasets.Split:
    """Return the split with four shifted copies of every training image added."""
    wide = np.pad(fitting.X_train.reshape(-1, side, side), ((0, 0), (1, 1), (1, 1)))
    corners = [(1, 1), (1, 2), (1, 0), (2, 1), (0, 1)]
    images = [wide[:, top : top + side, left : left + side] for top, left in corners]
    X = np.concatenate(images).reshape(-1, side * side)
    return fitting._replace(X_train=X, y_train=np.tile(fitting.y_train, len(images)))


def _mnist(directory: str | PathLike[str], seed: int, epochs: int | None) -> Task:
    X, X_test, y, y_test = datasets.load_mnist(directory)
    fitting = datasets.stratified_split(X, y, 1 / 12, seed=seed)
    about = f"MNIST (LeCun, Cortes, Burges), 28 x 28 pixels, from {fspath(directory)}"
    return Task(about, fitting, X_test, y_test, 255, 128, 0.3, epochs or 10)
