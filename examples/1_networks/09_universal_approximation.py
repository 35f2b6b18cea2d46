r"""
Any boundary, with enough hidden units
======================================

*Row 9.* Cybenko (1989): one hidden layer of sigmoids,

.. math:: s(x) = \sum_{j=1}^{H} w^y_j \, f(x^\top w^h_j + b^h_j) + b^y,

comes as near as one likes to any continuous function on a bounded set, if there are
enough units :math:`H`. Here two spirals are told apart by more and more of them.
"""

import matplotlib.pyplot as plt

import schuss

X, y = schuss.datasets.make_spirals(800, turns=1.5, noise=0.02, seed=0)


def fitted(*widths):
    """Return a model with hidden layers of these widths, trained on the spirals."""
    hidden = [schuss.Dense(width, "tanh") for width in widths]
    model = schuss.Model([schuss.Rescaling(4), *hidden, schuss.Dense(2)], seed=0)
    rate = schuss.CosineDecay(0.02, period=1500)
    model.fit(
        X, y, epochs=1500, batch_size=50, optimizer=schuss.Adam(rate), verbose=False
    )
    return model


figure, axes = plt.subplots(2, 3, figsize=(9, 6.4))
for units, ax in zip([1, 2, 4, 8, 16, 64], axes.flat, strict=True):
    model = fitted(units)
    schuss.plots.decision_boundary(model, X, y, ax=ax)
    accuracy = model.evaluate(X, y)["accuracy"]
    ax.set_title(f"{units} unit{'s' if units > 1 else ''}: {accuracy:.1%} right")
    ax.label_outer()

# %%
# The theorem says that such weights exist: not how many units are enough, nor that
# gradient descent finds them. Depth helps, too: units of a second layer combine the
# boundaries of the first.

for widths in ((8,), (5, 4), (16,)):
    model = fitted(*widths)
    parameters = sum(W.size + b.size for W, b in model.weights)
    accuracy = model.evaluate(X, y)["accuracy"]
    print(f"hidden layers {widths}: {parameters} parameters, {accuracy:.1%} right")
