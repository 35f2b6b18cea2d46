r"""
One network, four ways out
==========================

A network that is trained is a few matrices and functions of one number. Here it becomes
an object for a server in Python, an ONNX file, a C file and a file of plain NumPy, and
all of them say the same.
"""

import importlib.util
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np

import schuss

X, y = schuss.datasets.load_digits()
data = schuss.datasets.stratified_split(X, y, seed=0)
model = schuss.Model(
    [schuss.Rescaling(1 / 16), schuss.Dense(32, "relu"), schuss.Dense(10)], seed=0
)
model.fit(data.X_train, data.y_train, epochs=20, verbose=False)
print(f"accuracy: {model.evaluate(data.X_test, data.y_test)['accuracy']:.3f}")
folder = Path(tempfile.mkdtemp())
rows = data.X_test.astype(np.float32)

# %%
# In Python, with schuss
# ----------------------
# `Model.compile_predict` gives an object with a copy of the weights. Any number of
# threads may call it, and it stays as it is when the model trains on.

predictor = model.compile_predict()
probabilities = np.empty((1, 10), np.float32)
predictor(rows[:1], out=probabilities)
print(np.round(probabilities, 3), predictor.predict(rows[:1]))

# %%
# In Python, with NumPy alone
# ---------------------------
# The file has functions that can be read, and the weights at its end.

model.to_numpy(folder / "digits.py")
text = (folder / "digits.py").read_text()
print(text[text.index("def outputs") : text.index("SHAPES")].strip())

# %%
# It is imported like any other, and checks itself when it is run.

spec = importlib.util.spec_from_file_location("digits", folder / "digits.py")
digits = importlib.util.module_from_spec(spec)
spec.loader.exec_module(digits)
digits.check()
print(np.abs(digits.predict_proba(rows) - model.predict_proba(rows)).max())

# %%
# In C
# ----
# One file, which needs ``math.h`` and nothing else, for a microcontroller or any other
# program. These are its functions for a user, and the one that is the network:

model.to_c(folder / "digits.c", name="digits")
text = (folder / "digits.c").read_text()
print(text[: text.index("static const float")].strip())
print(text[text.index("/* The outputs of") : text.index("#ifdef")].strip())

# %%
# With ``-DSCHUSS_SELF_TEST`` it is a program that compares its predictions for some
# rows with what is right. With weights of eight bits it is a quarter as large where it
# runs, and its golden vectors are those of these weights:

model.to_c(folder / "digits_int8.c", name="digits", quantization="int8")
compiler = shutil.which("cc")
for name in ("digits.c", "digits_int8.c") if compiler else ():
    command = [compiler, "-std=c99", "-O2", "-DSCHUSS_SELF_TEST", str(folder / name)]
    subprocess.run([*command, "-o", str(folder / "test"), "-lm"], check=True)
    answer = subprocess.run([str(folder / "test")]).returncode
    print(f"{name}: the self-test returns {answer}")

# %%
# Everywhere else
# ---------------
# An ONNX file is read by runtimes in many languages; to write one takes
# ``pip install "schuss[onnx]"``.

if importlib.util.find_spec("onnx"):
    model.to_onnx(folder / "digits.onnx")
    print(f"{(folder / 'digits.onnx').stat().st_size} bytes")

# %%
# How large the files are, and how fast, is on a page about :doc:`deployment
# </deployment>`.

shutil.rmtree(folder)
