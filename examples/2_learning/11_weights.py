r"""
Rare classes, weights of rows, and smooth labels
================================================

*Row 11.* Cross-entropy weighs all examples alike and takes the truth :math:`y^*` for
certain. Both can be changed: with a weight :math:`w_i` for each row, and with a truth
that leaves a share :math:`e` to all :math:`K` classes,

.. math:: \mathcal{L} = - \frac{\sum_i w_i \sum_c t_{ic} \log \hat{y}_{ic}}{\sum_i w_i},
   \qquad t = (1 - e) \, y^* + \frac{e}{K}.
"""

import matplotlib.pyplot as plt
import numpy as np

import schuss

# %%
# A class that is rare
# --------------------
# One example of twenty is of class 1, and the two overlap. Who says "0" most of the
# time makes the fewest errors, and misses much of what is looked for.


def rare(n, seed):
    """Return n points of two clouds, of which the second is rare."""
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.05).astype(int)
    return rng.normal(size=(n, 2)) + 1.5 * y[:, None], y


X, y = rare(1000, seed=0)
X_test, y_test = rare(4000, seed=1)


def fitted(**weights):
    """Return a network of one hidden layer, trained with weights of classes."""
    layers = [schuss.Dense(8, "tanh"), schuss.Dense(2)]
    model = schuss.Model(layers, loss=schuss.SoftmaxCrossEntropy(**weights), seed=0)
    model.fit(X, y, epochs=30, optimizer=schuss.SGD(0.1), verbose=False)
    return model


models = {
    "all rows alike": fitted(),
    "class_weight 1 : 5": fitted(class_weight=[1, 5]),
    'class_weight="balanced"': fitted(class_weight="balanced"),
}
figure, axes = plt.subplots(1, 3, figsize=(10, 3.6), sharey=True)
found = []
for ax, (name, model) in zip(axes, models.items(), strict=True):
    schuss.plots.decision_boundary(model, X, y, ax=ax)
    table = schuss.metrics.confusion_matrix(y_test, model.predict(X_test))
    found.append(table[1, 1] / table[1].sum())
    ax.set_title(f"{name}:\n{found[-1]:.0%} of class 1 found")
    ax.label_outer()
    right = np.trace(table) / table.sum()
    false = table[0, 1] / table[0].sum()
    print(f"{name:>23}: {right:.1%} right, {found[-1]:.1%} of class 1 found,", end=" ")
    print(f"{false:.1%} of class 0 taken for it")
axes[2].legend(loc="lower right")

assert found[0] < found[1] < found[2]

# %%
# What is better depends on what an error costs. The probabilities with "balanced" are
# those of a world in which both classes are as frequent.
#
# A weight is a repetition
# ------------------------
# To weigh a row twice is to have it twice: the same loss, and the same gradient.

counts = np.random.default_rng(2).integers(0, 4, len(X))
model = schuss.Model([schuss.Dense(2)], dtype="float64", seed=0).build(2)
weighed = model.evaluate(X, y, sample_weight=counts)["loss"]
repeated = model.evaluate(np.repeat(X, counts, axis=0), np.repeat(y, counts))["loss"]
print(f"weighed {weighed:.12f}, repeated {repeated:.12f}")
assert np.isclose(weighed, repeated, rtol=1e-12)

# %%
# Labels that leave room for doubt
# --------------------------------
# Without smoothing logits are driven apart for ever, and with them the probabilities,
# towards 0 and 1. The smoothed loss is least where the true class has
# :math:`1 - e + e / K`, and no more: 91 % with :math:`e` = 0.1 and ten classes
# (Szegedy et al., 2016).

X, y = schuss.datasets.load_digits()
data = schuss.datasets.stratified_split(X, y, seed=0)
figure, ax = plt.subplots()
highest = {}
for smoothing, style in ((0.0, "-"), (0.1, "--"), (0.3, "-.")):
    layers = [schuss.Rescaling(1 / 16), schuss.Dense(64, "relu"), schuss.Dense(10)]
    loss = schuss.SoftmaxCrossEntropy(label_smoothing=smoothing)
    model = schuss.Model(layers, loss=loss, seed=0)
    model.fit(
        data.X_train,
        data.y_train,
        epochs=60,
        optimizer=schuss.SGD(0.1, momentum=0.9),
        verbose=False,
    )
    p = np.sort(model.predict_proba(data.X_test).max(axis=1))
    highest[smoothing] = float(np.median(p))
    share = np.arange(1, len(p) + 1) / len(p)
    ax.plot(p, 100 * share, style, label=f"$e$ = {smoothing:g}")
    accuracy = model.evaluate(data.X_test, data.y_test)["accuracy"]
    print(f"e = {smoothing:g}: test accuracy {accuracy:.1%},", end=" ")
    print(f"median of the highest probability {highest[smoothing]:.3f}")
ax.set(xlabel="highest probability $p$ of a test digit", xlim=(0.4, 1.01))
ax.set_ylabel("digits with no higher one (%)")
ax.legend()

assert highest[0.0] > 0.999
for smoothing in (0.1, 0.3):
    assert abs(highest[smoothing] - (1 - 0.9 * smoothing)) < 0.03
