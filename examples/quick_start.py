"""
Quick start
===========

schuss needs Python 3.11 or newer and a C++20 compiler; NumPy comes with it::

    pip install .            # in a clone of the repository
    pip install ".[plot]"    # also matplotlib, for figures

Here it learns to read handwritten digits, of which 1,797 come with the package.
"""

import schuss

X, y = schuss.datasets.load_digits()
data = schuss.datasets.stratified_split(X, y, seed=0)
print(X.dtype, data.X_train.shape, data.X_test.shape)

# %%
# A model is a list of layers
# ---------------------------
# Any numeric array will do as ``X``: here pixels stay bytes in memory, and `Rescaling`
# brings them from 0 ... 16 to 0 ... 1 as they are read. The last layer has one output
# per class and no activation, since softmax is part of the loss. The seed determines
# everything that is random.


def new_model():
    """Return a model with two hidden layers."""
    hidden = [schuss.Dense(64, "relu"), schuss.Dense(32, "relu")]
    return schuss.Model([schuss.Rescaling(1 / 16), *hidden, schuss.Dense(10)], seed=0)


model = new_model()
model.build(64).summary()

# %%
# Fit and evaluate
# ----------------
# An epoch sees every row once, ``batch_size`` rows per step. Validation data are
# evaluated after every epoch and never trained on.

history = model.fit(
    data.X_train,
    data.y_train,
    epochs=20,
    batch_size=32,
    optimizer=schuss.SGD(0.2),
    validation_fraction=0.1,
    verbose=False,
)
print(f"validation accuracy {history['val_accuracy'][-1]:.1%}")
print(model.evaluate(data.X_test, data.y_test))
print(model.predict(data.X_test[:8]), "is what it reads,")
print(data.y_test[:8], "what was written")
print(model.predict_proba(data.X_test[:1]).round(3))

# %%
# Learning rates that fall
# ------------------------
# A learning rate may be a schedule, or any callable of step and epoch. See
# :doc:`/gallery/2_learning/19_schedules` for all of them.

schedule = schuss.CosineDecay(0.2, period=20)
figure = schedule.plot(20)

# %%
# Early stopping
# --------------
# Callbacks look at every epoch. This one ends the fit once the validation loss has not
# improved for 10 epochs, and gives the model the weights of the best of them.

model = new_model()
history = model.fit(
    data.X_train,
    data.y_train,
    epochs=200,
    optimizer=schuss.SGD(0.2),
    validation_fraction=0.1,
    callbacks=[schuss.EarlyStopping(patience=10)],
    verbose=False,
)
print(len(history["loss"]), "epochs:", history.stop_reason)
print(model.evaluate(data.X_test, data.y_test))

# %%
# When it diverges
# ----------------
# With a learning rate that is too large, numbers grow beyond all bounds. schuss then
# says so and goes back to the weights of before that epoch, instead of filling the
# model with NaN:

model = new_model()
try:
    model.fit(
        data.X_train,
        data.y_train,
        optimizer=schuss.SGD(1000, momentum=0.9),
        verbose=False,
    )
except FloatingPointError as error:
    print(error)

# %%
# What helps, in this order: inputs of size about 1 (`Rescaling`, or standardize them),
# a smaller learning rate, a `Warmup`. A rate may also be too large without any number
# growing: a loss that stays at that of guessing, ln 10 = 2.3 for ten classes, is a sign
# of it. `find_learning_rate` tries rising rates on a twin of the model, and leaves the
# model as it is:

search = schuss.find_learning_rate(model, data.X_train, data.y_train)
print(f"suggestion: {search.suggestion:.2g}")
figure = search.plot()

# %%
# Threads and instruction sets
# ----------------------------
# A call uses as many threads as the machine has and the work is worth;
# ``OMP_NUM_THREADS`` or `set_threads` sets a limit. Results are the same to the last
# bit for any number of threads.

schuss.set_threads(1)
schuss.show_config()
schuss.set_threads(None)

# %%
# Go on with the :doc:`gallery </gallery/index>`, the :doc:`API </api>`, or, from
# another library, with the :doc:`names side by side </coming_from>`.
