r"""
Noise, dropout and limits
=========================

*Row 24.* Against learning by heart there are more ways than a penalty: make the same
example look different each time, or leave weights no room. Noise on the inputs, dropout
with :math:`m` of zeros and ones, zero with probability :math:`r`, and a limit :math:`c`
for the weights :math:`w_j` that come into a unit:

.. math::

   \tilde{x} = x + \sigma \, n, \quad n \sim \mathcal{N}(0, 1), \qquad
   \tilde{h} = \frac{m \odot h}{1 - r}, \qquad
   \lVert w_j \rVert_2 \le c.

Sources: Bishop (1995) for noise, Srivastava et al. (2014) for dropout and the limit.
"""

import matplotlib.pyplot as plt
import numpy as np

import schuss

X, y = schuss.datasets.load_digits()
data = schuss.datasets.stratified_split(X, y, 0.9, seed=0)
print(len(data.y_train), "digits to learn from,", len(data.y_test), "to test")


def fitted(before=(), regularizer=None, seed=0):
    """Return a large network, trained for long on few digits."""
    hidden = [schuss.Dense(128, "relu"), schuss.Dense(128, "relu")]
    layers = [schuss.Rescaling(1 / 16), *before, *hidden, schuss.Dense(10)]
    model = schuss.Model(layers, seed=seed)
    model.fit(
        data.X_train,
        data.y_train,
        epochs=100,
        optimizer=schuss.SGD(schuss.CosineDecay(0.1, period=100), momentum=0.9),
        regularizer=regularizer,
        validation_data={"test": (data.X_test, data.y_test)},
        verbose=False,
    )
    return model


# %%
# Less by heart
# -------------
# `GaussianNoise` and `Dropout` stand first of all here, and spoil pixels, other ones in
# each step; `MaxNorm` is a regularizer. Three starts each, since one might be luck.

ways = {
    "nothing": {},
    "GaussianNoise(0.3)": {"before": [schuss.GaussianNoise(0.3)]},
    "Dropout(0.2)": {"before": [schuss.Dropout(0.2)]},
    "MaxNorm(1)": {"regularizer": schuss.MaxNorm(1)},
}
models = {name: [fitted(**way, seed=s) for s in range(3)] for name, way in ways.items()}
losses = {}
for name, starts in models.items():
    told = [model.evaluate(data.X_test, data.y_test) for model in starts]
    losses[name] = np.mean([each["loss"] for each in told])
    right = np.mean([each["accuracy"] for each in told])
    print(f"{name:>18}: test loss {losses[name]:.3f}, accuracy {right:.1%}")

assert all(losses[name] < 0.9 * losses["nothing"] for name in list(ways)[1:])

# %%
# Without them the training loss goes on falling, and what is gained is paid for by
# other digits.

figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 4))
for (name, starts), style in zip(models.items(), ("-", "--", "-.", ":"), strict=True):
    for ax, key in ((left, "loss"), (right, "test_loss")):
        mean = np.mean([model.history[key] for model in starts], axis=0)
        ax.plot(range(1, 101), mean, style, label=name)
left.set(xlabel="epoch", ylabel="cross-entropy (nats)", yscale="log")
left.set_title("training, as it went by")
right.set(xlabel="epoch", title="test", ylim=(0.1, 0.7))
right.legend()

# %%
# The noise is there in training only, and in the loss of training. To predict, all
# pixels are as they are, and the same digit gets the same answer.
#
# What is left to the weights
# ---------------------------
# The norm of the weights that come into each unit of the second layer. A limit holds
# after each step; all units are at it.

figure, ax = plt.subplots()
norms = {}
for name, starts in models.items():
    W, _ = starts[0].weights[-2]
    norms[name] = np.linalg.norm(W, axis=0)
    ax.hist(norms[name], np.arange(0.875, 2.5, 0.05), histtype="step", label=name)
    print(f"{name:>18}: largest norm {norms[name].max():.3f}")
ax.set(xlabel=r"$\Vert w_j \Vert_2$", ylabel="units")
ax.legend()

assert norms["MaxNorm(1)"].max() <= 1 + 1e-6
