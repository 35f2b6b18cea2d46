r"""
Losses of numbers: outliers, quantiles and counts
=================================================

*Row 10.* Where targets :math:`t` are numbers, the loss of a row says what the output
:math:`y` is to be: of all constants, the least mean loss has

.. math::

   \begin{aligned}
   (y - t)^2 &: \text{the mean}, \\
   |y - t| &: \text{the median}, \\
   \max(q (t - y), (q - 1)(t - y)) &: \text{the quantile } q, \\
   e^y - t y &: \text{the logarithm of the mean of counts}.
   \end{aligned}

Huber's loss (1964) is :math:`e^2 / 2` for a small error :math:`e = y - t`, and a
straight line where it is larger than :math:`\delta`: between mean and median.
"""

import matplotlib.pyplot as plt
import numpy as np

import schuss

rng = np.random.default_rng(0)


def fitted(loss, X, t, outputs=1):
    """Return a network of one hidden layer, trained on rows of one number."""
    layers = [schuss.Dense(32, "tanh"), schuss.Dense(outputs)]
    model = schuss.Model(layers, loss=loss, seed=0)
    rate = schuss.CosineDecay(0.02, period=400)
    model.fit(X, t, epochs=400, optimizer=schuss.Adam(rate), verbose=False)
    return model


# %%
# What an error costs
# -------------------

error = np.linspace(-3, 3, 301)[:, None]
zero = np.zeros(1)
losses = {
    "mean_squared_error": schuss.MeanSquaredError(),
    "mean_absolute_error": schuss.MeanAbsoluteError(),
    "huber": schuss.Huber(0.5),
    "pinball": schuss.Pinball([0.9]),
}
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.8))
for (name, loss), style in zip(losses.items(), ("-", "--", "-.", ":"), strict=True):
    of_rows = getattr(schuss.reference, name)
    told = [of_rows(e[None], zero[None], *loss.settings) for e in error]
    left.plot(error, [value for value, _ in told], style, label=name)
    right.plot(error, [slope[0, 0] for _, slope in told], style, label=name)
left.set(xlabel="error $e = y - t$", ylabel="loss", ylim=(-0.1, 4))
right.set(
    xlabel="error $e = y - t$", ylabel="slope, the pull of a target", ylim=(-3, 3)
)
left.legend(["squared", "absolute", r"Huber, $\delta$ = 0.5", "pinball, $q$ = 0.9"])

# %%
# Outliers
# --------
# Every tenth target is too large by 3. Squares pull the harder the farther away a
# target is; the pull of the others is bounded, and they stay with the many.

x = np.sort(rng.uniform(-3, 3, 300))
truth = np.sin(x)
t = truth + rng.normal(0, 0.1, 300)
t[::10] += 3

figure, ax = plt.subplots()
ax.plot(x, t, ".", color="silver", label="targets")
ax.plot(x, truth, "k:", label="truth")
off = {}
for name, loss, style in (
    ("squared", "mean_squared_error", "-"),
    ("absolute", "mean_absolute_error", "--"),
    ("Huber", schuss.Huber(0.2), "-."),
):
    predicted = fitted(loss, x[:, None], t).predict(x[:, None]).ravel()
    off[name] = float(np.mean(np.abs(predicted - truth)))
    ax.plot(x, predicted, style, label=name)
    print(f"{name:>8}: off by {off[name]:.3f} on average")
ax.set(xlabel="$x$", ylabel="$y$, $t$")
ax.legend(ncols=2)

assert max(off["absolute"], off["Huber"]) < 0.3 * off["squared"]

# %%
# A band around data whose noise grows
# ------------------------------------
# One network with three outputs, one for each quantile: a tenth of the targets are to
# be below the band and a tenth above it, wherever one looks.

x = np.sort(rng.uniform(0, 3, 2000))
t = np.sin(2 * x) + (0.1 + 0.25 * x) * rng.normal(size=2000)
quantiles = [0.1, 0.5, 0.9]
band = fitted(schuss.Pinball(quantiles), x[:, None], t, outputs=3).predict(x[:, None])

figure, ax = plt.subplots()
ax.plot(x, t, ".", color="silver", markersize=3, label="targets")
ax.fill_between(x, band[:, 0], band[:, 2], alpha=0.3, label="quantiles 0.1 to 0.9")
ax.plot(x, band[:, 1], label="median")
ax.set(xlabel="$x$", ylabel="$y$, $t$")
ax.legend()

for q, line in zip(quantiles, band.T, strict=True):
    print(f"targets below the quantile {q}: {np.mean(t < line):.1%}")
    assert abs(np.mean(t < line) - q) < 0.03

# %%
# Counts
# ------
# How many per hour, if the mean goes up and down over the day? The variance of counts
# is their mean, and squares would heed the busy hours most. The output is a logarithm,
# so that no prediction can be below 0.

hour = rng.uniform(0, 24, 2000)
mean = np.exp(1.5 * np.sin(2 * np.pi * (hour - 8) / 24))
count = rng.poisson(mean)
X = (hour[:, None] - 12) / 6
model = fitted("poisson", X, count)

order = np.argsort(hour)
predicted = model.predict(X).ravel()
figure, ax = plt.subplots()
ax.plot(hour, count + rng.uniform(-0.2, 0.2, 2000), ".", color="silver", markersize=3)
ax.plot(hour[order], mean[order], "k:", label="true mean")
ax.plot(hour[order], predicted[order], label=r"predicted, $e^y$")
ax.set(
    xlabel="time of the day (hours)", ylabel="count per hour", xticks=range(0, 25, 6)
)
ax.legend()

assert predicted.min() > 0
assert np.mean(np.abs(predicted - mean)) < 0.1 * mean.mean()
