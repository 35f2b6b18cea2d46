r"""
Real sound: who is speaking?
============================

*Row 1.* Nine men said the Japanese vowels "a" and "e", one right after the other (Kudo,
Toyama and Shimbo, 1999; UCI Machine Learning Repository, CC BY 4.0; the package sktime
ships the set). A network learns to tell the speaker from 0.05 to 0.2 seconds of sound.
"""

import matplotlib.pyplot as plt
import numpy as np
from sktime.datasets import load_japanese_vowels

import schuss

# %%
# The signals
# -----------
# Every 6.4 milliseconds there are 12 numbers: the cepstrum :math:`c_1 \dots c_{12}` of
# a linear prediction of the sound. They are what is left of the recordings, and stand
# for a smooth spectrum, :math:`\log |H(f)| = c_0 + 2 \sum_n c_n \cos(2 \pi n f / f_s)`,
# sampled at :math:`f_s` = 10 kHz. So the formants, which make a vowel and a voice, can
# be seen.


def load(split):
    """Return the utterances, a list of arrays (12, frames), and the speakers from 0."""
    table, speakers = load_japanese_vowels(split=split, return_X_y=True)
    return [np.stack(row) for row in table.to_numpy()], speakers.astype(int) - 1


utterances, y = load("train")
utterances_test, y_test = load("test")
print(len(y), "utterances to train on,", len(y_test), "to test")

f = np.linspace(0, 5, 128)
waves = np.cos(2 * np.pi * np.outer(f / 10, np.arange(1, 13)))
figure, axes = plt.subplots(2, 3, figsize=(9, 5), sharex=True, sharey=True)
for speaker, column in zip((0, 4, 7), axes.T, strict=True):
    for row, ax in zip(np.flatnonzero(y == speaker), column, strict=False):
        decibels = 20 / np.log(10) * 2 * waves @ utterances[row]
        extent = (0, 6.4 * decibels.shape[1], 0, 5)
        shown = ax.imshow(
            decibels, "magma", vmin=-30, vmax=50, origin="lower", extent=extent
        )
        ax.set(title=f"speaker {speaker}", aspect="auto")
for ax in axes[:, 0]:
    ax.set_ylabel("frequency (kHz)")
for ax in axes[1]:
    ax.set(xlabel="time (ms)", xlim=(0, 150))
figure.colorbar(shown, ax=axes, label="level (dB, without the loudness)")

# %%
# As rows of a table
# ------------------
# Utterances differ in length, and a dense network wants the same number of inputs for
# all: each is stretched or squeezed to 16 frames, by linear interpolation. Then every
# column is standardized, by what the training utterances have.


def stretched(utterance, frames=16):
    """Return an utterance as one row of 12 coefficients by 16 frames."""
    before = np.linspace(0, 1, utterance.shape[1])
    after = np.linspace(0, 1, frames)
    return np.concatenate([np.interp(after, before, c) for c in utterance])


X = np.array([stretched(each) for each in utterances])
X_test = np.array([stretched(each) for each in utterances_test])
mean, deviation = X.mean(axis=0), X.std(axis=0)
X, X_test = (X - mean) / deviation, (X_test - mean) / deviation

# %%
# Learn
# -----
# 270 examples of 192 numbers each are few: the weights are held small.

model = schuss.Model([schuss.Dense(64, "tanh"), schuss.Dense(9)], seed=0)
history = model.fit(
    X,
    y,
    epochs=60,
    optimizer=schuss.SGD(schuss.CosineDecay(0.05, period=60), momentum=0.9),
    regularizer=schuss.L2(0.003),
    validation_fraction=0.2,
    verbose=False,
)
figure = history.plot("accuracy")

# %%
# Test
# ----

told = model.evaluate(X_test, y_test, metrics=["f1"])
print({name: round(value, 3) for name, value in told.items()})
figure = schuss.plots.confusion_matrix(y_test, model.predict(X_test))
