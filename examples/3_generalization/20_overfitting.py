r"""
Overfitting, and when to stop
=============================

*Row 20.* A network with many weights and few examples can learn all of them by heart,
the noise too. The training loss goes on falling, while the loss on examples that it was
not trained on begins to rise.
"""

import matplotlib.pyplot as plt
import numpy as np

import schuss

X, y = schuss.datasets.make_moons(120, noise=0.35, seed=0)
X_validation, y_validation = schuss.datasets.make_moons(2000, noise=0.35, seed=1)
X_test, y_test = schuss.datasets.make_moons(2000, noise=0.35, seed=2)


def fitted(*callbacks):
    """Return a large network, trained on 120 points."""
    hidden = [schuss.Dense(128, "tanh"), schuss.Dense(128, "tanh")]
    model = schuss.Model([*hidden, schuss.Dense(2)], seed=0)
    model.fit(
        X,
        y,
        epochs=600,
        batch_size=16,
        optimizer=schuss.SGD(0.05, momentum=0.9),
        validation_data=(X_validation, y_validation),
        callbacks=callbacks,
        verbose=False,
    )
    return model


too_long = fitted()
history = too_long.history
best = int(np.argmin(history["val_loss"]))

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.8), sharex=True)
left.plot(history["loss"], label="training")
left.plot(history["val_loss"], label="validation")
left.set(xlabel="epoch", ylabel="cross-entropy (nats)", ylim=(0, 1.2))
right.plot(1 - history["accuracy"], label="training")
right.plot(1 - history["val_accuracy"], label="validation")
right.set(xlabel="epoch", ylabel="share of errors", ylim=(0, 0.3))
for ax in (left, right):
    ax.axvline(best, color="k", linestyle=":", label="least validation loss")
left.legend()

# %%
# Early stopping
# --------------
# A fit ends once the validation loss has not improved for some epochs, and the model
# gets the weights of the best of them. The validation set has then had a say in the
# choice, so what the model is worth is told by a third set, which had none.

stopping = schuss.EarlyStopping(patience=50)
stopped = fitted(stopping)
print("it stopped:", stopped.history.stop_reason)
print("600 epochs:     ", too_long.evaluate(X_test, y_test))
print(f"after epoch {stopping.best_epoch}: ", stopped.evaluate(X_test, y_test))

# %%
# What the two have drawn
# -----------------------

grid = np.linspace(-2.2, 3.2, 201), np.linspace(-1.7, 2.2, 201)
points = np.stack(np.meshgrid(*grid), axis=-1).reshape(-1, 2)
figure, axes = plt.subplots(1, 2, figsize=(9, 3.8), sharey=True)
titles = ("after 600 epochs", "stopped early")
for ax, model, title in zip(axes, (too_long, stopped), titles, strict=True):
    probability = model.predict_proba(points)[:, 1].reshape(201, 201)
    filled = ax.contourf(
        *grid, probability, levels=10, vmin=0, vmax=1, cmap="PuOr_r", alpha=0.6
    )
    for label, color in ((0, "#7B5FB0"), (1, "#E69F00")):
        ax.plot(*X[y == label].T, "o", color=color, mec="k", label=f"class {label}")
    ax.set(title=title, xlabel="$x_1$")
    ax.grid(visible=False)
axes[0].set_ylabel("$x_2$")
axes[1].legend(frameon=True)
figure.colorbar(filled, ax=axes, label=r"$\hat{y}$ of class 1")
