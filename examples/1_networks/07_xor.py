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
    "4 hidden units": schuss.Model([schuss.Dense(4, "tanh"), schuss.Dense(2)], seed=1),
}
for name, model in models.items():
    history = model.fit(
        X, y, epochs=2000, batch_size=None, optimizer=schuss.SGD(0.5), verbose=False
    )
    print(f"{name}: loss {history.last()['loss']:.4f} (ln 2 is {np.log(2):.4f})")
    print(" ", model.predict_proba(X)[:, 1].round(3), "for", y)

# %%
# Where the two see class 1
# -------------------------

grid = np.linspace(-0.5, 1.5, 201)
points = np.stack(np.meshgrid(grid, grid), axis=-1).reshape(-1, 2)

figure, axes = plt.subplots(1, 2, figsize=(8, 3.6), sharey=True)
for ax, (name, model) in zip(axes, models.items(), strict=True):
    probability = model.predict_proba(points)[:, 1].reshape(201, 201)
    filled = ax.contourf(
        grid, grid, probability, levels=np.arange(-0.05, 1.1, 0.1), cmap="cividis"
    )
    ax.plot(*X[y == 0].T, "o", color="k", mfc="w", ms=9, label="class 0")
    ax.plot(*X[y == 1].T, "o", color="#D55E00", mec="k", ms=9, label="class 1")
    ax.set(title=name, xlabel="$x_1$", aspect="equal")
axes[0].set_ylabel("$x_2$")
axes[0].legend(frameon=True, loc="center")
figure.colorbar(
    filled, ax=axes, label=r"$\hat{y}$ of class 1", ticks=np.linspace(0, 1, 6)
)

# %%
# How it gets there
# -----------------
# Full batches, so the loss falls at every step. Without a hidden layer it stays at
# ln 2: the best that a straight boundary can do is to say one half everywhere.

figure, ax = plt.subplots()
for name, model in models.items():
    ax.plot(range(1, 2001), model.history["loss"], label=name)
ax.axhline(np.log(2), color="k", linestyle=":", label="ln 2")
ax.set(xlabel="epoch", ylabel="cross-entropy (nats)", ylim=(0, 1), xscale="log")
ax.legend()
