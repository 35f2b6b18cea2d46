r"""
Tuning, with a test set that nothing touches
============================================

*Rows 25 to 27.* Learning rate, weight decay and number of epochs belong to the
training; layers, neurons and non-linearity to the architecture. Gradients tell nothing
about them: they are tried, and a validation set, apart from training and test, tells
which are good.
"""

import schuss

X, y = schuss.datasets.load_digits()
data = schuss.datasets.stratified_split(X, y, 0.25, seed=0)  # the test part waits


# %%
# What is tried
# -------------
# ``build`` makes a model from the hyper-parameters; those of training go to ``fit`` by
# themselves. Where a list is given, its choices are tried; from a distribution, numbers
# are drawn.


def build(parameters):
    """Return a model with some equal hidden layers."""
    hidden = [
        schuss.Dense(parameters["units"], parameters["activation"])
        for _ in range(parameters["hidden_layers"])
    ]
    return schuss.Model([schuss.Rescaling(1 / 16), *hidden, schuss.Dense(10)], seed=0)


space = {
    "hidden_layers": [0, 1, 2],
    "units": [16, 32, 64, 128],
    "activation": ["sigmoid", "tanh", "relu"],
    "learning_rate": schuss.LogUniform(1e-3, 1.0),
    "regularizer": [None, schuss.L2(1e-5), schuss.L2(1e-4), schuss.L2(1e-3)],
}

# %%
# Successive halving
# ------------------
# 64 trials begin, each with a few epochs; the better half goes on with twice as many,
# and so forth. A quarter of the training rows is held out to judge them.

found = schuss.tune(
    build,
    data.X_train,
    data.y_train,
    space,
    validation_fraction=0.25,
    strategy="halving",
    trials=64,
    epochs=64,
    optimizer=schuss.SGD(momentum=0.9),
    verbose=False,
)
print(*str(found).splitlines()[:8], sep="\n")

# %%
# How each hyper-parameter fared: a small learning rate had no time to get anywhere, and
# a large one diverged or went wild.

figure = found.plot("learning_rate")
figure.axes[0].set_yscale("log")

# %%
figure = found.plot("units")
figure.axes[0].set_yscale("log")

# %%
# The test, once
# --------------
# The best of many scores on the same validation rows flatters. What the model is worth
# is told by rows that had no say in anything.

print("best:", found.best_parameters)
print(f"validation loss {found.best_score:.3f}")
told = found.best_model.evaluate(data.X_test, data.y_test)
print(f"test loss {told['loss']:.3f}, accuracy {told['accuracy']:.1%}")
