r"""
A table with categories and gaps
================================

344 penguins of three species, measured on three islands by K. B. Gorman, T. D. Williams
and W. R. Fraser (2014; the package *palmerpenguins* has the table): some columns are
numbers of very different scale, others are words, and some cells are empty. A network
takes none of it as it is; a model with a ``preprocessing`` does.
"""

import matplotlib.pyplot as plt
import numpy as np
from palmerpenguins import load_penguins

import schuss

penguins = load_penguins().drop(columns="year")
X, y = penguins.drop(columns="species"), penguins["species"]
print(penguins.isna().sum())
print(penguins.head())

# %%
# From table to species
# ---------------------
# The labels are words, too. ``fit`` finds the classes in them, and ``predict`` says
# which one it is.
order = np.random.default_rng(0).permutation(len(X))
X_train, X_test = X.iloc[order[:244]], X.iloc[order[244:]]
y_train, y_test = y.iloc[order[:244]], y.iloc[order[244:]]

model = schuss.Model(
    [schuss.Dense(16, "relu"), schuss.Dense(3)], preprocessing=True, seed=0
)
model.fit(
    X_train,
    y_train,
    epochs=40,
    optimizer=schuss.Adam(0.01),
    validation_fraction=0.2,
    verbose=False,
)
print("classes:", model.classes)
print("tested:", model.evaluate(X_test, y_test))
figure = model.history.plot("accuracy")

# %%
# What the network was given
# --------------------------
# The preprocessing was fitted on the rows that were trained on, and on none of those
# held out. It has a median and a spread for each column of numbers, a column for each
# category, one of -1 and 1 where there are two of them, and one that says where a cell
# was missing.
inputs = model.preprocessing.transform(X_test)
for name, column in zip(model.preprocessing.feature_names_out, inputs.T, strict=True):
    print(f"{name:28}{column.min():7.2f} to {column.max():5.2f}")

# %%
# Outliers stay near
# ------------------
# A number z that is scaled becomes z / sqrt(1 + (z / 3)²): around the median next to
# nothing changes, and no slip of a pen gets further than 3. With
# :class:`~schuss.TabularPreprocessor` this, and the rest, is yours to choose.
grams = np.linspace(0, 10_000, 200)
figure, ax = plt.subplots()
for label, options in {
    "smooth limit at 3 (as by default)": {},
    "no limit": {"smooth_clip": None},
    "mean and standard deviation": {"scaling": "standard", "smooth_clip": None},
}.items():
    own = schuss.TabularPreprocessor(**options).fit(X_train[["body_mass_g"]])
    ax.plot(grams, own.transform({"body_mass_g": grams})[:, 0], label=label)
ax.set(xlabel="body mass (g)", ylabel="what the network is given")
ax.legend()

# %%
# A table that does not fit
# -------------------------
# Columns are known by name, so their order does not matter. One that is missing, new,
# or of another kind is named.
shuffled = X_test[X_test.columns[::-1]]
print((model.predict(shuffled) == model.predict(X_test)).all())
try:
    model.predict(shuffled.rename(columns={"sex": "gender"}))
except ValueError as error:
    print(error)
