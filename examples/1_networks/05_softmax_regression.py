r"""
Softmax regression
==================

*Rows 5 and 6.* A perceptron with one neuron per class gives scores, or logits,
:math:`s = x W + b`. Softmax turns them into probabilities,

.. math:: \hat{y}_k = \frac{\exp(s_k)}{\sum_{k'} \exp(s_{k'})} \sim P(k \mid x, w).

This network without a hidden layer is multi-class logistic regression. Its loss is
convex: wherever training begins, it ends as well.
"""

import matplotlib.pyplot as plt
import numpy as np

import schuss

X, y = schuss.datasets.load_digits()
data = schuss.datasets.stratified_split(X, y, seed=0)

# %%
# Two starts, one end: random weights, and zeros. With all rows in one step, descent can
# go on until the gradient is as small as one likes (row 13): `Model.fit` ends where its
# norm, penalty included, is below ``gradient_tolerance``, and keeps it in the history.

norms, ends = {}, []
for initializer in ("glorot", "zeros"):
    model = schuss.Model(
        [schuss.Rescaling(1 / 16), schuss.Dense(10, initializer=initializer)]
    )
    history = model.fit(
        data.X_train,
        data.y_train,
        epochs=20_000,
        optimizer=schuss.SGD(0.5, momentum=0.9),
        regularizer=schuss.L2(1e-3),
        batch_size=None,
        gradient_tolerance=1e-4,
        verbose=False,
    )
    norms[initializer] = history["gradient_norm"]
    ends.append(model.predict_proba(data.X_test))
    training = model.evaluate(data.X_train, data.y_train)
    test = model.evaluate(data.X_test, data.y_test)
    print(f"from {initializer}: training loss {training['loss']:.4f},", end=" ")
    print(f"test loss {test['loss']:.4f}, test accuracy {test['accuracy']:.1%}")
    print(f"  after {len(history['loss']):,} epochs:", history.stop_reason)

assert np.abs(ends[0] - ends[1]).max() < 0.02

figure, ax = plt.subplots()
for (initializer, norm), style in zip(norms.items(), ("-", "--"), strict=True):
    ax.loglog(range(1, len(norm) + 1), norm, style, label=f"from {initializer}")
ax.set(xlabel="epoch", ylabel=r"$\Vert \partial \mathcal{L} / \partial w \Vert$")
ax.legend()

# %%
# What it has learned
# -------------------
# Each class has one weight per pixel, so they can be looked at, here from 0 to 9 row by
# row. Ink on red pixels speaks for the digit, ink on blue pixels against it.

figure = schuss.plots.weight_images(model)

# %%
# How sure it is
# --------------
# The least sure of its answers on the test digits. Probabilities sum to 1; softmax is
# computed so that logits of any size are safe.

probabilities = model.predict_proba(data.X_test)
unsure = np.argsort(probabilities.max(axis=1))[:5]
figure, axes = plt.subplots(2, 5, figsize=(8, 3.6), sharey="row")
for row, above, below in zip(unsure, *axes, strict=True):
    above.imshow(data.X_test[row].reshape(8, 8), "gray_r")
    above.set_title(f"a {data.y_test[row]}")
    above.set_axis_off()
    below.bar(range(10), probabilities[row])
    below.set(xticks=range(0, 10, 3), xlabel="class")
axes[1, 0].set_ylabel(r"$\hat{y}$")

huge = schuss.reference.softmax(np.array([[1e4, 1e4 + 1, -1e4]]))
print("softmax(10000, 10001, -10000) is", huge.round(3))

# %%
# What it takes for what
# ----------------------

figure = schuss.plots.confusion_matrix(data.y_test, model.predict(data.X_test))
