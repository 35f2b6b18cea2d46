"""Pictures of models and of their training, with matplotlib (``schuss[plot]``).

Every function draws in the axes it is given, or in a figure of its own, and returns the
figure; ``figure.savefig("name.png")`` writes it to a file.
"""

from schuss.plots.boundary import decision_boundary
from schuss.plots.confusion import confusion_matrix
from schuss.plots.curves import learning_curves, loss_along_line
from schuss.plots.images import weight_images

__all__ = [
    "confusion_matrix",
    "decision_boundary",
    "learning_curves",
    "loss_along_line",
    "weight_images",
]
