r"""
XOR needs a hidden layer
========================

*Rows 7 and 8.* Exclusive or, "not(1) and 2, or not(2) and 1", is true at two opposite
corners of the square. No straight line has them on one side: logistic regression fails,
as Minsky and Papert (1969) pointed out. A hidden layer makes new coordinates first,

.. math:: h = f(x W^h + b^h), \qquad \hat{y} = \mathrm{softmax}(h W^y + b^y),

in which a straight line will do.
"""

import matplotlib.pyplot as plt
import numpy as np

import schuss

X, y = schuss.datasets.make_xor()
models = {
    "no hidden layer": schuss.Model([schuss.Dense(2)], seed=1),
    "2 hidden units": schuss.Model([schuss.Dense(2, "tanh"), schuss.Dense(2)], seed=1),
}
for name, model in models.items():
    history = model.fit(
        X, y, epochs=2000, batch_size=None, optimizer=schuss.SGD(0.5), verbose=False
    )
    print(f"{name}: loss {history['loss'][-1]:.4f} (ln 2 is {np.log(2):.4f})")
    print("  P(1):", model.predict_proba(X)[:, 1].round(3), "truth:", y)

# %%
# Where they draw the line
# ------------------------
# Colours are the predicted classes. Without a hidden layer all probabilities are one
# half, and the line, if there is one, only rounding.

figure, axes = plt.subplots(1, 2, figsize=(8, 3.8))
for ax, (name, model) in zip(axes, models.items(), strict=True):
    schuss.plots.decision_boundary(model, X, y, ax=ax)
    ax.set_title(name)
axes[1].legend(loc="center")

# %%
# The new coordinates
# -------------------
# Each hidden unit has a straight line of its own. In the coordinates that the two make
# of the corners, one more straight line separates the classes.

deep = models["2 hidden units"]
h = deep.transform(X)
figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.8))
schuss.plots.decision_boundary(deep, X, y, layer=0, ax=left)
left.set_title("the lines of the hidden units")
left.legend(loc="center")
output = schuss.Model([schuss.Dense(2)]).build(2)
output.set_weights(deep.weights[1:])
schuss.plots.decision_boundary(output, h, y, ax=right)
right.set(title="the corners as they see them", xlabel="$h_1$", ylabel="$h_2$")
places = {"(0, 0)": (h[0], -40), "(0, 1), (1, 0)": (h[1], 8), "(1, 1)": (h[3], 8)}
for corner, (place, shift) in places.items():
    right.annotate(corner, place, (shift, 6), textcoords="offset points")

# %%
# How it gets there
# -----------------
# Without a hidden layer the loss stays at ln 2: the best that a straight line can do is
# to say one half everywhere.

figure, ax = plt.subplots()
for name, model in models.items():
    schuss.plots.learning_curves(model.history, ax=ax)
    ax.lines[-1].set(label=name, color=f"C{len(ax.lines) - 1}")
ax.axhline(np.log(2), color="k", linestyle=":", label="ln 2")
ax.set(xscale="log", ylabel="cross-entropy (nats)")
ax.legend()
