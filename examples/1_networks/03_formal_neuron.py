r"""
The formal neuron
=================

*Row 3 of the lecture.* The neuron of McCulloch and Pitts (1943) weighs its inputs, adds
a bias, and fires if the sum is not negative:

.. math:: y = f(w^\top x + b), \qquad
   f(u) = \begin{cases} 1 & u \ge 0 \\ 0 & u < 0 \end{cases}

One such neuron is ``Dense(1, "step")``. Nothing is learned here: weights and bias are
given by hand.
"""

import matplotlib.pyplot as plt
import numpy as np

import schuss

X, _ = schuss.datasets.make_xor()  # the four corners of the unit square
neurons = {
    "and": ([[1.0], [1.0]], [-1.5]),
    "or": ([[1.0], [1.0]], [-0.5]),
    "not (1) and 2": ([[-1.0], [1.0]], [-0.5]),
}


def neuron(weights, bias):
    """Return a model that is one neuron with a step."""
    layer = schuss.Dense(1, "step", weights=weights, bias=bias)
    return schuss.Model([layer], loss="mean_squared_error").build(2)


print("x1 x2  ", *neurons, sep="  ")
outputs = [neuron(*parameters).predict(X) for parameters in neurons.values()]
for x, *y in zip(X, *outputs, strict=True):
    print(*x.astype(int), "    ", *(f"{int(v):^7}" for v in y))

# %%
# The neuron switches where :math:`w^\top x + b = 0`: a straight line. Three of its
# neighbours compute three functions of two bits.

grid = np.linspace(-0.5, 1.5, 401)
points = np.stack(np.meshgrid(grid, grid), axis=-1).reshape(-1, 2)

figure, axes = plt.subplots(1, 3, figsize=(9, 3.2), sharey=True)
for ax, (name, parameters) in zip(axes, neurons.items(), strict=True):
    model = neuron(*parameters)
    fires = model.predict(points).reshape(401, 401)
    ax.contourf(grid, grid, fires, levels=[-0.5, 0.5, 1.5], colors=["w", "#56B4E9"])
    y = model.predict(X) > 0
    ax.plot(*X[y].T, "o", color="#D55E00", label="fires")
    ax.plot(*X[~y].T, "o", color="k", mfc="w", label="does not")
    ax.set(title=name, xlabel="$x_1$", aspect="equal")
axes[0].set_ylabel("$x_2$")
figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)

# %%
# The activations
# ---------------
# A step has no slope to learn by. What replaced it, first of all the sigmoid
# :math:`1 / (1 + e^{-u})`, is smooth or at least has a slope somewhere.
# `schuss.reference` has a function of each name.

u = np.linspace(-4, 4, 401)
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.8), sharex=True)
for name in ("step", "hard_sigmoid", "sigmoid", "tanh"):
    left.plot(u, getattr(schuss.reference, name)(u), label=name)
for name in ("relu", "leaky_relu", "elu", "softplus", "gelu", "silu"):
    right.plot(u, getattr(schuss.reference, name)(u), label=name)
for ax in (left, right):
    ax.set(xlabel="$u$")
    ax.legend()
left.set_ylabel("$f(u)$")
right.set_ylim(-1.2, 3)
