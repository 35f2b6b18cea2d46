r"""
Deep networks, and a way around their layers
============================================

*Row 16 of the lecture, and beyond it.* On its way back an error signal is multiplied by
the weights and the slopes of every layer,

.. math:: \Delta^{l} = (\Delta^{l+1} W^{l+1 \top}) \odot f'(U_l),

and of a sigmoid the slope :math:`H_l \odot (1 - H_l)` is 1/4 at most. After many layers
there is nothing left to learn from. A residual block (He et al., 2016) adds what some
layers :math:`F` make of :math:`x` to :math:`x` itself,

.. math:: h = x + F(x), \qquad
   \frac{\partial \ell}{\partial x} = \frac{\partial \ell}{\partial h}
   \left( I + \frac{\partial F}{\partial x} \right),

so that there is a way back which nothing multiplies.
"""

import matplotlib.pyplot as plt
import numpy as np

import schuss

X, y = schuss.datasets.load_digits()
data = schuss.datasets.stratified_split(X, y, seed=0)


def plain(blocks, activation="relu"):
    """Return a model with two layers per block, one after the other."""
    inside = [schuss.Dense(32, activation) for _ in range(2 * blocks)]
    first = [schuss.Rescaling(1 / 16), schuss.Dense(32, activation)]
    return schuss.Model([*first, *inside, schuss.Dense(10)], seed=0)


def residual(blocks, activation="relu"):
    """Return the same with a way around each block, which at first does nothing."""
    inside = [
        schuss.Residual(
            [schuss.Dense(32, activation), schuss.Dense(32, initializer="zeros")]
        )
        for _ in range(blocks)
    ]
    first = [schuss.Rescaling(1 / 16), schuss.Dense(32, activation)]
    return schuss.Model([*first, *inside, schuss.Dense(10)], seed=0)


# %%
# The signal on its way back
# --------------------------
# Before any training, in networks of 20 blocks: how large :math:`\Delta` is that comes
# back to each block, as the root of its mean square. With sigmoids it fades within a
# few layers. With rectifiers, and first weights that suit them (He et al., 2015), it
# keeps its size roughly; past residual blocks it keeps it to the bit, since a block
# whose last weights begin with zeros is at first no more than the way around it.

networks = {
    "sigmoid, plain": plain(20, "sigmoid"),
    "relu, plain": plain(20),
    "sigmoid, residual": residual(20, "sigmoid"),
}
figure, ax = plt.subplots()
sizes = {}
for name, model in networks.items():
    deltas = model.build(64).deltas(data.X_train, data.y_train)[2:-1:2]
    sizes[name] = [np.sqrt(np.mean(np.square(d, dtype=float))) for d in deltas]
    ax.semilogy(range(1, 21), sizes[name], "o-", markersize=3, label=name)
ax.set(xlabel="block, from the inputs", ylabel=r"root mean square of $\Delta$")
ax.xaxis.get_major_locator().set_params(integer=True)
ax.legend()

assert sizes["sigmoid, plain"][0] < 1e-20
assert len(set(sizes["sigmoid, residual"])) == 1

# %%
# What can be trained
# -------------------
# The same 20 epochs for networks of more and more layers, rectifiers all, each at the
# best of three learning rates. A signal of the right size is not enough: the plain
# network learns less the deeper it is, and at last nothing at all. With ways around,
# depth does no harm. (Nor much good: digits need no 80 layers.)

depths = [1, 2, 5, 10, 20, 40]


def best_accuracy(make, blocks):
    """Return the best accuracy on the training set that a learning rate leads to."""
    reached = [0.1]  # by guessing
    for rate in (0.001, 0.003, 0.01):
        model = make(blocks)
        try:
            model.fit(
                data.X_train,
                data.y_train,
                epochs=20,
                optimizer=schuss.SGD(rate, momentum=0.9),
                verbose=False,
            )
        except FloatingPointError:
            continue  # it diverged
        reached.append(model.evaluate(data.X_train, data.y_train)["accuracy"])
    return max(reached)


figure, ax = plt.subplots()
layers = [2 * blocks + 2 for blocks in depths]
for make, style in ((plain, "s--"), (residual, "o-")):
    accuracies = [best_accuracy(make, blocks) for blocks in depths]
    ax.plot(layers, [100 * each for each in accuracies], style, label=make.__name__)
    print(f"{make.__name__:>8}:", *(f"{each:.1%}" for each in accuracies))
    assert (accuracies[-1] > 0.98) == (make is residual)
ax.set(xlabel="layers", ylabel="accuracy on the training set (%)", ylim=(0, 102))
ax.legend()
