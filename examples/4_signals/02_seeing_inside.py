r"""
Looking inside a trained network
================================

*Row 2.* A network is no black box: all of its numbers can be read. Here it is asked
what a unit has become, which pixels speak for its answer, where it is wrong, and what
lies between two networks that learned the same. Which pixels matter is told by
backpropagation, taken one layer further, to the inputs:

.. math:: \frac{\partial s_k}{\partial x} = \frac{\partial h_1}{\partial x}
   \cdots \frac{\partial s_k}{\partial h_L}.
"""

import matplotlib.pyplot as plt
import numpy as np

import schuss

# %%
# What a unit has become
# ----------------------
# On a plane it can be seen: a unit of the first layer is a slope with a straight edge,
# a unit of the second a shape made of such edges. Shades are outputs, the line is where
# the unit begins.

X, y = schuss.datasets.make_circles(400, noise=0.08, seed=0)
hidden = [schuss.Dense(8, "relu"), schuss.Dense(4, "relu")]
plane = schuss.Model([*hidden, schuss.Dense(2)], seed=1)
plane.fit(X, y, epochs=200, optimizer=schuss.Adam(0.01), verbose=False)

figure, axes = plt.subplots(1, 3, figsize=(11, 3.4))
for ax, layer in zip(axes, (0, 1), strict=False):
    unit = int(np.argmax(plane.transform(X, layer).std(axis=0)))
    schuss.plots.decision_boundary(plane, X, y, layer=layer, unit=unit, ax=ax)
    ax.set_title(f"unit {unit} of layer {layer}")
schuss.plots.decision_boundary(plane, X, y, ax=axes[2])
axes[2].set_title("classes")
assert plane.evaluate(X, y)["accuracy"] > 0.97

# %%
# Which pixels matter
# -------------------
# `Model.input_gradient` tells what a little more ink in each pixel does to an output
# (Simonyan et al., 2014): here to the logit of the digit itself. Red pixels speak for
# it where there is ink, and blue ones against it.

X, y = schuss.datasets.load_digits()
data = schuss.datasets.stratified_split(X, y, seed=0)


def fitted(seed):
    """Return a network that reads digits."""
    hidden = [schuss.Dense(64, "relu"), schuss.Dense(32, "relu")]
    layers = [schuss.Rescaling(1 / 16), *hidden, schuss.Dense(10)]
    model = schuss.Model(layers, seed=seed)
    model.fit(
        data.X_train,
        data.y_train,
        epochs=30,
        optimizer=schuss.SGD(0.1, momentum=0.9),
        regularizer=schuss.L2(1e-4),
        verbose=False,
    )
    return model


model = fitted(seed=0)
figure, axes = plt.subplots(2, 10, figsize=(10, 2.6))
for digit, (above, below) in enumerate(axes.T):
    row = np.flatnonzero(data.y_test == digit)[:1]
    slope = model.input_gradient(data.X_test[row], output=digit).reshape(8, 8)
    above.imshow(data.X_test[row].reshape(8, 8), "gray_r")
    largest = np.abs(slope).max()
    below.imshow(slope, "RdBu_r", vmin=-largest, vmax=largest)
for ax, label in zip(axes[:, 0], ("digit", "slope"), strict=True):
    ax.set_ylabel(label)
for ax in axes.flat:
    ax.set(xticks=[], yticks=[])

# %%
# That these pixels matter can be tried: take ten of them away, those whose part in the
# logit, slope times ink, is largest, or any ten that have ink.

rows = np.arange(len(data.X_test))
slopes = np.array([model.input_gradient(data.X_test, output=k) for k in range(10)])
parts = slopes[model.predict(data.X_test), rows] * data.X_test
chance = np.random.default_rng(0).random(parts.shape) * (data.X_test > 0)
right = {"none": model.evaluate(data.X_test, data.y_test)["accuracy"]}
for name, order in (("any ten", chance), ("the ten that matter", parts)):
    without = data.X_test.copy()
    np.put_along_axis(without, np.argsort(-order, axis=1)[:, :10], 0, axis=1)
    right[name] = model.evaluate(without, data.y_test)["accuracy"]
for name, share in right.items():
    print(f"{name:>20} taken away: {share:.1%} right")

assert right["the ten that matter"] < 0.5 * right["any ten"]

# %%
# Where it is wrong
# -----------------
# `transform` gives the last hidden outputs, in which each test digit has neighbours
# among the training digits. Below those that are misread stands the nearest: mostly it
# is of the class that the network reads, which had seen something like it.

predicted = model.predict(data.X_test)
wrong = np.flatnonzero(predicted != data.y_test)
h, h_test = model.transform(data.X_train), model.transform(data.X_test[wrong])
distances = np.linalg.norm(h_test[:, None] - h, axis=2)
nearest = np.argmin(distances, axis=1)
same = np.mean(data.y_train[nearest] == predicted[wrong])
print(f"{len(wrong)} of {len(rows)} misread; nearest is what it reads in {same:.0%}")

figure, axes = plt.subplots(2, 8, figsize=(9, 2.9))
for row, near, above, below in zip(wrong, nearest, *axes, strict=False):
    above.imshow(data.X_test[row].reshape(8, 8), "gray_r")
    above.set_title(f"{data.y_test[row]}, read as {predicted[row]}", fontsize="small")
    below.imshow(data.X_train[near].reshape(8, 8), "gray_r")
    below.set_title(f"near a {data.y_train[near]}", fontsize="small")
for ax in axes.flat:
    ax.set_axis_off()

# %%
# Between two networks
# --------------------
# The way from the first weights to those that were learned goes down without a hill
# (Goodfellow et al., 2015). Another start leads to other weights, which are as good;
# but halfway between the two networks is none: what one has in its third unit, the
# other has elsewhere.

other = fitted(seed=1)
start = schuss.Model(model.layers, seed=0).build(64).weights
line = {"X": data.X_train, "y": data.y_train, "positions": np.linspace(0, 1, 41)}
figure = schuss.plots.loss_along_line(
    model, start, model.weights, **line, label="first weights to learned ones"
)
axes = figure.axes[0]
schuss.plots.loss_along_line(
    model, model.weights, other.weights, **line, label="one network to another", ax=axes
)
axes.set_ylabel("training cross-entropy (nats)")

downhill, across = (curve.get_ydata() for curve in axes.lines)
assert np.argmax(downhill) < 10
assert across.max() > 10 * max(across[0], across[-1])
