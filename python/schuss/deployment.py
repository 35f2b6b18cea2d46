"""What a trained model becomes where it is used: a file, or an object that predicts.

What writes files is imported by who writes one.
"""

import os

import numpy as np

from schuss.inspection import Inspection
from schuss.predictor import Predictor
from schuss.writing import write_whole

Path = str | os.PathLike[str]


class Deployment(Inspection):
    """The part of a model that takes it elsewhere; parameters as for `Model`."""

    def to_onnx(self, path: Path) -> None:
        """Write the model as an ONNX file, for runtimes of many languages.

        Its input is "X", a table of the model's dtype with any number of rows. Its
        outputs are, for classes, "label", int64 or what `fit` was given, and
        "probabilities", or "scores" where the loss has none; for events "label", 0 or
        1, and "probabilities"; for numbers "prediction". They have the shapes of
        `predict` and `predict_proba`. The file has operators of version 13 (2020)
        that ONNX Runtime computes in both precisions; GELU's error function is in
        float32 always. It needs ``pip install "schuss[onnx]"``.

        Parameters
        ----------
        path : str or path-like

        Raises
        ------
        ImportError
            If there is no onnx.
        RuntimeError
            If the model has no weights yet.
        ValueError
            If the model has something that the file cannot contain.
        OSError
            If the file cannot be written; what was there is as it was.
        """
        from schuss.export.onnx_file import onnx_file
        from schuss.export.operations import export

        write_whole(path, [onnx_file(export(self))])

    def to_c(
        self, path: Path, *, name: str = "model", quantization: str | None = None
    ) -> None:
        """Write the model as one C99 file that needs nothing but ``math.h``.

        It allocates nothing and keeps nothing between calls, so that any number of
        threads may call it; its head says what functions it has and what stack they
        take. Weights are constants. For classes there are ::

            int model_predict(const float x[MODEL_INPUTS]);
            void model_predict_proba(const float x[...], float probabilities[...]);

        and the like for events and numbers, with ``double`` for a model in float64.
        Compiled with ``-DSCHUSS_SELF_TEST`` the file has a ``main`` that compares its
        predictions for some rows with what this machine says to them, within a bound
        on all roundings; it returns 0 if they agree.

        Parameters
        ----------
        path : str or path-like
        name : str
            What the names of functions begin with.
        quantization : "int8", optional
            Keeps weights as whole numbers q from -127 to 127, with a scale s for each
            unit, the largest of its weights / 127: each weight is s q, within s / 2 of
            what it was, and the file a quarter as large where it runs. Biases, inputs
            and sums stay as they are.

        Raises
        ------
        TypeError, ValueError
            If an argument is not as described, or the model has something that the
            file cannot contain.
        RuntimeError
            If the model has no weights yet.
        OSError
            If the file cannot be written; what was there is as it was.
        """
        from schuss.export.c_file import c_file
        from schuss.export.operations import export

        write_whole(path, [c_file(export(self), name, quantization).encode()])

    def to_numpy(self, path: Path) -> None:
        """Write the model as one Python file that needs nothing but NumPy.

        It has `predict`, with probabilities `predict_proba`, and `outputs`, which take
        a table of rows. Weights stand at its end, in base64, bit for bit. Run as a
        script it compares its predictions for some rows with what is right, within a
        bound on all roundings.

        Parameters
        ----------
        path : str or path-like

        Raises
        ------
        RuntimeError
            If the model has no weights yet.
        ValueError
            If the model has something that the file cannot contain.
        OSError
            If the file cannot be written; what was there is as it was.
        """
        from schuss.export.numpy_file import numpy_file
        from schuss.export.operations import export

        write_whole(path, [numpy_file(export(self)).encode()])

    def compile_predict(self) -> Predictor:
        """Return an object that predicts as the model now does, with little around it.

        It has a copy of the weights, packed as the kernels read them, and stays as it
        is when the model trains on; any number of threads may call it at once.

        Returns
        -------
        Predictor

        Raises
        ------
        RuntimeError
            If the model has no weights yet.
        ValueError
            If the model has a preprocessing.
        """
        from schuss.export.operations import check_given_numbers

        weights = self.weights
        check_given_numbers(self)
        network = self._made("native", self.dtype, self._inputs)
        for layer, arrays in enumerate(weights):
            network.set_parameters(layer, *arrays)
        classes = getattr(self, "classes", None)
        return Predictor(
            network,
            self._inputs,
            self.structure.outputs,
            self.dtype,
            self.loss,
            None if classes is None else np.asarray(classes),
        )
