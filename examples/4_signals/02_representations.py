r"""
Learned representations
=======================

*Row 2.* Between pixels and classes is a gap that used to be filled by hand, with
features that experts thought of. A network learns them instead: its hidden outputs
:math:`h` are new coordinates, in which the classes are easier to tell apart.
"""

import matplotlib.pyplot as plt
import numpy as np

import schuss

X, y = schuss.datasets.load_digits()
data = schuss.datasets.stratified_split(X, y, seed=0)
model = schuss.Model(
    [
        schuss.Rescaling(1 / 16),
        schuss.Dense(64, "relu"),
        schuss.Dense(32, "relu"),
        schuss.Dense(10),
    ],
    seed=0,
)
model.fit(
    data.X_train,
    data.y_train,
    epochs=40,
    optimizer=schuss.SGD(0.1, momentum=0.9),
    regularizer=schuss.L2(1e-4),
    verbose=False,
)
print(f"test accuracy {model.evaluate(data.X_test, data.y_test)['accuracy']:.1%}")

# %%
# What the first layer looks for
# ------------------------------
# The weights of every hidden unit as an image: strokes, corners, and holes.

figure = schuss.plots.weight_images(model)

# %%
# From pixels to classes
# ----------------------
# The test digits, which the network has not seen, in the two directions in which they
# differ most (principal components): as pixels, and as what the hidden layers have made
# of them.


def principal(features):
    """Return the two coordinates of most variance."""
    centred = features - features.mean(axis=0)
    directions = np.linalg.svd(centred, full_matrices=False)[2][:2]
    return centred @ directions.T


stations = {
    "pixels": data.X_test / 16,
    "first hidden layer": model.transform(data.X_test, 0),
    "second hidden layer": model.transform(data.X_test, 1),
}
figure, axes = plt.subplots(1, 3, figsize=(10, 3.8))
for ax, (name, features) in zip(axes, stations.items(), strict=True):
    for digit, place in zip(data.y_test, principal(features), strict=True):
        color = plt.cm.tab10(digit)
        ax.text(*place, digit, color=color, size=7, ha="center", va="center")
    low, high = principal(features).min(axis=0), principal(features).max(axis=0)
    ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    ax.set_axis_off()
    ax.set_title(name)

# %%
# Easier to tell apart
# --------------------
# How many of the nearest neighbours, among the test digits, show the same digit?

for name, features in stations.items():
    squares = (features**2).sum(axis=1)
    distances = squares[:, None] + squares - 2 * features @ features.T
    np.fill_diagonal(distances, np.inf)
    nearest = np.argsort(distances, axis=1)[:, :10]
    same = np.mean(data.y_test[nearest] == data.y_test[:, None])
    print(f"{name:>20}: {same:.1%} of 10 neighbours")
