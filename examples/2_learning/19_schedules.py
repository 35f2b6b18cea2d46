r"""
Learning rates that decay
=========================

*Row 19.* Large steps to get near, small ones to arrive: with mini-batches the gradient
stays noisy, so a constant learning rate ends in a cloud around the minimum. The lecture
has three schedules,

.. math::

   \eta_t = \frac{\eta_0}{1 + r t}, \qquad
   \eta_t = \eta_0 \exp(-\lambda t), \qquad
   \eta_t = \eta_0 \, r^{\lfloor t / t_u \rfloor},

inverse time, exponential, and step. Its plots have :math:`\eta_0 = 0.1` with
:math:`\lambda = 0.1`, and :math:`\eta_0 = 0.1` with :math:`r = 0.5`, :math:`t_u = 10`.
"""

import matplotlib.pyplot as plt

import schuss

inverse = schuss.InverseTimeDecay(0.1, rate=0.1)
exponential = schuss.ExponentialDecay(0.1, rate=0.1)
step = schuss.StepDecay(0.1, factor=0.5, every=10)

figure = inverse.plot(60, label="inverse time, r = 0.1")
exponential.plot(60, figure.axes[0], label=r"exponential, $\lambda$ = 0.1")
step.plot(60, figure.axes[0], label=r"step, r = 0.5, $t_u$ = 10")

# %%
# What they are good for
# ----------------------
# Softmax regression is convex, so the least loss can be known: L-BFGS finds it.
# Mini-batch descent at a constant rate stays at some distance from it, and every
# schedule gets nearer as the rate falls; but one that falls too fast stops on the way.

X, y = schuss.datasets.make_blobs(1000, spread=5.0, seed=3)
X = (X - X.mean(axis=0)) / X.std(axis=0)


def descended(optimizer, batch_size):
    """Return the losses over all rows after each epoch."""
    model = schuss.Model([schuss.Dense(3)], dtype="float64", seed=0)
    history = model.fit(
        X,
        y,
        epochs=60,
        batch_size=batch_size,
        optimizer=optimizer,
        validation_data={"training": (X, y)},
        verbose=False,
    )
    return history["training_loss"]


least = descended(schuss.LBFGS(), None)[-1]
schedules = {
    "constant": 0.1,
    "inverse time": inverse,
    "exponential": exponential,
    "step": step,
}
figure, ax = plt.subplots()
for name, rate in schedules.items():
    ax.plot(descended(schuss.SGD(rate), 8) - least, label=name)
ax.set(xlabel="epoch", ylabel="loss above the least (nats)", yscale="log")
ax.legend()

# %%
# Beyond the lecture
# ------------------
# Time may be epochs or steps, a warm-up can go in front of any schedule, and any
# callable of step and epoch is a schedule.

figure = schuss.CosineDecay(0.1, period=100).plot(100)
axes = figure.axes[0]
schuss.CosineRestarts(0.1, period=15, factor=2).plot(100, axes)
schuss.OneCycle(0.1, total=100).plot(100, axes)
schuss.Warmup(schuss.StepDecay(0.08, factor=0.5, every=30), 20, per="epoch").plot(
    100, axes, label="Warmup, then StepDecay"
)
