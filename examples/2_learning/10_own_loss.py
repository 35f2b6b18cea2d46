r"""
A loss of one's own
===================

*Row 10.* Training needs two things of a loss: its value for each row, and its slope by
the outputs, from which backpropagation begins,

.. math:: \mathcal{L} = \frac{1}{N} \sum_i \ell(y_i, t_i), \qquad
   \delta_i = \frac{\partial \ell(y_i, t_i)}{\partial y_i}.

A function that returns both, in NumPy, is a loss. Here is one for directions: 359
degrees and 1 degree are neighbours, though not for any loss of :math:`y - t`.
"""

import matplotlib.pyplot as plt
import numpy as np

import schuss

# %%
# The wind veers from west over north to east in the course of a day, and is measured in
# degrees from 0 to 360.

rng = np.random.default_rng(0)
hour = np.sort(rng.uniform(0, 24, 600))
truth = 270 + 180 * hour / 24
wind = (truth + rng.normal(0, 12, 600)) % 360
X, t = (hour[:, None] - 12) / 6, np.radians(wind)


def apart(outputs, targets):
    """Return 1 - cos(y - t) of each row, and its slope by y."""
    error = outputs - targets
    return (1 - np.cos(error)).sum(axis=1), np.sin(error)


def fitted(loss):
    """Return a network of one hidden layer, trained on hours and directions."""
    model = schuss.Model([schuss.Dense(16, "tanh"), schuss.Dense(1)], loss=loss, seed=0)
    model.fit(X, t, epochs=200, optimizer=schuss.Adam(0.01), verbose=False)
    return np.degrees(model.predict(X).ravel())


figure, ax = plt.subplots()
ax.plot(hour, wind, ".", color="silver", label="measured")
off = {}
for name, loss, marker in (
    ("squared error", "mean_squared_error", "--"),
    ("1 - cos of the error", apart, "-"),
):
    found = fitted(loss)
    off[name] = np.abs((found - truth + 180) % 360 - 180).mean()
    jumps = np.abs(np.diff(found % 360)) > 180
    ax.plot(
        hour, np.where(np.append(jumps, False), np.nan, found % 360), marker, label=name
    )
    print(f"{name:>20}: off by {off[name]:.1f} degrees on average")
ax.set(xlabel="time of the day (hours)", ylabel="direction (degrees)")
ax.set(xticks=range(0, 25, 6), yticks=range(0, 361, 90))
ax.legend()

assert off["1 - cos of the error"] < 5 < off["squared error"]

# %%
# The squared error takes the mean of 359 and 1 to be 180, and sends the wind around by
# the south. The other loss does not mind how often an output has gone round.
#
# A wrong gradient is noticed
# ---------------------------
# Before the first epoch it is compared with differences of the values, as
# `Model.check_gradients` does it for weights. Nothing has been trained then.


def mistaken(outputs, targets):
    """Return what `apart` does, with the wrong sign."""
    values, slopes = apart(outputs, targets)
    return values, -slopes


try:
    fitted(mistaken)
except ValueError as refused:
    print(refused)
else:
    raise AssertionError("a wrong gradient went unnoticed")

# %%
# Of classes
# ----------
# `CustomLossOfLabels` is the same for labels, and leaves predictions to the largest
# output. The focal loss (Lin et al., 2017), :math:`-(1 - p)^2 \log p` with the
# probability :math:`p` of the true class, cares less for what is known already.


def focal(outputs, labels):
    """Return -(1 - p)^2 log p of each row, and its slope by the logits."""
    rows = np.arange(len(labels))
    p = schuss.reference.softmax(outputs)
    of_truth = p[rows, labels]
    values = -((1 - of_truth) ** 2) * np.log(of_truth)
    by_p = 2 * (1 - of_truth) * np.log(of_truth) - (1 - of_truth) ** 2 / of_truth
    truth = np.eye(outputs.shape[1])[labels]
    return values, (by_p * of_truth)[:, None] * (truth - p)


X, y = schuss.datasets.load_digits()
data = schuss.datasets.stratified_split(X, y, seed=0)
layers = [schuss.Rescaling(1 / 16), schuss.Dense(32, "relu"), schuss.Dense(10)]
model = schuss.Model(layers, loss=schuss.CustomLossOfLabels(focal), seed=0)
model.fit(
    data.X_train, data.y_train, epochs=20, optimizer=schuss.SGD(0.5), verbose=False
)
accuracy = model.evaluate(data.X_test, data.y_test)["accuracy"]
print(f"focal loss: test accuracy {accuracy:.1%}")
assert accuracy > 0.95
