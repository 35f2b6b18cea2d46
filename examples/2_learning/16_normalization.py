r"""
Normalization: every layer gets inputs of size 1
================================================

*Row 16 of the lecture, and beyond it.* Inputs are brought to mean 0 and variance 1
because learning is easier then; what a layer passes on to the next is as much its
input. Normalization does it between any two layers,

.. math:: h = \gamma \odot \frac{u - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta,

with a gain :math:`\gamma` and a shift :math:`\beta` that are learned. `BatchNorm`
(Ioffe and Szegedy, 2015) takes :math:`\mu` and :math:`\sigma^2` of each column over the
rows of the batch, `LayerNorm` (Ba, Kiros and Hinton, 2016) of each row over its
columns.
"""

import matplotlib.pyplot as plt
import numpy as np

import schuss

X, y = schuss.datasets.load_digits()
data = schuss.datasets.stratified_split(X, y, seed=0)
norms = {
    "none": [],
    "LayerNorm": [schuss.LayerNorm()],
    "BatchNorm": [schuss.BatchNorm()],
}
markers = dict(zip(norms, "os^", strict=True))


def fitted(norm, rate, epochs):
    """Return a network of six hidden layers after some epochs, if it did not diverge.

    Its first weights have variance 1 / inputs, as if its units were no rectifiers.
    """
    hidden = []
    for _ in range(6):
        linear = schuss.Dense(64, initializer="lecun")
        hidden += [linear, *norms[norm], schuss.Activation("relu")]
    layers = [schuss.Rescaling(1 / 16), *hidden, schuss.Dense(10)]
    model = schuss.Model(layers, seed=0)
    try:
        model.fit(
            data.X_train,
            data.y_train,
            epochs=epochs,
            batch_size=128,
            optimizer=schuss.SGD(rate),
            validation_data=(data.X_test, data.y_test),
            verbose=False,
        )
    except FloatingPointError:
        return None
    return model


# %%
# The size of what passes
# -----------------------
# Rectifiers let about half of the square pass. These first weights do not make up for
# it: less and less arrives. With a norm each layer gets about as much as the one
# before. (Measured before the layer's norm, after some epochs of very small steps.)

figure, ax = plt.subplots()
size = {}
for name in norms:
    model = fitted(name, 0.0001, epochs=5)
    sums = [model.transform(data.X_test, layer) for layer in range(6)]
    size[name] = [float(np.sqrt(np.mean(np.square(u)))) for u in sums]
    ax.semilogy(range(1, 7), size[name], markers[name] + "-", label=name)
ax.set(xlabel="hidden layer", ylabel="root mean square of the sums $u$")
ax.legend()

assert size["none"][-1] < 0.2 * size["none"][0]
assert min(size["LayerNorm"] + size["BatchNorm"]) > 0.3

# %%
# The learning rates that are bearable
# ------------------------------------
# Twenty epochs at each of some rates. The plain network has a narrow window: steps are
# too small for what arrives, or too large for what it becomes. With a norm, a layer's
# outputs stay the same when its weights grow by any factor, and rates far apart will
# do.

rates = np.geomspace(1e-3, 10, 9)
accuracy = {}
for name in norms:
    models = [fitted(name, rate, epochs=20) for rate in rates]
    accuracy[name] = [
        model.history["val_accuracy"][-1] if model else 0.1 for model in models
    ]

figure, ax = plt.subplots()
for name, values in accuracy.items():
    ax.semilogx(rates, 100 * np.array(values), markers[name] + "-", label=name)
    good = rates[np.array(values) > 0.9]
    told = f"{good.min():.2g} to {good.max():.2g}" if len(good) else "none"
    print(f"{name:>9}: rates that lead beyond 90 %: {told}")
ax.set(xlabel=r"learning rate $\eta$", ylabel="test accuracy after 20 epochs (%)")
ax.set_ylim(0, 102)
ax.legend()

counts = {name: np.sum(np.array(values) > 0.9) for name, values in accuracy.items()}
assert counts["none"] + 2 < min(counts["LayerNorm"], counts["BatchNorm"])

# %%
# The curves
# ----------
# Each at the best of these rates.

figure, ax = plt.subplots()
for name, style in zip(norms, ("-", "--", "-."), strict=True):
    best = float(rates[np.argmax(accuracy[name])])
    history = fitted(name, best, epochs=30).history
    ax.semilogy(
        range(1, 31), history["loss"], style, label=rf"{name}, $\eta$ = {best:.2g}"
    )
ax.set(xlabel="epoch", ylabel="training cross-entropy (nats)")
ax.legend()

# %%
# Predictions
# -----------
# A row's prediction must not depend on the rows beside it. `LayerNorm` never looks at
# them. `BatchNorm` goes by running means and variances then, which are a part of the
# weights: the layer's gain, shift, mean and variance.

model = fitted("BatchNorm", 0.1, epochs=1)
together, alone = model(data.X_test), model(data.X_test[:1])
assert np.allclose(together[0], alone[0], atol=1e-4)
print("arrays of a BatchNorm:", [array.shape for array in model.weights[1]])
