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
X_validation, y_validation = schuss.datasets.make_moons(500, noise=0.35, seed=1)
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

figure, axes = plt.subplots(1, 2, figsize=(9, 3.8))
for ax, metric in zip(axes, ("loss", "accuracy"), strict=True):
    schuss.plots.learning_curves(history, metric, ax=ax)
    ax.axvline(best + 1, color="k", linestyle=":", label="least validation loss")
axes[0].set(ylabel="cross-entropy (nats)", ylim=(0, 1.2))
axes[1].legend()

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

figure, axes = plt.subplots(1, 2, figsize=(9, 4))
titles = ("after 600 epochs", "stopped early")
for ax, model, title in zip(axes, (too_long, stopped), titles, strict=True):
    schuss.plots.decision_boundary(model, X, y, ax=ax)
    ax.set_title(title)
axes[1].legend()
