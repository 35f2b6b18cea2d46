r"""
Rates that rise first, and weights that are averaged
====================================================

*Row 19 of the lecture, and beyond it.* How large a rate to begin with? And at the end,
there are two ways out of the cloud in which mini-batches keep the weights: let the rate
fall, or go on and average where it leads,

.. math:: a \leftarrow \beta \, a + (1 - \beta) \, w, \qquad
   \bar{w} = \frac{a}{1 - \beta^t},

over :math:`t` epochs (Polyak and Juditsky, 1992), which is what `EMA` does.
"""

import matplotlib.pyplot as plt

import schuss

# %%
# The learning-rate finder
# ------------------------
# The rate rises from mini-batch to mini-batch, on a twin of the model (Smith, 2017).
# Too small a rate does nothing, too large a rate does harm. In between the loss falls,
# and where it falls most steeply is a rate to begin with.

digits, labels = schuss.datasets.load_digits()
hidden = [schuss.Dense(64, "relu"), schuss.Dense(32, "relu")]
layers = [schuss.Rescaling(1 / 16), *hidden, schuss.Dense(10)]
search = schuss.find_learning_rate(schuss.Model(layers, seed=0), digits, labels)
figure = search.plot()

# %%
# Five epochs at that rate, and at rates far below and above it:

losses = []
for factor in (1 / 50, 1, 50):
    rate = factor * search.suggestion
    model = schuss.Model(layers, seed=0)
    try:
        model.fit(digits, labels, epochs=5, optimizer=schuss.SGD(rate), verbose=False)
        losses.append(model.evaluate(digits, labels)["loss"])
    except FloatingPointError:
        losses.append(float("inf"))  # it diverged
    print(f"rate {rate:<7.2g} leads to a loss of {losses[-1]:.3f}")

assert min(losses) == losses[1]

# %%
# Schedules at work
# -----------------
# Forty epochs each, with mini-batches of 8, whose gradients are noisy. `OneCycle`
# (Smith and Topin, 2018) climbs to a rate that would be too large for long;
# `CosineRestarts` (Loshchilov and Hutter, 2017) starts again after every descent.

X, y = schuss.datasets.make_moons(1000, noise=0.3, seed=0)
X_test, y_test = schuss.datasets.make_moons(4000, noise=0.3, seed=1)


def new_model():
    """Return the network that all fits begin with."""
    hidden = [schuss.Dense(32, "relu"), schuss.Dense(32, "relu")]
    return schuss.Model([*hidden, schuss.Dense(2)], seed=0)


schedules = {
    "constant": 0.3,
    "CosineDecay": schuss.CosineDecay(0.3, period=40),
    "OneCycle": schuss.OneCycle(0.5, total=40),
    "CosineRestarts": schuss.CosineRestarts(0.3, period=10),
}
EPOCHS = range(1, 41)


def fitted(rate, *callbacks):
    """Return a model and the losses over all training rows after each epoch."""
    model = new_model()
    history = model.fit(
        X,
        y,
        epochs=40,
        batch_size=8,
        optimizer=schuss.SGD(rate),
        validation_data={"training": (X, y)},
        callbacks=callbacks,
        verbose=False,
    )
    return model, history


figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 4))
ends = {}
for (name, rate), style in zip(schedules.items(), ("-", "--", "-.", ":"), strict=True):
    model, history = fitted(rate)
    ends[name] = model.evaluate(X_test, y_test)["loss"]
    left.plot(EPOCHS, history["learning_rate"], style, label=name)
    right.plot(EPOCHS, history["training_loss"], style, label=name)
    print(f"{name:>15}: test loss {ends[name]:.4f}")
left.set(xlabel="epoch", ylabel=r"learning rate $\eta$")
right.set(xlabel="epoch", ylabel="loss over all training rows (nats)", ylim=(0.2, 0.38))
left.legend()

assert max(ends["CosineDecay"], ends["OneCycle"]) < ends["constant"]

# %%
# Each restart throws the loss up, and each descent brings it down again; so the model
# may be taken at the end of any of them.
#
# The middle of the path
# ----------------------
# At a constant rate, the weights of the last epochs are scattered about something that
# is better than most of them. Their average is there, without any schedule. Here it is
# evaluated beside the weights themselves after every epoch.


class Watch(schuss.Callback):
    """Evaluates the weights and their average on the test set."""

    def __init__(self, ema):
        self.ema, self.twin, self.last, self.average = ema, new_model(), [], []

    def on_epoch_end(self, epoch, logs):
        """Look at both."""
        for weights, losses in (
            (self.ema.last_weights, self.last),
            (self.ema.weights, self.average),
        ):
            self.twin.set_weights(weights)
            losses.append(self.twin.evaluate(X_test, y_test)["loss"])


ema = schuss.EMA(0.9)
watch = Watch(ema)
model, _ = fitted(0.3, ema, watch)
figure, ax = plt.subplots()
ax.plot(EPOCHS, watch.last, label="weights")
ax.plot(EPOCHS, watch.average, "--", label="their average, EMA(0.9)")
ax.set(xlabel="epoch", ylabel="test loss (nats)", ylim=(0.2, 0.38))
ax.legend()
print(f"after the fit the model has the average: {watch.average[-1]:.4f}", end=" ")
print(f"instead of {watch.last[-1]:.4f}")

assert model.evaluate(X_test, y_test)["loss"] == watch.average[-1]
assert sum(watch.average[20:]) < sum(watch.last[20:])
