"""Models to export, over all activations, layers and losses, and what is right."""

import numpy as np

import schuss
from schuss import reference
from schuss.export.operations import export
from schuss.export.rounding import exact_means, exact_outputs

ACTIVATIONS = sorted(reference.ACTIVATIONS)
INPUTS = 6
COUNT = 10


def squares(outputs, targets):
    return ((outputs - targets) ** 2).sum(axis=1), 2 * (outputs - targets)


LOSSES = [
    "softmax_cross_entropy",
    "perceptron",
    "binary_cross_entropy",
    "poisson",
    "mean_squared_error",
    "hinge",
    "mean_absolute_error",
    schuss.Pinball([0.1, 0.5, 0.9]),
    "huber",
    squares,
]


def random_model(number, dtype):
    """Of ten, which have every activation, layer and loss between them."""
    first, second, third = (ACTIVATIONS[(3 * number + k) % 14] for k in range(3))
    between = [
        schuss.BatchNorm(),
        schuss.LayerNorm(),
        schuss.PReLU(),
        schuss.Dropout(0.5),
        schuss.GaussianNoise(0.1),
    ][number % 5]
    layers = [schuss.Rescaling(1 / 16, -0.5)] if number % 2 else []
    layers += [schuss.LayerNorm()] if number == 3 else []
    layers += [schuss.Dense(7, first), between]
    if number % 3 == 0:
        inner = schuss.Residual([schuss.Dense(7, third), schuss.Dropout(0.1)])
        layers += [schuss.Residual([schuss.Dense(7, second), inner])]
    else:
        layers += [schuss.Dense(8), schuss.Activation(second), schuss.Activation(third)]
    layers += [schuss.Dense(1 if number in (4, 6) else 3)]
    layers += [schuss.BatchNorm()] if number == 8 else []
    model = schuss.Model(layers, loss=LOSSES[number], seed=number, dtype=dtype)
    return moved(model.build(INPUTS), number)


def moved(model, seed):
    """The same model with other numbers everywhere, also where they began alike."""
    rng = np.random.default_rng([seed, 3])
    model.set_weights(
        [
            [a * rng.uniform(0.5, 1.5, a.shape) + rng.uniform(0, 0.2) for a in own]
            for own in model.weights
        ]
    )
    return model


def rows(model, count=40):
    X = np.random.default_rng(5).normal(size=(count, INPUTS))
    rescaling = model.structure.rescaling
    return ((X - rescaling.offset) / rescaling.scale).astype(model.dtype)


def exact(model, X):
    """What `predict_proba`, scores or numbers should be, and their error bounds."""
    exported = export(model)
    return exact_means(exported, exact_outputs(exported, X))


def native(model, X):
    """The same from the model, in two dimensions."""
    if model.loss.has_probabilities:
        return model.predict_proba(X)
    if model.loss.predicts == "classes":
        return model(X)
    return model.predict(X).reshape(len(X), -1)


def digits(widths=(32,), epochs=8):
    """A trained model, and data it has not seen."""
    X, y = schuss.datasets.load_digits()
    data = schuss.datasets.stratified_split(X, y, seed=0)
    hidden = [schuss.Dense(width, "relu") for width in widths]
    model = schuss.Model([schuss.Rescaling(1 / 16), *hidden, schuss.Dense(10)], seed=0)
    model.fit(data.X_train, data.y_train, epochs=epochs, verbose=False)
    return model, data
