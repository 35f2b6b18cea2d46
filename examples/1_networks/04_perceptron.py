r"""
The perceptron
==============

*Row 4.* Several formal neurons side by side (Rosenblatt, 1958): one per class, each
with weights of its own, and the highest score :math:`s_k` wins,

.. math:: s = x W + b, \qquad c = \arg\max_k s_k.

It learns by its errors. Where the answer is right, nothing happens. Where it is
:math:`c` and the truth :math:`c^*`, the example itself is added to the weights of the
true class and taken away from those of the other,

.. math:: w_{c^*} \leftarrow w_{c^*} + x, \qquad w_c \leftarrow w_c - x.
"""

import matplotlib.pyplot as plt
import numpy as np

import schuss

X, y = schuss.datasets.load_digits()
data = schuss.datasets.stratified_split(X, y, seed=0)

# %%
# The rule
# --------
# In plain NumPy, one example at a time.

W, b = np.zeros((64, 10)), np.zeros(10)
errors = []
for _ in range(30):
    errors.append(0)
    for x, true in zip(data.X_train / 16, data.y_train, strict=True):
        answer = np.argmax(x @ W + b)
        if answer != true:
            errors[-1] += 1
            W[:, true] += x
            W[:, answer] -= x
            b[true] += 1
            b[answer] -= 1

figure, ax = plt.subplots()
ax.plot(range(1, 31), errors, "o-")
ax.set(xlabel="epoch", ylabel=f"errors on {len(data.y_train):,} training digits")
ax.set_ylim(bottom=0)

# %%
# If straight boundaries can separate the classes, errors end after a number of steps
# that Novikoff (1962) has bounded; otherwise they never do. The rule has no idea of how
# sure it is, so it stops at the first weights that will do.
#
# As a model
# ----------
# A layer without activation is a perceptron, and the rule is a step of gradient descent
# with one example and learning rate 1 on the loss :math:`\max_c s_c - s_{c^*}`: the
# same errors, and the same weights.

layers = [schuss.Rescaling(1 / 16), schuss.Dense(10, initializer="zeros")]
perceptron = schuss.Model(layers, loss="perceptron", dtype="float64")
history = perceptron.fit(
    data.X_train,
    data.y_train,
    epochs=30,
    batch_size=1,
    optimizer=schuss.SGD(1.0),
    shuffle=False,
    verbose=False,
)
found = (1 - history["accuracy"]) * len(data.y_train)
print("the same errors:", np.array_equal(np.round(found), errors))
print("the same weights:", np.allclose(perceptron.weights[0][0], W, atol=1e-9))
figure = schuss.plots.weight_images(perceptron)

# %%
# :doc:`Softmax regression <05_softmax_regression>` is the same network, with a loss
# that is smooth and can be followed downhill.

softmax = schuss.Model([schuss.Rescaling(1 / 16), schuss.Dense(10)], seed=0)
softmax.fit(
    data.X_train, data.y_train, epochs=30, optimizer=schuss.SGD(0.5), verbose=False
)
for name, model in (("perceptron rule", perceptron), ("softmax", softmax)):
    training = model.evaluate(data.X_train, data.y_train)["accuracy"]
    test = model.evaluate(data.X_test, data.y_test)["accuracy"]
    print(f"{name:>15}: training {training:.1%}, test {test:.1%}")
