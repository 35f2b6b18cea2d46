r"""
Real text: which language is it?
================================

*Row 1 of the lecture: from low-level signals to classes.* The messages of the program
that built this page, Sphinx, have been translated by volunteers. Here a network learns
to tell the language of a message from nothing but its letters: how often each group of
three of them occurs.
"""

from collections import Counter
from importlib.resources import files

import numpy as np
from babel.messages.mofile import read_mo
from scipy.sparse import coo_array

import schuss

LANGUAGES = ["ca", "en", "es", "et", "fr", "gl", "id", "pl", "pt_BR", "sk", "sv", "tr"]

# %%
# The corpus
# ----------
# A message is a line of a few words. Placeholders such as ``%s`` are not language, and
# a message that a translator left in English would be a wrong label.


def words(message):
    """Return the words of a message in lower case, without all that is none."""
    return " ".join(filter(str.isalpha, message.lower().split()))


def translations(language):
    """Return the messages of a language, by the English that they translate."""
    path = files("sphinx") / "locale" / language / "LC_MESSAGES" / "sphinx.mo"
    with path.open("rb") as file:
        pairs = [(message.id, message.string) for message in read_mo(file)]
    return {
        english: words(text)
        for english, text in pairs
        if isinstance(english, str) and english and text != english
    }


corpus = {name: translations(name) for name in LANGUAGES if name != "en"}
corpus["en"] = {english: words(english) for english in corpus["fr"]}
for name in LANGUAGES:
    print(f"{name:>5}: {len(corpus[name])} messages, as", corpus[name]["Search Page"])

# %%
# All translations of one message go to the same side: what is tested is new in every
# language.

english = sorted(set().union(*corpus.values()))
held_out = set(np.random.default_rng(0).permutation(english)[: len(english) // 4])
texts, y, is_test = [], [], []
for label, name in enumerate(LANGUAGES):
    for original, text in corpus[name].items():
        if len(text) >= 10:
            texts.append(text)
            y.append(label)
            is_test.append(original in held_out)
texts, y, is_test = np.array(texts), np.array(y), np.array(is_test)

# %%
# Counts
# ------
# The 2,000 groups that occur most often in what is trained on are the columns. Hardly
# any of them is in a message, so only counts that are not zero are kept: the first
# layer then reads no others, and moves no other weights than a step needs.


def groups(text):
    """Return the groups of three letters of a text, with blanks around its words."""
    padded = f" {text} "
    return [padded[i : i + 3] for i in range(len(padded) - 2)]


seen = Counter(group for text in texts[~is_test] for group in groups(text))
columns = {group: column for column, (group, _) in enumerate(seen.most_common(2000))}
places = [
    (row, columns[group])
    for row, text in enumerate(texts)
    for group in groups(text)
    if group in columns
]
X = coo_array(
    (np.ones(len(places)), np.transpose(places)), shape=(len(texts), len(columns))
).tocsr()  # ones at one place add up
share = X.nnz / np.prod(X.shape)
print(f"{X.shape[0]:,} messages; {share:.1%} of the counts are not 0")

# %%
# Learn
# -----
# No hidden layer, and one: where almost every group of letters votes for some language
# by itself, straight boundaries are hard to beat.


def fitted(*hidden):
    """Return a model with some hidden layers, trained on the training messages."""
    model = schuss.Model([*hidden, schuss.Dense(len(LANGUAGES))], seed=0)
    model.fit(
        X[~is_test],
        y[~is_test],
        epochs=15,
        optimizer=schuss.AdamW(0.003),
        verbose=False,
    )
    return model


linear, deep = fitted(), fitted(schuss.Dense(64, "relu"))
for name, model in (("no hidden layer", linear), ("64 hidden units", deep)):
    accuracy = model.evaluate(X[is_test], y[is_test])["accuracy"]
    print(f"{name}: test accuracy {accuracy:.1%}")

# %%
# What is taken for what
# ----------------------
# Neighbours: Galician for Portuguese or Spanish, Catalan for Spanish.

predicted, truth = linear.predict(X[is_test]), y[is_test]
figure = schuss.plots.confusion_matrix(truth, predicted, names=LANGUAGES)

for row in np.flatnonzero(predicted != truth)[::12]:
    pair = f"{LANGUAGES[truth[row]]} read as {LANGUAGES[predicted[row]]}"
    print(f"{pair}: {texts[is_test][row][:60]}")

# %%
# What gives a language away
# --------------------------
# Without a hidden layer every group has one weight per language. These are the largest;
# a blank is written as an underscore.

W, _ = linear.weights[0]
names = np.array([group.replace(" ", "_") for group in columns])
for label, language in enumerate(LANGUAGES):
    print(f"{language:>5}:", *names[np.argsort(-W[:, label])[:8]])
