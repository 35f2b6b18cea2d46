r"""
Full batch, online and mini-batch
=================================

*Rows 13, 17 and 18.* Gradient descent moves weights against the gradient of the mean
loss, :math:`w \leftarrow w - \eta \, \partial \mathcal{L} / \partial w`. The gradient
over all :math:`N` examples costs :math:`N` times that of one. Stochastic gradient
descent estimates it from :math:`B` of them,

.. math:: \frac{\partial \mathcal{L}}{\partial w} \approx
   \frac{1}{B} \sum_{i=1}^{B} \frac{\partial \ell_i}{\partial w},

a noisy direction, but :math:`N / B` updates for the price of one.
"""

from time import perf_counter

import matplotlib.pyplot as plt
import numpy as np

import schuss

X, y = schuss.datasets.load_digits()


def new_model():
    """Return the network that all three ways begin with."""
    layers = [schuss.Rescaling(1 / 16), schuss.Dense(32, "relu"), schuss.Dense(10)]
    return schuss.Model(layers, seed=0)


# %%
# The price of the full gradient
# ------------------------------
# It grows with the number of examples. (One thread, and the least of some times: others
# may be at work on the machine.)

schuss.set_threads(1)
model = new_model().build(64)
for rows in (225, 450, 900, 1797):
    times = []
    for _ in range(50):
        begin = perf_counter()
        model.gradients(X[:rows], y[:rows])
        times.append(perf_counter() - begin)
    print(f"{rows:5} examples: {min(times) * 1e6:6.0f} microseconds")

# %%
# Three ways down
# ---------------
# Each with a learning rate that suits it, until 30 epochs or 2,000 updates are done. A
# callback measures the loss over all examples at some of the updates. It would disturb
# the clock, so each fit runs a second time without it: the same seed takes the same
# steps, to the bit.


class Watch(schuss.Callback):
    """Measures the loss over all examples after 1, 2, 3, 4, 6, 8, ... updates."""

    def on_fit_begin(self, fit):
        """Note whose loss it is."""
        self.model, self.count = fit.model, 0
        self.updates, self.losses = [], []

    def on_batch_end(self, batch, logs):
        """Measure, if it is time."""
        self.count += 1
        if self.count >= 1.2 * (self.updates[-1] if self.updates else 0):
            self.updates.append(self.count)
            self.losses.append(self.model.evaluate(X, y)["loss"])


ways = {
    "full batch": (None, 1.0, 2000),
    "mini-batch": (32, 0.2, 35),
    "online": (1, 0.01, 30),
}
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4), sharey=True)
for name, (batch_size, rate, epochs) in ways.items():
    watch = Watch()
    for callbacks in ([watch], []):
        model = new_model()
        history = model.fit(
            X,
            y,
            epochs=epochs,
            batch_size=batch_size,
            optimizer=schuss.SGD(rate),
            callbacks=callbacks,
            verbose=False,
        )
    seconds = history["seconds"].sum() / watch.count
    print(f"{name:>10}: {watch.count:6,} updates of {seconds * 1e6:5.1f} microseconds")
    left.plot(watch.updates, watch.losses, label=name)
    right.plot(np.array(watch.updates) * seconds, watch.losses, label=name)
left.set(xscale="log", yscale="log", xlabel="updates", ylabel="cross-entropy (nats)")
right.set(xscale="log", xlabel="seconds")
left.legend()

# %%
# By updates the full batch is best and online the worst: its direction is the noisiest.
# By seconds the full batch comes last, since its updates cost so much. Mini-batches
# have the best of both: less noise than one example, and rows that share the work of a
# product.

schuss.set_threads(None)
