r"""
Cross-entropy and the 0/1 loss
==============================

*Rows 11 and 12.* What counts is the number of errors, but the 0/1 loss is flat: it has
no slope to go down. Training lowers the cross-entropy instead, from the truth
:math:`y^*` to the prediction :math:`\hat{y}`,

.. math:: \ell_{CE}(\hat{y}, y^*) = - \sum_c y^*_c \log \hat{y}_c
   = - \log \hat{y}_{c^*},

which for one-hot truth is their Kullback-Leibler divergence.
"""

import matplotlib.pyplot as plt
import numpy as np

import schuss
from schuss.reference import cross_entropy

truth = np.array([[0.0, 1.0, 0.0]])
predicted = np.array([[0.1, 0.8, 0.1]])
print(f"0.8 for the true class costs {cross_entropy(predicted, truth)[0]:.2f} nats")

# %%
# It is not symmetric: being sure and wrong costs much, being unsure little.

sure, unsure = np.array([[0.99, 0.01]]), np.array([[0.5, 0.5]])
print(f"truth unsure, prediction sure: {cross_entropy(sure, unsure)[0]:.2f} nats")
print(f"truth sure, prediction unsure: {cross_entropy(unsure, sure)[0]:.2f} nats")

# %%
# An upper bound
# --------------
# Of two classes, let :math:`m = s_{c^*} - s_c` be the margin, by how much the logit of
# the true class is larger. Then :math:`\ell_{CE} = \log(1 + e^{-m})`. With the
# logarithm to base 2, that is, divided by ln 2, it is convex, smooth, and nowhere below
# the 0/1 loss.

margin = np.linspace(-3, 3, 601)
logits = np.stack([margin, np.zeros_like(margin)], axis=1)
labels = np.zeros(1, np.int32)
losses, slopes = [], []
for row in logits:
    loss, delta = schuss.reference.softmax_cross_entropy(row[None], labels)
    losses.append(loss)
    slopes.append(delta[0, 0])

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.8), sharex=True)
left.plot(margin, np.array(losses) / np.log(2), label="cross-entropy (bits)")
left.plot(margin, losses, "--", label="cross-entropy (nats)")
left.step(margin, margin < 0, color="k", label="0/1 loss")
left.set(xlabel="margin $m$", ylabel="loss")
left.legend()
right.plot(margin, slopes, "--", color="#D55E00", label=r"$\hat{y}_{c^*} - 1$")
right.plot(margin, np.zeros_like(margin), color="k", label="of the 0/1 loss")
right.set(xlabel="margin $m$", ylabel=r"slope $d\ell / ds_{c^*}$ (nats)")
right.legend()

# %%
# Both fall together in training, though not at the same pace: on the spirals of
# :doc:`/gallery/1_networks/09_universal_approximation`, the share of errors stays below
# the cross-entropy in bits.

X, y = schuss.datasets.make_spirals(600, turns=1.0, noise=0.03, seed=0)
model = schuss.Model([schuss.Dense(32, "tanh"), schuss.Dense(2)], seed=0)
history = model.fit(
    X,
    y,
    epochs=400,
    batch_size=50,
    optimizer=schuss.Adam(0.01),
    validation_data={"training": (X, y)},
    verbose=False,
)
figure, ax = plt.subplots()
ax.plot(history["training_loss"] / np.log(2), label="cross-entropy (bits)")
ax.plot(1 - history["training_accuracy"], color="k", label="0/1 loss (share of errors)")
ax.set(xlabel="epoch", ylabel="mean over the training set", ylim=(0, 1.05))
ax.legend()
