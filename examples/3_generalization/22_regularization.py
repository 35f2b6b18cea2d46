r"""
L2, L1 and dropout side by side
===============================

*Rows 21 to 24.* A penalty on the weights is a prior: of all networks that explain the
data, those with small weights are more likely, or those with few of them,

.. math:: \mathcal{L}(w) = \mathcal{L}_{CE}(w) + \alpha R(w), \qquad
   R(w) = \lVert w \rVert_2^2 \quad \text{or} \quad R(w) = \sum |w|.

Dropout (Srivastava et al., 2014) leaves out a random share of the hidden units at each
step instead, so that none can rely on another.
"""

import matplotlib.pyplot as plt
import numpy as np

import schuss

X, y = schuss.datasets.make_moons(120, noise=0.35, seed=0)
X_test, y_test = schuss.datasets.make_moons(1000, noise=0.35, seed=2)


def fitted(regularizer=None, dropout=0.0):
    """Return a large network, trained for long on 120 points."""
    hidden = [
        layer
        for _ in range(2)
        for layer in (schuss.Dense(128, "relu"), schuss.Dropout(dropout))
    ]
    model = schuss.Model([*hidden, schuss.Dense(2)], seed=0)
    model.fit(
        X,
        y,
        epochs=400,
        batch_size=16,
        optimizer=schuss.SGD(schuss.CosineDecay(0.05, period=400), momentum=0.9),
        regularizer=regularizer,
        validation_data={"test": (X_test, y_test)},
        verbose=False,
    )
    return model


models = {
    "nothing": fitted(),
    "L2(0.001)": fitted(schuss.L2(0.001)),
    "L1(0.001)": fitted(schuss.L1(0.001)),
    "Dropout(0.5)": fitted(dropout=0.5),
}

# %%
# What they do to the boundary
# ----------------------------
# Without any of them, the network draws the noise as well.

figure, axes = plt.subplots(2, 2, figsize=(8.5, 7.2))
for ax, (name, model) in zip(axes.flat, models.items(), strict=True):
    schuss.plots.decision_boundary(model, X, y, ax=ax)
    ax.set_title(f"{name}: test loss {model.evaluate(X_test, y_test)['loss']:.3f}")
    ax.label_outer()

# %%
# What they do to the loss
# ------------------------

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.8), sharey=True)
for name, model in models.items():
    left.plot(model.history["loss"], label=name)
    right.plot(model.history["test_loss"], label=name)
left.set(xlabel="epoch", ylabel="cross-entropy (nats)", title="training")
right.set(xlabel="epoch", title="test", ylim=(0, 1))
left.legend()

# %%
# What they do to the weights
# ---------------------------
# L2 makes all of them small, L1 most of them exactly zero; dropout does neither.

for name, model in models.items():
    w = np.abs(np.concatenate([W.ravel() for W, _ in model.weights]))
    print(f"{name:>12}: mean |w| {w.mean():.3f}, zeros {np.mean(w == 0):.1%}")
