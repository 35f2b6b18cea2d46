r"""
Backpropagation, checked three ways
===================================

*Rows 14 to 16.* The chain rule, from the loss down to every weight (Werbos, 1974;
Rumelhart, Hinton and Williams, 1986). For a batch :math:`X` of :math:`B` rows, with
hidden layers of sigmoids :math:`H_l` and :math:`H_0 = X`:

.. math::

   \Delta^{L} = \tfrac{1}{B} (\hat{Y} - Y^*), \qquad
   \frac{\partial \mathcal{L}}{\partial W^{l+1}} = H_l^\top \Delta^{l+1}, \qquad
   \Delta^{l} = (\Delta^{l+1} W^{l+1 \top}) \odot H_l \odot (1 - H_l).

The gradient of a bias is the sum of its column of :math:`\Delta`.
"""

import matplotlib.pyplot as plt
import numpy as np

import schuss

rng = np.random.default_rng(0)
X, y = rng.normal(size=(8, 4)), rng.integers(3, size=8)
layers = [schuss.Dense(6, "sigmoid"), schuss.Dense(5, "sigmoid"), schuss.Dense(3)]
model = schuss.Model(layers, dtype="float64", seed=0).build(4)

# %%
# By hand
# -------
# Down, keeping what every layer puts out; then up, by the equations above.

weights = model.weights
H = [X]
for W, b in weights[:-1]:
    H.append(1 / (1 + np.exp(-(H[-1] @ W + b))))
s = H[-1] @ weights[-1][0] + weights[-1][1]
y_hat = np.exp(s) / np.exp(s).sum(axis=1, keepdims=True)

delta = (y_hat - np.eye(3)[y]) / len(X)
by_hand = []
for h, (W, _) in zip(H[::-1], weights[::-1], strict=True):
    by_hand.insert(0, (h.T @ delta, delta.sum(axis=0)))
    delta = (delta @ W.T) * h * (1 - h)

# %%
# By schuss
# ---------
# The native kernels, and the same in NumPy, where everything can be read.

native = model.gradients(X, y)
twin = schuss.Model(layers, dtype="float64", seed=0, engine="reference").build(4)
reference = twin.gradients(X, y)

# %%
# By differences
# --------------
# Each weight is moved a little up and down: the slope of the loss between the two,
# :math:`(\mathcal{L}(w + \epsilon) - \mathcal{L}(w - \epsilon)) / 2\epsilon`, needs no
# chain rule at all. It costs two passes per weight, backpropagation one for all of
# them.


def differences(epsilon=6e-6):
    """Return the central differences of the loss, layer by layer."""
    moved = [[part.copy() for part in pair] for pair in weights]
    slopes = [[np.zeros_like(part) for part in pair] for pair in weights]
    for pair, slope in zip(moved, slopes, strict=True):
        for part, found in zip(pair, slope, strict=True):
            for index in np.ndindex(part.shape):
                for sign in (1, -1):
                    part[index] += sign * epsilon
                    twin.set_weights(moved)
                    found[index] += sign * twin.evaluate(X, y)["loss"] / (2 * epsilon)
                    part[index] -= sign * epsilon
    return slopes


by_differences = differences()

# %%
# They agree
# ----------
# The largest difference to the formulas by hand, layer by layer: rounding of float64
# for the two engines, and about :math:`\epsilon^2` for the differences.

print("layer   native     NumPy      differences")
for layer, truth in enumerate(by_hand):
    apart = [
        max(np.abs(a - b).max() for a, b in zip(truth, other[layer], strict=True))
        for other in (native, reference, by_differences)
    ]
    print(f"{layer:5}", *(f"{each:9.1e}" for each in apart), sep="  ")

# %%
# In one line, for any model and any data:

print(model.check_gradients(X, y))

# %%
# How small a step
# ----------------
# The error of central differences is of order :math:`\epsilon^2`, and rounding adds
# some
# :math:`10^{-16} / \epsilon`. The best step is in between, near the cube root of
# :math:`10^{-16}`: smaller ones are worse.

steps = np.geomspace(1e-10, 1e-1, 28)
errors = [
    max(
        np.abs(a - b).max()
        for pairs in zip(by_hand, differences(step), strict=True)
        for a, b in zip(*pairs, strict=True)
    )
    for step in steps
]
figure, ax = plt.subplots()
ax.loglog(steps, errors, "o-")
ax.set(xlabel=r"$\epsilon$", ylabel="largest error of a difference")

# %%
# With a pencil
# -------------
# A whole step of training on one example of XOR: every equation, and its numbers.

layers = [schuss.Dense(2, "sigmoid"), schuss.Dense(2)]
small = schuss.Model(layers, dtype="float64", seed=0).build(2)
print(small.explain_step([0, 1], 1))
